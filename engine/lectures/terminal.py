"""text: a lecture in the terminal: what is given, the forward pass, the backward pass with its arithmetic.

80 columns, box-drawing characters; colours only where they can be seen (a terminal, and no NO_COLOR).
"""

from __future__ import annotations

import os
import re
import sys
import unicodedata

from ..explaining.arithmetic import Parts, filled
from ..show.numbers import bracketed, short
from ..show.text import JOINER
from ..value import Constant
from .recording import Contribution, Recording, Step

WIDTH = 80
RULE  = "─" * WIDTH
BLUE, ORANGE, GREEN, BOLD, END = "\x1b[34m", "\x1b[33m", "\x1b[36m", "\x1b[1m", "\x1b[0m"


def text(recording: Recording, title: str, colour: bool | None = None) -> str:
    """The whole lecture; colour=None asks the terminal."""
    lines = [*wrapped(title), ""]
    lines += table("Given", ["name", "number"],
                   [[name, short(v.data)] for name, role, v in zip(recording.names, recording.roles,
                                                                   recording.values)
                    if not v.operands and role != "constant"])
    lines += ["", "Forward: each number from its operands", RULE]
    for step in recording.steps:
        if step.phase == "forward":
            lines += forward(recording, step)
    lines += ["", "Backward: operand.grad += partial · grad, from the result to the leaves", RULE]
    for step in recording.steps:
        if step.phase in ("seed", "backward"):
            lines += backward(recording, step)
    lines += [""] + table("Gradients", ["name", "number", f"d{recording.names[recording.root]}/dname"],
                          [[name, short(v.data), short(grad)] for name, v, grad in
                           zip(recording.names, recording.values, recording.grads)
                           if type(v) is not Constant])
    if colour is None:
        colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    return "\n".join(painted(lines) if colour else lines)


def forward(recording: Recording, step: Step) -> list[str]:
    """z = w·x = 2·(−3) = −6"""
    symbols = written(recording, step.formula, numbers=False)
    numbers = written(recording, step.formula, numbers=True)
    name    = recording.names[step.node]
    return wrapped(f"{name} = {symbols} = {numbers} = {short(recording.values[step.node].data)}",
                   len(name) + 1)


def backward(recording: Recording, step: Step) -> list[str]:
    """The contributions of one node, and the sentence for its gate."""
    root, name = recording.names[recording.root], recording.names[step.node]
    if step.phase == "seed":
        return [f"d{root}/d{root} = 1"]
    lines = [f"from {name}"] if cells(name) < 60 else wrapped(f"from {name}")
    for k, c in enumerate(step.contributions):
        last = k == len(step.contributions) - 1
        rest = wrapped(contribution(recording, root, name, c), 4, WIDTH - 3)
        if c.uses > 1:
            running = f"{short(c.before)} + {bracketed(short(c.product))} = {short(c.after)}"
            rest   += wrapped(f"    use {c.use} of {c.uses}: {running}", 4, WIDTH - 3)
        lines += [("└─ " if last else "├─ ") + rest[0], *[("   " if last else "│  ") + line
                                                          for line in rest[1:]]]
    return [*lines, *wrapped(f"   {step.sentence}", 3)]


def contribution(recording: Recording, root: str, name: str, c: Contribution) -> str:
    operand = recording.names[c.operand]
    return (f"d{root}/d{operand} += ∂{name}/∂{operand} · d{root}/d{name} = "
            f"{short(c.partial)} · {bracketed(short(c.upstream))} = {short(c.product)}")


def written(recording: Recording, formula: Parts, numbers: bool) -> str:
    """A formula over nodes, with their names or with their numbers."""
    return filled(formula, lambda i: short(recording.values[i].data) if numbers else recording.names[i])


# --- the page of the terminal -----------------------------------------------------------------------

def table(title: str, heads: list[str], rows: list[list[str]]) -> list[str]:
    """A table in box-drawing characters: names on the left, numbers on the right."""
    if not rows:
        return [title, "  (nothing)"]
    rows   = [[clipped(cell, 30) for cell in row] for row in rows]
    widths = [max(cells(row[k]) for row in [heads, *rows]) for k in range(len(heads))]
    def line(row: list[str]) -> str:
        return ("│ " + " │ ".join(padded(cell, width, k > 0)
                                  for k, (cell, width) in enumerate(zip(row, widths))) + " │")
    def rule(left: str, middle: str, right: str) -> str:
        return left + middle.join("─" * (width + 2) for width in widths) + right
    return [title, rule("┌", "┬", "┐"), line(heads), rule("├", "┼", "┤"), *map(line, rows),
            rule("└", "┴", "┘")]


def wrapped(line: str, indent: int = 0, width: int = WIDTH) -> list[str]:
    """The line in pieces of at most `width` columns, broken at spaces where it can be."""
    lines, space = [""], " " * min(indent, 12)
    for word in re.findall(r"\s*\S+", line):
        if cells(lines[-1] + word) > width:
            lines.append(space)
            word = word.lstrip()
        for c in word:                                   # a word longer than a line is broken anywhere
            if cells(lines[-1] + c) > width:
                lines.append(space)
            lines[-1] += c
    return [line for line in lines if line.strip()] or [""]


def cells(text: str) -> int:
    """How many columns of a terminal the text takes: an emoji or a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 0 if unicodedata.combining(c) or c in JOINER
               else 1
               for c in text)


def padded(text: str, width: int, right: bool) -> str:
    space = " " * (width - cells(text))
    return space + text if right else text + space


def clipped(text: str, width: int) -> str:
    return text if cells(text) <= width else text[:width // 2] + "…"


def painted(lines: list[str]) -> list[str]:
    """Headings bold, forward lines blue at the result, gradients orange."""
    result, part = [], ""
    for line in lines:
        if line.startswith(("Given", "Forward:", "Backward:", "Gradients")):
            part = line[:4]
            result.append(f"{BOLD}{line}{END}")
        elif part in ("Forw", "Back") and " = " in line:
            head, equals, tail = line.rpartition(" = ")
            result.append(f"{head}{equals}{BLUE if part == 'Forw' else ORANGE}{tail}{END}")
        else:
            result.append(line)
    return result
