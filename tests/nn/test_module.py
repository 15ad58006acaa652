"""Module: parameters, parts and modes; and what `import nn` loads."""

import subprocess
import sys
from pathlib import Path

import pytest

from engine import Value
from nn import MLP, Dropout, Layer, Module


class Polynomial(Module):
    """c0 + c1 x + c2 x^2 and a layer in a dictionary: a module of one's own."""

    def __init__(self):
        self.coefficients = [Value(c) for c in (1.0, 2.0, 3.0)]
        self.parts = {"inner": Layer(1, 1), "drop": (Dropout(0.5),)}
        self.note = "not a parameter"
        self.scale = 2.0

    def __call__(self, x):
        return sum(c * x**k for k, c in enumerate(self.coefficients))


def test_parameters_are_the_values_held_here_and_in_parts_each_once():
    p = Polynomial()
    p.again = p.coefficients
    assert [v.data for v in p.parameters()[:3]] == [1.0, 2.0, 3.0] and len(p.parameters()) == 5


def test_zero_grad_and_backward():
    p = Polynomial()
    p(2.0).backward()
    assert [c.grad for c in p.coefficients] == [1.0, 2.0, 4.0]
    p.zero_grad()
    assert all(v.grad == 0 for v in p.parameters())


def test_modes_and_modules():
    p = Polynomial()
    assert [type(m).__name__ for m in p.modules()] == ["Polynomial", "Layer", "Neuron", "Dropout"]
    assert p.eval() is p and not p.parts["drop"][0].training
    assert p.train() is p and p.parts["drop"][0].training


def test_a_batch_is_the_samples_one_by_one():
    model = MLP(2, [2, 1], seed=1)
    X = [[1.0, 2.0], [3.0, 4.0]]
    assert [y.data for y in model.batch(X)] == [model(x).data for x in X]


def test_a_module_without_a_call():
    with pytest.raises(NotImplementedError, match="define __call__"):
        Module()([1.0])


def test_importing_loads_the_standard_library_alone():
    script = """
import sys
before = set(sys.modules)
import engine, nn
nn.digits()
loaded = {name.partition(".")[0] for name in set(sys.modules) - before}
print(sorted(loaded - set(sys.stdlib_module_names) - {"engine", "nn"}))
"""
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True,
                         cwd=Path(__file__).parents[2])
    assert ran.stdout == "[]\n", ran.stdout + ran.stderr
