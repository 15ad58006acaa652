"""The arithmetic of one node in plain text: its formula, and the slope towards each operand.

A formula is a list of parts, strings and operand positions, so that one formula prints with names
(b + w·x) and with numbers (0.3 + (−1)·0.5). The position OUT stands for the node itself. There is one sign
each for product, power, quotient and minus: x·y, x^2, x / y, −x.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TypeAlias

from ..graphs.graph import Graph
from ..rows import TABLE
from ..show.numbers import bracketed, digits, short
from ..show.text import visible
from ..value import Constant, Number, Value
from .wording import slope_text

Parts: TypeAlias = list["str | int"]
OUT = -1


def formula(z: Value) -> Parts:
    """How z is computed, over the positions of its operands."""
    n = len(z.operands)
    row = TABLE[z.op]
    if row.each:
        return parts(row.text)
    if z.op == "total":
        return joined(" + ", [[k] for k in range(n)])
    if z.op in ("dot", "affine"):
        pairs: list[Parts] = [[k, "·", n // 2 + k] for k in range(n // 2)]
        return joined(" + ", pairs if z.op == "dot" else [[n - 1], *pairs])
    name = row.symbol if row.gate == "route" else z.op
    return [f"{name}(", *joined(", ", [[k] for k in range(n)]), ")"]


def slope(z: Value, i: int) -> Parts:
    """The slope of z towards operand i as a formula."""
    n = len(z.operands)
    if z.op in ("dot", "affine"):
        return ["1"] if i == 2 * (n // 2) else [(i + n // 2) % (2 * (n // 2))]
    if z.op in ("maximum", "minimum"):
        ties = sum(x.data == z.data for x in z.operands)
        return [f"1 / {ties}" if ties > 1 else "1"] if z.operands[i].data == z.data else ["0"]
    if z.op == "softmax":
        return parts("{z}·(1 − {z})") if i == 0 else [OUT, "·(−share of ", i, ")"]
    if z.op == "**" and i == 0 and type(z.operands[1]) is Constant:
        return power(z.operands[1].data)
    return parts(slope_text(TABLE[z.op], i, n))


def power(n: Number) -> Parts:
    """The slope of x^n for a plain number n: 2·x, 3·x^2, 0.5·x^(−0.5)."""
    if n in (0, 1, 2):
        return ["2·", 0] if n == 2 else [short(n)]
    return [f"{short(n)}·", 0, f"^{bracketed(short(n - 1))}"]


# --- from templates to parts and back --------------------------------------------------------------

def parts(template: str) -> Parts:
    """"{0} + {z}" as [0, " + ", OUT]."""
    pieces = re.split(r"\{(\w)\}", template)
    return [OUT if k % 2 and p == "z" else int(p) if k % 2 else p for k, p in enumerate(pieces) if p]


def filled(formula: Parts, text: Callable[[int], str]) -> str:
    """The formula with a text for each position; a negative number stands in brackets where it would follow a
    sign or be raised to a power."""
    shown = []
    for k, part in enumerate(formula):
        if isinstance(part, str):
            shown.append(part)
        else:
            follows = k > 0 and not str(formula[k - 1]).endswith(("(", ", ", "|"))
            raised  = k + 1 < len(formula) and str(formula[k + 1]).startswith("^")
            shown.append(bracketed(text(part)) if follows or raised else text(part))
    return "".join(shown)


def called(graph: Graph, v: Value, limit: int = 60) -> str:
    """A node by its name; a plain number that has none by itself."""
    name = graph.symbol(v)
    return short(v.data) if type(v) is Constant and name == digits(v.data) else visible(name, limit)


def joined(separator: str, groups: Sequence[Sequence[str | int]]) -> Parts:
    result: Parts = []
    for group in groups:
        result += [separator, *group] if result else group
    return result


# How tightly an operation binds: a sum stands in brackets inside a product, and so on.
LOOSE = {"+": 1, "-": 1, "total": 1, "affine": 1, "*": 2, "dot": 2, "/": 2, "over": 2, "%": 2, "//": 2,
         "neg": 2, "**": 3, "exp": 3}


def expression(values: Sequence[Value], names: Sequence[str], limit: int = 70) -> str:
    """The whole result as one formula, J = (w·x + b)^2, or its last operation alone where that grows too
    long."""
    index = {v: i for i, v in enumerate(values)}
    whole: list[str] = []
    for i, z in enumerate(values):
        text = names[i] if not z.operands else "".join(
            p if isinstance(p, str) else nested(z, z.operands[p], p, whole[index[z.operands[p]]])
            for p in formula(z))
        whole.append(text if len(text) <= limit else names[i])
    root = values[-1]
    if not root.operands:
        return names[-1]
    last = "".join(p if isinstance(p, str) else names[index[root.operands[p]]] for p in formula(root))
    return f"{names[-1]} = {whole[-1] if whole[-1] != names[-1] else last}"


def nested(z: Value, operand: Value, position: int, text: str) -> str:
    """The operand's own formula, in brackets where it binds less than z does."""
    inner = LOOSE.get(operand.op, 9)
    outer = 2 if z.op == "affine" else LOOSE.get(z.op, 0)    # the operands of b + w·x are factors
    right = inner == outer and position and z.op in ("-", "/", "%", "//")
    base  = inner == outer == 3 and not position
    return f"({text})" if inner < outer or right or base else text
