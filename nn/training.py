"""fit: training a model on samples, in mini-batches, with a record of what happened.

    X, Y       samples and their targets
    batch      indices of the samples that make one update
    penalty    what is added to the loss: a function of the model, as lambda model: l2(weights(model), 0.01)
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from math import isfinite
from random import Random
from typing import TypeAlias

from engine.extras import needed
from engine.value import number

from .checks import functions, known, pair, positive, samples, whole
from .epoch_records import Epoch, Penalty, Samples, Targets, Training, diverged, one_number
from .history import History
from .losses import Loss, loss_function
from .metrics import Metric, metrics_of
from .module import Module, in_use, zero_grad
from .optimizers import Optimizer, clip_by_norm, clip_by_value, optimizer_for
from .progress import progress_bar
from .regularization import EarlyStopping
from .saving import put_back, state
from .signals import Output, numbers, values

Callback: TypeAlias = Callable[[int, Module, History], object]


def fit(model: Module, X: Samples, Y: Targets, loss: str | Loss = "mse",
        optimizer: Optimizer | None = None, *, epochs: int = 100, batch_size: int | None = None,
        shuffle: bool = True, seed: int = 0, penalty: Penalty | None = None,
        clip_norm: float | None = None, clip_value: float | None = None, metrics: Sequence[str | Metric] = (),
        validation: tuple[Samples, Targets] | None = None,
        early_stopping: EarlyStopping | None = None, callbacks: Sequence[Callback] = (),
        progress: bool | None = None, engine: str = "scalar") -> History:
    """Train the model; its parameters are changed in place (D0-26, D1-38, D3-24, D3-25).

    Args:
        model: a Module; it is left in eval mode.
        X: samples, each a list of numbers.
        Y: one target per sample, in the form that the loss takes.
        loss: a name of nn.losses.LOSSES or a function of (outputs, targets).
        optimizer: SGD(model.parameters(), lr=0.1), ...; by default Adam with lr 0.01.
        epochs: how often every sample is used.
        batch_size: samples per update; None is all of them (gradient descent), 1 is SGD.
        shuffle, seed: a new order of the samples for each epoch, drawn from seed.
        penalty: a function of the model that is added to the loss of every batch.
        clip_norm, clip_value: limits of the gradients, as in clip_by_norm and clip_by_value.
        metrics: names of nn.metrics.METRICS or functions of (outputs, targets).
        validation: (X, Y) that is watched and not trained on.
        early_stopping: watches the validation loss, or the training loss without validation.
        callbacks: functions of (epoch, model, history), called after each epoch; True ends the training.
        progress: a progress bar; by default where tqdm is installed and standard error is a terminal.
        engine: "scalar", one Value per number; "vectorized", the matrix program that the same code gives
            (engine.vectorize, needs NumPy): the same training up to rounding, 10^3 times faster.

    Returns:
        The History. The cyclic garbage collector rests meanwhile: graphs of Values have no cycles.

    Raises:
        ValueError, TypeError: an argument cannot be used; nothing was changed then.
        FloatingPointError: the loss became nan or infinite; the parameters are those before that update.
    """
    run_epoch = epoch_runner(engine)
    training  = checked(model, X, Y, loss, optimizer, penalty, clip_norm, clip_value)
    measures  = {getattr(m, "__name__", str(m)): m for m in metrics_of(metrics)}
    callbacks = functions(callbacks, "callbacks")
    size      = batch_length(batch_size, len(training.X), model)
    held_out  = (checked(model, *pair(validation), loss, training.optimizer) if validation is not None
                 else None)
    history, order, rng = History(), list(range(len(training.X))), Random(seed)
    if early_stopping is not None:
        stopping(early_stopping).reset()

    with collector_paused(), progress_bar(whole(epochs, "epochs"), progress) as bar:
        for epoch in range(1, epochs + 1):
            if shuffle and size < len(order):
                rng.shuffle(order)
            model.train()
            done = run_epoch(training, [order[i:i + size] for i in range(0, len(order), size)])
            model.eval()
            history.losses.append(done.loss)
            record(history.metrics, measures, done.outputs, training.Y)
            if held_out is not None:
                outputs = predict(model, held_out.X)
                history.validation_losses.append(float(number(held_out.loss(values(outputs), held_out.Y))))
                record(history.validation_metrics, measures, outputs, held_out.Y)
            bar(history)
            if ended(epoch, model, history, early_stopping, callbacks):
                break
    if early_stopping is not None:
        early_stopping.restore(model)
    return history


def scalar_epoch(training: Training, batches: Sequence[Sequence[int]]) -> Epoch:
    """One epoch, a graph of Values per batch. Any engine of `fit` is a function like this one."""
    model, optimizer = training.model, training.optimizer
    done, parameters = Epoch(len(training.X)), model.parameters()
    for batch in batches:
        outputs = model.batch([training.X[i] for i in batch])
        loss = one_number(training.loss(outputs, [training.Y[i] for i in batch]))
        if training.penalty is not None:
            loss = loss + training.penalty(model)
        if not isfinite(loss.data):
            raise diverged(loss.data)
        zero_grad(parameters)
        optimizer.zero_grad()                            # (of Values outside of the model, too)
        loss.backward()
        if training.clip_norm is not None:  clip_by_norm(parameters, training.clip_norm)
        if training.clip_value is not None: clip_by_value(parameters, training.clip_value)
        optimizer.step()
        done.loss += float(loss.data) * len(batch) / len(training.X)
        for i, y in zip(batch, outputs):
            done.outputs[i] = numbers(y)
        del loss, outputs, y                             # so that two graphs never share the memory
    return done


Runner: TypeAlias = Callable[[Training, Sequence[Sequence[int]]], Epoch]


def vectorized() -> Runner:
    """Epochs through the matrix program of the loss (engine.vectorize)."""
    needed("numpy", 'engine="vectorized"', 'engine="scalar"')
    from .vectorized import Epochs
    return Epochs()


ENGINES: dict[str, Callable[[], Runner]] = {"scalar": lambda: scalar_epoch, "vectorized": vectorized}


def epoch_runner(engine: str) -> Runner:
    return known(engine, ENGINES, "engine")()


def predict(model: Module, X: Samples) -> list[Output]:
    """The model's outputs as numbers, in eval mode: for each sample one, or a list if there are several
    outputs.

    One Value per number and any Python function inside; model.predict(X) does the same with matrices.

    Raises:
        ValueError: a sample has another number of inputs than the model.
        TypeError: a sample is not a list of numbers.
    """
    with in_use(model):
        return [numbers(y) for y in model.batch(X)]


@contextmanager
def collector_paused() -> Iterator[None]:
    """Python's cyclic garbage collector rests within the block, and is then as it was.

    Graphs of Values are freed by reference counting; the collector would only search them, over
    and over, while they grow.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


# --- steps of fit ---------------------------------------------------------------------------------

def ended(epoch: int, model: Module, history: History, early_stopping: EarlyStopping | None,
          callbacks: Sequence[Callback]) -> bool:
    """Whether training is to end here."""
    watched = (history.validation_losses or history.losses)[-1]
    if early_stopping is not None and early_stopping.update(watched, model):
        history.stopped = f"stopped early, best epoch {early_stopping.best_epoch}"
    if [True for callback in callbacks if callback(epoch, model, history) is True]:
        history.stopped = history.stopped or "stopped by a callback"
    return bool(history.stopped)


def record(into: dict[str, list[float]], measures: dict[str, Metric], outputs: Sequence[Output],
           Y: Targets) -> None:
    for name, measure in measures.items():
        into.setdefault(name, []).append(measure(outputs, Y))


# --- checks: before anything is changed -----------------------------------------------------------

def checked(model: Module, X: Samples, Y: Targets, loss: str | Loss, optimizer: Optimizer | None = None,
            penalty: Penalty | None = None, clip_norm: float | None = None,
            clip_value: float | None = None) -> Training:
    """The arguments of `fit`, after one sample went through the model and every target through the loss."""
    if not isinstance(model, Module):
        raise TypeError(f"a model is needed, not {type(model).__name__} {model!r:.60}: write fit(MLP(2, [8, "
                        "1]), X, Y)")
    X, Y, loss = samples(X, "X"), samples(Y, "Y"), loss_function(loss)
    if len(X) != len(Y):
        raise ValueError(f"{len(X)} samples and {len(Y)} targets were given: give one target per sample")
    if penalty is not None and not callable(penalty):
        raise TypeError(f"a penalty is a function of the model, not {type(penalty).__name__} "
                        f"{penalty!r:.60}: write penalty=lambda model: l2(weights(model), 0.01)")
    for limit in (clip_norm, clip_value):
        if limit is not None:
            positive(limit, "the limit of the gradients")
    before = state(model)
    try:
        first = values(predict(model, X[:1])[0])         # (a loss may call their methods, as y.relu())
        loss([first], Y[:1])  # a single output must not be taken for a single class
        one_number_of(loss([first] * len(Y), Y))
    finally:
        put_back(model, before)
    return Training(model, X, Y, loss, optimizer_for(model.parameters(), optimizer), penalty, clip_norm,
                    clip_value)


def one_number_of(loss: object) -> None:
    if isinstance(loss, (list, tuple)):
        one_number(loss)


def stopping(early_stopping: EarlyStopping) -> EarlyStopping:
    """early_stopping, if it is an EarlyStopping."""
    if not isinstance(early_stopping, EarlyStopping):
        raise TypeError(f"early_stopping is not {type(early_stopping).__name__} {early_stopping!r:.60}: "
                        "write early_stopping=EarlyStopping(patience=10)")
    return early_stopping


def batch_length(batch_size: int | None, n: int, model: Module) -> int:
    """How many samples make a batch."""
    length = n if batch_size is None else min(whole(batch_size, "batch_size"), n)
    least  = max(module.smallest_batch for module in model.modules())
    if (n % length or length) < least:
        raise ValueError(f"{n} samples in batches of {length} leave a batch of {n % length or length}, and "
                         f"the model normalises over batches of at least {least}: choose another batch_size")
    return length
