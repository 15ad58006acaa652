"""Formulas: operations, symbols and numbers as text and as LaTeX."""

from fractions import Fraction
from math import inf, nan

import pytest

from engine import Graph, Value
from engine.graphs.formulas import latex_formula, latex_mark, latex_symbol, text_formula
from engine.primitives import TABLE


# --- text -----------------------------------------------------------------------------------------

@pytest.mark.parametrize("op, operands, text", [
    ("", [], ""), ("+", "ab", "a + b"), ("-", "ab", "a - b"), ("*", "ab", "a * b"), ("/", "ab", "a / b"),
    ("%", "ab", "a % b"), ("//", "ab", "a // b"), ("**", "ab", "a**b"), ("neg", "a", "-a"),
    ("abs", "a", "|a|"), ("tanh", "a", "tanh(a)"), ("total", "abc", "a + b + c"), ("mask", "am", "a * m"),
    ("maximum", "ab", "max(a, b)"), ("minimum", "ab", "min(a, b)"), ("atan2", "ab", "atan2(a, b)"),
    ("dot", "wvxy", "w*x + v*y"), ("affine", "wvxyb", "w*x + v*y + b")])
def test_an_operation_is_written_as_in_a_program(op, operands, text):
    assert text_formula(op, list(operands)) == text


# --- LaTeX ----------------------------------------------------------------------------------------

@pytest.mark.parametrize("name, latex", [
    ("x", "x"), ("v12", "v_{12}"), ("W1[2,3]", "W^{[1]}_{2,3}"), ("z1[2]", "z^{[1]}_{2}"),
    ("z1[2](3)", "z^{[1](3)}_{2}"), ("z1'[2]", r"z^{\prime[1]}_{2}"), ("alpha", r"\alpha"),
    ("gamma[1]", r"\gamma_{1}"), ("loss", r"\mathrm{loss}"), ("x(2)", "x^{(2)}")])
def test_a_name_of_the_documents_becomes_their_symbol(name, latex):
    assert latex_symbol(name) == latex


@pytest.mark.parametrize("name", ["a b", "50 %", r"\input{x}", "a_b", "temperature $", "日"])
def test_any_other_name_is_text_that_breaks_no_formula(name):
    latex = latex_symbol(name)
    assert latex.startswith(r"\text{") and latex.endswith("}") and latex.count("{") == latex.count("}")
    assert r"\input{x}" not in latex


@pytest.mark.parametrize("x, text, latex", [
    (2.0, "2 + 1", "{2} + {1}"), (-0.5, "(-0.5) + 1", "{(-0.5)} + {1}"),
    (1.2e-5, "1.2e-05 + 1", r"{1.2 \cdot 10^{-5}} + {1}"),
    (Fraction(-2, 3), "(-2/3) + 1", r"{(-\frac{2}{3})} + {1}"), (-inf, "(-inf) + 1", r"{(-\infty)} + {1}"),
    (nan, "nan + 1", r"{\mathrm{nan}} + {1}")])
def test_numbers_in_place_of_names_stand_in_brackets_where_they_are_negative(x, text, latex):
    z = Value(x, "x") + Value(1.0, "y")
    assert Graph(z).formula(z, numbers=True) == text and Graph(z).latex(z, numbers=True) == latex


@pytest.mark.parametrize("op, operands, latex", [
    ("", [], ""), ("*", "ab", r"a \cdot b"), ("total", "abc", "a + b + c"),
    ("dot", "wvxy", r"w \cdot x + v \cdot y"), ("affine", "wxb", r"w \cdot x + b")])
def test_operations(op, operands, latex):
    assert latex_formula(op, list(operands)) == latex


@pytest.mark.parametrize("name", sorted(TABLE))
def test_every_row_has_balanced_latex_with_all_its_operands(name):
    row   = TABLE[name]
    count = 4 if name == "dot" else 5 if name == "affine" else len(row.each) or 3
    names = [f"q_{{{k}}}" for k in range(count)]
    latex = latex_formula(name, names)
    assert latex.count("{") == latex.count("}") and all(q in latex for q in names)


@pytest.mark.parametrize("symbol, latex", [
    ("w·x + b", r"w \cdot x + b"), ("ReLU", r"\mathrm{ReLU}"), ("σ", r"\sigma"), ("ln σ", r"\ln \sigma"),
    ("·", r"\cdot"), ("−", "-"), ("^", "x^{y}"), ("√", r"\sqrt{x}"), ("|x|", "| x |"), ("max", r"\max"),
    ("my_row", r"\text{my\_row}"), ("∮", r"\text{[U+222E]}")])
def test_the_symbol_of_an_operation_as_a_formula(symbol, latex):
    assert latex_mark(symbol) == latex


def test_every_row_has_a_symbol_that_can_be_set():
    marks = {name: latex_mark(row.symbol) for name, row in TABLE.items()}
    assert not [name for name, mark in marks.items() if "U+" in mark or not mark.isascii()]


@pytest.mark.parametrize("name, latex", [("ω", r"\omega"), ("α1", r"\alpha_{1}"), ("Ω", r"\text{[U+03A9]}"),
                                         ("αβ", r"\text{[U+03B1][U+03B2]}"), ("", r"\text{}")])
def test_a_small_greek_letter_is_that_letter(name, latex):
    assert latex_symbol(name) == latex
