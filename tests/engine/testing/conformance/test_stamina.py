"""Stamina: deep graphs, the same answer every time, memory given back; what is said where an engine tires."""

from random import Random

import pytest

from engine import Value
from engine.testing.conformance.cases import Context
from engine.testing.conformance.stamina import (
    added, chain, doubled, given_back, repeated, run_chain, tree, unmoved, varying,
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


ADDITIONS = chain("additions", "z = z + x", lambda z, x: z + x, "add", lambda n: n + 1.0, n=500)


def test_the_shortest_chain_that_fails_is_found():
    finding, = ADDITIONS.check(Context(Tired)).findings
    assert "for _ in range(101): z = z + x" in finding.code and finding.error.startswith("RecursionError")
    assert "calls itself once per node" in finding.sentence
    assert ADDITIONS.check(Context(Value)).status == "pass"
    assert ADDITIONS.check(Context(Value, unsound={"+ nn"})).status == "blocked"
    assert chain("", "", None, "swish", None).check(Context(Value)).status == "skip"


def test_a_wrong_number_at_the_end_of_a_chain_is_told():
    assert run_chain(Value, lambda z, x: z + x, 3, lambda n: 4.0) == ""
    assert run_chain(Value, lambda z, x: z + x, 3, lambda n: 5.0) == "4.0 in place of 5.0"


def test_the_sum_of_many_losses_is_right_or_blocked():
    assert added(Context(Value)).status == "pass"
    assert added(Context(Value, unsound={"* nn"})).status == "blocked"


def test_a_pass_that_goes_wrong_on_shared_nodes_fails_to_double():
    class Forgets(Value):
        def __add__(self, other):
            z = Forgets(self.data + other.data)
            z.op, z.operands, z.partials = "+", (self, other), (1.0, 0.0)
            return z
    assert doubled(Context(Value)).status == "pass"
    assert doubled(Context(Forgets)).findings[0].sentence == "doubling goes wrong"


def test_other_things_in_memory_change_nothing_and_what_varies_is_shown():
    assert tree(Value) == tree(Value, Random(3))
    assert repeated(Context(Value)).status == "pass"
    finding = varying(("0x1p+0", "0x1p+1", "0x1p+2"), ("0x1p+0", "0x1p+1", "0x1p+3"), "in one process")
    assert (finding.expected, finding.given) == (["2.0", "4.0"], ["2.0", "8.0"])
    assert "they vary in one process" in finding.code and "order of a set" in finding.sentence


def test_an_engine_that_remembers_earlier_graphs_is_found(monkeypatch):
    assert unmoved(Context(Value)).status == "pass"
    right, calls = Value.backward, []

    def remembers(self):
        calls.append(self)
        right(self, 1.0 if len(calls) < 3 else 2.0)
    monkeypatch.setattr(Value, "backward", remembers)
    assert "a graph built before" in unmoved(Context(Value)).findings[0].sentence


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
    result = given_back(Context(Holds))
    assert result.status == "advice" and words in result.notes[0]
    assert given_back(Context(Value)).status == "pass"
