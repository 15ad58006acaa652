"""The calculus table: one row per primitive, its value and one slope per operand.

A row is ordinary arithmetic. The row that runs on floats also runs on Values (which gives second
derivatives), Fractions (exact), mpmath's mpf (50 digits) and sympy's symbols (proof). From one row
follow the function, the method of Value, the drawing, the explanation and the generated tests.

    x, y     operands: numbers in the value column, numbers or Values in the partials
    z        the output, so that a slope may use it: d(exp x)/dx = z
    where    where(condition, a, b): a if condition else b, also for symbols and arrays
    lib(x)   the module whose exp, sin, ... take x: math, mpmath, sympy or numpy
    over     over(a, b): a / b for slopes, infinite where b = 0

Adding a primitive is adding one row:

    cube = primitive("cube", lambda x: x * x * x, [lambda z, x: 3 * x * x], latex=r"{0}^3")

Policy: values raise, slopes may be infinite, nan propagates, kinks follow PyTorch. No slope is
computed by subtracting nearly equal numbers: tanh' is not written 1 - tanh^2, which is 0 at 20.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import reduce
from numbers import Rational, Real
from typing import Any, NamedTuple

from .libraries import lib, where
from .value import Constant, Number, Operand, Value, node, not_a_number, number

inf = float("inf")
nan = float("nan")
R   = "(-inf, inf)"


class Primitive(NamedTuple):
    """One row of the table.

    partials: a list of functions of (z, *operands), one per operand; a single function that
              returns all the slopes where the number of operands is open (total, affine, ...).
    domain:   the interval of each operand ("nonzero" is one too); "" after the last repeats it.
    kinks:    operands at which the value has no slope; `partials` gives the one chosen there.
    hint:     what to write instead, for the error message.
    """

    name:     str
    value:    Callable[..., Any]
    partials: Any
    symbol:   str = ""
    domain:   tuple[str, ...] = (R,)
    kinks:    tuple[tuple[Number, ...], ...] = ()
    latex:    str = ""
    hint:     str = ""

    @property
    def nary(self) -> bool:
        """Whether the number of operands is open."""
        return not isinstance(self.partials, list)

    def slopes(self, z: Any, operands: Sequence[Any]) -> tuple[Any, ...]:
        """d(z)/d(operand) for each operand, all of them numbers or all of them Values."""
        if self.nary:
            return tuple(self.partials(z, *operands))
        return tuple([partial(z, *operands) for partial in self.partials])

    def slopes_of(self, z: Any, values: Sequence[Value], operands: Sequence[Any]) -> tuple[Any, ...]:
        """The same, but 0 for a plain number, never computed: in (-2)**3 there is no log(-2)."""
        if self.nary:
            return tuple(self.partials(z, *operands))
        return tuple([0 if type(x) is Constant else partial(z, *operands)
                      for x, partial in zip(values, self.partials)])


TABLE: dict[str, Primitive] = {}


def primitive(name: str, value: Callable[..., Any], partials: Any, *, symbol: str = "",
              method: bool = True, **more: Any) -> Callable[..., Any]:
    """Enter a row in the table; return its function, which is also a method of Value."""
    row = Primitive(name, value, partials, symbol or name, **more)
    if not row.nary and len(row.domain) == 1:
        row = row._replace(domain=row.domain * len(row.partials))
    TABLE[name] = row

    function = unary(row) if not row.nary and len(partials) == 1 else lambda *operands: record(row, operands)
    function.__name__ = function.__qualname__ = name
    function.__doc__  = f"{name} of numbers or Values; each operand in {' x '.join(row.domain)}."
    if method and name.isidentifier():
        setattr(Value, name, function)
    return function


def unary(row: Primitive) -> Callable[..., Any]:
    """`record` for one operand, without its loops: most nodes of a network's graph are made here or by affine."""
    name, value, partial = row.name, row.value, row.partials[0]

    def function(x: Operand) -> Any:
        x_data = x.data if isinstance(x, Value) else x
        try:
            z = value(x_data)
        except (ArithmeticError, ValueError, TypeError) as error:
            raise failure(row, [x_data], error) from None
        return node(z, name, (x,), (partial(z, x_data),)) if isinstance(x, Value) else z

    return function


def apply(name: str, *operands: Operand) -> Any:
    """The primitive called `name`, applied: a Value, recorded, or a number if none of them is a Value."""
    return record(TABLE[name], operands)


def record(row: Primitive, operands: Sequence[Operand]) -> Any:
    """Compute the row at the operands; if any of them is a Value, the result remembers them."""
    numbers = [x.data if isinstance(x, Value) else x for x in operands]
    try:
        z = row.value(*numbers)
        if isinstance(z, (str, list, tuple)):        # of such operands only: total("ab") would join them
            raise TypeError
        if not any(isinstance(x, Value) for x in operands):
            return z
        values = tuple([x if isinstance(x, Value) else Constant(x) for x in operands])
        return node(z, row.name, values, row.slopes_of(z, values, numbers))
    except (ArithmeticError, ValueError, TypeError) as error:
        raise failure(row, numbers, error) from None


def partials_as_values(z: Value) -> tuple[Operand, ...]:
    """The slopes of z as Values, from the same row: what `create_graph` differentiates again.

    Raises:
        ValueError: the data of an operand was changed after z was computed.
    """
    slopes = TABLE[z.op].slopes_of(z, z.operands, z.operands)
    for slope, recorded, x in zip(slopes, z.partials, z.operands):
        if type(x) is not Constant and number(slope) != recorded and recorded == recorded:
            raise ValueError(f"an operand of {z.op} has slope {number(slope)!r} now and had {recorded!r} when it was "
                             "recorded: its data was changed since. Run the forward pass again before asking for "
                             "second derivatives.")
    return slopes


def failure(row: Primitive, numbers: Sequence[Number], error: Exception) -> Exception:
    """The same error with the operation, its operands and a way out in the message."""
    given = call(row, numbers)
    if isinstance(error, TypeError):
        wrong = [x for x in numbers if not isinstance(x, Real)]
        return TypeError(f"{given}: {not_a_number(wrong[0]) if wrong else error}")
    if isinstance(error, OverflowError):
        why = "the result is larger than the largest float, 1.8e308"
    elif isinstance(error, ZeroDivisionError):
        why = "division by zero"
    elif str(error) and "math domain" not in str(error):
        why = str(error)
    else:
        why = f"{row.name} is defined on {' x '.join(row.domain)}"
    return type(error)(f"{given}: {why}" + (f". {row.hint}" if row.hint else ""))


def call(row: Primitive, operands: Sequence[Any]) -> str:
    """The operation as it is written: 2.0 / 0, (-2.0)**0.5, log(0)."""
    written = [f"{x!r:.40}" for x in operands]
    if row.name.isidentifier():
        return f"{row.name}({', '.join(written)})"
    return f" {row.name} ".join(f"({x})" if x.startswith("-") else x for x in written)


# --- pieces of rows that take more than a line ----------------------------------------------------

def over(a: Any, b: Any) -> Any:
    """a / b as a slope: infinite, with the sign of a, where b is 0. It has a row too, for slopes of slopes."""
    if isinstance(a, Value) or isinstance(b, Value):
        return apply("over", a, b)
    zero = b == 0
    return where(zero, a * inf, a / where(zero, 1, b))


def steep(x: Any, y: Any) -> Any:
    """x**(y-1) as a slope: infinite at a pole and beyond the largest float."""
    if isinstance(number(y), float) and y - 1 == y:      # beyond 2^53, where every float is even
        return x ** y / x if x != 0 else 0
    try:
        return x ** (y - 1)
    except ZeroDivisionError:
        return over(1, x ** (1 - y))
    except OverflowError:
        return -inf if number(x) < 0 and number(y) % 2 == 0 else inf


def decay(x: Any) -> Any:
    """exp(-|x|). A branch, not abs(): where the caller is smooth at 0, so is each branch."""
    if type(x) is float:
        return math.exp(-abs(x))                     # the same number, sooner: the inner loop of tanh and sigmoid
    return exp(where(x > 0, -x, x))


def faded(x: Any, y: Any) -> Any:
    """x * y, and 0 where y has faded to 0, however large x is."""
    return where(y == 0, 0, x * y)


def quotient(x: Any, y: Any) -> Any:
    if isinstance(y, Real) and y == 0:
        raise ZeroDivisionError                      # also for NumPy's numbers, which would only warn
    return x / y


def power(x: Any, y: Any) -> Any:
    if isinstance(x, Real) and x <= 0:
        if x == 0 and y < 0:
            raise ZeroDivisionError
        if x < 0 and y == y and y % 1 != 0:
            raise ValueError("a negative base needs a whole exponent (the result would be complex)")
    return x ** y


def nought(x: Any) -> Any:
    """0, as exact as x: the int 0 in the place of a Fraction would turn a later quotient into a float."""
    return x * 0 if type(x) is not float and isinstance(x, Rational) else 0


def whole(x: Any) -> Any:
    """x rounded down; mpmath has no //."""
    return x // 1 if hasattr(x, "__floordiv__") else lib(x).floor(x)


def larger(x: Any, y: Any) -> Any:
    return where(x > y, x, where(y >= x, y, x + y))      # x + y: nan, if either is


def smaller(x: Any, y: Any) -> Any:
    return where(x < y, x, where(y <= x, y, x + y))


def shared(z: Any, *xs: Any) -> list[Any]:
    """The slopes of max and min: 1 for the winner, shared equally among winners."""
    wins  = [where(x == z, 1, 0) for x in xs]
    count = sum(wins)
    kind: Any = type(number(z))
    one   = kind(1) if issubclass(kind, Rational) and not issubclass(kind, int) else 1
    share = nan if count == 0 else 1 if count == 1 else one / count
    return [share if win or count == 0 else 0 for win in wins]


def between(x: Any, low: Any, high: Any) -> Any:
    if low > high:
        raise ValueError(f"the lower bound {low!r} is above the upper bound {high!r}")
    if low != low or high != high:
        return nan
    return where(x < low, low, where(x > high, high, x))


def sech2(x: Any) -> Any:
    """1 - tanh(x)^2 without the subtraction."""
    e = decay(2 * x)
    return 4 * e / ((1 + e) * (1 + e))


def logistic(x: Any) -> Any:
    e = decay(x)
    return where(x > 0, 1, e) / (1 + e)


def sinc_slope(z: Any, x: Any) -> Any:
    """(cos x - sinc x) / x, and its power series where that would cancel."""
    small = abs(number(x)) < 1
    near, far = where(small, x, 0), where(small, 1, x)
    series = 0
    for k in range(21, 0, -2):                           # -x/3 + x^3/30 - ...: (-1)^n 2n x^(2n-1) / (2n+1)!
        series = SINC[k] + near * near * series
    return where(small, near * series, (cos(x) - z) / far)


SINC = {2 * n - 1: (-1) ** n * 2 * n / reduce(lambda a, b: a * b, range(1, 2 * n + 2)) for n in range(1, 12)}


def log_of_sum(*xs: Any) -> Any:
    top   = reduce(larger, xs)
    if top in (inf, -inf) or top != top:
        return top
    first = next(k for k, x in enumerate(xs) if x == top)
    rest  = [exp(x - top) for k, x in enumerate(xs) if k != first]
    return top + log1p(sum(rest))


def shares(*xs: Any) -> list[Any]:
    """softmax: e^(x_i) / sum_j e^(x_j), by way of the differences to the largest x."""
    top = reduce(larger, [number(x) for x in xs])
    if top in (inf, -inf):                           # inf - inf is nan: the infinite ones share equally
        return shared(top, *xs)
    es  = [exp(x - top) for x in xs]
    whole = sum(es)
    return [e / whole for e in es]


def first_share_slopes(z: Any, *xs: Any) -> list[Any]:
    y = shares(*xs)
    return [y[0] * sum(y[1:])] + [-y[0] * yj for yj in y[1:]]


def weighted_sum(*operands: Any) -> Any:
    """w1*x1 + w2*x2 + ..., from left to right; the operands are all of w, then all of x."""
    n = len(operands) // 2
    z = operands[0] * operands[n]
    for w, x in zip(operands[1:n], operands[n + 1:]):
        z += w * x
    return z


def affine_value(*operands: Any) -> Any:
    """b + w1*x1 + w2*x2 + ..., from left to right; the operands are all of w, all of x, then b."""
    n = len(operands) // 2
    z = operands[-1]
    for w, x in zip(operands[:n], operands[n:-1]):
        z = z + w * x
    return z


def swapped(operands: Sequence[Any]) -> tuple[Any, ...]:
    """(x..., w...) for (w..., x...): the slopes of a product, for every pair at once."""
    n = len(operands) // 2
    return (*operands[n:2 * n], *operands[:n])


# --- the table ------------------------------------------------------------------------------------

identity = primitive("identity", lambda x: x,      [lambda z, x: 1],                       latex="{0}")
add      = primitive("+",  lambda x, y: x + y,     [lambda z, x, y: 1, lambda z, x, y: 1],  latex="{0} + {1}")
sub      = primitive("-",  lambda x, y: x - y,     [lambda z, x, y: 1, lambda z, x, y: -1], latex="{0} - {1}",       symbol="−")
mul      = primitive("*",  lambda x, y: x * y,     [lambda z, x, y: y, lambda z, x, y: x],  latex=r"{0} \cdot {1}",  symbol="×")
div      = primitive("/",  quotient,               [lambda z, x, y: 1 / y, lambda z, x, y: -z / y],
                     latex=r"\frac{{{0}}}{{{1}}}", symbol="÷", domain=(R, "nonzero"),
                     hint="Keep the divisor away from 0, as in x / (y + 1e-9)")
_        = primitive("over", over,                 [lambda z, x, y: over(1, y), lambda z, x, y: -over(z, y)],
                     latex=r"\frac{{{0}}}{{{1}}}", symbol="÷", method=False)
neg      = primitive("neg", lambda x: -x,          [lambda z, x: -1],                       latex="-{0}", symbol="−")
power_   = primitive("**", power,                  [lambda z, x, y: where(y == 0, 0, y * steep(x, y)),
                                                    lambda z, x, y: where(x > 0, z * log(where(x > 0, x, 1)), where(x == 0, 0, nan))],
                     latex="{{{0}}}^{{{1}}}", symbol="^", domain=("[0, inf)", R),
                     hint="Keep x above 0, as in abs(x)**y, or y a whole number, and x and y small enough for the result to be a float")
absolute = primitive("abs", abs,                   [lambda z, x: where(x > 0, 1, where(x < 0, -1, where(x == 0, 0, nan)))],
                     latex=r"\left|{0}\right|", kinks=((0,),), symbol="|x|")
sign     = primitive("sign",  lambda x: where(x > 0, 1, where(x < 0, -1, x)),  [lambda z, x: 0], latex=r"\mathrm{{sign}}({0})")
floor    = primitive("floor", whole,                                           [lambda z, x: 0], latex=r"\lfloor {0} \rfloor")
step     = primitive("step",  lambda x: where(x > 0, 1, where(x <= 0, 0, x)),  [lambda z, x: 0], latex=r"1_{{{0} > 0}}")

exp      = primitive("exp",   lambda x: lib(x).exp(x),    [lambda z, x: z],                     latex="e^{{{0}}}",
                     hint="Subtract the largest exponent first: logsumexp and softmax do")
expm1    = primitive("expm1", lambda x: lib(x).expm1(x),  [lambda z, x: exp(x)],                latex="e^{{{0}}} - 1")
log      = primitive("log",   lambda x: lib(x).log(x),    [lambda z, x: over(1, x)],            latex=r"\ln {0}",      domain=("(0, inf)",),
                     hint="Keep x above 0 with clamp(x, 1e-12), or use log1p, log_sigmoid or a loss from logits")
log1p    = primitive("log1p", lambda x: lib(x).log1p(x),  [lambda z, x: over(1, 1 + x)],        latex=r"\ln(1 + {0})", domain=("(-1, inf)",))
log2     = primitive("log2",  lambda x: lib(x).log2(x),   [lambda z, x: over(1, x * lib(x).log(2))],  latex=r"\log_2 {0}",    domain=("(0, inf)",))
log10    = primitive("log10", lambda x: lib(x).log10(x),  [lambda z, x: over(1, x * lib(x).log(10))], latex=r"\log_{{10}} {0}", domain=("(0, inf)",))
sqrt     = primitive("sqrt",  lambda x: lib(x).sqrt(x),   [lambda z, x: over(1, 2 * z)],        latex=r"\sqrt{{{0}}}", domain=("[0, inf)",), symbol="√")

sin      = primitive("sin",   lambda x: lib(x).sin(x),    [lambda z, x: cos(x)],                latex=r"\sin {0}")
cos      = primitive("cos",   lambda x: lib(x).cos(x),    [lambda z, x: -sin(x)],               latex=r"\cos {0}")
tan      = primitive("tan",   lambda x: lib(x).tan(x),    [lambda z, x: 1 + z * z],             latex=r"\tan {0}")
asin     = primitive("asin",  lambda x: lib(x).asin(x),   [lambda z, x: over(1, sqrt((1 - x) * (1 + x)))],  latex=r"\arcsin {0}", domain=("[-1, 1]",))
acos     = primitive("acos",  lambda x: lib(x).acos(x),   [lambda z, x: over(-1, sqrt((1 - x) * (1 + x)))], latex=r"\arccos {0}", domain=("[-1, 1]",))
atan     = primitive("atan",  lambda x: lib(x).atan(x),   [lambda z, x: 1 / hypot(x, 1) / hypot(x, 1)],     latex=r"\arctan {0}")
atan2    = primitive("atan2", lambda y, x: lib(y, x).atan2(y, x), [lambda z, y, x:  over(over(x, hypot(y, x)), hypot(y, x)),
                                                                   lambda z, y, x: -over(over(y, hypot(y, x)), hypot(y, x))],
                     latex=r"\mathrm{{atan2}}({0}, {1})")
sinh     = primitive("sinh",  lambda x: lib(x).sinh(x),   [lambda z, x: cosh(x)],               latex=r"\sinh {0}")
cosh     = primitive("cosh",  lambda x: lib(x).cosh(x),   [lambda z, x: sinh(x)],               latex=r"\cosh {0}")
tanh     = primitive("tanh",  lambda x: lib(x).tanh(x),   [lambda z, x: sech2(x)],              latex=r"\tanh {0}")
asinh    = primitive("asinh", lambda x: lib(x).asinh(x),  [lambda z, x: 1 / hypot(x, 1)],       latex=r"\mathrm{{arsinh}} {0}")
acosh    = primitive("acosh", lambda x: lib(x).acosh(x),  [lambda z, x: over(1, sqrt(x - 1) * sqrt(x + 1))], latex=r"\mathrm{{arcosh}} {0}", domain=("[1, inf)",))
atanh    = primitive("atanh", lambda x: lib(x).atanh(x),  [lambda z, x: over(1, (1 - x) * (1 + x))],         latex=r"\mathrm{{artanh}} {0}", domain=("(-1, 1)",))

hypot    = primitive("hypot", lambda x, y: lib(x, y).hypot(x, y), [lambda z, x, y: x / where(z == 0, 1, z),
                                                                lambda z, x, y: y / where(z == 0, 1, z)],
                     latex=r"\sqrt{{{0}^2 + {1}^2}}", kinks=((0, 0),))
erf      = primitive("erf",   lambda x: lib(x).erf(x),    [lambda z, x:  2 * exp(-x * x) / lib(x).sqrt(lib(x).pi)], latex=r"\mathrm{{erf}}\,{0}")
erfc     = primitive("erfc",  lambda x: lib(x).erfc(x),   [lambda z, x: -2 * exp(-x * x) / lib(x).sqrt(lib(x).pi)], latex=r"\mathrm{{erfc}}\,{0}")
sinc     = primitive("sinc",  lambda x: where(x == 0, 1, sin(x) / where(x == 0, 1, x)), [sinc_slope], latex=r"\frac{{\sin {0}}}{{{0}}}")

sigmoid     = primitive("sigmoid",     logistic,          [lambda z, x: z * sigmoid(-x)],       latex=r"\sigma({0})", symbol="σ")
log_sigmoid = primitive("log_sigmoid", lambda x: where(x > 0, 0, x) - log1p(decay(x)), [lambda z, x: sigmoid(-x)], latex=r"\ln \sigma({0})", symbol="ln σ")
softplus    = primitive("softplus",    lambda x: where(x > 0, x, 0) + log1p(decay(x)), [lambda z, x: sigmoid(x)],  latex=r"\mathrm{{softplus}}({0})")
relu        = primitive("relu",        lambda x: where(x <= 0, nought(x), x),          [lambda z, x: where(x <= 0, 0, 1)],
                        latex=r"\mathrm{{ReLU}}({0})", symbol="ReLU", kinks=((0,),))
leaky_relu_ = primitive("leaky_relu",  lambda x, slope: where(x > 0, x, slope * x),    [lambda z, x, slope: where(x > 0, 1, slope),
                                                                                        lambda z, x, slope: where(x > 0, 0, x)],
                        latex=r"\mathrm{{leaky}}({0}; {1})", method=False, kinks=((0, 0.01),))
elu_        = primitive("elu",         lambda x, a: where(x > 0, x, a * expm1(where(x > 0, 0, x))), [
                                           lambda z, x, a: where(x > 0, 1, a * exp(where(x > 0, 0, x))),
                                           lambda z, x, a: where(x > 0, 0, expm1(where(x > 0, 0, x)))],
                        latex=r"\mathrm{{ELU}}({0}; {1})", method=False, kinks=((0, 0.5),))
gelu        = primitive("gelu",        lambda x: faded(x, erfc(-x / lib(x).sqrt(2))) / 2,
                        [lambda z, x: erfc(-x / lib(x).sqrt(2)) / 2 + faded(x, exp(-x * x / 2)) / lib(x).sqrt(2 * lib(x).pi)],
                        latex=r"\mathrm{{GELU}}({0})")
silu        = primitive("silu",        lambda x: faded(x, sigmoid(x)),                 [lambda z, x: sigmoid(x) + faded(x, sigmoid(x) * sigmoid(-x))],
                        latex=r"\mathrm{{SiLU}}({0})")
clamp_      = primitive("clamp", between, [lambda z, x, low, high: where(x < low, 0, where(x > high, 0, 1)),
                                           lambda z, x, low, high: where(x < low, 1, 0),
                                           lambda z, x, low, high: where(x > high, 1, 0)],
                        latex=r"\mathrm{{clamp}}({0}; {1}, {2})", method=False, kinks=((0, 0, 1), (1, 0, 1)))

# n-ary: one function gives all the slopes
maximum_    = primitive("maximum",   lambda *xs: reduce(larger, xs),  shared, symbol="max", latex=r"\max({0})", method=False, kinks=((2, 2), (1, 1, 1)))
minimum_    = primitive("minimum",   lambda *xs: reduce(smaller, xs), shared, symbol="min", latex=r"\min({0})", method=False, kinks=((2, 2), (1, 1, 1)))
total_      = primitive("total",     lambda *xs: reduce(lambda a, b: a + b, xs), lambda z, *xs: (1,) * len(xs), symbol="Σ", latex=r"\sum({0})", method=False)
dot_        = primitive("dot",       weighted_sum, lambda z, *operands: swapped(operands),      symbol="w·x",     latex="{0}", method=False)
affine_     = primitive("affine",    affine_value, lambda z, *operands: (*swapped(operands), 1), symbol="w·x + b", latex="{0}", method=False)
logsumexp_  = primitive("logsumexp", log_of_sum,   lambda z, *xs: shares(*xs),                  symbol="ln Σ e^", latex=r"\ln\sum e^{{({0})}}", method=False)
softmax_    = primitive("softmax",   lambda *xs: shares(*xs)[0], first_share_slopes,            latex=r"\mathrm{{softmax}}_1({0})", method=False)
