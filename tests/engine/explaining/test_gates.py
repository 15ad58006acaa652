"""Gates: one sentence each on what an operation does to the gradient, with the numbers."""

import re

import pytest

from engine import (
    Graph, Value, clamp, floor, leaky_relu, logsumexp, mask, maximum, minimum, relu, sigmoid, softmax,
)
from engine.explaining.gates import GATES, listed, sentence
from engine.primitives import TABLE, apply
from engine.value import node


def said(z, g=1.0):
    return sentence(Graph(z), z, g)


def given(**numbers):
    return [Value(number, name) for name, number in numbers.items()]


# --- every row ------------------------------------------------------------------------------------

ARITY  = {"dot": 4, "affine": 5, "leaky_relu": 2, "elu": 2, "clamp": 3}
POINTS = [0.4, 0.7, 1.2, 0.3, 0.6]

# Derived from the row's own formula, but for tanh and gelu, whose formulas keep from cancelling.
WRITTEN = {"exp": "z", "log": "1 / x", "log1p": "1 / (1 + x)", "sqrt": "1 / (2·z)",
           "sin": "cos(x)", "cos": "−sin(x)", "tan": "1 + z^2", "softplus": "σ(x)",
           "log_sigmoid": "σ(−x)", "tanh": "1 − z^2", "gelu": "Φ(x) + x·φ(x)"}
FORMAL  = re.compile(r"\b[xyzg]\b")


@pytest.mark.parametrize("name", sorted(TABLE))
def test_every_gate_has_a_sentence_that_names_who_gets_what(name):
    row = TABLE[name]
    n   = ARITY.get(name) or (3 if row.nary else len(row.partials))
    points = [1.4] if name == "acosh" else [0.4, 0.1, 0.9] if name == "clamp" else POINTS[:n]
    z = apply(name, *[Value(p, f"input{i}") for i, p in enumerate(points)])
    (z[0] if isinstance(z, tuple) else z).label = "out"
    text = said(z, 2)
    assert text.endswith(".") and len(text) > 20
    assert not FORMAL.search(text) and "input0" in text or row.gate in ("stop", "affine", "route", "bound")
    assert not set(text) & set("*-÷×") and "{" not in text, "one sign each for product, quotient and minus"
    if name in WRITTEN:
        slope = re.sub(r"\bx\b", "input0", re.sub(r"\bz\b", "out", WRITTEN[name]))
        assert text.startswith(f"{name} scales the gradient by {slope} = ")


def test_every_row_names_a_gate_that_there_is_and_no_gate_is_without_a_row():
    assert {row.gate for row in TABLE.values()} == set(GATES)


# --- gate by gate ---------------------------------------------------------------------------------

def test_add_distributes_max_routes_mul_swaps():
    x, y = given(x=2.0, y=3.0)
    assert said(x + y, 3.0) == "+ distributes: the gradient 3 goes unchanged to x and y."
    assert said(maximum(x, y), 5.0) == (
        "max routes: all of the gradient 5 goes to the operand that wins, y; the others get 0.")
    assert said(x * y, 5.0) == ("· swaps: each operand gets the gradient times the other one: "
                                "x gets 5 · 3 = 15 and y gets 5 · 2 = 10.")
    assert said(x * -y, 5.0).endswith("x gets 5 · (−3) = −15 and v1 gets 5 · 2 = 10.")


def test_minus_turns_the_sign_of_its_second_operand():
    x, y = given(x=2.0, y=3.0)
    assert said(x - y, 4.0) == ("− distributes the gradient 4, to its second operand with the sign turned: "
                                "x gets 4 and y gets −4.")
    assert said(x - 1, 4.0) == "− passes the gradient on: x gets 4."
    assert said(1 - x, 4.0) == said(-x, 4.0) == "− turns the sign of the gradient: x gets −4."


def test_a_square_written_as_a_product_gets_its_gradient_twice():
    x, = given(x=3.0)
    assert said(x * x, 2.0) == "· of x with itself: both ends of it get 2 · 3, and they add up."


def test_division_remainder_and_powers():
    x, y = given(x=3.0, y=2.0)
    assert said(x / y, 2.0) == (
        "/ scales the gradient by 1 / y = 0.5 for x and by −J / y = −0.75 for y: x gets 1 and y gets −1.5.")
    assert said(x / 2, 2.0) == "/ divides the gradient by 2: x gets 1."
    assert said(6 / x, 2.0) == "/ scales the gradient by −J / x = −0.6667: x gets −1.333."
    assert said(x % y, 2.0) == ("% passes the gradient on to what is divided, and times −1 to the divisor: "
                                "x gets 2 and y gets −2.")
    assert said(x ** y, 1.0).startswith("^ scales the gradient by y·x^(y − 1) = 6 for x and by J·ln(x) = ")


def test_the_slope_of_a_power_is_written_with_its_numbers():
    x, = given(x=4.0)
    assert [said(x ** n, 1.0).partition(":")[0] for n in (2, 3, 1, 0, 0.5, -1)] == [
        f"^ scales the gradient by {slope}" for slope in
        ("2·x = 8", "3·x^2 = 48", "1", "0", "0.5·x^(−0.5) = 0.25", "−1·x^(−2) = −0.0625")]


@pytest.mark.parametrize("choose, name", [(maximum, "max"), (minimum, "min")])
def test_equal_operands_share(choose, name):
    assert said(choose(*given(x=2.0, y=2.0))) == (
        f"{name} routes: 2 operands are equal, win together and share the gradient 1.")


@pytest.mark.parametrize("data, says", [(2.0, "is positive"), (-2.0, "is negative"),
                                        (0.0, "is 0: the gradient stops"),
                                        (float("nan"), "is not a number, and so is the gradient")])
def test_abs_says_which_side_it_is_on(data, says):
    assert said(abs(*given(x=data))).startswith(f"abs: its operand {says}")


def test_what_stops_a_gradient_says_so():
    x, m = given(x=-1.0, m=0.0)
    assert said(relu(x), 0.5) == "ReLU is a switch, and it is off, for x = −1: the gradient 0.5 stops here."
    assert said(mask(x, m), 0.5) == "mask: it is 0, so nothing passes: the gradient 0.5 stops here."
    assert said(clamp(x, 0, 1)) == "clamp: its operand −1 is outside of the bounds, and the gradient stops."
    assert said(floor(x), 0.5) == "floor is flat: it stops the gradient 0.5, and nothing flows back."


def test_what_lets_it_pass_says_who_gets_it():
    x, m = given(x=0.5, m=2.0)
    assert said(relu(x), 3.0) == "ReLU is a switch, and it is on: the gradient passes unchanged; x gets 3."
    assert said(mask(x, m), 3.0).startswith("mask: it is 2, and the gradient passes: x gets 6")
    assert said(clamp(x, 0, 1)) == ("clamp: its operand is within the bounds, and the gradient passes: "
                                    "x gets 1.")
    assert said(leaky_relu(-x, 0.1)).startswith(
        "leaky_relu: its operand −0.5 is not above 0, so the gradient is scaled by 0.1: ")


def test_a_softmax_has_a_winner_and_rivals():
    x, y = given(x=1.0, y=1.0)
    assert said(softmax(x, y)[0], 4.0).endswith("what one wins the others lose: x gets 1 and y gets −1.")
    assert said(logsumexp(x, y), 4.0).endswith("in the proportions of softmax: x gets 2 and y gets 2.")


def test_a_nearly_flat_slope_is_pointed_out():
    assert ", which is nearly flat here: x gets" in said(sigmoid(*given(x=8.0)))
    assert "nearly flat" not in said(sigmoid(*given(x=0.0)))


# --- edges ----------------------------------------------------------------------------------------

def test_a_leaf_says_nothing():
    assert said(Value(2.0, "x")) == ""


def test_plain_numbers_get_nothing():
    x, = given(x=2.0)
    assert said(3 * x, 2.0).endswith(": x gets 2 · 3 = 6.") and said(x + 1) == (
        "+ distributes: the gradient 1 goes unchanged to x.")


def test_an_operation_that_is_not_in_the_table_scales():
    x, y = given(x=2.0, y=3.0)
    assert said(node(8.0, "cube", (x,), (12.0,)), 2.0) == "cube scales the gradient by 12: x gets 24."
    assert said(node(5.0, "f", (x, y), (1.0, 2.0)), 2.0) == (
        "f scales the gradient by its slopes: x gets 2 and y gets 4.")


def test_of_many_operands_the_first_are_named():
    assert [listed(list("abcdef")[:n]) for n in (0, 1, 2, 4, 5)] == [
        "", "a", "a and b", "a, b, c and d", "a, b, c and 2 more"]
