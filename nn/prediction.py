"""Prediction: the outputs of a model for many samples, through a matrix program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from engine import Value, total, vectorize
from engine.functions import lift
from engine.value import number


def values(data: Any) -> Any:
    """Nested lists of numbers as Values."""
    if hasattr(data, "tolist"):
        data = data.tolist()
    return [values(part) for part in data] if isinstance(data, list) else Value(data)


class Model(Protocol):
    """A function of one sample, with parameters."""

    def __call__(self, x: Any) -> Any: ...
    def parameters(self) -> list[Value]: ...


def predict(model: Model, X: Sequence[Any]) -> list[Any]:
    """The outputs of the model, as it is now, for many samples, by a program recorded from one of them."""
    if not len(X):
        return []

    def outputs_of(x: Any) -> list[Any]:
        y = model(x)
        return [lift(yk) for yk in y] if isinstance(y, (list, tuple)) else [y]

    x = values([number(xj) for xj in X[0]])
    y = outputs_of(x)
    program = vectorize(total(y) if len(y) > 1 else y[0] + 0, x, parameters=model.parameters(), outputs=y,
                        batch=True,
                        rerecord=lambda x, _: total(z) if len(z := outputs_of(x)) > 1 else z[0] + 0)
    found = program.predict([[number(xj) for xj in x] for x in X]).tolist()
    return found if isinstance(model(x), (list, tuple)) else [y for y, in found]
