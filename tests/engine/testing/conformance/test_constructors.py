"""Constructors: a node is made of a number whatever else its class asks for."""

import sys
from types import ModuleType

import numpy as np
import pytest

from engine.testing.conformance.constructors import makers, tried


class Plain:
    def __init__(self, data, _children=(), _op=""): self.got = data


class Tracked:
    def __init__(self, data, requires_grad=False): self.got, self.tracked = data, requires_grad


class Named:
    def __init__(self, name, value): self.got, self.name = value, name


class ByKeyword:
    def __init__(self, *, value, parents, op, grad): self.got, self.more = value, (parents, op, grad)


class Listed:
    def __init__(self, data): self.got = data[0]


class Shaped:
    def __init__(self, data): self.got = data.shape and float(data[0])


def first(theirs):
    return next((way, way.do(3.0)) for way in makers(theirs) if tried(way.do, 3.0) is not None)


@pytest.mark.parametrize("theirs, words", [
    (Plain, ""), (Tracked, "a node is made by Tracked(x, requires_grad=True)"),
    (Named, "a node is made by Named(value=x, name=...)"),
    (ByKeyword, "a node is made by ByKeyword(value=x, parents=..., op=..., grad=...)"),
    (Listed, "a node is made by Listed(np.array([x]))")])
def test_a_node_is_made_and_how_is_said(theirs, words):
    way, node = first(theirs)
    assert node.got == 3.0 and way.words == words


def test_what_is_asked_beside_the_number_fits_its_name():
    assert first(Tracked)[1].tracked is True and first(ByKeyword)[1].more == ((), "", 0.0)
    one, other = first(Named)[1], first(Named)[1]
    assert one.name != other.name


def test_arrays_are_tried_where_the_module_has_numpy(monkeypatch):
    room = ModuleType("room_with_numpy")
    room.np = np
    monkeypatch.setitem(sys.modules, room.__name__, room)
    theirs = type("Shaped", (Shaped,), {"__module__": room.__name__})
    assert [way.words for way in makers(theirs)][1:3] == ["a node is made by Shaped(np.array(x))",
                                                          "a node is made by Shaped(np.array([x]))"]
    able = [way for way in makers(theirs) if tried(way.do, 3.0) and way.do(3.0).got == 3.0]
    assert able[0].words.endswith("[x]))")
    assert not [way for way in makers(Shaped) if "np" not in way.words and tried(way.do, 3.0)]


def test_an_object_of_the_module_stands_for_a_parameter_of_its_name(monkeypatch):
    room = ModuleType("room_with_tape")
    class Tape: pass
    class Var:
        def __init__(self, value, tape): self.got, self.tape = value, tape
    room.TAPE = Tape()
    Var.__module__ = room.__name__
    monkeypatch.setitem(sys.modules, room.__name__, room)
    assert first(Var)[1].tape is room.TAPE
