"""Wrong backward passes: each is right on a chain, and wrong by its own mistake on a shared node."""

import math

import pytest

from engine.testing.conformance.exercises import Exercise, P, program
from engine.testing.conformance.passes import (
    altered, altered_last, breadth_first, counted_once, depth_first, equal_merged, forwards, kept, late,
    leaves_wiped, no_upstream, overwrite, overwrite_in, seeded, seen_kept, single,
)
from engine.testing.conformance.simulation import Mistake, simulate

CHAIN    = program((0.5,), ("*", (0, P(3.0))), ("*", (1, P(2.0))))
SQUARE   = program((3.0,), ("*", (0, 0)))
DIAMOND  = program((2.0,), ("*", (0, P(3.0))), ("*", (1, P(2.0))), ("+", (1, 2)), ("*", (3, 1)))
SORTED   = program((2.0,), ("*", (0, P(3.0))), ("*", (1, P(2.0))), ("+", (2, 1)))
SHORTCUT = program((2.0,), ("*", (0, P(3.0))), ("*", (1, P(2.0))), ("+", (1, 2)))


def gradient(backward, asked, how="once"):
    return simulate(Exercise(asked, how), Mistake("", "", backward=backward)).grads[0]


@pytest.mark.parametrize("backward", [
    overwrite, counted_once, equal_merged, late, seen_kept, leaves_wiped, depth_first(False, True),
    depth_first(True, False), breadth_first(True), breadth_first(False), overwrite_in({"*": (0, 1)})])
def test_on_a_chain_nothing_is_to_be_seen(backward):
    assert gradient(backward, CHAIN) == 6.0


@pytest.mark.parametrize("backward, asked, given", [
    (overwrite,                     SQUARE, 3.0),            # 6 is right
    (overwrite_in({"*": (0, 1)}),   SQUARE, 3.0),
    (overwrite_in({"+": (0, 1)}),   SQUARE, 6.0),            # another operation
    (counted_once,                  SQUARE, 3.0),
    (forwards,                      CHAIN,  0.0),            # the inputs first: nothing has arrived
    (no_upstream(),                 CHAIN,  3.0),
    (no_upstream("+"),              CHAIN,  6.0),
    (seeded(lambda world, z: 0.0),  CHAIN,  0.0),
    (seeded(lambda world, z: world.data[z]), CHAIN, 18.0),
    (altered(lambda g: min(g, 1.0)), CHAIN, 1.0),
    (altered_last(lambda g: min(g, 5.0)), CHAIN, 5.0)])
def test_each_gives_the_wrong_number_of_its_mistake(backward, asked, given):
    assert gradient(backward, asked) == given


def test_without_a_sort_a_shared_node_passes_on_too_little_or_too_often():
    """z = 2a + a with a = 3x: the slope is 9."""
    assert gradient(None, SORTED) == gradient(None, SHORTCUT) == 9.0
    assert gradient(depth_first(True, True), SORTED) == 6.0              # what came first went on, no more
    assert gradient(breadth_first(True), SHORTCUT) == 3.0                # the shorter path alone
    assert gradient(depth_first(False, False), DIAMOND) != gradient(None, DIAMOND) == 54.0 * 2


@pytest.mark.parametrize("backward, how, given", [
    (None,                                          "twice", 12.0),
    (leaves_wiped,                                  "twice", 6.0),
    (seen_kept,                                     "twice", 6.0),
    (kept(True, lambda world, z, root: z == root),  "twice", 18.0),
    (late,                                          "changed", 8.0)])
def test_what_stays_between_two_calls(backward, how, given):
    assert gradient(backward, SQUARE, how) == given


def test_equal_numbers_are_taken_for_one_node():
    twins = program((2.0, 2.0), ("*", (0, P(1.0))), ("*", (1, P(1.0))), ("+", (2, 3)))
    given = simulate(Exercise(twins), Mistake("", "", backward=equal_merged))
    assert given.grads[:2] == [1.0, 0.0]


def test_single_precision_keeps_seven_digits():
    assert single(0.1) != 0.1 and math.isclose(single(0.1), 0.1, rel_tol=1e-7) and single(1e300) == math.inf
