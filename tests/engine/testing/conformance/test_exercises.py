"""An exercise makes instructions: the nodes to make, and how backward is called."""

import pytest
from engine.testing.conformance.exercises import (
    Backward, Change, Exercise, Make, P, Zero, ancestors, fits, program, script,
)

SQUARE = program((3.0,), ("*", (0, 0)))
SHARED = program((2.0,), ("*", (0, P(3.0))), ("*", (1, P(2.0))), ("*", (1, P(5.0))), ("+", (2, 3)))


@pytest.mark.parametrize("how, kinds", [
    ("once",    [Make, Backward]),
    ("twice",   [Make, Backward, Backward]),
    ("reset",   [Make, Backward, Zero, Backward]),
    ("changed", [Make, Change, Backward]),
])
def test_the_instructions_are_those_of_how_backward_is_called(how, kinds):
    assert [type(i) for i in script(Exercise(SQUARE, how))] == kinds


def test_two_outputs_are_asked_on_one_graph_or_on_two():
    split, in_turn = script(Exercise(SHARED, "split")), script(Exercise(SHARED, "in turn"))
    assert [i.root for i in split if isinstance(i, Backward)] == [2, 3]          # a + b itself is never made
    assert sum(isinstance(i, Make) for i in split) == 3
    assert [i.node for i in in_turn if isinstance(i, Make)] == [1, 2, 1, 3]      # the shared node twice
    assert ancestors(SHARED, 3) == [1, 3]
    assert fits(Exercise(SHARED, "split")) and not fits(Exercise(SQUARE, "split"))
