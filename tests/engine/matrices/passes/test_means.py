"""A sum over the batch by the number of samples is a mean of any number of them; other numbers stay."""

import pytest

from engine import Value, tanh, total, vectorize
from engine.matrices.passes.means import over_batch
from engine.matrices.vectorization import derived

from ..graphs import numbers, samples


def recorded(divide, count=4):
    """A sum over `count` samples, and what `divide` makes of it; with what it is made of."""
    X, w = samples(count, 1), Value(0.5)
    return divide(total([tanh(w * x) for x, in X])), X, [], [w]


@pytest.mark.parametrize("divide, number, times", [
    (lambda s: s / 4, 4, 1), (lambda s: s / 8, 8, 2), (lambda s: s * 0.25, 0.25, 1),
    (lambda s: 0.125 * s, 0.125, 2), (lambda s: s / -4, -4, -1), (lambda s: -(s / 4), 4, 1),
    (lambda s: (s + s) / 4, 4, 1)])
def test_a_whole_multiple_of_the_number_of_samples_follows_the_batch(divide, number, times):
    """As 1/m and 1/(2m) do: the same words for seven samples give what the program gives for seven."""
    loss, *given = recorded(divide)
    program = vectorize(loss, *given)
    assert program.low.means == [(number, times)] and not program.fixed
    other, X, _, _ = recorded(lambda s: divide(s) * 4 / 7, 7)
    assert program(numbers(X)).loss == pytest.approx(other.data, rel=1e-13)


@pytest.mark.parametrize("divide", [lambda s: s / 3, lambda s: s * 4, lambda s: s / 6, lambda s: s * 0.3,
                                    lambda s: s.exp() / 4, lambda s: 4 / s])
def test_any_other_number_stays(divide):
    loss, *given = recorded(divide)
    low = derived(loss, *given, (), False).low
    assert low.means == []
    other, X, _, _ = recorded(divide, 7)
    assert vectorize(loss, *given)(numbers(X)).loss == pytest.approx(other.data, rel=1e-13)


def test_a_single_sample_tells_nothing_of_a_mean():
    loss, *given = recorded(lambda s: s / 1, count=1)
    assert derived(loss, *given, (), False).low.means == []


def test_a_mean_of_units_is_no_mean_of_the_batch():
    """Four units of each of four samples, and four parameters."""
    X, w = samples(4, 4), [Value(0.5 * k) for k in range(4)]
    of_units = total([tanh(total([p * v for p, v in zip(w, x)]) / 4) for x in X])
    assert derived(of_units, X, [], w, (), False).low.means == []
    loss = derived(total([p * p for p in w]) / 4 + of_units, X, [], w, (), False).low.loss
    assert not over_batch(loss) and not over_batch(loss.lines.constant(4))
