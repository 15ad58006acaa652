"""What the lowering notices on its way, and what it keeps to itself where there is nothing to say."""

import pytest

from engine import Value, dot, tanh, total
from engine.matrices.passes.remarks import Remarks
from engine.matrices.vectorization import derived

from ..graphs import matrix, samples

X, W = samples(3, 80), matrix(40, 2, 0)
V    = W[0][0]


def lone(x):
    """Sums of products without a row in common."""
    return [tanh(dot(row, x[2 * k:2 * k + 2])) for k, row in enumerate(W)]


@pytest.mark.parametrize("loss, remarks", [
    (total([tanh(V * x[0]) for x in X]), set()),
    (total([tanh(V * x[0]) for x in X]) / 3, {"means"}),
    (total([z for x in X for z in lone(x)]), {"gathers"}),
    (tanh(X[0][0] * X[1][0] * V), {"fixed"}),
    (total([tanh(V * x[0]) * k for k, x in enumerate(X)]) + X[0][0] * X[1][0] * V, {"fixed"}),
    (total([z for x in X for z in lone(x)]) / 3 + X[0][0] * X[1][0] * V, {"fixed", "gathers", "means"})])
def test_each_remark_has_its_occasion(loss, remarks):
    low = derived(loss, X, [], [p for row in W for p in row], (), False).low
    assert {name for name in Remarks._fields if getattr(low, name)} == remarks


def test_every_program_has_remarks_of_its_own():
    w = Value(0.5)
    for count in (2, 5):
        given = samples(count, 1)
        low = derived(total([w * x for x, in given]) / count, given, [], [w], (), False).low
        assert low.means == [(count, 1)]



