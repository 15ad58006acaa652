"""Bases: right scalar engines in seven styles, as texts with marked places that a mistake can change.

    written(BASES["closures"], {})                      # the right engine
    written(BASES["closures"], {"value *": "x + y"})    # one with a mistake

A place is written <<name>> in the text of a base; `right` has what stands there in the right engine.
All sort by a loop: recursion would be a mistake of its own on deep graphs.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from engine.testing.museum import RIGHT


class Rule(NamedTuple):
    """Value and slopes of an operation, in the words x, y, n (an exponent) and z (the result)."""

    method: str
    value:  str
    slopes: tuple[str, ...]


RULES = {
    "+":       Rule("__add__",     "{x} + {y}",  ("1.0", "1.0")),
    "-":       Rule("__sub__",     "{x} - {y}",  ("1.0", "-1.0")),
    "*":       Rule("__mul__",     "{x} * {y}",  ("{y}", "{x}")),
    "/":       Rule("__truediv__", "{x} / {y}",  ("1.0 / {y}", "-{x} / {y} ** 2")),
    "**":      Rule("__pow__",     "{x} ** {n}",
                    ("{n} * {x} ** ({n} - 1) if {x} or {n} > 1 else slope_at_zero({n})",
                     "{z} * math.log({x}) if {x} > 0 else 0.0")),
    "neg":     Rule("__neg__",     "-{x}",       ("-1.0",)),
    "abs":     Rule("__abs__",     "abs({x})",   ("math.copysign(1.0, {x})",)),
    "relu":    Rule("relu",        "0.0 if {x} < 0 else {x}", ("1.0 if {x} > 0 else 0.0",)),
    "exp":     Rule("exp",         "math.exp({x})",  ("{z}",)),
    "log":     Rule("log",         "math.log({x})",  ("1.0 / {x}",)),
    "sqrt":    Rule("sqrt",        "math.sqrt({x})", ("0.5 / {z} if {z} else math.inf",)),
    "tanh":    Rule("tanh",        "math.tanh({x})", ("1.0 - {z} * {z}",)),
    "sigmoid": Rule("sigmoid",     "0.5 + 0.5 * math.tanh(0.5 * {x}) if {x} > -30 else math.exp({x})",
                    ("{z} * (1.0 - {z})",)),
    "sin":     Rule("sin",         "math.sin({x})",  ("math.cos({x})",)),
    "cos":     Rule("cos",         "math.cos({x})",  ("-math.sin({x})",)),
}
TWO      = ("+", "-", "*", "/")
COMPOSED = {                               # operations made of others, written as one expression
    "micrograd": {"neg": "self * -1", "-": "self + (-other)", "/": "self * other ** -1"},
    "pairs":     {"neg": "self * -1", "-": "self + wrap(other) * -1", "/": "self * wrap(other) ** -1",
                  "sqrt": "self ** 0.5"},
}
REFLECTED = {                              # 2 + x and its like; museum has its own
    "closures":  {op: f"wrap(other) {op} self" for op in ("-", "/", "**")}
                 | {"+": "self + other", "*": "self * other"},
    "micrograd": {"+": "self + other", "*": "self * other", "-": "other + (-self)",
                  "/": "other * self ** -1"},
    "pairs":     {"+": "wrap(other) + self", "*": "wrap(other) * self", "-": "(-self) + other",
                  "/": "wrap(other) * self ** -1"},
    "tape":      {op: f"wrap(other) {op} self" for op in TWO},
    "rules":     {op: f"made({op!r}, wrap(other), self)" for op in (*TWO, "**")},
}

# What a mistake does to the place where an operation passes its gradient on: other slopes, = for +=, no
# upstream gradient, only towards some operands. None where the style leaves no such place.
Push = Callable[..., str | None]


class Base(NamedTuple):
    """kinds: the operations with operands that are nodes or plain numbers it lacks, as in "** nn"."""

    name:    str
    text:    str
    right:   dict[str, str]
    words:   dict[str, str]                # x, y, n and z, as the style writes them
    push:    Push
    lacks:   frozenset[str]
    seed:    str                           # "+=" or "=", for the gradient of the output
    altered: str                           # where gradients can be changed: "part", "sum" or "last"
    nodes:   bool                          # whether an exponent can be a node


def written(base: Base, changes: dict[str, str]) -> str:
    """The text of the engine with these places changed."""
    unknown = set(changes) - set(base.right)
    if unknown:
        raise KeyError(f"{base.name} has no place {sorted(unknown)}: it has {sorted(base.right)}")
    return re.sub("<<(.*?)>>", lambda found: {**base.right, **changes}[found[1]], base.text)


def slopes_of(op: str, nodes: bool) -> tuple[str, ...]:
    """The right slopes; towards an exponent only where it can be a node."""
    return RULES[op].slopes[:1] if op == "**" and not nodes else RULES[op].slopes


# --- how an operation passes its gradient on --------------------------------------------------------------

ALONE = 'type("Alone", (float,), {{"__mul__": lambda slope, upstream: float(slope)}})({})'


def operands(count: int) -> tuple[str, ...]:
    return ("self", "other")[:count]


def listed(items: tuple[str, ...]) -> str:
    return f"({', '.join(items)}{',' * (len(items) == 1)})"


def partials(slopes: tuple[str, ...], add: str = "+=", upstream: bool = True,
             keep: tuple[int, ...] = (0, 1)) -> str | None:
    """Operands, and the slopes towards them; nothing at all where it is detached."""
    if add == "=":
        return None
    if not keep:
        return ""
    slopes = tuple(s if k in keep else "0.0" for k, s in enumerate(slopes))
    return f", {listed(operands(len(slopes)))}, {listed(slopes if upstream else told_alone(slopes))}"


def told_alone(slopes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(ALONE.format(s) for s in slopes)


def lines(slopes: tuple[str, ...], add: str = "+=", upstream: bool = True,
          keep: tuple[int, ...] = (0, 1)) -> str:
    """A line for each operand in _backward(); detached, there is none."""
    return "".join(f"            {x}.grad {add} {f'({s})' if ' ' in s else s}{' * out.grad' * upstream}\n"
                   for k, (x, s) in enumerate(zip(operands(len(slopes)), slopes)) if k in keep
                   ) or "            pass\n"


def pairs(slopes: tuple[str, ...], add: str = "+=", upstream: bool = True,
          keep: tuple[int, ...] = (0, 1)) -> str | None:
    """An edge (operand, slope) for each operand; detached, there is none."""
    if add == "=" or not upstream:
        return None
    edges = enumerate(zip(operands(len(slopes)), slopes))
    return ", ".join(f"({x}, {s})" for k, (x, s) in edges if k in keep)


def row(slopes: tuple[str, ...], add: str = "+=", upstream: bool = True,
        keep: tuple[int, ...] = (0, 1)) -> str | None:
    """The slopes in a table of rules; detached, they are 0."""
    if add == "=" or not upstream:
        return None
    return listed(tuple(s if k in keep else "0.0" for k, s in enumerate(slopes)))


# --- the texts --------------------------------------------------------------------------------------------

HEAD = '''\
"""{}"""

import math


class Value:
    def __init__(self, data, {}):
'''

PASS = '''\
    def backward(self):
        order = topological_order(self)
        for z in order:
<<reset>>
        self.grad <<seed>>
<<loop>>
'''

FOOT = '''

def wrap(x):
    return x if isinstance(x, Value) else Value(x)


def slope_at_zero(n):
    return {0: 0.0, 1: 1.0}.get(n, math.inf)
'''

SORT = '''\
def topological_order(root):
    order, visited, stack = [], set(), [(root, False)]
    while stack:
        z, ready = stack.pop()
        if ready:
            order.append(z)
        elif z not in visited:
            visited.add(z)
            stack.append((z, True))
            stack.extend((x, False) for x in z.operands)
    return order'''

RESET  = "            if z.operands:\n                z.grad = 0.0"
LOOP   = "        for z in reversed(order):"
ADD    = "x.grad += slope * z.grad"
EDGES  = "zip(z.operands, z.partials)"

CLOSURES = HEAD.format("A scalar engine of closures: each result knows how to pass its gradient on.",
                       "operands=()") + '''\
        self.data      = data
        self.grad      = 0.0
        self.operands  = operands
        self._backward = lambda: None

''' + "{methods}\n" + PASS + '''\
            z._backward()
<<end>>''' + FOOT + "\n\n<<sort>>\n"

PAIRS = HEAD.format("A scalar engine of edges: each an operand and the slope towards it.", "edges=()") + '''\
        self.data     = data
        self.grad     = 0.0
        self.edges    = edges
        self.operands = [x for x, _ in edges]

''' + "{methods}\n" + PASS + '''\
            for x, slope in <<edges>>:
                <<add>>
''' + FOOT + "\n\n<<sort>>\n"

TAPE = HEAD.format("A scalar engine with a tape: nodes stand in the list in the order they were made.",
                   "edges=()") + '''\
        self.data   = data
        self.grad   = 0.0
        self.edges  = [(x.number, slope) for x, slope in edges]
        self.number = len(TAPE)
        self.first  = min([x.first for x, _ in edges], default=self.number)
        TAPE.append(self)

''' + "{methods}\n" + PASS.replace("topological_order(self)", "TAPE[self.first:self.number + 1]") + '''\
            for k, slope in <<edges>>:
                x = TAPE[k]
                <<add>>
''' + FOOT + "\n\nTAPE = []\n"

TABLE = HEAD.format("A scalar engine with a table of rules, whose slopes are computed in backward().",
                    "operands=(), op=\"\"") + '''\
        self.data     = data
        self.grad     = 0.0
        self.operands = operands
        self.op       = op
        self.numbers  = [x.data for x in operands]

''' + "{methods}\n" + PASS + '''\
            if z.operands:
                value, slopes = RULES[z.op]
                xs = <<numbers>>
                for x, slope in <<edges>>:
                    <<add>>


def made(op, *operands):
    z = RULES[op][0](*[x.data for x in operands])
    if isinstance(z, complex):
        raise ValueError("that is no real number")
    return Value(z, operands, op)


RULES = {
{table}}
''' + FOOT + "\n\n<<sort>>\n"

NO_NUMBER = ("        if isinstance(z, complex):\n"
             "            raise ValueError(\"that is no real number\")\n")


# --- the bases, made of texts and rules -------------------------------------------------------------------

def arguments(op: str, nodes: bool) -> tuple[str, ...]:
    return ("self", "n") if op == "**" and not nodes else operands(2 if op in (*TWO, "**") else 1)


def head(op: str, nodes: bool) -> str:
    """The first lines of a method, up to the numbers x and y: taken now, whatever becomes of the operands."""
    names = arguments(op, nodes)
    start = f"    def {RULES[op].method}({', '.join(names)}):\n"
    if "other" in names:
        return start + f"<<plain {op}>>        x, y = self.data, other.data\n"
    return start + "        x = self.data\n"


def value_line(op: str) -> str:
    return f"        z = <<value {op}>>\n" + NO_NUMBER * (op == "**")


def closure(op: str, nodes: bool) -> str:
    operands_ = [x for x in arguments(op, nodes) if x != "n"]
    return (head(op, nodes) + value_line(op) + f"        out = Value(z, {listed(tuple(operands_))})\n"
            f"        def _backward():\n<<push {op}>>        out._backward = _backward\n        return out\n")


def edged(op: str, nodes: bool) -> str:
    return head(op, nodes) + value_line(op) + f"        return Value(z, [<<push {op}>>])\n"


def ruled(op: str, nodes: bool) -> str:
    names = arguments(op, nodes)
    start = f"    def {RULES[op].method}({', '.join(names)}):\n" + f"<<plain {op}>>" * ("other" in names)
    return start + f"        return made({', '.join([repr(op), *names])})\n"


def expression(method: str, names: str, place: str) -> str:
    return f"    def {method}({names}):\n        return <<{place}>>\n"


def methods(name: str, style: Callable[[str, bool], str], nodes: bool) -> str:
    composed = COMPOSED.get(name, {})
    told = [expression(RULES[op].method, ", ".join(operands(1 + (op in TWO))), f"composed {op}")
            if op in composed else style(op, nodes) for op in RULES]
    told += [expression(f"__r{RULES[op].method[2:]}", "self, other", f"reflected {op}")
             for op in REFLECTED.get(name, {})]
    return "\n".join(told)


def rights(name: str, words: dict[str, str], push: Push, nodes: bool) -> dict[str, str]:
    """What stands in each place that an operation has."""
    composed = COMPOSED.get(name, {})
    own = [op for op in RULES if op not in composed]
    return {**{f"value {op}": RULES[op].value.format(**words) for op in own},
            **{f"push {op}": push(tuple(s.format(**words) for s in slopes_of(op, nodes))) for op in own},
            **{f"plain {op}": "        other = wrap(other)\n" for op in (*TWO, *["**"] * nodes) if op in own},
            **{f"composed {op}": text for op, text in composed.items()},
            **{f"reflected {op}": text for op, text in REFLECTED.get(name, {}).items()}}


def lacking(nodes: bool, reflected: bool, *functions: str) -> frozenset[str]:
    return frozenset([*(() if nodes else ("** nn", "** pn")), *(f"{f} n" for f in functions),
                      *(() if reflected else (f"{op} pn" for op in TWO))])


def base(name: str, text: str, style: Callable[[str, bool], str], push: Push, seed: str = "+=",
         altered: str = "sum", nodes: bool = False, central: dict[str, str] | None = None) -> Base:
    words  = {"x": "x", "y": "y", "n": "y" if nodes else "n", "z": "z"}
    right  = {**rights(name, words, push, nodes), "reset": RESET, "seed": f"{seed} 1.0", "loop": LOOP,
              "sort": SORT, **(central or {})}
    rules  = "".join(f"    {op!r}: (lambda {', '.join(names)}: <<value {op}>>,\n"
                     f"        lambda z, {', '.join(names)}: <<push {op}>>),\n"
                     for op in RULES for names in [("x", "y")[:len(slopes_of(op, nodes))]])
    text   = text.replace("{methods}\n", methods(name, style, nodes) + "\n").replace("{table}", rules)
    right  = {place: told for place, told in right.items() if f"<<{place}>>" in text}
    return Base(name, text, right, words, push, lacking(nodes, name in REFLECTED), seed, altered, nodes)


def museum() -> Base:
    """The engine of the museum, word for word, with its places marked."""
    words = {"x": "self.data", "y": "other.data", "n": "n", "z": "z"}
    right = {"reset": RESET, "seed": "+= 1.0", "loop": LOOP, "edges": EDGES, "add": ADD,
             "sort": RIGHT[RIGHT.index("def topological_order"):].rstrip()}
    text = RIGHT
    for op in [op for op in RULES if op not in ("sin", "cos")]:
        value = RULES[op].value.format(**words)
        push  = partials(tuple(s.format(**words) for s in slopes_of(op, False))) or ""
        right |= {f"value {op}": value, f"push {op}": push}
        if f"Value({value}{push})" in text:
            text = once(text, f"Value({value}{push})", f"Value(<<value {op}>><<push {op}>>)")
        else:
            text = once(text, f"z = {value}\n", f"z = <<value {op}>>\n")
            text = once(text, f"Value(z{push})", f"Value(z<<push {op}>>)")
    for op in TWO:
        right |= {f"plain {op}": "        other = wrap(other)\n", f"reflected {op}": f"wrap(other) {op} self"}
        text = once(text, f"        other = wrap(other)\n        return Value(<<value {op}>>",
                    f"<<plain {op}>>        return Value(<<value {op}>>")
        text = once(text, f"return wrap(other) {op} self", f"return <<reflected {op}>>")
    for place in ("reset", "loop", "edges", "add", "sort"):
        text = once(text, right[place], f"<<{place}>>")
    text = once(text, "self.grad += 1.0", "self.grad <<seed>>")
    lacks = lacking(False, True, "sin", "cos")
    return Base("museum", text, right, words, partials, lacks, "+=", "part", False)


def once(text: str, old: str, new: str) -> str:
    if text.count(old) != 1:
        raise ValueError(f"right.py has {old!r} {text.count(old)} times: it must be there once")
    return text.replace(old, new)


BASES = {b.name: b for b in (
    museum(),
    base("closures",  CLOSURES, closure, lines, "=",  "last", True, {"end": ""}),
    base("one-sided", CLOSURES, closure, lines, "+=", "last", False, {"end": ""}),
    base("micrograd", CLOSURES, closure, lines, "=",  "last", False, {"end": ""}),
    base("pairs",     PAIRS,    edged,   pairs, "+=", "sum",  False, {"edges": "z.edges", "add": ADD}),
    base("tape",      TAPE.replace("if z.operands", "if z.edges"), edged, pairs, "+=", "sum", False,
         {"edges": "z.edges", "add": ADD, "reset": RESET.replace("z.operands", "z.edges")}),
    base("rules",     TABLE,    ruled,   row,   "+=", "sum",  True,
         {"edges": "zip(z.operands, slopes(value(*xs), *xs))", "add": ADD, "numbers": "z.numbers"}))}
