"""Expressions: "tanh(w*x + b)" as a graph, from anyone, safely.

The text is parsed by Python's own parser and never evaluated by it: this file walks the tree and knows
numbers, names, + - * / // % **, minus signs and the functions of the calculus table, and nothing else. What
it does not know is refused, with the place marked:

    tanh(w.data + b)
         ^

A list has two uses: a function of several numbers takes one, as in dot([u, v], [x, y]), and softmax gives
one, of which softmax(x, y)[0] is the first.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from math import e, isfinite, pi
from typing import TypeVar

from . import functions
from .primitives import TABLE, apply
from .show.text import visible
from .value import Number, Operand, Value

LONGEST, DEEPEST = 2000, 60
OPERATORS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//",
             ast.Mod: "%", ast.Pow: "**"}
CONSTANTS = {"pi": pi, "e": e}
OTHER_NAMES = {"max": "maximum", "min": "minimum", "ln": "log", "sum": "total", "abs": "abs"}
WITH_DEFAULTS = {"leaky_relu": (1, 2), "elu": (1, 2), "clamp": (1, 3)}
LISTS = {"dot": "dot([u, v], [x, y])", "affine": "affine([u, v], [x, y], b)"}
UNUSABLE = ("neg", "over")                               # a sign, and a / of their own
KNOWN = sorted({name for name in TABLE if name.isidentifier() and name not in UNUSABLE}
               | {"mean"} | set(OTHER_NAMES))

Result = TypeVar("Result")


class ExpressionError(ValueError):
    """The expression cannot be used; the message shows where, and says what to write."""

    def __init__(self, text: str, column: int, why: str) -> None:
        shown = visible(text, LONGEST)
        start = max(0, min(column - 30, len(shown) - 70))
        super().__init__(f"{why}\n    {shown[start:start + 76]}\n    {' ' * (column - start)}^")


def evaluate(text: str, values: Mapping[str, Number]) -> tuple[Value, dict[str, Value]]:
    """The result of the expression as a Value, and its variables by name, each with its label.

    Args:
        text: such as "tanh(w*x + b)".
        values: a number for every name in it, and for no other; pi and e are known.

    Raises:
        ExpressionError: the text is not an expression of numbers, names and known functions, or has no value.
        ValueError: a name that is given a value is not in the expression.
    """
    variables = {name: Value(float(number), name) for name, number in values.items()}
    walk = Walk(text, variables)
    z = walk.result()
    if not isinstance(z, Value):
        raise ExpressionError(text, 0, "there is no variable in this expression, so there is nothing to "
                              "differentiate: "
                                       "write a name in place of a number, and its value after it, as in "
                              "\"x**2\" x=3")
    unused = [visible(name) for name in values if name not in walk.used]
    if unused:
        are, out = "is" if len(unused) == 1 else "are", " ".join(f"{name}=..." for name in unused)
        raise ValueError(f"{' and '.join(unused)} {are} given a value and {are} not in the expression "
                         f"{visible(text, LONGEST)}: leave {out} out, or write the name there")
    return z, variables


class Walk:
    """The walk over the parsed text; it computes on the way."""

    def __init__(self, text: str, variables: Mapping[str, Value]) -> None:
        self.text, self.variables = text, variables
        self.used: set[str] = set()                      # the variables met so far

    def result(self) -> Operand:
        if len(self.text) > LONGEST:
            raise ExpressionError(self.text[:LONGEST], LONGEST - 1,
                                  f"the expression is longer than {LONGEST} characters: write a program")
        strange = next((i for i, c in enumerate(self.text) if not c.isprintable()), None)
        if strange is not None:
            raise ExpressionError(self.text[:strange], strange,
                                  f"there is a character {visible(self.text[strange])} here: write the "
                                  "expression on one line, with ordinary spaces")
        try:
            tree = ast.parse(self.text.strip() or "?", mode="eval").body
        except SyntaxError as error:
            column = min((error.offset or 1) - 1, len(self.text))
            raise ExpressionError(self.text.strip(), max(0, column),
                                  f"this is not an expression: {visible(error.msg, 200)}") from None
        except (RecursionError, MemoryError):
            raise ExpressionError(self.text, 0,
                                  f"the expression is nested more than {DEEPEST} deep") from None
        self.text = self.text.strip()
        return self.value(tree, 0)

    def value(self, tree: ast.expr, depth: int) -> Operand:
        """The number or Value that a part of the expression stands for."""
        if depth > DEEPEST:
            raise self.refusal(tree, f"the expression is nested more than {DEEPEST} deep")
        if isinstance(tree, ast.Constant):
            return self.number(tree)
        if isinstance(tree, ast.Name):
            return self.name(tree)
        if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, (ast.USub, ast.UAdd)):
            x = self.value(tree.operand, depth + 1)
            return -x if isinstance(tree.op, ast.USub) else x
        if isinstance(tree, ast.BinOp) and type(tree.op) in OPERATORS:
            x, y = self.value(tree.left, depth + 1), self.value(tree.right, depth + 1)
            z: Operand = self.computed(tree, lambda: apply(OPERATORS[type(tree.op)], x, y))
            return z
        if isinstance(tree, ast.Call):
            return self.call(tree, depth)
        if isinstance(tree, ast.Subscript):
            return self.item(tree, depth)
        raise self.refusal(tree, self.unknown(tree))

    def number(self, tree: ast.Constant) -> float:
        if not isinstance(tree.value, (int, float)) or isinstance(tree.value, bool):
            raise self.refusal(tree, f"{visible(repr(tree.value))} is not a real number")
        try:
            x = float(tree.value)
        except OverflowError:
            x = float("inf")
        if not isfinite(x):
            raise self.refusal(tree, "this number is larger than the largest float, 1.8e308")
        return x

    def name(self, tree: ast.Name) -> Operand:
        if tree.id in self.variables:
            self.used.add(tree.id)
            return self.variables[tree.id]
        if tree.id in CONSTANTS:
            return CONSTANTS[tree.id]
        name = visible(tree.id)
        raise self.refusal(tree, f"{name} is a function: write {name}(...)" if tree.id in KNOWN else
                           f"{name} has no value: {meant(tree.id, self.variables)}write {name}=1.5 after the "
                           "expression")

    # --- functions --------------------------------------------------------------------------------

    def call(self, tree: ast.Call, depth: int) -> Operand:
        name = self.function(tree)
        if name == "softmax":
            raise self.refusal(tree, "softmax gives several numbers: write softmax(x, y)[0] for the first of "
                               "them, or a function of all, as in dot(softmax(x, y), [1, 2])")
        if name in LISTS:
            return self.pairing(tree, name, depth)
        operands = self.operands(tree, name, depth)
        function: Callable[..., Operand] = getattr(functions, name, None) or (lambda *xs: apply(name, *xs))
        return self.computed(tree, lambda: function(*operands))

    def function(self, tree: ast.Call) -> str:
        """The name of the function in the table."""
        if not isinstance(tree.func, ast.Name) or tree.func.id not in KNOWN:
            which = (f"there is no function {visible(tree.func.id)}: {meant(tree.func.id, KNOWN)}"
                     if isinstance(tree.func, ast.Name) else "")
            raise self.refusal(tree.func, f"{which}only these functions can be called: {', '.join(KNOWN)}")
        if tree.keywords:
            raise self.refusal(tree.keywords[0].value, "arguments have no names here: write clamp(x, 0, 1)")
        return OTHER_NAMES.get(tree.func.id, tree.func.id)

    def operands(self, tree: ast.Call, name: str, depth: int) -> Sequence[Operand]:
        """The arguments, as many as the function takes; one that takes any number takes a list too."""
        nary = name == "mean" or TABLE[name].nary
        if nary and len(tree.args) == 1 and (listed := self.listed(tree.args[0], depth + 1)) is not None:
            if not listed:
                raise self.refusal(tree.args[0], f"{name} of an empty list has no value: give at least one "
                                   "number")
            return listed
        fewest, most = WITH_DEFAULTS.get(name, (1, 99) if nary else (len(TABLE[name].each),) * 2)
        if not fewest <= len(tree.args) <= most:
            wanted = fewest if fewest == most else f"{fewest} to {most}"
            raise self.refusal(tree, f"{name} takes {wanted} operand{'s' * (most > 1)}, and {len(tree.args)} "
                               "are given")
        return [self.value(arg, depth + 1) for arg in tree.args]

    def pairing(self, tree: ast.Call, name: str, depth: int) -> Operand:
        """dot and affine, which take two lists of one length."""
        example = f"write {name} as in {LISTS[name]}"
        if len(tree.args) != (3 if name == "affine" else 2):
            raise self.refusal(tree, f"{len(tree.args)} operands are given: {example}")
        w, x = [self.listed(arg, depth + 1) for arg in tree.args[:2]]
        for arg, given in zip(tree.args, (w, x)):
            if given is None:
                raise self.refusal(arg, f"{name} takes two lists, and this is none: {example}")
        bias = [self.value(arg, depth + 1) for arg in tree.args[2:]]
        function: Callable[..., Operand] = getattr(functions, name)
        return self.computed(tree, lambda: function(w, x, *bias))

    # --- lists ------------------------------------------------------------------------------------

    def listed(self, tree: ast.expr, depth: int) -> Sequence[Operand] | None:
        """The numbers of a list, [x, y] or softmax(x, y); None for anything else."""
        if isinstance(tree, ast.List):
            return [self.value(item, depth + 1) for item in tree.elts]
        if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and tree.func.id == "softmax":
            if depth > DEEPEST:
                raise self.refusal(tree, f"the expression is nested more than {DEEPEST} deep")
            xs = self.operands(tree, self.function(tree), depth)
            return self.computed(tree, lambda: functions.softmax(*xs))
        return None

    def item(self, tree: ast.Subscript, depth: int) -> Operand:
        """One number of a list: softmax(x, y)[0]."""
        listed = self.listed(tree.value, depth + 1)
        if listed is None:
            self.value(tree.value, depth + 1)            # what is wrong in it is said first
            raise self.refusal(tree, "only a list has items: write softmax(x, y)[0], or x1 in place of x[1]")
        sign, index = ((-1, tree.slice.operand) if isinstance(tree.slice, ast.UnaryOp)
                       and isinstance(tree.slice.op, ast.USub) else (1, tree.slice))
        k = index.value if isinstance(index, ast.Constant) else None
        if type(k) is not int or not -len(listed) <= sign * k < len(listed):
            raise self.refusal(tree.slice, f"this list has {len(listed)} items: write a whole number from 0 "
                               f"to {len(listed) - 1}")
        return listed[sign * k]

    def computed(self, tree: ast.expr, compute: Callable[[], Result]) -> Result:
        try:
            return compute()
        except (ArithmeticError, ValueError) as error:
            raise self.refusal(tree, str(error)) from None

    def unknown(self, tree: ast.expr) -> str:
        if isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.BitXor):
            return "^ is not a power here: write x**2"
        if isinstance(tree, ast.Attribute):
            return "nothing has a dot and a name here: write tanh(x), not x.tanh()"
        if isinstance(tree, (ast.List, ast.Tuple)):
            return ("an expression gives one number: no lists, except in functions of several numbers, as in "
                    "maximum([x, y])")
        if isinstance(tree, (ast.Compare, ast.BoolOp, ast.IfExp)):
            return "there are no conditions here: write relu(x), max(x, y) or step(x)"
        return "only numbers, names, + - * / // % **, brackets and functions can be used here"

    def refusal(self, tree: ast.expr, why: str) -> ExpressionError:
        column = len(self.text.encode()[:tree.col_offset].decode(errors="ignore"))
        if isinstance(tree, ast.BinOp):                    # the operator says more than the start
            column = len(self.text.encode()[:tree.left.end_col_offset].decode(errors="ignore"))
            column += len(self.text[column:]) - len(self.text[column:].lstrip(" )"))
        return ExpressionError(self.text, column, why)


def meant(name: str, known: Iterable[str]) -> str:
    """"did you mean tanh? ", or "" where no known name is near."""
    close = get_close_matches(name, list(known), n=1)
    return f"did you mean {visible(close[0])}? " if close else ""
