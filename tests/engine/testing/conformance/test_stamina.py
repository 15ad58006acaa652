"""Stamina: deep graphs, the same answer every time, memory given back; what is said where an engine tires."""

import pytest

from engine import Value
from engine.testing.conformance.cases import Case, Context, answered
from engine.testing.conformance.here import Here
from engine.testing.conformance.stamina import (
    added, between, chain, doubled, given_back, repeated, run_chain, same, unmoved, varying,
)


class Tired(Value):
    """Gives up beyond 100 nodes."""

    made = 0

    def __add__(self, other):
        z = Tired(self.data + getattr(other, "data", other))
        z.op, z.operands, z.partials = "+", (self, other), (1.0, 1.0)
        z.made = self.made + 1
        return z

    def backward(self):
        if self.made > 100:
            raise RecursionError("maximum recursion depth exceeded")
        super().backward()


ADDITIONS = chain("additions", "z = z + x", "add", lambda n: n + 1.0, n=500)


def test_the_shortest_chain_that_fails_is_found():
    finding, = ADDITIONS.check(Context(Here(Tired))).findings
    assert "for _ in range(101): z = z + x" in finding.code and finding.error.startswith("RecursionError")
    assert "calls itself once per node" in finding.sentence
    assert ADDITIONS.check(Context(Here(Value))).status == "pass"
    assert ADDITIONS.check(Context(Here(Value), unsound={"+ nn"})).status == "blocked"
    assert chain("", "", "swish", None).check(Context(Here(Value))).status == "skip"


def test_a_wrong_number_at_the_end_of_a_chain_is_told():
    assert run_chain(Context(Here(Value)), "add", 3, lambda n: 4.0) == ""
    assert run_chain(Context(Here(Value)), "add", 3, lambda n: 5.0) == "4.0 in place of 5.0"


def test_the_sum_of_many_losses_is_right_or_blocked():
    assert added(Context(Here(Value))).status == "pass"
    assert added(Context(Here(Value), unsound={"* nn"})).status == "blocked"


def test_a_pass_that_goes_wrong_on_shared_nodes_fails_to_double():
    class Forgets(Value):
        def __add__(self, other):
            z = Forgets(self.data + other.data)
            z.op, z.operands, z.partials = "+", (self, other), (1.0, 0.0)
            return z
    assert doubled(Context(Here(Value))).status == "pass"
    (exercise, outcome), = doubled(Context(Here(Forgets))).failed
    assert len(exercise.program.steps) == 8 and (outcome.data[-1], outcome.grads[0]) == (256.0, 1.0)


def test_other_things_in_memory_change_nothing_and_what_varies_is_shown():
    assert repeated(Context(Here(Value))).status == "pass"
    assert same([1.0, float("nan")], [1.0, float("nan")]) and not same([0.0], [-0.0])
    finding = varying([1.0, 2.0, 4.0], [1.0, 2.0, 8.0], "in one process")
    assert (finding.expected, finding.given) == (["2.0", "4.0"], ["2.0", "8.0"])
    assert "they vary in one process" in finding.code and "order of a set" in finding.sentence


def test_an_engine_that_remembers_earlier_graphs_is_found(monkeypatch):
    assert unmoved(Context(Here(Value))).status == "pass"
    right, calls = Value.backward, []

    def remembers(self):
        calls.append(self)
        right(self, 1.0 if len(calls) < 3 else 2.0)
    monkeypatch.setattr(Value, "backward", remembers)
    assert "a graph built before" in unmoved(Context(Here(Value))).findings[0].sentence


@pytest.mark.parametrize("keep, words", [
    (lambda z, everything: everything.append(z),         "for ever"),
    (lambda z, everything: setattr(z, "itself", z),      "reference cycles")])
def test_memory_that_is_not_given_back_is_advice(keep, words):
    everything = []

    class Holds(Value):
        def __add__(self, other):
            z = Holds(self.data + other.data)
            z.op, z.operands, z.partials = "+", (self, other), (1.0, 1.0)
            keep(z, everything)
            return z
    result = given_back(Context(Here(Holds)))
    assert result.status == "advice" and words in result.notes[0]
    assert given_back(Context(Here(Value))).status == "pass"


class Forged:
    """A witness whose answers are not those of an engine."""

    deaths = 0

    def __init__(self, answer): self.answer = answer
    def __enter__(self): return self
    def __exit__(self, *problem): return
    def begin(self, seconds): return
    def ask(self, question, seconds): return self.answer if question.get("task") != "has" else True
    def elsewhere(self, hash_seed): return Forged(self.answer)


@pytest.mark.parametrize("answer", ["", [], [[]], [[], [], []], [[], []], True, None, [10 ** 400], {}])
def test_an_empty_or_misshapen_answer_passes_no_case(answer):
    """Class: what is compared with what came back must not hold of nothing at all."""
    for check in (ADDITIONS.check, added, doubled, repeated, unmoved, between):
        result = answered(Case("deep graphs", "forged", check), Context(Forged(answer)))
        assert result.status == "fail" and (result.findings or result.failed), (check, result)


def test_processes_that_answer_differently_are_told_apart():
    class Differing(Forged):
        def elsewhere(self, hash_seed): return Forged([1.0, 2.0, float(hash_seed == "2")])
    finding, = between(Context(Differing(None))).findings
    assert "from process to process" in finding.code
    assert between(Context(Forged([1.0, 2.0, 3.0]))).status == "pass"
    assert between(Context(Here(Value))).status == "skip"
