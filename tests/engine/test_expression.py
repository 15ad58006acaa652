"""Expressions from the user: evaluated by a whitelist, refused with the place marked."""

import math
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Value, clamp, leaky_relu, tanh
from engine.expression import KNOWN, LONGEST, ExpressionError, evaluate


def test_a_neuron():
    z, variables = evaluate("tanh(w*x + b)", {"x": 0.5, "w": -1, "b": 2})
    z.backward()
    assert z.data == math.tanh(1.5) and list(variables) == ["x", "w", "b"]
    assert variables["w"].grad == pytest.approx(0.5 * (1 - math.tanh(1.5) ** 2))


@pytest.mark.parametrize("text, value", [
    ("x", 2.0), ("-x", -2.0), ("+x", 2.0), ("x**2 - 3*x/4", 2.5), ("2**x", 4.0), ("-x**2", -4.0),
    ("(x + 1) * x", 6.0),
    ("max(x, 3, 1)", 3.0), ("sum(x, x, 1)", 5.0), ("sin(pi*x)", math.sin(2 * math.pi)), ("ln(e)*x", 2.0),
    ("abs(-x)", 2.0),
    ("1e3*x", 2000.0), ("hypot(x, 0)", 2.0),
    ("mean(x, 4)", 3.0), ("total([x, 4])", 6.0), ("max([x, 1])", 2.0), ("logsumexp(x, x)", 2 + math.log(2)),
    ("softmax(x, x, x)[1]", 1 / 3), ("softmax([x, 0])[-1]", 1 / (1 + math.exp(2))),
    ("sum(softmax(x, 1))", 1.0), ("max(softmax(x, x))", 0.5), ("dot([x, 1], [3, x])", 8.0),
    ("dot(softmax(x, x), [1, 3])", 2.0), ("affine([x, x], [1, 2], -x)", 4.0), ("[x, 5][0]", 2.0),
    ("softmax(softmax(x, x))[0] * x", 1.0),
    ("7 % x", 1.0), ("-7 % x // 1", 1.0), ("7 // x", 3.0), ("round(x / 3)", 1.0)])
def test_values(text, value):
    assert evaluate(text, {"x": 2})[0].data == pytest.approx(value)


def test_functions_with_parameters():
    x = Value(-2.0)
    assert evaluate("leaky_relu(x)", {"x": -2})[0].data == leaky_relu(x).data
    assert evaluate("leaky_relu(x, 0.3)", {"x": -2})[0].data == leaky_relu(x, 0.3).data
    assert evaluate("clamp(x, -1, 1)", {"x": -2})[0].data == clamp(x, -1, 1).data


@pytest.mark.parametrize("name", KNOWN)
def test_every_known_function_can_be_called(name):
    for arguments in ("x", "x, y", "x, 0.1, 2", "[x, y], [y, 2]", "[x, y], [y, 2], x"):
        values = {"x": 0.5 if name != "acosh" else 1.5, "y": 0.25}
        one    = "[0]" if name == "softmax" else ""
        try:
            z, _ = evaluate(f"{name}({arguments}){one}", {k: x for k, x in values.items() if k in arguments})
        except ExpressionError as error:
            assert "operand" in str(error) or "lists" in str(error)
            continue
        assert math.isfinite(z.data)
        return
    pytest.fail(f"{name} takes neither one, two nor three operands, nor lists")


@pytest.mark.parametrize("text, mark, word", [
    ("x.data",                 "^",         "dot"),
    ("__import__('os')",       "^",         "only these functions"),
    ("x.__class__.__mro__",    "^",         "dot"),
    ("tanh(x).data",           "^",         "dot"),
    ("[i for i in (1, 2)]",    "^",         "only numbers"),
    ("2*(lambda: x)()",        "   ^",      "only these functions"),
    ("3 + x if x else 2",      "^",         "conditions"),
    ("x and 1",                "^",         "conditions"),
    ("x < 1",                  "^",         "conditions"),
    ("x^2",                    " ^",        "write x**2"),
    ("x @ x",                  "  ^",       "only numbers"),
    ("x + q",                  "    ^",     "write q=1.5"),
    ("x + tanh",               "    ^",     "is a function"),
    ("2 * foo(x)",             "    ^",     "there is no function foo: .*only these functions"),
    ("2 * tnah(x)",            "    ^",     "did you mean tanh?"),
    ("sofmax(x, x)[0]",        "^",         "did you mean softmax?"),
    ("2 * sofmax(x, x)",       "    ^",     "did you mean softmax?"),
    ("2 * softmax(x, x)",      "    ^",     r"write softmax\(x, y\)\[0\]"),
    ("softmax(x, x)[2]",       "              ^", "has 2 items: write a whole number from 0 to 1"),
    ("softmax(x, x)[-3]",      "              ^", "has 2 items"),
    ("softmax(x, x)[x]",       "              ^", "has 2 items"),
    ("softmax(x, x)[0:1]",     "              ^", "has 2 items"),
    ("softmax(x, x)[True]",    "              ^", "has 2 items"),
    ("softmax()[0]",           "^",         "softmax takes 1 to 99 operands, and 0"),
    ("1 + max([])",            "        ^", "empty list"),
    ("mean()",                 "^",         "mean takes 1 to 99 operands, and 0"),
    ("x[0]",                   "^",         "only a list has items"),
    ("tanh([x])",              "     ^",    "no lists, except in functions of several numbers"),
    ("1 + dot(x, x)",          "        ^", r"two lists, and this is none: write dot as in dot\(\[u, v\]"),
    ("dot([x], x)",            "         ^", "two lists"),
    ("dot([x, 1], [x])",       "^",         "2 weights and 1 inputs"),
    ("affine([x], [x])",       "^",         "2 operands are given: write affine as in"),
    ("max(x, [x])",            "       ^",  "no lists"),
    ("x + tanh(x, 2)",         "    ^",     "takes 1 operand, and 2"),
    ("tanh()",                 "^",         "takes 1 operand, and 0"),
    ("tanh(*x)",               "     ^",    "only numbers"),
    ("clamp(x, low=1)",        "             ^", "no names"),
    ("x + 'a'",                "    ^",     "not a real number"),
    ("x + 2j",                 "    ^",     "not a real number"),
    ("x + True",               "    ^",     "not a real number"),
    ("x + f'{x}'",             "    ^",     "only numbers"),
    ("(x := 3)",               " ^",        "only numbers"),
    ("9**9**9**9 * x",         "    ^",     "largest float"),
    ("x + 1e999",              "    ^",     "largest float"),
    ("x / (x - 2)",            "  ^",       "division by zero"),
    ("x % (x - 2)",            "  ^",       "division by zero"),
    ("1 + log(-x)",            "    ^",     "log"),
    ("(-x)**0.5",              "    ^",     "whole exponent"),
    ("é + ü",                  "^",         "write é=1.5"),
    ("1 + 2",                  "^",         "no variable"),
    ("x, x",                   "^",         "no lists"),
    ("[x, x]",                 "^",         "no lists"),
])
def test_what_is_refused_is_marked(text, mark, word):
    with pytest.raises(ExpressionError, match=re.sub(r"(?<!\.)\*", r"\\*", word)) as caught:
        evaluate(text, {"x": 2})
    *_, shown, marked = str(caught.value).split("\n")
    assert shown == "    " + text and marked == "    " + mark


@pytest.mark.parametrize("text", ["", "   ", "(x", "x +", "x x", "import os", "x = 1", "x\ny", "x\0",
                                  "x\x1b[31m", "\u202ex"])
def test_what_is_no_expression(text):
    with pytest.raises(ExpressionError) as caught:
        evaluate(text, {"x": 2})
    assert all(c.isprintable() or c == "\n" for c in str(caught.value))


@pytest.mark.parametrize("text", ["(" * 300 + "x" + ")" * 300, "-" * 1500 + "x", "x" + "+x" * 500,
                                  "x*" * 900 + "x", "x" * (LONGEST + 1),
                                  "tanh(" * 90 + "x" + ")" * 90, "softmax(" * 90 + "x" + ")" * 90 + "[0]",
                                  "[" * 90 + "x" + "]" * 90, "9" * 1900, "x**" * 600 + "x"])
def test_size_and_depth_are_limited(text):
    with pytest.raises(ExpressionError) as caught:
        evaluate(text, {"x": 2})
    assert len(str(caught.value)) < 1000


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="x01.+-*/()^,= []{}'\"\\_lambdtnh:@#é\u202e\n\x1b", max_size=40))
def test_any_text_gives_a_value_or_a_refusal(text):
    try:
        z, _ = evaluate(text, {"x": 2})
    except ExpressionError as error:
        assert all(c.isprintable() or c == "\n" for c in str(error))
    else:
        assert isinstance(z, Value)


@pytest.mark.parametrize("text, values, said", [
    ("x*2", {"x": 1, "y": 3}, "y is given a value and is not in the expression x\\*2: leave y=... out"),
    ("x*2", {"y": 3, "x": 1, "z": 0}, "y and z are given a value and are not in"),
    ("x*pi", {"x": 1, "e": 3}, "e is given a value")])
def test_a_value_that_nothing_uses_is_refused_by_name(text, values, said):
    """Class: something given that changes nothing is a mistake of the one who gave it."""
    with pytest.raises(ValueError, match=said):
        evaluate(text, values)


@pytest.mark.parametrize("text, near", [("alhpa*x", "did you mean alpha? "), ("qq*x", "")])
def test_a_name_without_a_value_suggests_the_nearest_that_has_one(text, near):
    with pytest.raises(ExpressionError) as caught:
        evaluate(text, {"x": 2, "alpha": 1})
    assert f"has no value: {near}write" in str(caught.value)


def test_the_gradient_of_one_share_of_a_softmax_is_that_of_the_function():
    z, variables = evaluate("softmax(x, y)[1]", {"x": 1, "y": 2})
    z.backward()
    p = 1 / (1 + math.exp(-1))
    assert [v.grad for v in variables.values()] == pytest.approx([-p * (1 - p), p * (1 - p)])


def test_the_values_become_labelled_leaves():
    z, variables = evaluate("x*y", {"x": 2, "y": 3})
    assert z.operands == (variables["x"], variables["y"]) and variables["x"].label == "x"
    assert tanh(variables["x"]).data == math.tanh(2)
