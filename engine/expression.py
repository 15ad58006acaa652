"""Expressions: "tanh(w*x + b)" as a graph, from anyone, safely.

The text is parsed by Python's own parser and never evaluated by it: this file walks the tree and knows
numbers, names, + - * / // % **, minus signs and the functions of the calculus table, and nothing else. What
it does not know is refused, with the place marked:

    tanh(w.data + b)
         ^
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from math import e, isfinite, pi

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
# they take or give lists; have a sign, - or /, of their own
UNUSABLE = ("dot", "affine", "softmax", "neg", "over")
KNOWN = sorted({name for name in TABLE if name.isidentifier() and name not in UNUSABLE} | set(OTHER_NAMES))


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
        values: a number for every name in it; pi and e are known.

    Raises:
        ExpressionError: the text is not an expression of numbers, names and known functions, or has no value.
    """
    variables = {name: Value(float(number), name) for name, number in values.items()}
    z = Walk(text, variables).result()
    if not isinstance(z, Value):
        raise ExpressionError(text, 0, "there is no variable in this expression, so there is nothing to "
                              "differentiate: "
                                       "write a name in place of a number, and its value after it, as in "
                              "\"x**2\" x=3")
    return z, variables


class Walk:
    """The walk over the parsed text; it computes on the way."""

    def __init__(self, text: str, variables: Mapping[str, Value]) -> None:
        self.text, self.variables = text, variables

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
            return self.computed(tree, lambda: apply(OPERATORS[type(tree.op)], x, y))
        if isinstance(tree, ast.Call):
            return self.call(tree, depth)
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
            return self.variables[tree.id]
        if tree.id in CONSTANTS:
            return CONSTANTS[tree.id]
        name = visible(tree.id)
        raise self.refusal(tree, f"{name} is a function: write {name}(...)" if tree.id in KNOWN else
                           f"{name} has no value: write {name}=1.5 after the expression")

    def call(self, tree: ast.Call, depth: int) -> Operand:
        if not isinstance(tree.func, ast.Name) or tree.func.id not in KNOWN:
            raise self.refusal(tree.func, f"only these functions can be called: {', '.join(KNOWN)}")
        if tree.keywords:
            raise self.refusal(tree.keywords[0].value, "arguments have no names here: write clamp(x, 0, 1)")
        name = OTHER_NAMES.get(tree.func.id, tree.func.id)
        row  = TABLE[name]
        fewest, most = WITH_DEFAULTS.get(name, (1, 99) if row.nary else (len(row.each),) * 2)
        if not fewest <= len(tree.args) <= most:
            wanted = fewest if fewest == most else f"{fewest} to {most}"
            raise self.refusal(tree, f"{name} takes {wanted} operand{'s' * (most > 1)}, and {len(tree.args)} "
                               "are given")
        operands = [self.value(arg, depth + 1) for arg in tree.args]
        function: Callable[..., Operand] = getattr(functions, name, None) or (lambda *xs: apply(name, *xs))
        return self.computed(tree, lambda: function(*operands))

    def computed(self, tree: ast.expr, compute: Callable[[], Operand]) -> Operand:
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
            return "an expression gives one number: no lists"
        if isinstance(tree, (ast.Compare, ast.BoolOp, ast.IfExp)):
            return "there are no conditions here: write relu(x), max(x, y) or step(x)"
        return "only numbers, names, + - * / // % **, brackets and functions can be used here"

    def refusal(self, tree: ast.expr, why: str) -> ExpressionError:
        column = len(self.text.encode()[:tree.col_offset].decode(errors="ignore"))
        if isinstance(tree, ast.BinOp):                    # the operator says more than the start
            column = len(self.text.encode()[:tree.left.end_col_offset].decode(errors="ignore"))
            column += len(self.text[column:]) - len(self.text[column:].lstrip(" )"))
        return ExpressionError(self.text, column, why)
