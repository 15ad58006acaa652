"""Prediction: the outputs of a model for many samples, through a matrix program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from engine import Value, total, vectorize
from engine.functions import lift
from engine.value import Operand, number

from .signals import Output


class Model(Protocol):
    """A function of one sample, with parameters."""

    def __call__(self, x: Sequence[Operand], /) -> Output: ...
    def parameters(self) -> list[Value]: ...


def predict(model: Model, X: Sequence[Sequence[Operand]]) -> list[Output]:
    """The outputs of the model, as it is now, for many samples, by a program recorded from one of them."""
    if not len(X):
        return []

    def outputs_of(x: Sequence[Value]) -> list[Value]:
        y = model(x)
        return [lift(yk) for yk in y] if isinstance(y, (list, tuple)) else [y]

    x = [Value(number(xj)) for xj in X[0]]
    y = outputs_of(x)
    program = vectorize(one_of(y), x, parameters=model.parameters(), outputs=y, batch=True,
                        rerecord=lambda x, _: one_of(outputs_of(x)))
    found = program.predict([[number(xj) for xj in x] for x in X]).tolist()
    return found if isinstance(model(x), (list, tuple)) else [y for y, in found]


def one_of(outputs: Sequence[Value]) -> Value:
    """A root from which all outputs are reached: what vectorize takes for a loss."""
    root: Value = total(outputs) if len(outputs) > 1 else outputs[0] + 0
    return root
