"""The formulas and slopes that the lecture writes out, computed as they are written, give the engine's
numbers."""

import re
from math import pi

import mpmath
import pytest

from engine import Value
from engine.graphs.graph import Graph
from engine.lectures.recording import record
from engine.explaining.arithmetic import OUT, expression, formula, slope
from engine.explaining.gates import sentence
from engine.primitives import TABLE, apply

POINTS = {
    "asin": [0.3], "acos": [0.3], "atanh": [-0.4], "acosh": [1.7], "clamp": [0.2, -1.0, 1.0],
    "leaky_relu": [-0.7, 0.1],
    "elu": [-0.7, 0.5], "dot": [2.0, -3.0, 0.5, 0.7], "affine": [2.0, -3.0, 0.5, 0.7, 0.1],
    "maximum": [0.3, 0.9],
    "minimum": [0.3, 0.9], "total": [0.3, -0.9, 2.0], "logsumexp": [0.3, -0.9, 2.0],
    "softmax": [0.3, -0.9, 2.0],
}


def point(name):
    row = TABLE[name]
    return POINTS.get(name) or ([0.6] if len(row.partials) == 1 else [0.6, 1.4])


SAME = """exp sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh sqrt sign floor erf erfc sinc
          hypot expm1 log1p log10""".split()
FUNCTIONS  = {name: getattr(mpmath, name) for name in SAME}
FUNCTIONS |= {"ln": mpmath.log, "round": mpmath.nint, "log2": lambda x: mpmath.log(x, 2),
              "sigma": lambda x: 1 / (1 + mpmath.exp(-x)),
              "e": mpmath.e, "max": max, "min": min, "relu": lambda x: max(x, 0), "pi": pi,
              "PHI": mpmath.ncdf,
              "phi": mpmath.npdf,
              "identity": lambda x: x, "step": lambda x: x > 0,
              "softplus": lambda x: mpmath.log1p(mpmath.exp(x)),
              "leaky_relu": lambda x, a: x if x > 0 else a * x,
              "elu": lambda x, a: x if x > 0 else a * mpmath.expm1(x),
              "gelu": lambda x: x * mpmath.ncdf(x), "silu": lambda x: x / (1 + mpmath.exp(-x)),
              "clamp": lambda x, a, b: min(max(x, a), b),
              "logsumexp": lambda *xs: mpmath.log(sum(map(mpmath.exp, xs))),
              "softmax": lambda *xs: mpmath.exp(xs[0]) / sum(map(mpmath.exp, xs))}


# A row that mpmath does not know by name: its value column, on mpmath's numbers.
FUNCTIONS = {name: row.value for name, row in TABLE.items() if name.isidentifier()} | FUNCTIONS


def computed(parts, z):
    """The value of a written formula, as a reader with a calculator would find it."""
    values = {f"x{k}": mpmath.mpf(x.data) for k, x in enumerate(z.operands)} | {"z": mpmath.mpf(z.data)}
    text = "".join(p if isinstance(p, str) else "z" if p == OUT else f"x{p}" for p in parts)
    for shown, meant in [("ln σ(", "ln(sigma("), ("σ", "sigma"), ("√", "sqrt"), ("π", "pi"), ("Φ", "PHI"),
                         ("φ", "phi"),
                         ("−", "-"), ("·", "*"), ("^", "**"), ("≤", "<="), ("ReLU", "relu")]:
        text = text.replace(shown, meant) + (")" if shown == "ln σ(" and shown in text else "")
    text = re.sub(r"\|([^|]+)\|", r"abs(\1)", text)
    return eval(text, {"__builtins__": {"abs": abs}}, FUNCTIONS | values)


@pytest.mark.parametrize("name", [n for n in TABLE if n != "identity"] + ["identity"])
def test_the_formula_gives_the_nodes_number(name):
    z = apply(name, *map(Value, point(name)))
    if name == "sinc":                                       # as NumPy has it
        return_value = mpmath.sincpi(z.operands[0].data)
        assert z.data == pytest.approx(float(return_value))
    else:
        assert float(computed(formula(z), z)) == pytest.approx(z.data)


@pytest.mark.parametrize("name", [n for n in TABLE if n != "softmax"])
def test_every_slope_as_written_is_the_partial(name):
    z = apply(name, *map(Value, point(name)))
    for i, partial in enumerate(z.partials):
        assert float(computed(slope(z, i), z)) == pytest.approx(partial), f"{name}, operand {i}"


def test_every_row_of_the_table_has_a_formula_slopes_and_a_sentence():
    for name in TABLE:
        z = apply(name, *map(Value, point(name)))
        assert formula(z) and all(slope(z, i) for i in range(len(z.operands)))
        assert sentence(Graph(z), z, 2.0).endswith(".")
        assert not any("slope of" in str(p) for i in range(len(z.operands)) for p in slope(z, i))


def test_the_sentence_has_true_minus_signs():
    z = Value(2.0, "p") * Value(-3.0, "q")
    assert "p gets 4 · (−3) = −12" in sentence(Graph(z), z, 4.0)


def test_a_small_result_is_written_as_one_formula():
    x, w, b = Value(2.0, "x"), Value(3.0, "w"), Value(1.0, "b")
    for z, text in [((w * x + b) ** 2, "(w·x + b)^2"), (x - (w - b), "x − (w − b)"),
                    (x / (w * b), "x / (w·b)"),
                    (-(x + w), "−(x + w)")]:
        recording = record(z)
        assert expression(recording.values, recording.names) == f"J = {text}"
