"""Random exercises: of what the engine has and does right, as many as were asked, with one right answer."""

from random import Random

from engine import Value
from engine.testing import random_program
from engine.testing.conformance.attempts import attempt
from engine.testing.conformance.cases import Context, key_of
from engine.testing.conformance.exercises import P, fits, program
from engine.testing.conformance.expectations import askable, wrong
from engine.testing.conformance.here import Here
from engine.testing.conformance.randoms import (
    drawn, fixed, joined, random_exercises, repaired, tree_size, unshared,
)


def test_as_many_are_asked_as_the_context_says_and_the_same_each_time():
    context = Context(Here(Value), examples=6, seed=4)
    asked   = list(random_exercises(context, "salt"))
    assert len(asked) == 6 and asked == list(random_exercises(context, "salt"))
    assert asked != list(random_exercises(context, "pepper"))
    assert all(askable(e) and not wrong(e, attempt(e, Value)) for e in asked)


def test_what_the_engine_lacks_or_does_wrong_alone_is_not_asked():
    context = Context(Here(Value), unsound={"* nn", "* np", "* pn"}, lacking={"/ nn", "- pn"})
    keys    = {key_of(step) for e in random_exercises(context, "", steps=20) for step in e.program.steps}
    assert keys and not keys & (context.unsound | context.lacking)
    without = Context(Here(Value), unsound={f"+ {shape}" for shape in ("nn", "np", "pn")})
    assert list(random_exercises(without, "", ops=("+",))) == []


def test_a_plain_number_the_engine_cannot_take_becomes_a_node():
    twice = program((3.0,), ("*", (0, P(2.0))))
    assert repaired(set(), twice) == twice
    assert repaired({"* np"}, twice) == program((3.0,), ("*", (0, 0)))
    assert repaired({"* np", "* nn"}, twice) is None


def test_as_a_tree_every_node_is_used_once_and_the_number_is_the_same():
    shared = program((3.0,), ("*", (0, P(2.0))), ("+", (1, 1)))
    assert unshared(shared) == program((3.0, 3.0), ("*", (0, P(2.0))), ("*", (1, P(2.0))), ("+", (2, 3)))
    for seed in range(30):
        grown = random_program(seed, max_steps=5)
        tree  = unshared(grown)
        assert (tree is None) == (tree_size(grown) > 12)
        if tree:
            used = [x for step in tree.steps for x in step.nodes]
            assert len(used) == len(set(used)) and tree.numbers()[-1] == grown.numbers()[-1]


def test_two_outputs_are_joined_by_a_sum():
    ended = joined(Random(0))(program((3.0,), ("*", (0, 0)), ("neg", (1,))))
    assert ended.steps[-1].op == "+" and ended.steps[-1].nodes[0] == 2 and ended.steps[-1].nodes[1] == 1
    assert joined(Random(0))(program((3.0,), ("*", (0, 0)))) is None          # one output alone
    assert drawn("g", "n", "split", 6).check(Context(Here(Value), examples=3)).status == "pass"


def test_two_outputs_can_always_be_told_apart():
    change = joined(Random(1))
    asked  = list(random_exercises(Context(Here(Value), examples=5), "", "in turn", change=change))
    assert len(asked) == 5 and all(map(fits, asked))


def test_a_case_of_written_programs_asks_those_that_can_be_asked():
    case = fixed("g", "n", [program((3.0,), ("*", (0, 0))), program((0.0,), ("relu", (0,)))])
    assert case.id == "g: n" and case.check(Context(Here(Value))).status == "pass"
    assert case.check(Context(Here(Value), lacking={"* nn", "relu n"})).status == "skip"
    assert case.check(Context(Here(Value), unsound={"* nn", "relu n"})).status == "blocked"
