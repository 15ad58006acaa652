"""JavaScript: the rows of the calculus table as source text, for a page that computes by itself.

    before   primitive("log1p", lambda x: lib(x).log1p(x), [lambda z, x: over(1, 1 + x)], ...)
    after    "log1p": {..., value: x => log1p(x), slopes: [(z, x) => apply("over", 1, 1 + x)]}

Rows are called on symbols (tracing.py). The rows of any number of operands are loops in calculus.js, where
the functions of Python's math are too; a page gets those that its rows call.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from ..errors import failure
from ..libraries import Quantity
from ..rows import TABLE, Primitive, Shut
from ..value import Constant, Number, Value
from .assets import asset
from .tracing import Choice, Refusal, Symbol, TooMany, Trace, Tree, explored

Use: TypeAlias = "tuple[str, int]"                        # a row, and how many operands it has somewhere

LOOPS     = {name: name.upper() for name in
             ("maximum", "minimum", "total", "dot", "affine", "logsumexp", "softmax")}
FUNCTIONS = {"**": "raised", "%": "modulo", "//": "fits", "round": "nearest", "abs": "Math.abs"}
STRENGTHS = {"where": 1, "==": 2, "<": 3, "<=": 3, ">": 3, ">=": 3, "+": 4, "-": 4, "*": 5, "/": 5, "neg": 6}
ATOM      = 7


class Unwritable(ValueError):
    """The page cannot compute this graph; the message says why."""


# --- a graph ----------------------------------------------------------------------------------------

def uses(values: Iterable[Value]) -> list[Use]:
    """The rows that a graph uses, each with its number of operands, in order of their names."""
    return sorted({(z.op, len(z.operands)) for z in values if z.operands})


def graph_data(values: Sequence[Value]) -> dict[str, Sequence[str | float | Sequence[int]]]:
    """The graph for `calculus.graph` of compute.js; operands come before the nodes made from them.

    Raises:
        Unwritable: a number is no float.
    """
    index = {v: k for k, v in enumerate(values)}
    for v in values:
        if not isinstance(v.data, (int, float)):
            raise Unwritable(f"a page computes in floats, and {type(v.data).__name__} {v.data!r:.60} is "
                             "none: write Value(float(x))")
    return {"ops":      [v.op for v in values],
            "operands": [[index[x] for x in v.operands] for v in values],
            "plain":    [k for k, v in enumerate(values) if type(v) is Constant],
            "whole":    [k for k, v in enumerate(values) if isinstance(v.data, int)],
            "data":     [portable(v.data) for v in values]}


def portable(x: Number) -> float | str:
    """A number as JSON has it; nan and infinities as the text that JavaScript reads."""
    try:
        x = float(x)
    except OverflowError:
        raise Unwritable("a page computes in floats, and a whole number of this graph is larger than the "
                         "largest, 1.8e308: write Value(float(x))") from None
    return x if x - x == 0 else "NaN" if x != x else "Infinity" if x > 0 else "-Infinity"


# --- a script ---------------------------------------------------------------------------------------

def script(used: Iterable[Use]) -> str:
    """`const calculus = ...`: rows, functions and the graph of compute.js, in strict mode and nothing else
    global.

    Raises:
        Unwritable: there is no such row, or it cannot be written as JavaScript.
    """
    return f'const calculus = (() => {{\n"use strict";\n{rows(used)}\n{asset("compute.js")}}})();\n'


def rows(used: Iterable[Use]) -> str:
    """The rows that are used, the rows that these call, and the functions that all of them call.

    Raises:
        Unwritable: as for script.
    """
    entries = {key(name, count): row_text(name, count) for name, count in sorted(set(used))}
    waiting = [name for text in entries.values() for name in called(text)]
    while waiting:
        name = waiting.pop()
        if name not in entries:
            entries[name] = row_text(name, 0)
            waiting += called(entries[name])
    lines = [f"  {quoted(name)}: {entries[name]}," for name in sorted(entries)]
    table = "\n".join(["const ROWS = {", *lines, "};"])
    return "\n\n".join([*blocks(table + asset("compute.js")), f"const WHY = {quoted(WHY)};", table])


def key(name: str, count: int) -> str:
    """The name of an entry; a row of any number of operands that is no loop has one for each number."""
    if name not in TABLE:
        raise Unwritable(f"the calculus table has no row {name!r:.60}: enter it with primitive(...)")
    return f"{name}/{count}" if TABLE[name].nary and name not in LOOPS else name


WHY = {kind.__name__: str(failure("", (), kind(), "", ""))[2:] for kind in (OverflowError, ZeroDivisionError)}


def called(text: str) -> list[str]:
    """The rows that a row calls."""
    return [json.loads(name) for name in re.findall(r'\bapply\(("(?:[^"\\]|\\.)*")', text)]


def blocks(text: str) -> list[str]:
    """The blocks of calculus.js that the text calls, and those that they call, in the order of that file."""
    found = [(names, block) for block in re.split(r"\n\n+", asset("calculus.js").strip())
             if (names := re.findall(r"^(?:function|const|class) (\w+)", block, re.M))]
    needed, waiting = set[str](), words(text)
    while waiting:
        news = [(names, block) for names, block in found if set(names) & waiting - needed]
        needed |= {name for names, _ in news for name in names}
        waiting = {word for _, block in news for word in words(block)} - needed
        waiting &= {name for names, _ in found for name in names}
    return [block for names, block in found if set(names) & needed]


def words(text: str) -> set[str]:
    """The words of a piece of code; not those of its texts and comments."""
    return set(re.findall(r"\w+", re.sub(r'"(?:[^"\\]|\\.)*"|//.*', "", text)))


def quoted(x: object) -> str:
    """As JavaScript, with no character that HTML would read."""
    return json.dumps(x).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


# --- a row ------------------------------------------------------------------------------------------

def row_text(name: str, count: int) -> str:
    """The entry of one row; of its value alone where it is called by other rows only (count 0).

    Raises:
        Unwritable: the row does something that a symbol cannot follow.
    """
    row  = TABLE[name]
    head = f"domain: {quoted(' x '.join(row.domain))}, hint: {quoted(row.hint)}"
    if name in LOOPS:
        return f"{{{head}, ...{LOOPS[name]}}}"
    try:
        value  = function(row.value, "", count or len(row.each) or 1)
        slopes = f", slopes: {slopes_text(row, count)}" if count else ""
    except (TypeError, AttributeError, TooMany) as error:
        raise Unwritable(f"the row {name!r:.60} cannot be written as JavaScript: {error}") from error
    return f"{{{head}, value: {value}{slopes}}}"


def slopes_text(row: Primitive, count: int) -> str:
    """One function per operand, or one for all of them where their number is open."""
    if not isinstance(row.partials, list):
        return function(row.partials, "z", count)
    return f"[{', '.join([function(slope, 'z', count) for slope in row.partials])}]"


def function(formula: Quantity, output: str, count: int) -> str:
    """A formula of the table as an arrow function."""
    trace    = Trace()
    operands = [trace.symbol("operand", k) for k in range(count)]
    given    = [*[trace.symbol("output")][:len(output)], *operands]
    tree     = explored(trace, lambda: formula(*given))
    letters  = list("xywv") if count < 5 else [f"x{k}" for k in range(1, count + 1)]
    names    = {x.number: letter for x, letter in zip(given, [*output, *letters])}
    body   = Body(trace, names).lines(tree, "    ")
    inside = ", ".join([names[x.number] for x in given])
    head   = inside if len(given) == 1 else f"({inside})"
    if len(body) == 1 and body[0].startswith("    return "):
        return f"{head} => {body[0].removeprefix('    return ').removesuffix(';')}"
    return "\n".join([f"{head} => {{", *body, "  }"])


class Body:
    """Writes a tree as statements; what is needed more than once gets a name."""

    def __init__(self, trace: Trace, names: dict[int, str]) -> None:
        self.trace, self.names, self.count = trace, names, 0

    def lines(self, tree: Tree, indent: str) -> list[str]:
        """The statements that end in what the tree gives."""
        counts: dict[int, int] = {}
        count_uses(tree, counts)
        if isinstance(tree, Refusal):
            return [f"{indent}throw new Refused({quoted(tree.kind)}, {self.sentence(tree.why)});"]
        if isinstance(tree, Choice):
            first = self.named(tree.condition, counts, indent)
            known = dict(self.names)
            yes   = self.lines(tree.yes, indent + "  ")
            self.names = known
            asked = f"{indent}if ({self.text(tree.condition)}) "
            whole = [f"{asked}{yes[0].strip()}"] if len(yes) == 1 else [f"{asked}{{", *yes, f"{indent}}}"]
            return [*first, *whole, *self.lines(tree.no, indent)]
        parts = tree if isinstance(tree, tuple) else (tree,)
        first = [line for part in parts for line in self.named(part, counts, indent)]
        texts = [self.text(part) for part in parts]
        given = f"[{', '.join(texts)}]" if isinstance(tree, tuple) else texts[0]
        return [*first, f"{indent}return {given};"]

    def named(self, x: Symbol | Number, counts: dict[int, int], indent: str) -> list[str]:
        """A line for each part of x that is needed again."""
        if not isinstance(x, Symbol) or x.number in self.names:
            return []
        lines = [line for y in x.args for line in self.named(y, counts, indent)]
        if counts.get(x.number, 0) > 1:
            text = self.text(x)
            self.count += 1
            self.names[x.number] = f"t{self.count}"
            lines.append(f"{indent}const t{self.count} = {text};")
        return lines

    def text(self, x: Symbol | Number, binding: int = 0) -> str:
        """x as an expression, in brackets where it binds less."""
        if not isinstance(x, Symbol):
            text = number(x)
            return f"({text})" if text.startswith("-") and binding > STRENGTHS["+"] else text
        if x.number in self.names:
            return self.names[x.number]
        strength = STRENGTHS.get(x.op, ATOM)
        text = self.expression(x, strength)
        return f"({text})" if strength < binding else text

    def expression(self, x: Symbol, strength: int) -> str:
        if x.op == "where":
            return "{} ? {} : {}".format(*[self.text(y, strength + 1) for y in x.args])
        if x.op == "neg":
            return f"-{self.text(x.args[0], ATOM)}"
        if strength < ATOM:
            a, b = x.args
            sign = "===" if x.op == "==" else x.op
            return f"{self.text(a, strength)} {sign} {self.text(b, strength + 1)}"
        inner = ", ".join([self.text(y) for y in x.args])
        if x.op.startswith("row "):
            row = TABLE[x.op.removeprefix("row ")]
            if row.nary and row.name not in LOOPS:
                raise TypeError(f"it calls {row.name}, which takes any number of operands")
            return f"apply({quoted(row.name)}, {inner})"
        return f"{FUNCTIONS.get(x.op, x.op)}({inner})"

    def sentence(self, why: str) -> str:
        """The words of an error; compute.js puts operands in, as they were given."""
        parts = re.split("\0(\\d+)\0", why)
        texts = [self.mention(self.trace.symbols[int(part)]) if k % 2 else quoted(part)
                 for k, part in enumerate(parts) if k % 2 or part]
        return " + ".join(texts or ['""'])

    def mention(self, x: Symbol) -> str:
        """An operand or another number in a sentence."""
        return quoted(f"\0{x.args[0]}\0") if x.op == "operand" else f"repr({self.text(x)})"


def number(x: Number) -> str:
    """A plain number of a row."""
    if isinstance(x, Shut): return "shut"
    if isinstance(x, bool): return str(x).lower()
    if not isinstance(x, int):
        x = float(x)
    return repr(x) if x - x == 0 else "NaN" if x != x else "Infinity" if x > 0 else "-Infinity"


def count_uses(tree: Tree | tuple[Tree, ...], counts: dict[int, int]) -> None:
    """How often each symbol is an operand or a result in the tree."""
    if isinstance(tree, Choice):
        tree = tree.condition, tree.yes, tree.no
    if isinstance(tree, tuple):
        for part in tree:
            count_uses(part, counts)
    elif isinstance(tree, Symbol) and tree.op not in ("operand", "output"):
        counts[tree.number] = counts.get(tree.number, 0) + 1
        if counts[tree.number] == 1:
            count_uses(tree.args, counts)
