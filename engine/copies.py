"""Copies: a Value or a whole graph given to copy.copy, copy.deepcopy and pickle, without recursion.

Importing this file makes these methods of Value; `import engine` does. Every field is kept exactly: data,
label, op, partials, grad (a graph too, as create_graph leaves it), and what a subclass adds.

    copy.copy(z)      a new node with the fields of z, and the same operands: it stands beside z in one graph
    copy.deepcopy(z)  the graph of z anew. What is shared stays shared in one call: deepcopy((model, loss))
                      is a model and a loss that belong together; a second call makes a second graph.
    pickle.dumps(z)   the graph of z as one flat list. Leaves stay shared among all that is pickled together,
                      as the parameters of pickle.dumps((model, optimizer, loss)); inner nodes only within the
                      graph of one root: pickle total(z1, z2) where the two are to share an inner node.

For the user's own processes and threads: no file of ours is a pickle. A model in a file is nn.save's.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from copy import deepcopy
from typing import Any, TypeAlias
from weakref import WeakValueDictionary

from .value import Value

PLAIN = (float, int, str)

Fields: TypeAlias = dict[str, object]                   # name -> content


# --- copy -----------------------------------------------------------------------------------------

def shallow(z: Value) -> Value:
    """A new node with the fields of z."""
    return filled(blank(type(z)), fields(z))


def deep(z: Value, memo: dict[int, object]) -> Value:
    """The graph of z anew; what is in memo is copied already."""
    nodes  = reachable([z], memo)
    copies = [blank(type(x)) for x in nodes]
    memo.update({id(x): copied for x, copied in zip(nodes, copies)})
    for x, copied in zip(nodes, copies):
        filled(copied, {name: twin(part, memo) for name, part in fields(x).items()})
    return copies[0]


def twin(x: object, memo: dict[int, object]) -> object:
    """deepcopy, quicker for what most fields are."""
    if type(x) in PLAIN:  return x
    if type(x) is tuple:  return tuple([twin(part, memo) for part in x])
    if id(x) in memo:     return memo[id(x)]
    return deepcopy(x, memo)


# --- pickle ---------------------------------------------------------------------------------------

def reduced(z: Value) -> tuple[object, ...]:
    """What pickle writes for z: an object of its own, and the Record of what it leads to, if any."""
    record = Record.around(z) if z.operands or isinstance(z.grad, Value) else None
    return blank, (type(z),), (numbers(z), record)


def completed(z: Value, state: tuple[Fields, Record | None]) -> None:
    """Give z its numbers; its operands and a grad that is a graph were set by the record."""
    filled(z, state[0])


class Record:
    """A graph in one flat list, each node once, so that a deep graph is no deep pickle.

    starts    the root, and the leaves whose grad is a graph: all nodes are found from these when it is saved
    """

    __slots__ = ("starts", "__weakref__")

    def __init__(self, starts: Iterable[Value] = ()) -> None:
        self.starts = list(starts)

    @staticmethod
    def around(z: Value) -> Record:
        """The record of z and of every leaf on the way whose grad is a graph.

        When pickle comes to such a leaf, it is given the record that is being written already: were it given
        one of its own, the leaves of that would have theirs, and so on, each inside of the one before.
        """
        record = writing.get(id(z))
        if record is None:
            bound  = [x for x in reachable([z]) if not x.operands and isinstance(x.grad, Value)]
            record = Record({id(x): x for x in [z, *bound]}.values())
            writing.update({id(x): record for x in bound})
        return record

    def __reduce__(self) -> tuple[object, ...]:
        nodes   = reachable(self.starts)
        place   = {id(x): k for k, x in enumerate(nodes)}
        starts  = {id(x) for x in self.starts}
        objects = {k: x for k, x in enumerate(nodes) if not x.operands or id(x) in starts}
        inner   = {k: (type(x), numbers(x)) for k, x in enumerate(nodes) if k not in objects}
        made_of = [(k, [place[id(y)] for y in x.operands]) for k, x in enumerate(nodes) if x.operands]
        grads   = [(k, place[id(x.grad)]) for k, x in enumerate(nodes) if isinstance(x.grad, Value)]
        return Record, (), (objects, inner, made_of, grads)

    def __setstate__(self, state: tuple[dict[int, Value], dict[int, tuple[type[Value], Fields]],
                                        list[tuple[int, list[int]]], list[tuple[int, int]]]) -> None:
        objects, inner, made_of, grads = state
        nodes = objects | {k: filled(blank(kind), given) for k, (kind, given) in inner.items()}
        for k, places in made_of:
            nodes[k].operands = tuple([nodes[j] for j in places])
        for k, j in grads:
            nodes[k].grad = nodes[j]  # type: ignore[assignment]  # (after create_graph)


# The id of a leaf whose grad is a graph -> its record, for as long as pickle remembers that.
writing: WeakValueDictionary[int, Record] = WeakValueDictionary()


# --- nodes and fields -----------------------------------------------------------------------------

def reachable(starts: Iterable[Value], done: Container[int] = ()) -> list[Value]:
    """The nodes, their operands and the graphs that are their grads, each once; not those in done."""
    found: dict[int, Value] = {}
    stack = list(starts)[::-1]
    while stack:
        z = stack.pop()
        if id(z) not in found and id(z) not in done:
            found[id(z)] = z
            stack += z.operands
            if isinstance(z.grad, Value):
                stack.append(z.grad)
    return list(found.values())


def blank(kind: type[Value]) -> Value:
    """A Value without fields."""
    return object.__new__(kind)


def fields(z: Value) -> Fields:
    """The name and content of every field: the slots, and what a subclass keeps in its __dict__."""
    state: Any = object.__getstate__(z)                  # (typed as an object; with slots it is a pair)
    inside, slots = state
    return {**(inside or {}), **slots}


def numbers(z: Value) -> Fields:
    """The fields that lead to no other node."""
    found = fields(z)
    if found["operands"]:
        del found["operands"]
    if isinstance(found["grad"], Value):
        del found["grad"]
    return found


def filled(z: Value, content: Fields) -> Value:
    for name, x in content.items():
        setattr(z, name, x)
    return z


for _name, _method in {"__copy__": shallow, "__deepcopy__": deep, "__reduce__": reduced,
                       "__setstate__": completed}.items():
    setattr(Value, _name, _method)
