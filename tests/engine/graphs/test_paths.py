"""Paths: counted, summed and ranked as by listing them all."""

from fractions import Fraction
from itertools import product
from math import comb, inf
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Graph, Value, gradients, relu, sqrt
from engine.graphs.paths import LARGEST_COUNT, Paths
from nn import MLP


def random_graph(seed):
    """x and a result that depends on it, of exact numbers."""
    rng = Random(seed)
    x = Value(Fraction(rng.randint(-5, 5), rng.randint(1, 5)), "x")
    values = [x, Value(Fraction(2, 3), "y")]
    for _ in range(rng.randint(1, 9)):
        a, b = rng.choice(values), rng.choice(values)
        values.append(rng.choice([lambda: a + b, lambda: a * b, lambda: a - b, lambda: relu(a)])())
    return x, sum(values[2:], x)


def shares_by_hand(graph, v):
    """Every path's share, by listing them all."""
    if v is graph.root:
        return [1]
    return [edge.partial * rest for edge in graph.uses[v] for rest in shares_by_hand(graph, edge.z)]


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10 ** 6))
def test_paths_agree_with_listing_them_all(seed):
    x, z = random_graph(seed)
    graph = Graph(z)
    paths, shares = Paths(graph, x), shares_by_hand(graph, x)
    assert paths.count == len(shares)
    assert paths.dead  == sum(share == 0 for share in shares)
    assert paths.total == sum(shares) == gradients(z, [x])[0]
    assert paths.absolute[x] == sum(map(abs, shares))
    ranked = sorted([abs(share) for share in shares if share != 0], reverse=True)
    found  = paths.largest(4)
    assert [float(abs(path.share)) for path in found] == pytest.approx([float(s) for s in ranked[:4]])
    for path in found:
        assert path.edges[0].operand is x and path.edges[-1].z is z
        assert all(a.z is b.operand for a, b in zip(path.edges, path.edges[1:]))


def test_the_paths_of_a_network():
    model = MLP(1, [5, 7, 1], hidden="tanh")
    x = Value(0.3)
    assert Paths(Graph(model([x])), x).count == 35


def test_binomial_paths():
    """A grid of additions has comb(2n, n) paths from corner to corner."""
    n, grid = 8, {(0, 0): Value(1, "x")}
    for i, j in product(range(n + 1), repeat=2):
        before = [grid[p] for p in ((i - 1, j), (i, j - 1)) if p in grid]
        if before:
            grid[i, j] = before[0] + before[1] if len(before) == 2 else before[0] + 0
    assert Paths(Graph(grid[n, n]), grid[0, 0]).count == comb(2 * n, n)


def test_a_path_with_a_partial_0_is_dead():
    x = Value(2.0, "x")
    paths = Paths(Graph(relu(x) + relu(-x) + x), x)
    assert (paths.count, paths.dead, len(paths.largest(9))) == (3, 1, 2)


def test_where_every_path_is_dead_none_is_the_largest():
    x = Value(-1.0, "x")
    paths = Paths(Graph(relu(x) + 0 * x), x)
    assert (paths.count, paths.dead, paths.total, paths.largest(3)) == (2, 2, 0, [])


def test_the_root_has_one_path_to_itself_and_no_edge_on_it():
    z = Value(2.0) * 3
    paths = Paths(Graph(z), z)
    assert (paths.count, paths.total, paths.largest(2)[0].edges) == (1, 1, [])


def test_cancellation_is_the_part_of_the_pull_that_remains():
    x = Value(3.0, "x")
    assert Paths(Graph(x * 3 - x * 1), x).cancellation == 0.5
    assert Paths(Graph(x * 3 + x * 1), x).cancellation == 1
    assert Paths(Graph(x - x), x).cancellation == 0
    assert Paths(Graph(0 * x), x).cancellation == 1                      # nothing pulls, nothing cancels


def test_an_infinite_slope_is_the_largest():
    x = Value(0.0, "x")
    paths = Paths(Graph(1000 * x + sqrt(x)), x)
    assert [path.share for path in paths.largest(2)] == [inf, 1000]


def test_the_largest_are_as_many_as_asked_for_and_there_are():
    x = Value(1.0, "x")
    paths = Paths(Graph(x + 2 * x + 3 * x), x)
    assert [[p.share for p in paths.largest(k)] for k in (0, 1, 9)] == [[], [3], [3, 2, 1]]


def test_counts_beyond_all_room_stop_at_a_bound():
    z = x = Value(1, "x")
    for _ in range(5000):
        z = z - z
    assert Paths(Graph(z), x).count == LARGEST_COUNT


def test_what_has_no_paths_is_refused():
    x, elsewhere = Value(1.0, "x"), Value(1.0)
    with pytest.raises(ValueError, match="not part of this graph"):
        Paths(Graph(x * 2), elsewhere)
    z = x * 2
    with pytest.raises(ValueError, match=r"plain number.*make it Value\(2\)"):
        Paths(Graph(z), z.operands[1])
