"""Wrong parts of a backward pass: each is right on a chain, and wrong by its own mistake on a shared node."""

import math

import pytest

from engine.testing.conformance.exercises import Exercise, P, program
from engine.testing.conformance.passes import (
    altered, altered_last, altered_message, breadth_first, counted_once, depth_first, equal_merged, forwards,
    kept, leaves_wiped, no_upstream, overwrite, overwrite_in, pre_order_reversed, rounded, seeded, seen_kept,
    single,
)
from engine.testing.conformance.simulation import Mistake, Model, simulate

CHAIN    = program((0.5,), ("*", (0, P(3.0))), ("*", (1, P(2.0))))
SQUARE   = program((3.0,), ("*", (0, 0)))
DIAMOND  = program((2.0,), ("*", (0, P(3.0))), ("*", (1, P(2.0))), ("+", (1, 2)), ("*", (3, 1)))
SORTED   = program((2.0,), ("*", (0, P(3.0))), ("*", (1, P(2.0))), ("+", (2, 1)))
SHORTCUT = program((2.0,), ("*", (0, P(3.0))), ("*", (1, P(2.0))), ("+", (1, 2)))


def gradient(part, change, asked, how="once"):
    model = Model((Mistake("", "", part, change),)) if part else Model()
    return simulate(Exercise(asked, how), model).grads[0]


@pytest.mark.parametrize("part, change", [
    ("arrival", overwrite), ("arrival", overwrite_in("*")), ("message", counted_once),
    ("listing", equal_merged(False)), ("listing", seen_kept), ("late", frozenset()),
    ("prepare", leaves_wiped),
    ("course", depth_first(False, True)), ("course", depth_first(True, False)),
    ("course", breadth_first(True)),
    ("course", breadth_first(False))])
def test_on_a_chain_nothing_is_to_be_seen(part, change):
    assert gradient(part, change, CHAIN) == 6.0


@pytest.mark.parametrize("part, change, asked, given", [
    ("arrival", overwrite,                      SQUARE, 3.0),            # 6 is right
    ("arrival", overwrite_in("*"),              SQUARE, 3.0),
    ("arrival", overwrite_in("*", 0),           SQUARE, 6.0),  # the first of two: nothing to lose yet
    ("arrival", overwrite_in("*", 1),           SQUARE, 3.0),
    ("arrival", overwrite_in("+"),              SQUARE, 6.0),            # another operation
    ("message", counted_once,                   SQUARE, 3.0),
    ("listing", forwards,                       CHAIN,  0.0),  # the inputs first: nothing has arrived
    ("listing", pre_order_reversed,             CHAIN,  0.0),
    ("message", no_upstream(),                  CHAIN,  3.0),
    ("message", no_upstream("+"),               CHAIN,  6.0),
    ("prepare", seeded(lambda world, z: 0.0),   CHAIN,  0.0),
    ("prepare", seeded(lambda world, z: world.data[z]), CHAIN, 18.0),
    ("arrival", altered(lambda g: min(g, 1.0)), CHAIN,  1.0),
    ("message", altered_message(lambda g: min(g, 1.0)), CHAIN, 1.0),
    ("finish",  altered_last(lambda g: min(g, 5.0)), CHAIN, 5.0)])
def test_each_gives_the_wrong_number_of_its_mistake(part, change, asked, given):
    assert gradient(part, change, asked) == given


def test_without_a_sort_a_shared_node_passes_on_too_little_or_too_often():
    """z = 2a + a with a = 3x: the slope is 9."""
    assert gradient("", None, SORTED) == gradient("", None, SHORTCUT) == 9.0
    assert gradient("course", depth_first(True, True), SORTED) == 6.0      # what came first went on, no more
    assert gradient("course", breadth_first(True), SHORTCUT) == 3.0        # the shorter path alone
    assert gradient("course", depth_first(False, False), DIAMOND) != gradient("", None, DIAMOND) == 54.0 * 2


def test_a_walk_along_every_path_ends():
    doublings = program((1.0,), *(("+", (k, k)) for k in range(40)))
    assert math.isfinite(gradient("course", depth_first(False, False), doublings))


@pytest.mark.parametrize("part, change, how, given", [
    ("",        None,                                          "twice", 12.0),
    ("prepare", leaves_wiped,                                  "twice", 6.0),
    ("listing", seen_kept,                                     "twice", 6.0),
    ("prepare", kept(True, lambda world, z, root: z == root),  "twice", 18.0),
    ("late",    frozenset(),                                   "changed", 8.0),
    ("late",    frozenset("*"),                                "changed", 8.0),
    ("late",    frozenset("+"),                                "changed", 6.0)])
def test_what_stays_between_two_calls(part, change, how, given):
    assert gradient(part, change, SQUARE, how) == given


def test_equal_numbers_are_taken_for_one_node():
    twins = Exercise(program((2.0, 2.0), ("*", (0, P(1.0))), ("*", (1, P(1.0))), ("+", (2, 3))))
    plain = Exercise(program((2.0,), ("*", (0, P(3.0))), ("*", (P(6.0), 1))))          # 6 is also 3 * 2
    merged = [Model((Mistake("", "", "listing", equal_merged(told)),)) for told in (False, True)]
    assert simulate(twins, merged[0]).grads[:2] == [1.0, 0.0]
    assert [simulate(plain, model).grads[0] for model in merged] == [18.0, 0.0]


def test_single_precision_keeps_seven_digits():
    assert single(0.1) != 0.1 and math.isclose(single(0.1), 0.1, rel_tol=1e-7) and single(-1e300) == -math.inf
    assert rounded(0.1) == single(0.1) and math.isclose(rounded(1e-200), 1e-200, rel_tol=1e-7)
