"""Losses: one number that says how far the outputs are from the targets.

    y          outputs of the network; for losses "from logits" z, the outputs before sigmoid or softmax
    t          targets, numbers
    k          a class
    reduction  "mean" or "sum" over the samples

Every loss takes one sample or a list of samples:

    half_mse(y, t)                    one output, one target
    half_mse([y1, y2], [t1, t2])      two samples
    half_mse([[y11, y12]], [[...]])   one sample with two outputs: added up within the sample (D1-32)

A classifier's sample is itself a list, one number per class, with a class index or a list of
probabilities (one-hot) as its target: cross_entropy_with_logits([z1, z2, z3], 2).

No value and no slope is lost to cancellation: a logit of 40 for the right class costs 4.2e-18,
and pulls with that slope. Targets that are Values (engine.vectorize feeds them) are taken
through formulas that do not branch on their number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import reduce
from math import sqrt
from operator import index
from typing import Any, TypeAlias, TypeGuard

from engine import Value, dot, hypot, log, log1p, logsumexp, relu, softplus, total
from engine.libraries import Quantity
from engine.value import Operand, number

from .checks import known
from .signals import Signals, is_list

Loss: TypeAlias = Callable[[Any, Any], Quantity]     # of (outputs, targets), as a user's function has them
Each: TypeAlias = Callable[[Quantity, Quantity], Quantity]


# --- regression -----------------------------------------------------------------------------------

def half_mse(y: Signals, t: Signals, reduction: str = "mean") -> Quantity:
    """1/2 (y - t)^2: its slope is y - t (D0-21 with 1/(2m), D1-25 for one sample).

    Raises (as every loss here):
        ValueError: y and t differ in length or are empty, a target is nan, the reduction is unknown.
        TypeError: a target is not a number.
    """
    return over_samples(lambda y, t: 0.5 * (y - t) ** 2, y, t, reduction)


def mse(y: Signals, t: Signals, reduction: str = "mean") -> Quantity:
    """(y - t)^2: its slope is 2 (y - t) (D3-13)."""
    return over_samples(lambda y, t: (y - t) ** 2, y, t, reduction)


def squared_error(y: Signals, t: Signals, reduction: str = "sum") -> Quantity:
    """(y - t)^2 as `mse`, but added up over the samples unless told otherwise (D4-23)."""
    return mse(y, t, reduction)


def rmse(y: Signals, t: Signals, reduction: str = "mean") -> Quantity:
    """The root of the mean (or summed) squared error; its slope at a perfect fit is 0.

    Not the loss that D0-21 calls so, which has no root (ERR-D0-1): that one is half_mse.
    """
    samples = list(paired(y, t))
    errors  = [y - t for sample in samples for y, t in sample]
    length  = abs(errors[0]) if len(errors) == 1 else reduce(hypot, errors)
    return length if checked(reduction) == "sum" or len(samples) == 1 else length / sqrt(len(samples))


# --- two classes ----------------------------------------------------------------------------------

def binary_cross_entropy(y: Signals, t: Signals, reduction: str = "mean") -> Quantity:
    """-(t ln y + (1 - t) ln(1 - y)) for a probability y (D0-22, D4-24); t may lie between 0 and 1.

    Raises:
        ValueError: y or t is not within [0, 1]; y is 0 or 1 and wrong, so that the loss is infinite.
    """
    return over_samples(one_binary_cross_entropy, y, t, reduction)


def one_binary_cross_entropy(y: Operand, t: Operand) -> Quantity:
    probability(y, "an output given to binary_cross_entropy", "bce_with_logits")
    probability(t, "a target of binary_cross_entropy")
    if isinstance(t, Value): return -(t * log(y) + (1 - t) * log1p(-y))
    if t == 1:               return -log(y)
    if t == 0:               return -log1p(-y)
    return -(t * log(y) + (1 - t) * log1p(-y))


def bce_with_logits(z: Signals, t: Signals, reduction: str = "mean") -> Quantity:
    """Binary cross-entropy of sigmoid(z): softplus(z) - t z, with slope sigmoid(z) - t (D4-26).

    Written t softplus(-z) + (1 - t) softplus(z), which is the same without the subtraction.

    Raises:
        ValueError: t is not within [0, 1].
    """
    return over_samples(one_bce_with_logits, z, t, reduction)


def one_bce_with_logits(z: Operand, t: Operand) -> Quantity:
    probability(t, "a target of bce_with_logits")
    if not isinstance(t, Value) and t == 1: return softplus(-z)
    if not isinstance(t, Value) and t == 0: return softplus(z)
    return t * softplus(-z) + (1 - t) * softplus(z)


def hinge(s: Signals, t: Signals, reduction: str = "mean") -> Quantity:
    """max(0, 1 - t s) for a score s and a target t of -1 or +1 (D2-10).

    Raises:
        ValueError: t is neither -1 nor +1 (ERR-D2-7).
    """
    return over_samples(one_hinge, s, t, reduction)


def one_hinge(s: Operand, t: Operand) -> Quantity:
    if number(t) not in (-1, 1):
        raise ValueError(f"hinge needs targets -1 and +1, and got {number(t)!r}: write 2*t - 1 for labels 0 "
                         "and 1")
    return relu(1 - t * s)


# --- many classes ---------------------------------------------------------------------------------

def categorical_cross_entropy(y: Signals, t: Signals, reduction: str = "mean") -> Quantity:
    """-sum_k t_k ln y_k for probabilities y, by class index or by list (D0-23, D3-28, D4-28).

    Raises:
        ValueError: a y is not within [0, 1], the class is out of range, the y of the right class is 0.
    """
    def one(y: Sequence[Operand], t: Signals) -> Quantity:
        for yk in y:
            probability(yk, "an output given to categorical_cross_entropy", "cross_entropy_with_logits")
        if has_values(t):
            return -dot(t, [log(yk) for yk in y])
        return weighted([(tk, -log(y[k])) for k, tk in shares(t, len(y))])
    return over_classifications(one, y, t, reduction)


def cross_entropy_with_logits(z: Signals, t: Signals, reduction: str = "mean") -> Quantity:
    """-sum_k t_k ln softmax(z)_k, with slopes softmax(z)_k - t_k (D0-23, D3-29, D4-28).

    -ln softmax(z)_k is ln sum_j e^(z_j - z_k). The slope of a confident, right class is then a sum
    of small numbers, not the difference of two that are nearly 1.

    Raises:
        ValueError: the class is out of range, or the list of probabilities does not sum to 1.
    """
    def one(z: Sequence[Operand], t: Signals) -> Quantity:
        if has_values(t):
            return logsumexp(z) - dot(t, z)
        return weighted([(tk, surprise(z, k)) for k, tk in shares(t, len(z))])
    return over_classifications(one, z, t, reduction)


def surprise(z: Sequence[Operand], k: int) -> Quantity:
    """-ln softmax(z)_k."""
    return logsumexp([0.0, *[zj - z[k] for j, zj in enumerate(z) if j != k]])


def weighted(terms: Sequence[tuple[float, Quantity]]) -> Quantity:
    """sum of t * x, as plain x where t is 1."""
    return added([x if t == 1 else t * x for t, x in terms])


def shares(t: Signals, classes: int) -> list[tuple[int, float]]:
    """A target as pairs (class, probability), without the classes that have none."""
    if not isinstance(t, (list, tuple)):
        return [(class_index(t, classes), 1)]
    if len(t) != classes:
        raise ValueError(f"a target has {len(t)} probabilities and the network {classes} outputs: give one "
                         "per class, or a class index")
    for tk in t:
        probability(tk, "a target")
    if abs(sum(t) - 1) > 1e-6:
        raise ValueError(f"the target {t!r:.60} sums to {sum(t):g}: the probabilities of the classes sum to "
                         "1, as in [0, 1, 0]")
    return [(k, tk) for k, tk in enumerate(t) if tk != 0]


def class_index(t: Quantity, classes: int) -> int:
    try:
        k = index(t)
    except TypeError:
        raise TypeError(f"a class index is a whole number, not {type(t).__name__} {t!r:.60}: write int(t), "
                        "or give a list with one probability per class") from None
    if not 0 <= k < classes:
        raise ValueError(f"class {k} is not one of the {classes} classes 0 to {classes - 1}: classes count "
                         "from 0, and the network's last size is their number")
    return k


# --- samples --------------------------------------------------------------------------------------

def over_samples(one: Each, y: Signals, t: Signals, reduction: str) -> Quantity:
    """Loss `one` of every output, added up within a sample, then reduced over the samples."""
    checked(reduction)
    return reduced([added([one(y, t) for y, t in sample]) for sample in paired(y, t)], reduction)


def over_classifications(one: Each, y: Signals, t: Signals, reduction: str) -> Quantity:
    """Loss `one` of every sample, each a list with one number per class."""
    checked(reduction)
    if not is_list(y) or len(y) < 1 or len(y) == 1 and not is_list(y[0]):
        raise TypeError("a classifier has a list of outputs, one per class and two at least, and got "
                        f"{y!r:.60}: use bce_with_logits or binary_cross_entropy for a single output")
    if not is_list(y[0]):
        return one(y, t if not is_list(t) else list(t))
    return reduced([one(yi, list(ti) if is_list(ti) else ti) for yi, ti in matched(y, t)], reduction)


def paired(y: Signals, t: Signals) -> Iterator[list[tuple[Quantity, Quantity]]]:
    """For each sample its pairs (output, target)."""
    if not is_list(y):
        y, t = [y], [t]
    for yi, ti in matched(y, t):
        if is_list(yi):
            yield [(yij, target(tij)) for yij, tij in matched(yi, ti, "outputs")]
        else:
            yield [(yi, target(ti))]


def reduced(losses: Sequence[Quantity], reduction: str) -> Quantity:
    return added(losses) if reduction == "sum" or len(losses) == 1 else added(losses) / len(losses)


def added(terms: Sequence[Quantity]) -> Quantity:
    """Their sum as one node; a single term is itself."""
    return terms[0] if len(terms) == 1 else total(terms)


# --- checks ---------------------------------------------------------------------------------------

def has_values(t: Signals) -> TypeGuard[Sequence[Operand]]:
    """Whether a target is a list with Values in it."""
    return isinstance(t, (list, tuple)) and any(isinstance(tk, Value) for tk in t)


def target(t: Quantity) -> Quantity:
    """t, if it is one number."""
    if is_list(t):
        raise TypeError(f"one target per output is needed, and a list was given: {t!r:.60}. Use "
                        "cross_entropy_with_logits for one-hot targets, or give the network as many outputs")
    if isinstance(t, (str, bytes, complex)) or t is None:
        raise TypeError(f"a target is a number, not {type(t).__name__} {t!r:.60}: write float(t)")
    if number(t) != number(t):
        raise ValueError("a target is nan: remove the sample, or replace the target by a number")
    return t


def probability(p: Operand, what: str, instead: str = "") -> None:
    p = number(p)
    if p < 0 or p > 1 or (p != p and not instead):       # an output may be nan: nan propagates
        raise ValueError(f"{what} must lie within 0 and 1, and got {p!r}" +
                         (f": end the network with a sigmoid or softmax, or use {instead}" if instead else
                          ": divide, or round, the data first"))


def matched(y: Sequence[Signals], t: Signals, what: str = "samples") -> Iterator[tuple[Signals, Signals]]:
    """Each output with its target; there must be as many of these."""
    if not is_list(t) or len(y) != len(t) or not len(y):
        given = f"{len(t)} targets" if is_list(t) else f"the single target {t!r:.60}"
        raise ValueError(f"{len(y)} {what} and {given} were given: give one target for each, at least one")
    return zip(y, t)


def checked(reduction: str) -> str:
    if reduction not in ("mean", "sum"):
        raise ValueError(f"unknown reduction {reduction!r}: write \"mean\" or \"sum\"")
    return reduction


LOSSES: dict[str, Loss] = {f.__name__: f for f in (
    half_mse, mse, squared_error, rmse, binary_cross_entropy, bce_with_logits, hinge,
    categorical_cross_entropy, cross_entropy_with_logits)}


def loss_function(loss: str | Loss) -> Loss:
    """The loss meant by a name, or the function itself.

    Raises:
        ValueError: the name is unknown.
        TypeError: loss is neither a name nor a function.
    """
    if callable(loss):
        return loss
    if not isinstance(loss, str):
        raise TypeError(f"a loss is a function of (outputs, targets) or its name, not {type(loss).__name__} "
                        f"{loss!r:.60}: write loss=mse, or add the losses up in one function")
    return known(loss, LOSSES, "loss", ", or give a function of (outputs, targets)")
