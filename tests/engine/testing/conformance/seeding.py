"""Seeds: the mistakes that can be made in a right engine, each a change of one place in the text of a base.

    seeds("closures")               # every mistake that can be made there, with its identity in the catalogue
"""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from engine.testing.conformance.mistakes import CHANGES, catalogue
from engine.testing.museum import exhibit
from engine.testing.random_programs.operations import OPERATIONS
from tests.engine.testing.conformance.bases import BASES, LOOP, RULES, TWO, Base, slopes_of

KINDS = ("calculus", "accumulation", "order", "call", "precision")


class Seeded(NamedTuple):
    """One mistake in one base: the places it changes, and its identity in the catalogue."""

    kind:     str
    identity: tuple[str, str]
    changes:  dict[str, str]

    @property
    def places(self) -> set[str]:
        """What no second mistake may change: an operation; the course, which is the sort and the loop."""
        return {"course" if place in ("sort", "loop") else place if place.startswith("reflected")
                else place.split()[-1] for place in self.changes}


@cache
def seeds(name: str) -> tuple[Seeded, ...]:
    """Every mistake that can be made in this base."""
    base = BASES[name]
    return tuple(m for kind in (calculus, accumulation, order, call, precision) for m in kind(base))


# --- mistakes of calculus ---------------------------------------------------------------------------------

# Of an operation: words of the sentence, and the slopes that are written.
SLOPES = (
    ("*",  "slopes of * are swapped",               ("{x}", "{y}")),
    ("-",  "towards y has the wrong sign",          ("1.0", "1.0")),
    ("-",  "slopes of x - y are swapped",           ("-1.0", "1.0")),
    ("/",  "the divisor is not squared",            ("1.0 / {y}", "-{x} / {y}")),
    ("/",  "the minus is missing",                  ("1.0 / {y}", "{x} / {y} ** 2")),
    ("/",  "the x is missing",                      ("1.0 / {y}", "-1.0 / {y} ** 2")),
    ("/",  "slopes of x / y are swapped",           ("-{x} / {y} ** 2", "1.0 / {y}")),
    ("**", "the exponent is off by one",            ("{n} * {x} ** {n}",)),
    ("**", "the factor n is missing",               ("{x} ** ({n} - 1)",)),
    ("**", "the exponent n - 1 is missing",         ("{n} * {x}",)),
    ("**", "the factor is n, not n - 1",            ("({n} - 1) * {x} ** ({n} - 1)",)),
    ("abs",  "slope of abs is 1 also below 0",      ("1.0",)),
    ("relu", "and gradient passes there",           ("1.0",)),
    ("relu", "a hundredth passes there",            ("1.0 if {x} > 0 else 0.01",)),
    ("relu", "1 above 0, not the input itself",     ("max({x}, 0.0)",)),
    ("relu", "slope of relu is turned around",      ("0.0 if {x} > 0 else 1.0",)),
    ("exp",  "the power rule",                      ("{x} * math.exp({x} - 1.0)",)),
    ("exp",  "not its input x",                     ("{x}",)),
    ("log",  "1 / output was used",                 ("1.0 / math.log({x})",)),
    ("log",  "with x its input, not the output",    ("math.log({x})",)),
    ("sqrt", "the root is missing",                 ("0.5 / {x}",)),
    ("sqrt", "the 2 is missing",                    ("1.0 / {z}",)),
    ("tanh", "the input x was used",                ("1.0 - {x} * {x}",)),
    ("tanh", "the square is missing",               ("1.0 - {z}",)),
    ("tanh", "is that of the sigmoid",              ("{z} * (1.0 - {z})",)),
    ("sigmoid", "the input x was used",             ("{x} * (1.0 - {x})",)),
    ("sigmoid", "the factor 1 - z is missing",      ("{z}",)),
    ("sigmoid", "the factor z is missing",          ("1.0 - {z}",)),
    ("sigmoid", "1 - z**2 is that of tanh",         ("1.0 - {z} * {z}",)),
    ("sin",  "the sign is wrong",                   ("-math.cos({x})",)),
    ("sin",  "the output sin x was used",           ("{z}",)),
    ("cos",  "the minus is missing",                ("math.sin({x})",)),
)

# Of an operation: words of the sentence, the value that is written, and the slopes if they change with it.
VALUES = (
    ("/",   "write / and not //",            "{x} // {y}",      ()),
    ("**",  "cut to a whole number",         "{x} ** int({n})", ()),
    ("log", "base 10 was used",              "math.log10({x})", ()),
    ("log", "base 2 was used",               "math.log2({x})",  ()),
    ("abs", "abs(x) is -x below 0",          "{x}",             ("1.0",)),
    ("neg", "-x gives x",                    "{x}",             ("1.0",)),
)

# What the sentences above say already, and so is no second mistake.
SAID = {("-", "has slopes with the wrong sign"), ("sin", "has slopes with the wrong sign"),
        ("cos", "has slopes with the wrong sign"), ("sqrt", "has slopes twice too large")}
FACTORS = (("has slopes with the wrong sign", "-({})"), ("has slopes twice too large", "2.0 * ({})"),
           ("has slopes of half the right size", "0.5 * ({})"))


@cache
def sentences() -> dict[tuple[str, str], int]:
    """Every identity of the catalogue, with its rank."""
    return {identity: rank for rank, identity in enumerate(dict.fromkeys((m.name, m.sentence)
                                                                        for m in catalogue()))}


def identity(words: str, name: str = "") -> tuple[str, str]:
    """The one entry of the catalogue with these words."""
    found = [(n, s) for n, s in sentences() if words in s and n.startswith(name)]
    if len(found) != 1:
        raise LookupError(f"{len(found)} sentences of the catalogue say {words!r} of {name!r}: one must")
    return found[0]


def calculus(base: Base) -> Iterator[Seeded]:
    for op, words, slopes in SLOPES:
        slopes += slopes_of(op, base.nodes)[len(slopes):]
        if text := pushed(base, op, slopes):
            yield Seeded("calculus", identity(words, f"slope of {op}"), {f"push {op}": text})
    for op, words, value, slopes in VALUES:
        if f"value {op}" in base.right:
            text = pushed(base, op, slopes) if slopes else None
            yield Seeded("calculus", identity(words, f"value of {op}"),
                         {f"value {op}": value.format(**base.words)} | ({f"push {op}": text} if text else {}))
    if "composed neg" in base.right:
        yield Seeded("calculus", identity("-x gives x"), {"composed neg": "self * 1"})
    yield from per_operation(base)
    yield from with_plain_numbers(base)


def pushed(base: Base, op: str, slopes: Iterable[str] = (), **more) -> str | None:
    """The text by which the operation passes its gradient on, if the base has a place for it."""
    right = slopes_of(op, base.nodes)
    return base.push(tuple(s.format(**base.words) for s in slopes or right), **more) \
        if f"push {op}" in base.right else None


def per_operation(base: Base) -> Iterator[Seeded]:
    """Detached, towards one operand only, the wrong sign, doubled, halved: of each operation."""
    for op in RULES:
        right, how = slopes_of(op, base.nodes), OPERATIONS[op].python.format("x", "y")
        changed = [(CHANGES[2][1], pushed(base, op, keep=()))]
        if len(right) == 2:
            changed += [(CHANGES[3][1], pushed(base, op, keep=(0,))),
                        (CHANGES[4][1], pushed(base, op, keep=(1,)))]
        changed += [(words, pushed(base, op, [factor.format(s) for s in right])) for words, factor in FACTORS
                    if (op, words) not in SAID]
        for words, text in changed:
            if text is not None:
                yield Seeded("calculus", identity(f"{how} {words}", f"slope of {op}"), {f"push {op}": text})


def with_plain_numbers(base: Base) -> Iterator[Seeded]:
    """x + 2 and 2 + x on ways of their own: detached, or with the operands of 2 - x swapped."""
    for op in (*TWO, "**"):
        how   = OPERATIONS[op].python.format("x", "y")
        plain = RULES[op].value.format(x="self.data", y="other", n="other")
        left  = RULES[op].value.format(x="other", y="self.data", n="self.data")
        turned = base.right.get(f"reflected {op}")
        if f"plain {op}" in base.right and turned != f"self {op} other":
            apart = f"        if not isinstance(other, Value):\n            return Value({plain})\n"
            yield Seeded("calculus", identity(f"{how} {CHANGES[0][1]}"),
                         {f"plain {op}": apart + base.right[f"plain {op}"]})
        if turned:
            yield Seeded("calculus", identity(f"{how} {CHANGES[1][1]}"),
                         {f"reflected {op}": f"Value({left})"})
        if turned and op not in ("+", "*"):
            text = f"made({op!r}, self, wrap(other))" if turned.startswith("made") else f"self {op} other"
            yield Seeded("calculus", identity(f"reflected {op} are swapped"), {f"reflected {op}": text})


# --- mistakes of accumulation, order and calls ------------------------------------------------------------

def accumulation(base: Base) -> Iterator[Seeded]:
    everywhere = (("the gradient is overwritten where", "x.grad = slope * z.grad", {"add": "="}),
                  ("the upstream gradient is forgotten: each", "x.grad += slope", {"upstream": False}))
    for words, text, how in everywhere:
        if "add" in base.right:
            yield Seeded("accumulation", identity(words), {"add": text})
        else:
            yield Seeded("accumulation", identity(words),
                         {f"push {op}": text for op in RULES if (text := pushed(base, op, **how))})
    for op in RULES:
        how = OPERATIONS[op].python.format("x", "y")
        if text := pushed(base, op, add="="):
            yield Seeded("accumulation", identity(f"the gradient is overwritten in {how}, "),
                         {f"push {op}": text})
        if text := pushed(base, op, upstream=False):
            yield Seeded("accumulation", identity(f"the upstream gradient is forgotten in {how}:"),
                         {f"push {op}": text})
    if "edges" in base.right:
        edges = base.right["edges"]
        yield Seeded("accumulation", identity("is counted once"),
                     {"edges": f"dict({edges}).items()"})


NO_SORT = """\
        stack = [self]
        for _ in range(20000):
            if not stack:
                break
            z = stack.pop()
            stack.extend(reversed(z.operands))"""
NO_SORT_BY_LEVELS = """\
        queue = [self]
        for z in queue:
            queue += dict.fromkeys(z.operands) if len(queue) < 20000 else ()"""
VISIT_ONCE = """\
        visited, stack = set(), [self]
        while stack:
            z = stack.pop()
            if z in visited:
                continue
            visited.add(z)
            stack.extend(reversed(z.operands))"""
BREADTH_FIRST = """\
        queue, visited = [self], {self}
        for z in queue:
            queue += [x for x in dict.fromkeys(z.operands) if x not in visited]
            visited.update(z.operands)"""


def order(base: Base) -> Iterator[Seeded]:
    yield Seeded("order", identity("not pre-order"), {"loop": LOOP.replace("reversed(order)", "order")})
    if "sort" not in base.right:                       # a tape has its order already
        return
    for words, text in (("there is no topological sort", NO_SORT), ("there is no topological sort",
                        NO_SORT_BY_LEVELS), ("depth first and visits each node once", VISIT_ONCE),
                        ("goes breadth first", BREADTH_FIRST)):
        yield Seeded("order", identity(words), {"loop": text})
    for words, name in (("not pre-order", "pre_order"), ("nodes with equal numbers", "equal_nodes"),
                        ("remembered and left out", "visited_kept")):
        yield Seeded("call" if name == "visited_kept" else "order", identity(words),
                     {"sort": resorted(base.right["sort"], name)})


RESORTED = {
    "pre_order":    (("            order.append(z)\n        elif", "            continue\n        elif"),
                     ("visited.add(z)\n", "visited.add(z)\n            order.append(z)\n")),
    "equal_nodes":  (("z not in", "z.data not in"), ("visited.add(z)", "visited.add(z.data)")),
    "visited_kept": (("(root)", "(root, visited=set())"),
                     ("visited, stack = [], set(), ", "stack = [], ")),
}


def resorted(sort: str, name: str) -> str:
    """The sort with a mistake: as in the museum, or the same in the sort of the other bases."""
    e = exhibit(name)
    if e.old.rstrip() in sort:
        return sort.replace(e.old.rstrip(), e.new.rstrip())
    for old, new in RESORTED[name]:
        if sort.count(old) != 1:
            raise ValueError(f"the sort has {old!r} {sort.count(old)} times: it must be there once")
        sort = sort.replace(old, new)
    return sort


def call(base: Base) -> Iterator[Seeded]:
    inner = base.right["reset"]
    node  = inner.split()[1].rstrip(":")                                     # z.operands, or z.edges
    yield Seeded("call", identity("never set to 1"), {"seed": f"{base.seed} 0.0"})
    yield Seeded("call", identity("output's data in place of 1"), {"seed": f"{base.seed} self.data"})
    yield Seeded("call", identity("sets the gradients of the inputs to 0"),
                 {"reset": "            z.grad = 0.0"})
    kept = "inner nodes, and of the output," if base.seed == "+=" else "gradients of inner nodes are kept"
    yield Seeded("call", identity(kept), {"reset": "            pass"})
    if base.seed == "+=":
        yield Seeded("call", identity("adds another 1 to it"),
                     {"reset": inner.replace(f"if {node}:", f"if {node} and z is not self:")})
    if "numbers" in base.right:
        yield Seeded("call", identity("computed in backward()"), {"numbers": "[x.data for x in z.operands]"})


# --- mistakes of precision --------------------------------------------------------------------------------

ALTERED = (
    *((f"clipped at {c:g}:", f"max({-c!r}, min({c!r}, {{0}}))") for c in (1.0, 10.0, 1e3, 1e6)),
    *((f"below {c:g} are dropped", f"(0.0 if abs({{0}}) < {c!r} else {{0}})")
      for c in (1e-3, 1e-5, 1e-8, 1e-12)),
    *((f"to {d} digits after the point", f"round({{0}}, {d})") for d in (1, 2, 4, 8)),
    ("cut to whole numbers", "(float(int({0})) if math.isfinite({0}) else {0})"),
    ("single precision", "(math.ldexp(round(math.ldexp(math.frexp({0})[0], 24)), math.frexp({0})[1] - 24)"
                         " if math.isfinite({0}) else {0})"),
)


def precision(base: Base) -> Iterator[Seeded]:
    for words, change in ALTERED:
        if base.altered == "last":
            place, text = "end", f"        for z in order:\n            z.grad = {change.format('z.grad')}\n"
        elif base.altered == "part":
            place, text = "add", f"x.grad += {change.format('(slope * z.grad)')}"
        else:
            place, text = "add", f"x.grad = {change.format('(x.grad + slope * z.grad)')}"
        yield Seeded("precision", identity(words), {place: text})
