"""The diagnosis: the smallest set of mistakes that gives every answer, and nothing else."""

import pytest

from engine.testing.conformance.attempts import attempt
from engine.testing.conformance.compositions import TURNED_OVER
from engine.testing.conformance.diagnosis import (
    Evidence, constant_factors, diagnose, measured, simulable, spread,
)
from engine.testing.conformance.exercises import Exercise, P, program
from engine.testing.conformance.mistakes import catalogue, late
from engine.testing.conformance.simulation import Mistake, Model, agrees, simulate
from tests.engine.testing.conformance.mistaken import asked, made, recipes, settled

SQUARE = Exercise(program((3.0,), ("*", (0, 0))))


def answers(*mistakes, exercises=()):
    """What an engine with these mistakes answers."""
    return [(e, simulate(e, Model(mistakes))) for e in exercises or asked("museum")[::3]]


def named(words):
    return next(m for m in catalogue() if words in m.sentence)


def test_a_right_engine_has_no_diagnosis():
    assert diagnose(answers()) == ([], [], Model())


@pytest.mark.parametrize("words", [
    ["overwritten where it should"], ["slopes of * are swapped"], ["x - y has slopes twice"],
    ["slopes of * are swapped", "overwritten where it should"],
    ["no topological sort", "the square is missing", "x.exp() has slopes with the wrong sign"]])
def test_the_mistakes_are_found_and_nothing_else(words):
    mistakes = [named(part) for part in words]
    found    = diagnose(answers(*mistakes))
    assert {m.sentence for m in found.mistakes} == {m.sentence for m in mistakes} and not found.unexplained


# A sample of several hundred: python -m tests.engine.testing.conformance.mistaken --judge
@pytest.mark.parametrize("number", range(0, 1400, 97))
def test_of_engines_as_people_write_them_exactly_the_true_mistakes_are_told(number):
    engine = settled(recipes()[number], number)
    kind   = made(engine.source)
    found  = diagnose([(e, attempt(e, kind)) for e in asked(engine.base)])
    assert {m.sentence for m in found.mistakes} == {sentence for _, sentence in engine.truth}
    assert not found.unexplained


def test_a_mistake_in_an_operation_that_others_are_made_of_is_one_mistake():
    """x - y as x + (-1) * y: with the slopes of * swapped it goes wrong as well, and is no second mistake."""
    recipe = next(r for r in recipes() if r.base == "micrograd" and "slopes of * are swapped"
                  in r.mistakes[0].identity[1])
    kind   = made(recipe.source)
    found  = diagnose([(e, attempt(e, kind)) for e in asked("micrograd")])
    assert len(found.mistakes) == 1 and found.model.made


def test_models_with_the_same_measured_numbers_are_one_model():
    """Class: a number read off the answers again is no new mistake."""
    given = answers(named("computed in backward()"), exercises=[SQUARE._replace(how="changed"), SQUARE])
    first, again = [[Model((m,)).key for m in measured(given, Model())] for _ in range(2)]
    assert first == again and len(first) > 1


def test_what_no_mistake_explains_is_left_over_and_nothing_is_guessed():
    odd = Mistake("odd", "nobody knows this one", "step", lambda op, operands, xs, z, slopes:
                  (z, tuple(s + 0.123 * x for s, x in zip(slopes, xs))) if op == "sin" else (z, slopes),
                  "step sin")
    found = diagnose(answers(odd, named("slopes of * are swapped")))
    assert [m.sentence for m in found.mistakes] == [named("slopes of * are swapped").sentence]
    assert found.unexplained == [] or all("sin" in e.program.ops for e, _ in found.unexplained)
    assert diagnose(answers(odd)).mistakes == []


def test_numbers_are_read_off_the_answers():
    plain = [Exercise(program(point, ("+", (0, 1)))) for point in ((3.0, 2.0), (2.0, 4.0), (0.5, 3.0))]
    def more(op, operands, xs, z, slopes): return (z,
                                                   (1.25 * slopes[0],
                                                    slopes[1])) if op == "+" else (z, slopes)
    given = answers(Mistake("", "", "step", more, "step +"), exercises=plain)
    assert constant_factors(given) == (1.25, 1.0) and constant_factors(given[:2]) == ()
    told = [m.sentence for m in measured(given, Model())]
    assert "the slope of x + y towards x is 1.25 times the right one" in told
    small = [Exercise(program((3.0,), ("*", (0, P(c))))) for c in (1e-3, 0.5)]
    lost  = answers(Mistake("", "", "finish", lambda world, root: world.grads.__setitem__(
        slice(None), [g if abs(g) > 1e-3 else 0.0 for g in world.grads])), exercises=small)
    assert "gradients below 0.001 are dropped: a small gradient is not 0" in [
        m.sentence for m in measured(lost[:1], Model())]


def test_evidence_is_sorted_by_size_and_each_model_is_asked_once():
    larger   = Exercise(program((3.0,), ("*", (0, 0)), ("*", (1, 0))))
    evidence = Evidence(answers(named("overwritten where"), exercises=[larger, SQUARE]))
    assert [e for e, _ in evidence.answers] == [SQUARE, larger] and evidence.wrong == [0, 1]
    assert list(evidence.unexplained(Model((named("overwritten where"),)))) == []
    assert spread(range(100), 10) == range(0, 100, 10) and spread([1, 2], 10) == [1, 2]


def test_errors_of_the_engine_are_no_numbers_to_be_simulated():
    _, outcome = answers(exercises=[SQUARE])[0]
    assert simulable((SQUARE, outcome))
    assert not simulable((SQUARE, outcome._replace(error="RecursionError: too deep")))
    assert not simulable((SQUARE._replace(slopes=((6, 6),)), outcome))


def test_a_right_answer_tells_what_an_operation_is_made_of():
    """Class: mistakes that explain every wrong answer, given up as a right one speaks against them: 2 / x as
    (x / 2) ** -1 has slopes of an inner node, whose data does not change."""
    wrong = (named("inner nodes are kept"), late(frozenset(("*", "/", "**"))))
    model = Model(wrong).making("/ pn", TURNED_OVER)
    asked = [Exercise(program((3.0, 2.0)[:n], step), "changed") for n, step in (
        (1, ("*", (0, 0))), (2, ("*", (0, 1))), (2, ("/", (0, 1))), (1, ("**", (0, P(2)))),
        (1, ("/", (P(2.0), 0))))]
    square = program((2.0,), ("*", (0, 0)), ("*", (1, 1)))
    shared = program((2.0,), ("*", (0, P(3.0))), ("*", (1, 1)), ("+", (2, 1)), ("*", (3, 1)))
    asked += [Exercise(p, how) for p in (square, shared) for how in ("once", "twice")]
    given = [(exercise, simulate(exercise, model)) for exercise in asked]
    assert agrees(Model(), *given[4])                                                 # 2 / x is right
    found = diagnose(given)
    assert {m.sentence for m in found.mistakes} == {m.sentence for m in wrong} and not found.unexplained
