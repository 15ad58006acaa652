"""Numbers as they are shown: to 4 significant digits in text, in prose and in LaTeX; exactly; as a count.

    digits     "-1.2e-05": a drawing, a terminal, a table
    short      "−1.2e−05": the same with a true minus sign, for what is read as a formula
    exact      every digit that the number has
    latex_number, latex_digits     the same in LaTeX, from the number and from its `digits`
"""

from __future__ import annotations

from ..value import Operand, number
from .text import visible


def digits(x: Operand, precision: int = 4) -> str:
    """A number to 4 significant digits; whole numbers and fractions as they are, while they are short."""
    x = number(x)                                              # a gradient may be a Value
    whole = str(x)
    if type(x) is not float and len(whole) <= 9 and "." not in whole:
        return whole
    try:
        rounded = format(float(x), f".{precision}g")
    except OverflowError:
        return whole[:precision] + "..."
    return "0" if rounded == "-0" else rounded


def short(x: Operand, precision: int = 4) -> str:
    """`digits`, with a true minus sign."""
    return digits(x, precision).replace("-", "−")


def exact(x: object) -> str:
    """Every digit of a number; a NumPy scalar or an mpf as plainly as a float."""
    return str(x) if not isinstance(x, float) else float.__repr__(x)


def reread(text: str) -> str:
    """`digits` of a number that was written as text; other things as they are, cut."""
    try:
        return digits(float(text))
    except ValueError:
        return visible(text, 24)


def bracketed(text: str) -> str:
    """A negative number as it stands after an operator: (-3)."""
    return f"({text})" if text.startswith(("-", "−")) else text


def latex_number(x: Operand, bracket: bool = True) -> str:
    """`digits` in LaTeX: 1.2e-05 as 1.2 \\cdot 10^{-5}, fractions stacked, negative ones in brackets."""
    return latex_digits(digits(x), bracket)


def latex_digits(text: str, bracket: bool = False) -> str:
    """What `digits` has written, in LaTeX."""
    if text in ("inf", "-inf", "nan"):
        return {"inf": r"\infty", "-inf": r"(-\infty)", "nan": r"\mathrm{nan}"}[text]
    mantissa, e, exponent = text.partition("e")
    if "/" in text:
        sign, top, bottom = "-" if text[0] == "-" else "", *text.lstrip("-").split("/")
        text = rf"{sign}\frac{{{top}}}{{{bottom}}}"
    elif e:
        text = rf"{mantissa} \cdot 10^{{{int(exponent)}}}"
    return bracketed(text) if bracket else text


def counted(n: int) -> str:
    """How many, where there may be very many: about 1.2e+15."""
    return (str(n) if n < 10 ** 6 else f"about {float(n):.2g}" if n < 10 ** 300 else "more "
            "than 10^300")
