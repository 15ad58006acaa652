"""The outline of a finding: its graph with both answers, and the first edge where they part."""

import math

from engine import Value
from engine.testing import museum
from engine.testing.conformance.attempts import Outcome, attempt
from engine.testing.conformance.cases import found
from engine.testing.conformance.exercises import NAN, Exercise, P, program
from engine.testing.conformance.outlines import edges_of, guilty, label, pictured, shown, step_text
from engine.testing.random_programs.scalar_program import Step

SQUARE = Exercise(program((3.0,), ("*", (0, 0))))
CHAIN  = Exercise(program((2.0,), ("*", (0, P(3.0))), ("exp", (1,)), ("+", (2, 0))))


def answered(exercise, data=(), grads=()):
    """What our own engine answers, with other numbers at some nodes."""
    right = attempt(exercise, Value)
    return Outcome([dict(data).get(k, x) for k, x in enumerate(right.data)],
                   [dict(grads).get(k, x) for k, x in enumerate(right.grads)])


def test_a_right_answer_has_no_edge_marked():
    graph = pictured(SQUARE, attempt(SQUARE, Value))
    assert graph["marked"] is None and graph["edges"] == [[0, 1, 0], [0, 1, 1]]
    assert [node["name"] for node in graph["nodes"]] == ["x", "z"]


def test_the_first_wrong_value_comes_before_any_gradient():
    graph = pictured(CHAIN, answered(CHAIN, data={2: 7.0, 3: 9.0}, grads={0: 1.0}))
    assert (graph["marked"], graph["step"], graph["given"]) == ([1, 2, 0], "(. * .).exp()", "7.0")


def test_of_the_wrong_gradients_the_one_nearest_to_the_output_is_shown():
    graph = pictured(CHAIN, answered(CHAIN, grads={0: 5.0, 1: 4.0}))
    assert (graph["marked"], graph["given"]) == ([1, 2, 0], "4.0")


def test_an_engine_that_keeps_no_gradients_of_inner_nodes_is_asked_about_its_inputs():
    graph = pictured(CHAIN, answered(CHAIN, grads={0: 5.0, 1: 0.0, 2: 0.0}))
    assert graph["wrong"] == "x" and graph["given"] == "5.0"


def test_the_edge_is_that_of_the_message_which_is_missing():
    assert guilty(3.0, 7.0, [4.0, 3.0]) == 0                # 4 did not arrive
    assert guilty(4.0, 7.0, [4.0, 3.0]) == 1
    assert guilty(9.0, 7.0, [4.0, 3.0]) == 1 and guilty("None", 7.0, [7.0]) == 0       # else the last
    graph = pictured(SQUARE, attempt(SQUARE, museum.engine("overwrite")))
    assert graph["marked"] == [0, 1, 0] and (graph["right"], graph["given"]) == ("6.0", "3.0")


def test_where_the_exercise_says_itself_what_is_right_only_that_is_shown():
    exercise = Exercise(program((math.nan,), ("relu", (0,))), value=NAN)
    graph    = pictured(exercise, Outcome([math.nan, 0.0], [0.0, 1.0]))
    assert [node["right"] for node in graph["nodes"]] == [["nan", "-"], ["nan or an error", "1"]]
    assert graph["marked"] == [0, 1, 0]


def test_the_sum_of_two_outputs_is_never_made_and_not_drawn():
    shared = Exercise(program((2.0,), ("*", (0, 0)), ("*", (1, P(3.0))), ("+", (1, 2))), "split")
    graph  = pictured(shared, attempt(shared, Value))
    assert len(graph["nodes"]) == 3 and all(edge[1] < 3 for edge in graph["edges"])


def test_a_large_graph_is_not_drawn():
    chain = Exercise(program((1.0,), *(("neg", (k,)) for k in range(30))))
    assert pictured(chain, attempt(chain, Value)) == {}


def test_steps_edges_and_numbers_as_text():
    assert edges_of(CHAIN.program) == [(0, 1, 0), (1, 2, 0), (2, 3, 0), (0, 3, 1)]
    assert [label(Step(*s)) for s in (("-", (0, P(2.0))), ("-", (P(2.0), 0)), ("exp", (0,)))] == [
        "- 2", "2 -", "exp"]
    assert step_text(Step("-", (0, P(2.0))), ["x"]) == "x - 2"
    assert [shown(x) for x in (None, "list", 2.0)] == ["-", "list", "2.0"]


def test_no_minus_is_made_up_before_0():
    """The class: what is expected, what was given, what is drawn, in every form of a zero."""
    exercise = Exercise(program((3.0,), ("*", (0, P(-0.0)))))
    finding  = found(exercise, Outcome([3.0, -0.0], [-0.0, 1.0]), "", [])
    assert (finding.expected, finding.given) == (["0.0"], ["0.0"])
    assert [node["given"] for node in finding.graph["nodes"]] == [["3.0", "0.0"], ["0.0", "1.0"]]
    assert "# 0.0" in finding.code
