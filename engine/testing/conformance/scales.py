"""Scales: random programs whose numbers and gradients have any size that floats have, subnormals apart.

    scaled_program(rng, able, DOUBLES)      # every value, slope and gradient on the way is a normal float

Backward is linear in its seed: an engine that is right at 1 is right at 1e-300 and at 1e300. What is cut
off, dropped, rounded or compared with a tolerance shows at some size, whatever the threshold. The seed is a
constant factor above the output, as not every engine takes one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from random import Random
from typing import NamedTuple

from ..random_programs.operations import step_value
from ..random_programs.rules import SMOOTH
from ..random_programs.scalar_program import Operand, Plain, Program, Step, plain
from .adapters import DOUBLE
from .cases import FORMS, Case, Context, Result, ask, form, key_of
from .exercises import Exercise, P, program
from .expectations import askable, evaluate

GROUP = "scales and sizes"


class Range(NamedTuple):
    """The sizes that are asked about, as powers of ten. What a right engine may meet on its way, products of
    two or three of them, has so many powers more."""

    least: float
    most:  float
    room:  float

    @property
    def squared(self) -> float:
        """Half of the way, with room: for numbers that are squared."""
        return self.most / 2 - self.room

    def holds(self, x: float) -> bool:
        """Whether x is a number of which nothing is lost; 0 is told apart by whoever asks."""
        return x != 0 and math.isfinite(x) and self.least - self.room <= math.log10(abs(x)) <= (
            self.most + self.room)


DOUBLES = Range(-300.0, 300.0, 6.0)
SINGLES = Range(-29.0, 29.0, 6.0)          # with room, where nothing is lost to 1.2e-38, or beyond 3.4e38


def range_of(context: Context) -> Range:
    return SINGLES if context.precision > DOUBLE else DOUBLES


# --- drawing numbers ------------------------------------------------------------------------------------

ENDS = ("low", "high", "any")


def drawn_number(rng: Random, least: float, most: float, signs: bool = True, end: str = "") -> float:
    """A number of any size, as likely to be small as large; within three powers of an end where that is
    wanted, and else in one draw of two."""
    end   = end or rng.choice((*ENDS, "any"))
    width = min(3.0, most - least)
    power = rng.uniform(most - width if end == "high" else least, least + width if end == "low" else most)
    return rng.choice((1.0, -1.0) if signs else (1.0,)) * float(f"{10.0 ** power:.4g}")


# Where an operation is asked: powers of ten of its operand, and whether it must be positive. Elsewhere it
# has no slope that all right engines keep: tanh(1e-200) by exponentials is 0.
BANDS: dict[str, tuple[float, float, bool]] = {
    "exp": (-1.0, 0.5, False), "tanh": (-0.5, 0.2, False), "sigmoid": (-0.5, 0.3, False),
    "sin": (-0.5, 0.1, False), "cos": (-0.5, 0.1, False)}
EXPONENTS = (2, 3, -1, -2, 0.5, 1.5)


def band(step: Step, reach: Range) -> tuple[float, float, bool]:
    """Where the operand of a step with one node lies."""
    if step.op in BANDS:
        return BANDS[step.op]
    if step.op == "/" and not isinstance(step.operands[0], int):
        return -reach.squared, reach.squared, False
    if step.op == "**" and isinstance(step.operands[1], Plain):
        n = step.operands[1].number
        times = max(2.0, abs(n), abs(n - 1))                 # of the powers of x that a slope may go through
        return reach.least / times + reach.room, reach.most / times - reach.room, n != int(n)
    return reach.least, reach.most, step.op in ("log", "sqrt")


# --- one operation -----------------------------------------------------------------------------------------

def single(rng: Random, step: Step, reach: Range, end: str = "") -> Program:
    """One operation at numbers of any size, the first of them at this end."""
    low, high, positive = band(step, reach)
    if len(step.nodes) == 1:
        operands = tuple(x if isinstance(x, int) or step.op == "**" else P(drawn_number(rng, reach.least,
                         reach.most)) for x in step.operands)
        return Program((drawn_number(rng, low, high, not positive, end),), (Step(step.op, operands),))
    x = drawn_number(rng, reach.least, reach.most, end="any" if step.op == "/" else end)
    if step.op == "/":
        return Program((x, drawn_number(rng, -reach.squared, reach.squared, end=end)), (step,))
    return Program((x, drawn_number(rng, reach.least, reach.most)), (step,))


# --- many operations --------------------------------------------------------------------------------------

def grown(rng: Random, able: list[Step], reach: Range, steps: int) -> Program | None:
    """Steps on nodes that were made before; the numbers are brought to where each operation is asked by a
    plain factor of any size."""
    inputs  = tuple(drawn_number(rng, reach.least / 2, reach.most / 2) for _ in range(rng.choice((1, 2, 3))))
    values  = list(inputs)
    made: list[Step] = []
    factor  = next((s for s in able if key_of(s) in ("* np", "* pn")), None)

    def add(step: Step) -> int | None:
        xs = [values[x] if isinstance(x, int) else plain(step.op, x.number, float) for x in step.operands]
        try:
            z = float(step_value(math, step.op, xs))
        except (ArithmeticError, ValueError, TypeError):
            return None
        cancels = step.op in "+-" and abs(z) < max(map(abs, xs)) / 100
        if not reach.holds(z) or cancels:
            return None
        made.append(step)
        values.append(z)
        return len(values) - 1

    def brought(x: int, low: float, high: float, positive: bool) -> int | None:
        """The node, or one a factor away from it, in the band."""
        inside = low <= math.log10(abs(values[x])) <= high and (values[x] > 0 or not positive)
        if inside and rng.random() < 0.7:
            return x
        if factor is None:
            return None
        c = drawn_number(rng, low, high, not positive) / values[x]
        return add(filled(factor, x, float(f"{c:.4g}"))) if reach.holds(c) else None

    for _ in range(steps):
        step = rng.choice(able)
        if step.op == "**":
            step = Step("**", (0, P(rng.choice(EXPONENTS))))
        low, high, positive = band(step, reach)
        last, other = len(values) - 1, rng.randrange(len(values))
        if len(step.nodes) == 1:
            x = brought(rng.choice((last, last, other)), low, high, positive)
            if x is not None:
                add(filled(step, x, drawn_number(rng, reach.least / 2, reach.most / 2)))
            continue
        y = brought(other, -reach.squared, reach.squared, False) if step.op == "/" else other
        if y is not None:
            add(Step(step.op, (last, y)))
    return Program(inputs, tuple(made)).pruned() if made else None


def filled(step: Step, x: int, c: float) -> Step:
    """A step with one node, on the node x; its plain number is c, where it is no exponent."""
    return Step(step.op, tuple(x if isinstance(y, int) else y if step.op == "**" else P(c)
                               for y in step.operands))


def seeded(rng: Random, program: Program, able: list[Step], reach: Range) -> Program | None:
    """The program times a constant, the seed, with which its gradients go as far as they can: to the lower
    end, to the upper one, or anywhere."""
    factor = next((s for s in able if key_of(s) in ("* np", "* pn")), None)
    powers = [float(power10(g)) for g in program.adjoints() if g]
    if factor is None or not powers:
        return program
    low, high = reach.least - min(powers), reach.most - max(powers)
    out = power10(program.numbers()[-1])
    low, high = max(low, reach.least, reach.least - out), min(high, reach.most, reach.most - out)
    if low > high:
        return None
    last = len(program.inputs) + len(program.steps) - 1
    return Program(program.inputs, (*program.steps, filled(factor, last, drawn_number(rng, low, high))))


def power10(x: object) -> float:
    """log10 |x|, also of what is beyond floats."""
    import mpmath
    from ..random_programs.rules import fifty
    return float(mpmath.log10(abs(fifty(x))))


def scaled_program(rng: Random, able: list[Step], reach: Range, steps: int = 8) -> Program | None:
    """A random program with a seed; None where the draw leaves the range."""
    try:
        made = grown(rng, able, reach, steps)
        made = made and seeded(rng, made, able, reach)
        return made if made and within(made, reach) else None
    except (ArithmeticError, ValueError):
        return None


def within(program: Program, reach: Range) -> bool:
    """Whether all that a right engine may compute is a normal float: values, slopes, gradients, and the
    products on the way to them; a slope or gradient may be 0."""
    values, slopes = evaluate(program)
    n, right = len(program.inputs), program.adjoints()
    for k, (step, partials) in enumerate(zip(program.steps, slopes), n):
        if not right[k]:
            continue
        g  = float(right[k])
        xs = [values[x] if isinstance(x, int) else float(x.number) for x in step.operands]
        on_the_way = [values[k], g, *(s * g for x, s in zip(step.operands, partials)
                                      if isinstance(x, int) and s),
                      *(s for x, s in zip(step.operands, partials) if isinstance(x, int) and s)]
        if step.op in "*/":
            on_the_way += [x * g for x in xs]
        if step.op == "/":
            on_the_way += [xs[1] * xs[1], 1 / xs[1], 1 / (xs[1] * xs[1]), values[k] * g, values[k] / xs[1]]
            if not isinstance(step.operands[0], int):
                on_the_way += [values[k] * values[k], 1 / (values[k] * values[k])]
        if not all(map(reach.holds, on_the_way)):
            return False
    return all(not g or reach.holds(float(g)) for g in right[:n])


# --- cases ------------------------------------------------------------------------------------------------

def able_forms(context: Context, labels: tuple[str, ...] = tuple(FORMS)) -> list[Step]:
    """The operations that the engine has, and does right alone. Powers of nodes are left out: exp(y log x)
    is right, and exact at moderate numbers only."""
    steps = [form(label) for label in labels if label not in ("x ** y", "2 ** x")]
    return [step for step in steps if context.can(Program((1.0, 1.0), (step,)))]


def alone(context: Context) -> Result:
    """Each operation by itself, and with a seed above it."""
    rng, reach = context.rng("alone at every scale"), range_of(context)
    able = able_forms(context)
    each = [s for step in able for s in ([Step("**", (step.operands[0], P(n))) for n in EXPONENTS]
                                         if step.op == "**" else [step])]
    return ask(context, (e for step in each for end in ENDS for e in drawn_single(rng, step, able, reach,
                                                                                  end)))


def drawn_single(rng: Random, step: Step, able: list[Step], reach: Range, end: str) -> Iterator[Exercise]:
    """A program of the operation, with and without a seed; none where no draw stays in the range."""
    draws = (single(rng, step, reach, end) for _ in range(30))
    asked = next((p for p in draws if fitting(p, reach)), None)
    if asked:
        yield Exercise(asked)
        above = seeded(rng, asked, able, reach)
        if above and above != asked and fitting(above, reach):
            yield Exercise(above)


def fitting(program: Program, reach: Range) -> bool:
    """Whether the program stays in the range, and has one right answer."""
    try:
        return within(program, reach) and askable(Exercise(program))
    except (ArithmeticError, ValueError):
        return False


def gradients(context: Context) -> Result:
    """Gradients of every size: one in each stretch of the range, from end to end; of one factor, and of
    two."""
    rng, reach = context.rng("gradients of every size"), range_of(context)
    factor = next((s for s in able_forms(context, ("x * 2", "2 * x", "x * y"))), None)
    if factor is None:
        return ask(context, [])
    count  = 2 * context.examples
    width  = (reach.most - reach.least) / count
    powers = [reach.least, reach.most, *(reach.least + (k + rng.random()) * width for k in range(count))]
    return ask(context, (Exercise(p) for power in powers for p in multiplied(factor, power, rng, reach)))


def multiplied(factor: Step, power: float, rng: Random, reach: Range) -> list[Program]:
    """x times a number of that power of ten, and x times two numbers that make it."""
    c = float(f"{10.0 ** power:.4g}")
    first  = 10.0 ** rng.uniform(max(reach.least, power - reach.most), min(reach.most, power - reach.least))
    first  = float(f"{first:.4g}")
    second = float(f"{c / first:.4g}")
    if len(factor.nodes) == 2:
        return [program((3.0, c), ("*", (0, 1))),
                program((3.0, second, first), ("*", (0, 1)), ("*", (3, 2)))]
    return [Program((3.0,), (filled(factor, 0, c),)),
            Program((3.0,), (filled(factor, 0, second), filled(factor, 1, first)))]


def random_scales(context: Context) -> Result:
    return ask(context, random_scaled(context, able_forms(context)))


def rational_scales(context: Context) -> Result:
    """Programs of what is right to rounding wherever it is asked, so that more is asked of each."""
    smooth = {label for label in FORMS if form(label).op in SMOOTH}
    return ask(context, random_scaled(context, able_forms(context, tuple(label for label in FORMS
                                                                         if label not in smooth)), steps=14))


def random_scaled(context: Context, able: list[Step], steps: int = 8) -> Iterator[Exercise]:
    """`context.examples` random programs."""
    rng, reach = context.rng(f"random scales {steps}"), range_of(context)
    found = tries = 0
    while able and found < context.examples and tries < 20 * context.examples:
        tries += 1
        asked = scaled_program(rng, able, reach, steps)
        if asked and askable(exercise := Exercise(asked)):
            found += 1
            yield exercise


def nearly_equal(context: Context) -> Result:
    """Differences of numbers that agree in their first digits, products of them, and two such nodes that
    stay two, at every size: a right engine of floats loses nothing there."""
    rng, reach = context.rng("nearly equal numbers"), range_of(context)
    digits = 20 if context.precision > DOUBLE else 45
    shapes = [shape for shape in NEAR if context.can(program((1.0, 1.0), *shape))]
    asked  = [near(rng, reach, digits, *rng.choice(shapes)) for _ in range(context.examples) if shapes]
    return ask(context, (e for e in asked if fitting(e.program, reach)))


NEAR = [(("-", (0, 1)),), (("-", (0, 1)), ("*", (2, 0))), (("+", (0, 1)), ("-", (2, 1))),
        (("*", (0, 1)),), (("/", (0, 1)),), (("-", (0, 1)), ("abs", (2,)), ("+", (3, 0))),
        (("*", (0, 1)), ("+", (2, 0))), (("-", (0, 1)), ("/", (2, 1)))]


def near(rng: Random, reach: Range, digits: int, *steps: tuple[str, tuple[Operand, ...]]) -> Exercise:
    """The steps on two numbers that agree in nearly all of so many binary digits."""
    whole = rng.randrange(2 ** (digits - 1), 2 ** digits)
    low, high = (int(end / 2 / math.log10(2)) for end in (reach.least, reach.most))
    power = rng.randrange(low, high) - digits
    x, y  = (math.ldexp(m, power) for m in (whole, whole + rng.choice((-1, 1)) * rng.randrange(1, 64)))
    return Exercise(program((x, y), *steps))


def case(name: str, check: Callable[[Context], Result]) -> Case:
    return Case(GROUP, name, check)


SCALES = [
    case("each operation at every scale", alone),
    case("gradients of every size", gradients),
    case("random programs at every scale", random_scales),
    case("random programs of + - * / at every scale", rational_scales),
    case("nearly equal numbers", nearly_equal),
]
