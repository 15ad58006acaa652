"""Scales: right engines are right at every size; what is wrong at some size is found, at any threshold."""

import math
from pathlib import Path
from random import Random

import pytest

from engine import Value
from engine.testing.conformance.adapters import SINGLE
from engine.testing.conformance.cases import FORMS, Context, form
from engine.testing.conformance.exercises import P, program
from engine.testing.conformance.expectations import askable, evaluate
from engine.testing.conformance.here import Here
from engine.testing.conformance.scales import (
    DOUBLES, NEAR, SCALES, SINGLES, able_forms, drawn_number, fitting, multiplied, near, power10, range_of,
    scaled_program, within,
)
from tests.engine.testing.conformance.bases import BASES, written
from tests.engine.testing.conformance.mistaken import made

RIGHT = (Path(__file__).parent / "engines" / "closures.py").read_text(encoding="utf-8")
ADDED = "parent.grad = parent.grad + upstream * slope"
RESCALED = ("    def __truediv__(self, other):  return self * value(other) ** -1",
            "    def __truediv__(self, other):\n        other = value(other); y = other.data + {t!r}\n"
            "        return self.made(self.data / y, (self, other), (1 / y, -self.data / (y * y)))")

# What is changed in a right engine, and the powers of ten in which the threshold is drawn.
WRONG = {
    "dropped sums":  ((ADDED, f"{ADDED}\n                if abs(parent.grad) < {{t!r}}: parent.grad = 0.0"),
                      (-299, 0)),
    "dropped parts": ((ADDED, f"m = upstream * slope\n                if abs(m) >= {{t!r}}: {ADDED}"),
                      (-299, 0)),
    "clipped":       ((ADDED, "parent.grad = max(-{t!r}, min({t!r}, parent.grad + upstream * slope))"),
                      (1, 299)),
    "overflowing":   ((ADDED, f"{ADDED}\n                if abs(parent.grad) > {{t!r}}: parent.grad = 0.0"),
                      (1, 299)),
    "rounded":       ((ADDED, "parent.grad = round(parent.grad + upstream * slope, {digits})"), (-30, -1)),
    "eps in /":      (RESCALED, (-140, -20)),
    "eps in log":    (("(1 / self.data,))", "(1 / (self.data + {t!r}),))"), (-285, -20)),
    "relu from eps": (("    def relu(self):\n", "    def relu(self):\n"
                       "        if abs(self.data) < {t!r}: return self.made(0.0, (self,), (0.0,))\n"),
                      (-295, -13)),
    "x ** 2 by exp": (("z = math.pow(self.data, n)\n",
                       "z = math.pow(self.data, n)\n        if n == 2 and "
                       "abs(math.log(abs(self.data) or 1)) > {t!r}: z = math.exp(2 * math.log(abs(self.data)"
                       "))\n"), (1, 2)),
}


def context_of(engine, seed=0):
    context = Context(Here(engine), seed=seed, examples=5)
    for label in FORMS:
        context.survey(label, False)
    return context


def statuses(engine, seed=0):
    context = context_of(engine, seed)
    return [case.check(context).status for case in SCALES]


@pytest.mark.parametrize("name", ["Value", *BASES])
def test_a_right_engine_is_right_at_every_size(name):
    engine = Value if name == "Value" else made(written(BASES[name], {}))
    assert statuses(engine, seed=len(name)) == ["pass"] * len(SCALES)


@pytest.mark.parametrize("draw", range(3))
@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_at_some_size_is_found_wherever_it_begins(name, draw):
    (right, wrong), (low, high) = WRONG[name]
    threshold = 10.0 ** Random(f"{name} {draw}").uniform(low, high)
    assert RIGHT.count(right) == 1
    assert "fail" in statuses(made(RIGHT.replace(right, wrong.format(
        t=threshold, digits=round(-math.log10(threshold))))), draw), threshold


def test_numbers_are_drawn_from_end_to_end():
    rng    = Random(1)
    powers = [math.log10(abs(drawn_number(rng, -300.0, 300.0))) for _ in range(300)]
    assert -300.01 < min(powers) < -299 and 299 < max(powers) < 300.01
    assert sum(-200 < p < 200 for p in powers) > 50
    assert {drawn_number(rng, 0.0, 1.0) > 0 for _ in range(50)} == {True, False}
    assert all(drawn_number(rng, 0.0, 1.0, signs=False) > 0 for _ in range(50))


@pytest.mark.parametrize("reach", [DOUBLES, SINGLES])
def test_all_on_the_way_of_a_random_program_is_in_the_range(reach):
    rng, able = Random(2), [form(label) for label in FORMS if label not in ("x ** y", "2 ** x")]
    drawn = [p for p in (scaled_program(rng, able, reach) for _ in range(60)) if p]
    assert len(drawn) > 15
    sizes = []
    for p in drawn:
        values, slopes = evaluate(p)
        assert within(p, reach) and all(map(math.isfinite, values))
        sizes += [power10(g) for g in p.gradient() if g]
    assert min(sizes) < 0.7 * reach.least and max(sizes) > 0.7 * reach.most
    assert all(reach.least - reach.room <= size <= reach.most + reach.room for size in sizes)


def test_a_program_that_leaves_the_normal_floats_is_told_apart():
    assert not fitting(program((1.0, 1e-200), ("/", (0, 1))), DOUBLES)            # its square is 0
    assert not within(program((1e200,), ("*", (0, P(1e-300))), ("*", (1, P(1e-300)))), DOUBLES)
    assert within(program((1e200,), ("*", (0, P(1e-150))), ("*", (1, P(1e-100)))), DOUBLES)


def test_gradients_are_made_of_one_factor_and_of_two():
    for power in (-300.0, 12.5, 300.0):
        for label in ("x * 2", "2 * x", "x * y"):
            one, two = multiplied(form(label), power, Random(3), DOUBLES)
            assert (len(one.steps), len(two.steps)) == (1, 2)
            assert all(power10(p.gradient()[0]) == pytest.approx(power, abs=0.01) for p in (one, two))


def test_numbers_that_are_nearly_equal_differ_exactly():
    rng = Random(4)
    for digits, reach in ((45, DOUBLES), (20, SINGLES)):
        for shape in NEAR:
            x, y = near(rng, reach, digits, *shape).program.inputs
            assert x != y and abs(x - y) <= 128 * 2.0 ** -digits * abs(x) and (x - y) + y == x


def test_engines_in_float32_are_asked_within_their_range():
    context = context_of(Value)
    assert range_of(context) is DOUBLES
    context.precision = SINGLE
    assert range_of(context) is SINGLES and SINGLES.most + SINGLES.room < 38


def test_what_an_engine_cannot_do_alone_is_not_asked():
    context = context_of(Value)
    context.unsound |= {"* np", "* pn", "* nn"}
    assert not any(step.op == "*" for step in able_forms(context))
    assert all(case.check(context).status in ("pass", "blocked") for case in SCALES)
    assert all("*" not in e.program.ops for e, _ in context.answers[-20:] if len(e.program.steps) > 1)
    assert askable(context.answers[-1][0])
