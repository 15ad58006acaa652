"""Functions of plain floats, and other engines: the gradient beside them is right, wrong or at a kink."""

import math

import numpy as np
import pytest
from engine.testing import assert_gradients, check_gradients
from engine.testing.check.oracles import central
from engine.testing.check.plain import check_plain, sharper


def test_a_float_function_with_its_gradient():
    assert check_gradients(math.exp, 0.5, gradient=math.exp).verdict == "right"
    assert check_gradients(math.exp, 0.5, gradient=lambda x: 1.0005 * math.exp(x)).verdict == "WRONG"
    assert check_gradients(lambda x: 1e-6 * x, 0.5, gradient=lambda x: 0.0).verdict == "WRONG"
    assert check_gradients(lambda x: 1e-6 * math.fabs(x), 0.5, gradient=0.0).verdict == "WRONG"
    assert check_gradients(lambda x, y: x * y, 3.0, 4.0, gradient=lambda x, y: (y, x)).verdict == "right"
    assert check_gradients(lambda x: max(x, 0.0), 0.0, gradient=1.0).inputs[0].between
    assert check_gradients(lambda x: max(x, 0.0), 0.0, gradient=1.5).verdict == "WRONG"
    assert check_gradients(lambda x: math.fabs(x), 0.0, gradient=0.0).verdict == "kink"
    assert check_gradients(math.sqrt, -1.0, gradient=0.0).verdict == "outside the domain"


@pytest.mark.parametrize("x", [0.0, 1e-9, 0.3, -2.5, 40.0, -40.0, 700.0])
@pytest.mark.parametrize("f, g", [
    (math.sin, math.cos), (math.tanh, lambda x: 1 / math.cosh(x) ** 2),
    (math.atan, lambda x: 1 / (1 + x * x)),
    (lambda x: x ** 3, lambda x: 3 * x * x), (math.erf, lambda x: 2 / math.sqrt(math.pi) * math.exp(-x * x)),
    (lambda x: math.floor(x) * 0.0 + x, lambda x: 1.0), (abs, lambda x: math.copysign(1.0, x)),
    (np.cosh, np.sinh), (np.sin, np.cos), (lambda x: 3.0, lambda x: 0.0)])
def test_right_float_functions_are_not_blamed(f, g, x):
    assert_gradients(f, x, gradient=g)


def test_numpy_functions_of_arrays():
    x = np.array([0.5, -1.0, 40.0])
    assert check_gradients(lambda x: np.sum(np.sin(x) * x), x,
                           gradient=lambda x: np.cos(x) * x + np.sin(x)).ok
    report = check_gradients(lambda x: np.sum(np.sin(x) * x), x, gradient=lambda x: np.cos(x) * x)
    assert [f.verdict for f in report.inputs] == ["WRONG"] * 3
    assert report.inputs[1].name == "x[2]"


def test_the_complex_step_sees_the_tail_that_differences_cannot():
    def logistic(x): return 1 / (1 + np.exp(-x))
    assert check_gradients(logistic, 30.0, gradient=lambda x: logistic(x) * logistic(-x)).verdict == "right"
    assert check_gradients(logistic, 40.0, gradient=0.0).verdict == "WRONG"


def test_torch_functions_are_checked_without_a_dependency():
    torch = pytest.importorskip("torch")

    def f(x): return float(torch.tanh(torch.tensor(x, dtype=torch.float64)) ** 2)

    def slope(x):
        t = torch.tensor(x, dtype=torch.float64, requires_grad=True)
        (torch.tanh(t) ** 2).backward()
        return t.grad.item()

    assert check_gradients(f, 0.7, gradient=slope).verdict == "right"
    assert check_gradients(f, 0.7, gradient=lambda x: slope(x) * 1.0005).verdict == "WRONG"
    tensor = torch.tensor([0.7, -0.2], dtype=torch.float64)
    assert check_gradients(lambda t: (t * t).sum(), tensor, gradient=lambda t: 2 * t).verdict == "right"


def test_another_engine_is_checked_by_its_own_class():
    class Tiny:
        def __init__(self, data): self.data, self.grad, self.back = data, 0.0, lambda: None
        def __mul__(self, other):
            z = Tiny(self.data * other.data)
            def back(): self.grad, other.grad = other.data * z.grad, self.data * z.grad       # = for +=
            z.back = back
            return z
        def backward(self):
            self.grad = 1.0
            self.back()

    assert check_gradients(lambda x, y: x * y, Tiny(3.0), Tiny(4.0)).verdict == "right"
    assert check_gradients(lambda x: x * x, Tiny(3.0)).verdict == "WRONG"


def test_more_digits_count_only_where_they_agree_with_floats():
    """A function that rounds to floats on its way, or drops an imaginary part, misleads nobody."""
    def rounded(x): return float(x) * 3.0
    def real_part(x): return getattr(x, "real", x) ** 2
    for f, slope in ((rounded, 3.0), (real_part, 4.0)):
        found = sharper(f, [2.0], 0, central(f, [2.0], 0))
        assert float(found.left) == pytest.approx(slope, rel=1e-8)


def test_the_taylor_remainder_of_a_right_gradient_is_of_second_order():
    f = lambda x, y: x * x * y
    note, = check_plain(f, [1.0, 2.0], [4.0, 1.0], "xy").notes
    assert "vanishes like h^2." in note or "vanishes like h^1.9" in note
    wrong, = check_plain(f, [1.0, 2.0], [4.5, 1.0], "xy").notes
    assert "vanishes like h^1.0" in wrong
    assert check_plain(abs, [0.0], [0.0], "x").notes == []                        # at a kink it says nothing


def test_what_is_not_finite_is_outside_and_an_infinite_slope_at_an_edge_is_told():
    found, = check_plain(math.sin, [math.inf], [1.0], "x").inputs
    assert (found.verdict, found.why) == ("outside the domain", "an input is not finite")
    found, = check_plain(lambda x: x * x, [3.0], [math.nan], "x").inputs
    assert found.verdict == "WRONG"
