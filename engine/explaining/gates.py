"""Gates: what an operation does to the gradient that arrives at it, in one sentence each.

The + gate distributes, max routes, · swaps. The sentences are data, so that the page of a lecture says the
same ones: for each gate the first whose condition holds is filled in with the names and numbers of the
graph.

    {g}                     the gradient of the result with respect to the gate's output
    {op}, {z}               the sign of the operation, and the name of its output
    {x}, {y}, {at_x}, {at_y}    the first two operands by name and by number
    {slope}                 the partial towards the first operand
    {scales}                every slope, as a formula and as a number
    {operands}, {gets}      who is asked, and who gets what; {products} with the product written out
    {winner}, {winners}     who routes the gradient to itself, and how many do
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from ..graphs.graph import Graph
from ..rows import TABLE
from ..show.numbers import bracketed, short
from ..show.text import visible
from ..value import Constant, Number, Value
from .arithmetic import called, filled, slope

NAME  = 40                                 # letters of a name, as a lecture shows it
SHOWN = 3                                  # operands named before "and n more"
FLAT  = 0.01                               # a slope that lets nearly nothing through

GATES: dict[str, list[tuple[str, str]]] = {          # by the name in the row's `gate`: (condition, sentence)
    "distribute": [("", "+ distributes: the gradient {g} goes unchanged to {operands}.")],
    "subtract":   [("y is plain", "− passes the gradient on: {gets}."),
                   ("x is plain", "− turns the sign of the gradient: {gets}."),
                   ("", "− distributes the gradient {g}, to its second operand with the sign turned: "
                        "{gets}.")],
    "swap":       [("twice", "· of {x} with itself: both ends of it get {g} · {at_x}, and they add up."),
                   ("", "· swaps: each operand gets the gradient times the other one: {products}.")],
    "divide":     [("y is plain", "/ divides the gradient by {at_y}: {gets}."),
                   ("", "/ scales the gradient {scales}: {gets}.")],
    "power":      [("", "^ scales the gradient {scales}: {gets}.")],
    "remainder":  [("", "{op} passes the gradient on to what is divided, and times {slope 2} to the divisor: "
                        "{gets}.")],
    "negate":     [("", "− turns the sign of the gradient: {gets}.")],
    "pass":       [("", "{op} passes the gradient on: {gets}.")],
    "stop":       [("", "{op} is flat: it stops the gradient {g}, and nothing flows back.")],
    "fold":       [("slope > 0", "{op}: its operand is positive: the gradient passes; {gets}."),
                   ("slope < 0", "{op}: its operand is negative: the gradient passes with its sign turned; "
                                 "{gets}."),
                   ("slope = 0", "{op}: its operand is 0: the gradient stops there; {gets}."),
                   ("", "{op}: its operand is not a number, and so is the gradient; {gets}.")],
    "switch":     [("slope = 0", "{op} is a switch, and it is off, for {x} = {at_x}: the gradient {g} stops "
                                 "here."),
                   ("", "{op} is a switch, and it is on: the gradient passes unchanged; {gets}.")],
    "leak":       [("x > 0", "{op}: its operand {at_x} is above 0, so the gradient is scaled by {slope}: "
                             "{gets}."),
                   ("", "{op}: its operand {at_x} is not above 0, so the gradient is scaled by {slope}: "
                        "{gets}.")],
    "route":      [("one winner", "{op} routes: all of the gradient {g} goes to the operand that wins, "
                                  "{winner}; the others get 0."),
                   ("", "{op} routes: {winners} operands are equal, win together and share the gradient "
                        "{g}.")],
    "bound":      [("slope = 0", "{op}: its operand {at_x} is outside of the bounds, and the gradient "
                                 "stops."),
                   ("", "{op}: its operand is within the bounds, and the gradient passes: {gets}.")],
    "mask":       [("y = 0", "{op}: it is 0, so nothing passes: the gradient {g} stops here."),
                   ("", "{op}: it is {at_y}, and the gradient passes: {gets}.")],
    "affine":     [("biased", "{op} multiplies and adds: each weight gets {g} times its input, each input "
                              "{g} times its weight; the bias gets {g} itself."),
                   ("", "{op} multiplies and adds: each weight gets {g} times its input, each input {g} "
                        "times its weight.")],
    "share":      [("", "{op} shares the gradient {g} out in the proportions of softmax: {gets}.")],
    "compete":    [("", "{op}: {x}, its own logit, gets {z}·(1 − {z}) of the gradient, every rival −{z} "
                        "times its share; what one wins the others lose: {gets}.")],
    "scale":      [("", "{op} scales the gradient {scales}: {gets}.")],
}


class Arrival(NamedTuple):
    """The gradient g arrives at the gate z."""

    graph: Graph
    z:     Value
    g:     Number

    def name(self, v: Value) -> str:
        return called(self.graph, v, NAME)

    def receivers(self, told: Callable[[str, Number], str]) -> list[str]:
        """What is told of each operand that is no plain number, from its name and the partial towards it."""
        return [told(self.name(v), partial) for v, partial in zip(self.z.operands, self.z.partials)
                if type(v) is not Constant]


def sentence(graph: Graph, z: Value, g: Number) -> str:
    """What the gate z does with the gradient g that arrives at it; "" for a leaf."""
    if not z.operands:
        return ""
    arrival = Arrival(graph, z, g)
    cases   = GATES[gate(z)]
    text    = next(text for condition, text in cases if not condition or CONDITIONS[condition](z))
    return re.sub(r"\{([\w ]+)\}", lambda slot: SLOTS[slot[1]](arrival), text)


CONDITIONS: dict[str, Callable[[Value], bool]] = {
    "twice":      lambda z: z.operands[0] is z.operands[1],
    "x is plain": lambda z: type(z.operands[0]) is Constant,
    "y is plain": lambda z: type(z.operands[1]) is Constant,
    "slope > 0":  lambda z: z.partials[0] > 0,
    "slope < 0":  lambda z: z.partials[0] < 0,
    "slope = 0":  lambda z: z.partials[0] == 0,
    "x > 0":      lambda z: z.operands[0].data > 0,
    "y = 0":      lambda z: z.operands[1].data == 0,
    "one winner": lambda z: len(winners(z)) == 1,
    "biased":     lambda z: len(z.operands) % 2 == 1 and type(z.operands[-1]) is not Constant,
}

SLOTS: dict[str, Callable[[Arrival], str]] = {
    "g":        lambda a: short(a.g),
    "op":       lambda a: sign(a.z),
    "z":        lambda a: a.name(a.z),
    "x":        lambda a: a.name(a.z.operands[0]),
    "y":        lambda a: a.name(a.z.operands[1]),
    "at_x":     lambda a: short(a.z.operands[0].data),
    "at_y":     lambda a: short(a.z.operands[1].data),
    "slope":    lambda a: short(a.z.partials[0]),
    "slope 2":  lambda a: short(a.z.partials[1]),
    "scales":   lambda a: scales(a),
    "operands": lambda a: listed(a.receivers(lambda name, partial: name)),
    "gets":     lambda a: listed(a.receivers(
        lambda name, partial: f"{name} gets {short(partial * a.g)}")) or "nobody asks for it",
    "products": lambda a: listed(a.receivers(
        lambda name, partial: f"{name} gets {short(a.g)} · {bracketed(short(partial))} = "
                              f"{short(partial * a.g)}")),
    "winner":   lambda a: a.name(winners(a.z)[0]),
    "winners":  lambda a: str(len(winners(a.z))),
}


def gate(z: Value) -> str:
    """The name of its sentences."""
    return TABLE[z.op].gate if z.op in TABLE else "scale"


def sign(z: Value) -> str:
    """ReLU, max, %: the sign of the operation where it is a word or an operator, and else its name."""
    row = TABLE.get(z.op)
    return visible(row.symbol if row and row.gate in ("route", "switch", "remainder") else z.op)


def winners(z: Value) -> list[Value]:
    return [v for v, partial in zip(z.operands, z.partials) if partial != 0]


def scales(a: Arrival) -> str:
    """By what the gradient is scaled: "by 1 − v5^2 = 0.18", and "by 1 / y = 2 for x and by ... for y"."""
    asked = [i for i, v in enumerate(a.z.operands) if type(v) is not Constant]
    if len(asked) != 1 and (len(asked) > SHOWN or a.z.op not in TABLE):
        return "by its slopes"
    return listed([f"by {scaled(a, i)}" + f" for {a.name(a.z.operands[i])}" * (len(asked) > 1)
                   for i in asked])


def scaled(a: Arrival, i: int) -> str:
    """The slope towards operand i: its formula where there is one, its number, and whether it is nearly 0."""
    partial = a.z.partials[i]
    number  = short(partial)
    nodes   = [*a.z.operands, a.z]                             # OUT is the last
    formula = filled(slope(a.z, i), lambda k: a.name(nodes[k])) if a.z.op in TABLE else number
    text    = number if formula == number else f"{formula} = {number}"
    return text + ", which is nearly flat here" * (len(a.z.partials) == 1 and 0 < abs(partial) < FLAT)


def listed(parts: list[str]) -> str:
    """ "a, b and c"; of many the first few."""
    if len(parts) > SHOWN + 1:
        parts = [*parts[:SHOWN], f"{len(parts) - SHOWN} more"]
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
