"""A recorded graph: each gradient against the sum over paths, and the whole against its own values."""

import math
from fractions import Fraction

import pytest
from engine import Value, atanh, clamp, erfc, maximum, relu, sin
from engine.primitives import apply
from engine.testing import check_gradients
from engine.testing.check import recorded
from engine.testing.check.recorded import Sum, check_graph, recordable, recorded_sums
from engine.value import topological_order


def test_a_gradient_that_is_overwritten_is_found_where_it_happens(monkeypatch):
    """`=` for `+=` in backward: every operation is right, the sum is not."""
    def backward(self, seed=1, create_graph=False):
        self.grad = seed
        for z in reversed(topological_order(self)):
            for operand, partial in zip(z.operands, z.partials):
                operand.grad = partial * z.grad
    monkeypatch.setattr(Value, "backward", backward)
    assert check_gradients(lambda x: x.exp() * 2, 1.0).ok
    report = check_gradients(lambda x: (a := x.exp()) * a.sin(), 1.0)
    assert (report.culprit.name == "grad of exp(1.0)"
            and "sum over all nodes that use it" in report.culprit.why)
    assert report.inputs[0].verdict == "WRONG"


def test_a_kink_gives_both_slopes_and_whether_the_answer_lies_between():
    finding = check_gradients(lambda x, y: relu(x) * y, 0.0, 2.0).inputs[0]
    assert (finding.verdict, finding.left, finding.right_side, finding.between) == ("kink", 0, 2, True)
    assert str(finding) == "kink      x: slope 0.0 on the left, 2.0 on the right; 0.0 lies between"


def test_ties_and_kinks_that_cancel_are_not_wrong():
    assert check_gradients(lambda x: maximum(x, x), 2.0).verdict == "kink"
    assert check_gradients(lambda x: maximum(x, x), 2.0).inputs[0].verdict == "right"
    assert check_gradients(lambda x, low, high: apply("clamp", x, low, high), 2.0, 2.0, 2.0).verdict == "kink"
    cancelled = check_gradients(lambda x: relu(x) - relu(-x), 0.0)              # = x, and the engine says 0
    assert cancelled.verdict == "kink" and not cancelled.inputs[0].between
    assert "together they leave the range" in str(cancelled)


def test_a_gradient_is_what_its_slopes_add_up_to(monkeypatch):
    f, given = lambda x: (a := atanh(x)) / a + 1e-8 * x, recorded.gradients_given
    assert check_gradients(f, 1e-8)
    monkeypatch.setattr(recorded, "gradients_given",
                        lambda root, order, xs: {k: v * (1 + 1e-9)
                                                 for k, v in given(root, order, xs).items()})
    assert check_gradients(f, 1e-8).verdict == "WRONG"


def test_a_tie_moved_together_is_not_blamed():
    assert check_gradients(lambda x: clamp(-0.7, x, x), -0.7)
    assert check_gradients(lambda x: clamp(x, x, 2.0), Fraction(2)).verdict == "kink"


def test_steep_graphs_are_confirmed_by_smaller_steps():
    assert check_gradients(lambda x: sin(1e150 * x) + sin(x) * 1e149, Fraction(-2, 7), order=2)
    steep = check_gradients(lambda x, y: erfc(x * y + 0.7), 0.0, 1e150, order=2)  # 0 or 2 at any usual step
    assert steep.ok and steep.inputs[2].given > 1e299


def test_a_sum_admits_what_its_own_rounding_explains():
    a, b = Value(0.1), Value(0.2)
    z    = a * b + a
    sums = recorded_sums(topological_order(z))
    assert sums[a].number == 1.2 and sums[a].admits(1.2) and not sums[a].admits(1.2 + 1e-12)
    assert Sum(0, math.inf, 0).admits(3.0)                              # beyond floats nothing is known


def test_an_infinite_gradient_is_wrong_unless_a_slope_on_the_way_is(monkeypatch):
    given = recorded.gradients_given
    for f, x, verdict in ((sin, 0.5, "WRONG"), (lambda x: x ** 0.5, 0.0, "outside the domain")):
        monkeypatch.setattr(recorded, "gradients_given",
                            lambda root, order, xs: {z: math.inf for z in given(root, order, xs)})
        assert check_gradients(f, x).inputs[0].verdict == verdict


def test_the_whole_graph_is_confirmed_without_any_slope(monkeypatch):
    """If the slope of each operation was judged wrongly, the values would still tell."""
    monkeypatch.setattr(recorded, "along", lambda *graph: 7.0)
    x = Value(0.5)
    wrong = [f for f in check_graph(sin(x), [x], ["x"]).nodes if f.verdict == "WRONG"]
    assert [f.name for f in wrong] == ["the graph as a whole"] and "all leaves are moved" in wrong[0].why


def test_a_gradient_there_was_is_put_back_also_after_an_error(monkeypatch):
    x = Value(2.0)
    x.grad = 7.0
    z = x * x
    def backward(self): raise RuntimeError("broken")
    monkeypatch.setattr(Value, "backward", backward)
    with pytest.raises(RuntimeError, match="broken"):
        check_graph(z, [x], ["x"])
    assert x.grad == 7.0


def test_only_graphs_of_rows_are_recordable(monkeypatch):
    z = sin(Value(1.0))
    assert recordable(z) and not recordable(2.0)
    monkeypatch.setattr(z, "op", "unheard of")
    assert not recordable(z)
