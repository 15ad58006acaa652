"""Contributions: what the marked edge must add and what it added, where a simulation says it for certain."""

import pytest

from engine.testing.conformance.attempts import Outcome
from engine.testing.conformance.contributions import told
from engine.testing.conformance.exercises import Exercise, P, program
from engine.testing.conformance.mistakes import catalogue
from engine.testing.conformance.outlines import amount, pictured
from engine.testing.conformance.simulation import Model, simulate

SQUARE = Exercise(program((3.0,), ("*", (0, 0))))
CHAIN  = Exercise(program((3.0,), ("*", (0, P(2.0))), ("*", (1, P(5.0)))))
TWICE  = Exercise(program((3.0,), ("+", (0, 0)), ("+", (1, 0))))


def model(name):
    return Model((next(m for m in catalogue() if m.name == name),))


def marked(exercise, which, outcome=None):
    outcome = outcome or simulate(exercise, which)
    graph = told(pictured(exercise, outcome), exercise, outcome, which)
    return graph["marked"], graph.get("must"), graph.get("added")


@pytest.mark.parametrize("exercise, name, edge, must, added", [
    (SQUARE, "overwrite",       [0, 1, 1], "must add 3.0", "added 0"),
    (SQUARE, "set of operands", [0, 1, 0], "must add 3.0", "added 0"),
    (CHAIN,  "upstream",        [0, 1, 0], "must add 10.0", "added 2.0"),
    (CHAIN,  "no seed",         [1, 2, 0], "must add 5.0", "added 0"),
    (TWICE,  "overwrite",       [0, 1, 0], "must add 1.0", "added 0")])
def test_the_edge_that_adds_something_else_is_marked(exercise, name, edge, must, added):
    assert marked(exercise, model(name)) == (edge, must, added)


def test_a_message_that_replaces_a_sum_is_told_as_such():
    exercise = Exercise(program((3.0, 2.0), ("*", (0, 1)), ("*", (0, P(5.0))), ("+", (2, 3))))
    edge, must, added = marked(exercise, model("overwrite"))
    assert (edge[0], must, added) in {(0, "must add 2.0", "wrote 2.0 over 5.0"),
                                      (0, "must add 5.0", "wrote 5.0 over 2.0")}


def test_where_the_simulation_gives_other_numbers_the_graph_stays_as_it_is():
    outcome = Outcome([3.0, 9.0], [4.0, 1.0])
    graph   = pictured(SQUARE, outcome)
    assert told(graph, SQUARE, outcome, model("overwrite")) is graph and "must" not in graph
    assert told({}, SQUARE, outcome, model("overwrite")) == {}


def test_where_one_edge_enters_the_difference_says_it():
    graph = pictured(CHAIN, Outcome([3.0, 6.0, 30.0], [-0.0, 5.0, 1.0]))
    assert (graph["must"], graph["added"]) == ("must add 10.0", "added 0")


def test_a_number_on_an_edge_is_short_and_has_no_minus_before_0():
    assert [amount(x) for x in (-0.0, 2.0, 1 / 3, float("nan"))] == ["0", "2.0", "0.333333", "nan"]
