"""Signals: numbers and Values, one or in lists, turned into each other; and their types."""

import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from engine import Value
from nn.signals import as_list, is_list, numbers, values

ROOT = Path(__file__).parents[2]


def test_numbers_become_values_in_the_same_shape():
    made = values([[1.0, Fraction(1, 2)], [], 3])
    assert numbers(made) == [[1.0, Fraction(1, 2)], [], 3]
    assert all(type(v) is Value and v.operands == () for v in (*made[0], made[2]))


def test_a_single_number_is_a_single_value_and_a_value_stays():
    x = Value(2.0)
    assert values(2.0).data == 2.0 and values(x) is x and values((x, 1.0))[0] is x


def test_arrays_are_lists_of_their_numbers():
    np = pytest.importorskip("numpy")
    assert numbers(values(np.array([[1.0, 2.0]]))) == [[1.0, 2.0]] and values(np.float64(2.0)).data == 2.0
    assert is_list(np.array([1.0])) and is_list([]) and is_list((1,))


@pytest.mark.parametrize("x", ["abc", b"abc", 1.0, Value(1.0), None])
def test_what_is_one_thing_is_no_list(x):
    assert not is_list(x)


def test_one_output_as_a_list():
    y = Value(1.0)
    assert as_list(y) == [y] == as_list([y]) == as_list((y,))


@pytest.mark.parametrize("data", ["1", None, 1j, [["1"]]])
def test_what_is_no_number_is_refused(data):
    with pytest.raises(TypeError, match="Value needs a real number"):
        values(data)


# --- what type checkers read ----------------------------------------------------------------------

GOOD = """
from collections.abc import Sequence
from engine import Value, tanh
from engine.value import Operand
from nn import MLP, SGD, Module, History, Sequential, Layer, fit, l2, mse, weights
from nn.optimizers import Optimizer

class Signs(Optimizer):
    def update(self, w: float, g: float, state: tuple[float, ...]) -> tuple[float, tuple[float, ...]]:
        return w - self.lr * ((g > 0) - (g < 0)), state

class Twice(Module):
    def __init__(self) -> None:
        self.w = Value(1.0)
    def __call__(self, x: Sequence[Operand]) -> list[Value]:
        return [self.w * xj for xj in x]

def f(z: Value) -> Value: return tanh(z) + 1
def loss(outputs: list[Value], targets: list[float]) -> Value: return (outputs[0] - targets[0]) ** 2
def score(outputs: list[float], targets: list[int]) -> float: return outputs[0] - targets[0]
def after(epoch: int, model: Module, history: History) -> bool: return epoch > 3

model = MLP(2, [3, 1], hidden=[f])
X, Y = [[0.0, 1.0], [1.0, 0.0]], [0, 1]
fit(model, X, Y, loss, SGD(model.parameters()), metrics=["accuracy", score], callbacks=[after],
    penalty=lambda m: l2(weights(m), 0.1), validation=(X, Y))
fit(model, X, Y, mse, Signs(model.parameters(), 0.1), epochs=2)
(model([1.0, Value(2.0)]) - 1).backward()
both = Sequential(Twice(), Layer(2, 1, f), lambda z: [z[0] * 2])
mse([model(x) for x in X], Y).backward()
Layer(2, 2)([1.0, 2.0])[0].tanh().backward()
l2(weights(both), 0.1).exp().backward()
"""

BAD = """
from nn import MLP, Layer, fit, l2, weights
model = MLP(2, [3, 1])
model.trace([1.0, 2.0]).z[0][0].tahn()
Layer(2, 2)([1.0, 2.0])[0].tahn()
l2(weights(model), 0.1).tahn()
model("12")
fit(model, 3, [0, 1])
fit(model, [[0.0, 1.0]], [0], optimizer=0.1)
"""


def test_mypy_takes_what_runs_and_finds_what_does_not(tmp_path):
    """Strictly, with functions and modules of one's own, typed as one would type them."""
    good, bad = tmp_path / "good.py", tmp_path / "bad.py"
    good.write_text(GOOD)
    bad.write_text(BAD)
    ran = subprocess.run([sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"),
                          str(good), str(bad)], cwd=ROOT, capture_output=True, text=True)
    found = [tuple(line.split(":")[:2]) for line in ran.stdout.splitlines() if "error:" in line]
    assert found == [(str(bad), str(k)) for k in range(4, 10)], ran.stdout + ran.stderr


def test_what_type_checkers_take_also_runs():
    exec(compile(GOOD, "program.py", "exec"), {"__name__": "program"})
