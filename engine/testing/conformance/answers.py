"""Answers: exercises that say themselves what is right: kinks, powers and domains, tails, nan and inf."""

from __future__ import annotations

from collections.abc import Callable

from ..random_programs.operations import OPERATIONS
from ..random_programs.scalar_program import Program
from .adapters import DOUBLE
from .attempts import Outcome
from .cases import BLOCKED, FAIL, SKIP, Case, Context, Result, found, key_of, special
from .exercises import NAN, NONE, Exercise, P, Right, program
from .expectations import wrong
from .randoms import drawn, fixed

inf, nan = float("inf"), float("nan")


def special_case(group: str, name: str, *exercises: Exercise, sentence: str = "",
                 note: Callable[[Exercise, Outcome], str] | None = None) -> Case:
    """Exercises that say themselves what is right; `sentence` says what is wrong if one fails, `note` what
    was chosen if none does."""
    def check(context: Context) -> Result:
        able = [e for e in exercises if all(context.has(special(s))
                                            and key_of(s) not in context.lacking for s in e.program.steps)]
        if not able:
            return Result(SKIP)
        if not all(context.can(e.program) for e in able):
            return Result(BLOCKED)
        notes = []
        for exercise in able:
            outcome = context.attempt(exercise)
            if wrong(exercise, outcome):
                said = sentence_for(exercise, outcome, sentence)
                return Result(FAIL, failed=[(exercise, outcome)],
                              otherwise=found(exercise, outcome, said, []) if said else None)
            notes += [said for said in [note(exercise, outcome) if note else refusal(exercise, outcome)]
                      if said]
        return Result(notes=notes)
    return Case(group, name, check)


def sentence_for(exercise: Exercise, outcome: Outcome, sentence: str) -> str:
    if isinstance(outcome.data[-1], complex):
        return "a complex number comes out without a word: raise ValueError where no real number exists"
    return "" if outcome.error.startswith(("RecursionError", "AttributeError", "NameError")) else sentence


def refusal(exercise: Exercise, outcome: Outcome) -> str:
    """nan raised where it might pass: right, and noted."""
    return f"refused with {outcome.error}" if outcome.error and exercise.value == NAN else ""


def at(op: str, x: float, value: Right, slope: Right, *more: float) -> Exercise:
    """op(x), or x op y for a plain y."""
    return Exercise(program((x,), (op, (0, *map(P, more)))), value=value, slopes=(slope,))


def is_(x: float) -> tuple[float, float]:
    return (x, x)


def chosen(exercise: Exercise, outcome: Outcome) -> str:
    return f"the slope of {exercise.program.steps[0].op} at its kink is {outcome.grads[0]:g}"


BETWEEN = "at a kink the slope lies between the slopes on both sides"
LARGE   = "a large gradient is cut off: backward() must not clip gradients (an optimizer may)"
SWALLOW = "nan is swallowed: an undefined number must stay nan (or raise), or a broken run looks healthy"
NO_REAL = "no such real number exists: raise ValueError (or ZeroDivisionError), or give nan or inf"

KINKS = [
    special_case("kinks", "relu at 0", at("relu", 0.0, is_(0), (0, 1)), sentence=BETWEEN, note=chosen),
    special_case("kinks", "relu at -0.0", at("relu", -0.0, is_(0), (0, 1)), sentence=BETWEEN),
    special_case("kinks", "abs at 0", at("abs", 0.0, is_(0), (-1, 1)), sentence=BETWEEN, note=chosen),
    special_case("kinks", "relu next to 0", at("relu", 2.0 ** -40, is_(2.0 ** -40), is_(1)),
                 at("relu", -2.0 ** -40, is_(0), is_(0)), sentence="next to a kink the slope is that of its "
                                                                   "side: relu is 0 below 0, and x above"),
    special_case("kinks", "abs next to 0", at("abs", 2.0 ** -40, is_(2.0 ** -40), is_(1)),
                 at("abs", -2.0 ** -40, is_(2.0 ** -40), is_(-1)),
                 sentence="next to a kink the slope is that of its side: abs has slope -1 below 0, and 1 "
                          "above"),
    special_case("kinks", "relu of a whole layer at 0",
                 Exercise(program((1.0,), ("-", (0, P(1.0))), ("relu", (1,)), ("*", (2, P(3.0)))),
                          value=is_(0), slopes=((0, 3),)),
                 sentence=BETWEEN),
    drawn("kinks", "random programs of relu and abs", ops=("relu", "+", "*", "-", "abs", "neg")),
]

POWERS = [
    special_case("powers and domains", "0 ** 2", at("**", 0.0, is_(0), is_(0), 2),
                 sentence="x ** 2 at 0 is 0, with slope 0"),
    special_case("powers and domains", "0 ** 1", at("**", 0.0, is_(0), is_(1), 1),
                 sentence="x ** 1 at 0 is 0, with slope 1: there 0 ** 0 is 1"),
    special_case("powers and domains", "0 ** 0", at("**", 0.0, is_(1), is_(0), 0),
                 sentence="x ** 0 is 1 everywhere, with slope 0, at 0 too: n * x**(n-1) is 0 * 0**-1 there, "
                          "so treat n == 0 by itself"),
    special_case("powers and domains", "(-2) ** 3", at("**", -2.0, is_(-8), is_(12), 3),
                 sentence="a whole power of a negative number is defined: (-2) ** 3 is -8, with slope 12"),
    special_case("powers and domains", "x ** 0.5 at 0", at("**", 0.0, None, NONE, 0.5),
                 sentence="x ** 0.5 has no finite slope at 0: it is infinite"),
    special_case("powers and domains", "(-2) ** 0.5", at("**", -2.0, NONE, None, 0.5), sentence=NO_REAL),
    special_case("powers and domains", "0 ** -1", at("**", 0.0, NONE, None, -1), sentence=NO_REAL),
    special_case("powers and domains", "1 / 0", Exercise(program((0.0,), ("/", (P(1.0), 0))), value=NONE),
                 sentence=NO_REAL),
    special_case("powers and domains", "0 / 0", Exercise(program((0.0, 0.0), ("/", (0, 1))), value=NONE),
                 sentence=NO_REAL),
    special_case("powers and domains", "log(0)", Exercise(program((0.0,), ("log", (0,))), value=NONE),
                 sentence=NO_REAL),
    special_case("powers and domains", "log(-1)", Exercise(program((-1.0,), ("log", (0,))), value=NONE),
                 sentence=NO_REAL),
    special_case("powers and domains", "sqrt(-1)", Exercise(program((-1.0,), ("sqrt", (0,))), value=NONE),
                 sentence=NO_REAL),
    special_case("powers and domains", "sqrt(0)", Exercise(program((0.0,), ("sqrt", (0,))), value=None,
                                                           slopes=(NONE,)),
                 sentence="sqrt has no finite slope at 0: it is infinite"),
    special_case("powers and domains", "x ** y at 0 ** 2",
                 Exercise(program((0.0, 2.0), ("**", (0, 1))), value=is_(0), slopes=(is_(0), is_(0))),
                 sentence="0 ** y is 0 for y > 0, with slope 0 towards both: there is no log(0) to take"),
    special_case("powers and domains", "x * x ** -1",
                 Exercise(program((4.0,), ("**", (0, P(-1))), ("*", (0, 1))), value=is_(1),
                          slopes=((-1e-15, 1e-15),)), sentence="x * x ** -1 is 1, with slope 0"),
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
        def note(exercise: Exercise, outcome: Outcome) -> str:
            given = outcome.grads[0]
            if outcome.precision > DOUBLE or not isinstance(given, float):
                return ""
            return "" if abs(given - slope) <= 1e-6 * abs(slope) else (
                f"the slope of {op} at {x:g} is {given:.4g}, and {slope:.4g} is right: 1 - z*z "
                "and z*(1-z) lose it by subtracting nearly equal numbers")
        return special_case("tails", f"{op}({x:g})", exercise, note=note, sentence=(
            f"{op} is fine at {x:g}: its value is {value:.4g} and its slope {slope:.4g}; an exp of a large "
            "number on the way, or a cut, spoils it")).check(context)
    return Case("tails", f"{op}({x:g})", check)


def around(right: float, off: float) -> tuple[float, float]:
    return (right - off, right + off)


def sized(name: str, *programs: Program) -> Case:
    """Gradients of every size, exact or nearly so."""
    return fixed("tails", name, [*programs])


def times(*factors: float) -> Program:
    """x * c * ... at 3: the gradient is the product, however small or large."""
    return program((3.0,), *(("*", (k, P(c))) for k, c in enumerate(factors)))


SMALLER = (1e-3, 1e-5, 1e-6, 1e-7, 1e-9, 1e-12, 1e-30, 1e-200)
LARGER  = (1e2, 999.0, 1001.0, 1e4, 1e6, 1e9, 1e12, 1e200)

TAILS = [
    sized("small gradients", *map(times, SMALLER)),
    sized("large gradients", *map(times, LARGER)),
    sized("small times large", times(1e-9, 1e12)),
    sized("large times small", times(1e12, 1e-12)),
    sized("large in the middle", times(1e-6, 1e6)),
    *(tail(op, x) for op, xs in (("exp", (-1000.0, -20.0, 700.0)), ("tanh", (7.0, 20.0, 1000.0, -1000.0)),
                                 ("sigmoid", (40.0, -40.0, 1000.0, -1000.0)),
                                 ("log", (1e-300, 1e300)), ("sqrt", (1e-300, 1e300))) for x in xs),
]

NANS = [
    *(special_case("nan and inf", f"{OPERATIONS[op].python.format('nan')}",
                   Exercise(program((nan,), (op, (0,))), value=NAN), sentence=SWALLOW)
      for op in ("relu", "neg", "abs", "exp", "log", "sqrt", "tanh", "sigmoid", "sin", "cos")),
    special_case("nan and inf", "nan with a plain number",
                 *(Exercise(program((nan,), (op, (0, P(y)))), value=NAN)
                   for op, y in (("*", 0.0), ("+", 1.0), ("-", 1.0), ("/", 2.0), ("**", 2))),
                 sentence=SWALLOW),
    special_case("nan and inf", "nan with a node", *(Exercise(program((nan, 2.0), (op, (0, 1))), value=NAN)
                                                     for op in "+-*/"), sentence=SWALLOW),
    special_case("nan and inf", "inf - inf, inf * 0", Exercise(program((inf, inf), ("-", (0, 1))), value=NAN),
                 Exercise(program((inf, 0.0), ("*", (0, 1))), value=NAN), sentence=SWALLOW),
    special_case("nan and inf", "a gradient of nan", Exercise(program((3.0, nan), ("*", (0, 1))),
                                                              slopes=(NAN, is_(3))),
                 Exercise(program((3.0,), ("*", (0, P(nan)))), slopes=(NAN,)),
                 sentence="a gradient of nan is swallowed: d(x*y)/dx is y, which is nan here"),
    special_case("nan and inf", "a gradient of inf", Exercise(program((3.0,), ("*", (0, P(inf)))),
                                                              slopes=((inf, inf),)), sentence=LARGE),
    special_case("nan and inf", "exp(-inf)", at("exp", -inf, is_(0), is_(0)),
                 sentence="exp(-inf) is 0, with slope 0"),
    special_case("nan and inf", "tanh(inf)", at("tanh", inf, is_(1), is_(0)),
                 sentence="tanh(inf) is 1, with slope 0"),
    special_case("nan and inf", "relu(inf), relu(-inf)", at("relu", inf, is_(inf), is_(1)),
                 at("relu", -inf, is_(0), is_(0)), sentence="relu(inf) is inf and relu(-inf) is 0"),
]
