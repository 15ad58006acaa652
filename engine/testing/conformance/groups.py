"""Groups: what the suite asks, as data: arithmetic, shared nodes, order, repeated backward, kinks, domains, tails, nan.

Each group is a list of cases. The operations come first, one by one: one that fails alone is used
by no other case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ..operations import OPERATIONS, RATIONAL, SMOOTH
from ..program import Plain, Program, Step
from . import mistakes
from .cases import (ADVICE, BLOCKED, FAIL, FORMS, SKIP, Case, Context, Result, ask, explained, form, inputs_of, joined, key_of, random_exercises,
                    special, unshared)
from .exercises import NAN, NONE, Exercise, askable, attempt, described, wrong
from .stamina import STAMINA

inf, nan = float("inf"), float("nan")
POINTS   = ((3.0, 2.0), (2.0, 4.0), (-3.0, 2.0), (5.0, -0.5), (0.5, 3.0), (-1.5, -2.0), (1.25, 0.75))


def program(inputs: Iterable[float], *steps: tuple[str, tuple[Any, ...]]) -> Program:
    return Program(tuple(inputs), tuple(Step(op, operands) for op, operands in steps))


P = Plain                               # as in ("*", (0, P(2.0))): x * 2


# --- arithmetic -----------------------------------------------------------------------------------------

def operation(label: str) -> Case:
    def check(context: Context) -> Result:
        step = form(label)
        if not hasattr(context.engine, special(step)) or (label in ("x ** y", "2 ** x") and refuses(context, label)):
            context.lacking.add(key_of(step))
            return Result(SKIP, notes=[f"no {label}"])
        result = ask(context, alone(step))
        if result.status == FAIL:
            context.unsound.add(key_of(step))
        return result
    return Case("arithmetic", label, check)


def refuses(context: Context, label: str) -> bool:
    """Whether the engine says that it has no such operation: a power of, or to, a Value."""
    try:
        attempt_step = form(label)
        xs = [context.engine(2.0) if isinstance(x, int) else x.number for x in attempt_step.operands]
        xs[0] ** xs[1]
    except (TypeError, AssertionError, NotImplementedError, AttributeError):
        return True
    except Exception:
        return False
    return False


def alone(step: Step) -> list[Exercise]:
    """One operation by itself, at points of its domain."""
    count = inputs_of(step)
    exponents = [Plain(n) for n in (2, 3, 1, -1, -2, 0, 0.5, 2.5)] if step.op == "**" and not isinstance(step.operands[1], int) else [None]
    steps = [step if n is None else Step(step.op, (step.operands[0], n)) for n in exponents]
    asked = [Exercise(Program(point[:count], (s,))) for s in steps for point in POINTS]
    return [exercise for exercise in asked if askable(exercise)]


def upstream(context: Context) -> Result:
    """Each operation with another one above it: 3 * f(x), or f(x) - 1 over it."""
    exercises = []
    for label in FORMS:
        step = form(label)
        if key_of(step) in context.unsound | context.lacking:
            continue
        count = inputs_of(step)
        above = next((s for s in (("*", P(3.0)), ("/", P(0.25)), ("*", count), ("**", P(2))) if context.can(program((1.0,), (s[0], (0, s[1] if isinstance(s[1], Plain) else 0))))), None)
        for point in POINTS[:4]:
            if above and isinstance(above[1], int):
                exercises.append(Exercise(program((*point[:count], 3.0), (step.op, step.operands), ("*", (count + 1, count)))))
            elif above:
                exercises.append(Exercise(program(point[:count], (step.op, step.operands), (above[0], (count, above[1])))))
    return ask(context, filter(askable, exercises))


def trees(context: Context) -> Result:
    return ask(context, random_exercises(context, "trees", steps=5, ops=(*RATIONAL, *SMOOTH), change=unshared))


def summed(context: Context) -> Result:
    """sum([x, y]) starts with the plain number 0."""
    if not hasattr(context.engine, "__radd__"):
        return Result(SKIP, notes=["no 2 + x, and so no sum([x, y])"])
    exercise = Exercise(program((3.0, 2.0), ("+", (P(0), 0)), ("+", (2, 1))))
    return ask(context, [exercise] if context.can(exercise.program) else [])


def left_alone(context: Context) -> Result:
    """An operation leaves its operands as they were; x += 1 makes a new node."""
    if not context.can(program((3.0,), ("+", (0, P(2.0))), ("*", (1, 0)))):
        return Result(BLOCKED)
    try:
        x = context.engine(3.0)
        y = x
        y += 2.0
        z = y * x
        z.backward()
        given = (float(x.data), float(x.grad), float(z.data))
    except Exception as problem:
        return Result(SKIP, notes=[f"x += 2 is not possible: {described(problem)}"])
    if given == (3.0, 8.0, 15.0):
        return Result()
    exercise = Exercise(program((3.0,), ("+", (0, P(2.0))), ("*", (1, 0))))
    finding  = explained(context, exercise, [], "x += 2 changes the node x itself: __iadd__ must make a new node, or be left out")
    return Result(FAIL, [finding._replace(code="x = Value(3.0)\ny = x; y += 2.0\nz = y * x; z.backward()\nprint(x.data, x.grad)  # 3.0 8.0",
                                          given=[f"{given[1]!r}, with x.data {given[0]!r}"])])


# --- programs with sharing --------------------------------------------------------------------------------

SHARED = [
    program((3.0,), ("+", (0, 0))),
    program((3.0,), ("*", (0, 0))),
    program((3.0,), ("-", (0, 0))),
    program((3.0,), ("/", (0, 0))),
    program((3.0,), ("*", (0, 0)), ("*", (1, 0))),
    program((3.0, 2.0), ("*", (0, 1)), ("+", (2, 0))),
    program((3.0, 2.0), ("*", (0, 1)), ("+", (2, 1))),
    program((2.0, 2.0), ("*", (0, 1)), ("+", (2, 0))),
    program((2.0,), ("*", (0, 0)), ("*", (0, 1)), ("*", (0, 2)), ("*", (0, 3))),
]

DIAMONDS = [
    program((3.0,), ("+", (0, 0)), ("+", (1, 1))),
    program((3.0,), ("*", (0, P(2.0))), ("+", (1, 1)), ("+", (2, 1))),
    program((3.0,), ("*", (0, P(2.0))), ("*", (1, P(3.0))), ("+", (1, 2))),
    program((3.0,), ("*", (0, P(2.0))), ("*", (1, P(3.0))), ("+", (2, 1))),
    program((2.0,), ("*", (0, P(3.0))), ("*", (1, 1)), ("*", (2, P(2.0))), ("+", (3, 1)), ("*", (4, 2))),
    program((2.0,), ("*", (0, P(3.0))), ("*", (1, P(2.0))), ("*", (2, P(2.0))), ("*", (3, P(2.0))), ("+", (1, 4)), ("*", (5, 1))),
    program((3.0, 2.0), ("*", (0, 1)), ("+", (2, 0)), ("*", (2, 3)), ("-", (4, 2)), ("+", (5, 3))),
    program((3.0, 3.0), ("*", (0, P(2.0))), ("*", (1, P(2.0))), ("*", (2, 3)), ("+", (4, 2))),
]

ACROSS = [
    program((2.0,), ("*", (0, P(3.0))), ("*", (1, P(2.0))), ("*", (1, P(5.0))), ("+", (2, 3))),
    program((2.0,), ("*", (0, 0)), ("*", (1, 1)), ("+", (1, 2))),
    program((3.0,), ("*", (0, P(2.0))), ("*", (0, 0)), ("+", (1, 2))),
    program((2.0, 3.0), ("*", (0, 1)), ("+", (0, 1)), ("+", (2, 3))),
]

TWICE = [
    program((3.0,), ("*", (0, 0))),
    program((2.0,), ("*", (0, 0)), ("*", (1, 1))),
    program((2.0,), ("*", (0, 0)), ("**", (1, P(2)))),
    program((2.0, 3.0), ("*", (0, 1)), ("+", (2, 0)), ("*", (3, 2))),
]


def fixed(group: str, name: str, programs: list[Program], how: str = "once", number: str = "float") -> Case:
    return Case(group, name, lambda context: ask(context, [e for p in programs if context.can(p) and askable(e := Exercise(p, how, number))]))


def drawn(group: str, name: str, how: str = "once", steps: int = 12, ops: tuple[str, ...] = RATIONAL) -> Case:
    def check(context: Context) -> Result:
        change: Any = joined(context.rng(f"{group} {name} roots")) if how in ("split", "in turn") else (lambda p: p)
        return ask(context, random_exercises(context, f"{group} {name}", how, steps, ops, change))
    return Case(group, name, check)


def unused(context: Context) -> Result:
    """An input that the output does not depend on keeps the gradient 0."""
    exercise = Exercise(program((3.0, 5.0), ("*", (0, 0))))
    return ask(context, [exercise] if context.can(exercise.program) else [])


# --- where the answer is written down -------------------------------------------------------------------------

def special_case(group: str, name: str, *exercises: Exercise, sentence: str = "", note: Callable[[Exercise, Any], str] | None = None) -> Case:
    """Exercises that say themselves what is right; `sentence` says what is wrong if one fails, `note` what was chosen if none does."""
    def check(context: Context) -> Result:
        able = [e for e in exercises if all(hasattr(context.engine, special(s)) and key_of(s) not in context.lacking for s in e.program.steps)]
        if not able:
            return Result(SKIP)
        if not all(context.can(e.program) for e in able):
            return Result(BLOCKED)
        notes = []
        for exercise in able:
            outcome = attempt(exercise, context.engine)
            if wrong(exercise, outcome):
                ranked = mistakes.ranked(context.suspects(), [(exercise, outcome)])
                return Result(FAIL, [explained(context, exercise, ranked, sentence_for(exercise, outcome, sentence))])
            notes += [said for said in [note(exercise, outcome) if note else refusal(exercise, outcome)] if said]
        return Result(notes=notes)
    return Case(group, name, check)


def sentence_for(exercise: Exercise, outcome: Any, sentence: str) -> str:
    if isinstance(outcome.data[-1], complex):
        return "a complex number comes out without a word: raise ValueError where no real number exists"
    return "" if outcome.error.startswith(("RecursionError", "AttributeError", "NameError")) else sentence


def refusal(exercise: Exercise, outcome: Any) -> str:
    """nan raised where it might pass: right, and noted."""
    return f"refused with {outcome.error}" if outcome.error and exercise.value == NAN else ""


def at(op: str, x: float, value: Any, slope: Any, *more: Any) -> Exercise:
    """op(x), or x op y for a plain y."""
    return Exercise(program((x,), (op, (0, *map(P, more)))), value=value, slopes=(slope,))


def is_(x: float) -> tuple[float, float]:
    return (x, x)


def chosen(exercise: Exercise, outcome: Any) -> str:
    return f"the slope of {exercise.program.steps[0].op} at its kink is {outcome.grads[0]:g}"


BETWEEN = "at a kink the slope lies between the slopes on both sides"
SMALL   = "a small gradient is lost: nothing may be rounded to 0 or cut off on the way back"
LARGE   = "a large gradient is cut off: backward() must not clip gradients (an optimizer may)"
SWALLOW = "nan is swallowed: an undefined number must stay nan (or raise), or a broken run looks healthy"
NO_REAL = "no such real number exists: raise ValueError (or ZeroDivisionError), or give nan or inf"

KINKS = [
    special_case("kinks", "relu at 0", at("relu", 0.0, is_(0), (0, 1)), sentence=BETWEEN, note=chosen),
    special_case("kinks", "relu at -0.0", at("relu", -0.0, is_(0), (0, 1)), sentence=BETWEEN),
    special_case("kinks", "abs at 0", at("abs", 0.0, is_(0), (-1, 1)), sentence=BETWEEN, note=chosen),
    special_case("kinks", "relu next to 0", at("relu", 2.0 ** -40, is_(2.0 ** -40), is_(1)), at("relu", -2.0 ** -40, is_(0), is_(0)),
                 sentence="next to a kink the slope is that of its side: relu is 0 below 0, and x above"),
    special_case("kinks", "abs next to 0", at("abs", 2.0 ** -40, is_(2.0 ** -40), is_(1)), at("abs", -2.0 ** -40, is_(2.0 ** -40), is_(-1)),
                 sentence="next to a kink the slope is that of its side: abs has slope -1 below 0, and 1 above"),
    special_case("kinks", "relu of a whole layer at 0", Exercise(program((1.0,), ("-", (0, P(1.0))), ("relu", (1,)), ("*", (2, P(3.0)))), value=is_(0), slopes=((0, 3),)),
                 sentence=BETWEEN),
    drawn("kinks", "random programs of relu and abs", ops=("relu", "+", "*", "-", "abs", "neg")),
]

POWERS = [
    special_case("powers and domains", "0 ** 2", at("**", 0.0, is_(0), is_(0), 2), sentence="x ** 2 at 0 is 0, with slope 0"),
    special_case("powers and domains", "0 ** 1", at("**", 0.0, is_(0), is_(1), 1), sentence="x ** 1 at 0 is 0, with slope 1: there 0 ** 0 is 1"),
    special_case("powers and domains", "0 ** 0", at("**", 0.0, is_(1), is_(0), 0), sentence="x ** 0 is 1 everywhere, with slope 0, at 0 too: n * x**(n-1) is 0 * 0**-1 there, so treat n == 0 by itself"),
    special_case("powers and domains", "(-2) ** 3", at("**", -2.0, is_(-8), is_(12), 3), sentence="a whole power of a negative number is defined: (-2) ** 3 is -8, with slope 12"),
    special_case("powers and domains", "x ** 0.5 at 0", at("**", 0.0, None, NONE, 0.5), sentence="x ** 0.5 has no finite slope at 0: it is infinite"),
    special_case("powers and domains", "(-2) ** 0.5", at("**", -2.0, NONE, None, 0.5), sentence=NO_REAL),
    special_case("powers and domains", "0 ** -1", at("**", 0.0, NONE, None, -1), sentence=NO_REAL),
    special_case("powers and domains", "1 / 0", Exercise(program((0.0,), ("/", (P(1.0), 0))), value=NONE), sentence=NO_REAL),
    special_case("powers and domains", "0 / 0", Exercise(program((0.0, 0.0), ("/", (0, 1))), value=NONE), sentence=NO_REAL),
    special_case("powers and domains", "log(0)", Exercise(program((0.0,), ("log", (0,))), value=NONE), sentence=NO_REAL),
    special_case("powers and domains", "log(-1)", Exercise(program((-1.0,), ("log", (0,))), value=NONE), sentence=NO_REAL),
    special_case("powers and domains", "sqrt(-1)", Exercise(program((-1.0,), ("sqrt", (0,))), value=NONE), sentence=NO_REAL),
    special_case("powers and domains", "sqrt(0)", Exercise(program((0.0,), ("sqrt", (0,))), value=None, slopes=(NONE,)), sentence="sqrt has no finite slope at 0: it is infinite"),
    special_case("powers and domains", "x ** y at 0 ** 2", Exercise(program((0.0, 2.0), ("**", (0, 1))), value=is_(0), slopes=(is_(0), is_(0))), sentence="0 ** y is 0 for y > 0, with slope 0 towards both: there is no log(0) to take"),
    special_case("powers and domains", "x * x ** -1", Exercise(program((4.0,), ("**", (0, P(-1))), ("*", (0, 1))), value=is_(1), slopes=((-1e-15, 1e-15),)), sentence="x * x ** -1 is 1, with slope 0"),
    drawn("powers and domains", "random programs of powers", ops=("**", "*", "/", "+")),
]


def tail(op: str, x: float) -> Case:
    """op far out. What is below 1 ulp of its largest slope may be lost, and is noted."""
    def check(context: Context) -> Result:
        asked   = program((x,), (op, (0,)))
        value, slope = float(asked.numbers()[-1]), float(asked.gradient()[0])
        bounded = op in ("tanh", "sigmoid")
        exercise = Exercise(asked, value=around(value, 2.0 ** -50 if bounded else 1e-12 * abs(value)),
                            slopes=(around(slope, 2.0 ** -51 if bounded else 1e-12 * abs(slope)),))
        def note(exercise: Exercise, outcome: Any) -> str:
            return "" if abs(outcome.grads[0] - slope) <= 1e-6 * abs(slope) else (
                f"the slope of {op} at {x:g} is {outcome.grads[0]:.4g}, and {slope:.4g} is right: 1 - z*z and z*(1-z) lose it by subtracting nearly equal numbers")
        return special_case("tails", f"{op}({x:g})", exercise, note=note, sentence=(
            f"{op} is fine at {x:g}: its value is {value:.4g} and its slope {slope:.4g}; an exp of a large number on the way, or a cut, spoils it")).check(context)
    return Case("tails", f"{op}({x:g})", check)


def around(right: float, off: float) -> tuple[float, float]:
    return (right - off, right + off)


def scaled(factors: tuple[float, ...], name: str, sentence: str) -> Case:
    """x * c for each c: the gradient is c, however small or large."""
    cases = [special_case("tails", name, Exercise(program((3.0,), ("*", (0, P(c)))), slopes=(is_(c),)), sentence=sentence) for c in factors]
    def check(context: Context) -> Result:
        results = [case.check(context) for case in cases]
        return next((r for r in results if r.status != "pass"), Result())
    return Case("tails", name, check)


TAILS = [
    scaled((1e-3, 1e-5, 1e-6, 1e-7, 1e-9, 1e-12, 1e-30, 1e-200), "small gradients", SMALL),
    scaled((1e2, 999.0, 1001.0, 1e4, 1e6, 1e9, 1e12, 1e200), "large gradients", LARGE),
    special_case("tails", "small times large", Exercise(program((3.0,), ("*", (0, P(1e-9))), ("*", (1, P(1e12)))), slopes=((999.999999999, 1000.000000001),)), sentence=SMALL),
    special_case("tails", "large times small", Exercise(program((3.0,), ("*", (0, P(1e12))), ("*", (1, P(1e-12)))), slopes=((0.999999999999, 1.000000000001),)), sentence=LARGE),
    special_case("tails", "large in the middle", Exercise(program((3.0,), ("*", (0, P(1e-6))), ("*", (1, P(1e6)))), slopes=((0.999999999999, 1.000000000001),)), sentence=LARGE),
    *(tail(op, x) for op, xs in (("exp", (-1000.0, -20.0, 700.0)), ("tanh", (7.0, 20.0, 1000.0, -1000.0)), ("sigmoid", (40.0, -40.0, 1000.0, -1000.0)),
                                 ("log", (1e-300, 1e300)), ("sqrt", (1e-300, 1e300))) for x in xs),
]

NANS = [
    *(special_case("nan and inf", f"{OPERATIONS[op].python.format('nan')}", Exercise(program((nan,), (op, (0,))), value=NAN), sentence=SWALLOW)
      for op in ("relu", "neg", "abs", "exp", "log", "sqrt", "tanh", "sigmoid", "sin", "cos")),
    special_case("nan and inf", "nan with a plain number", *(Exercise(program((nan,), (op, (0, P(y)))), value=NAN) for op, y in (("*", 0.0), ("+", 1.0), ("-", 1.0), ("/", 2.0), ("**", 2))), sentence=SWALLOW),
    special_case("nan and inf", "nan with a node", *(Exercise(program((nan, 2.0), (op, (0, 1))), value=NAN) for op in "+-*/"), sentence=SWALLOW),
    special_case("nan and inf", "inf - inf, inf * 0", Exercise(program((inf, inf), ("-", (0, 1))), value=NAN), Exercise(program((inf, 0.0), ("*", (0, 1))), value=NAN), sentence=SWALLOW),
    special_case("nan and inf", "a gradient of nan", Exercise(program((3.0, nan), ("*", (0, 1))), slopes=(NAN, is_(3))), Exercise(program((3.0,), ("*", (0, P(nan)))), slopes=(NAN,)),
                 sentence="a gradient of nan is swallowed: d(x*y)/dx is y, which is nan here"),
    special_case("nan and inf", "a gradient of inf", Exercise(program((3.0,), ("*", (0, P(inf)))), slopes=((inf, inf),)), sentence=LARGE),
    special_case("nan and inf", "exp(-inf)", at("exp", -inf, is_(0), is_(0)), sentence="exp(-inf) is 0, with slope 0"),
    special_case("nan and inf", "tanh(inf)", at("tanh", inf, is_(1), is_(0)), sentence="tanh(inf) is 1, with slope 0"),
    special_case("nan and inf", "relu(inf), relu(-inf)", at("relu", inf, is_(inf), is_(1)), at("relu", -inf, is_(0), is_(0)), sentence="relu(inf) is inf and relu(-inf) is 0"),
]


# --- number types ------------------------------------------------------------------------------------------------

WHOLE = [program(point, (op, operands)) for op, operands in FORMS.values() if op in "+-*/**" for point in ((3.0, 2.0), (7.0, 4.0), (-3.0, 5.0), (2.0, 3.0))
         if (op, operands[-1]) != ("**", 1)] + [program((2.0,), ("**", (0, P(n)))) for n in (-1, -2, 0, 1, 3)]


def fractions(context: Context) -> Result:
    """Fractions: exact, rounded to floats, or refused; never wrong."""
    asked = [Exercise(p, number="Fraction") for p in WHOLE[:8] if context.can(p)]
    for exercise in asked:
        outcome = attempt(exercise, context.engine)
        if outcome.error:
            return Result(notes=[f"Fractions are refused: {outcome.error}"])
    return ask(context, asked)


def mixed(context: Context) -> Result:
    """Whole and other numbers together."""
    return ask(context, [Exercise(p, number="int") for p in (program((3.0, 0.5), ("*", (0, 1)), ("/", (2, 0))), program((7.0, 2.0), ("/", (0, 1)), ("+", (2, P(0.25)))))
                         if context.can(p)])


def text(context: Context) -> Result:
    """Value("3") had better be refused: "3" * 2 is "33"."""
    taken = []
    for thing in ("3", None, [1.0]):
        try:
            context.engine(thing)
            taken.append(repr(thing))
        except Exception:                          # refused, as it should be
            continue
    return Result(ADVICE, notes=[f"{', '.join(f'Value({thing})' for thing in taken)}: taken without a word: raise TypeError for what is not a number"]) if taken else Result()


GROUPS = ("arithmetic", "accumulation on shared nodes", "topological order", "repeated backward", "kinks", "powers and domains",
          "tails", "nan and inf", "number types", "deep graphs", "determinism", "freeing memory")

CASES: tuple[Case, ...] = (
    *map(operation, FORMS),
    Case("arithmetic", "the upstream gradient", upstream),
    Case("arithmetic", "sum([x, y])", summed),
    Case("arithmetic", "x += 2 leaves x alone", left_alone),
    Case("arithmetic", "random trees", trees),
    fixed("accumulation on shared nodes", "inputs used more than once", SHARED),
    Case("accumulation on shared nodes", "an input that is not used", unused),
    drawn("accumulation on shared nodes", "random small graphs", steps=6),
    drawn("accumulation on shared nodes", "random small graphs with smooth functions", steps=6, ops=("+", "*", "-", *SMOOTH)),
    fixed("topological order", "diamonds", DIAMONDS),
    drawn("topological order", "random graphs", steps=14),
    drawn("topological order", "random large graphs", steps=40, ops=("+", "*", "-", "neg")),
    *(case for how in ("twice", "reset", "split", "in turn", "changed") for case in (
        fixed("repeated backward", f"{how}", ACROSS if how in ("split", "in turn") else TWICE, how),
        drawn("repeated backward", f"{how}, random graphs", how, 8))),
    *KINKS, *POWERS, *TAILS, *NANS,
    fixed("number types", "whole numbers", WHOLE, number="int"),
    Case("number types", "whole numbers and others", mixed),
    Case("number types", "Fractions", fractions),
    Case("number types", "what is not a number", text),
    *STAMINA,
)
