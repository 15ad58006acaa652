"""The calculus table: one row per primitive, its value and one slope per operand.

The first line of a row is calculus, the lines below it are notation. A row is ordinary arithmetic:
the row that runs on floats also runs on Values (which gives second derivatives), Fractions (exact),
mpmath's mpf (50 digits), arrays (NumPy, C) and symbols (proof, and the words of explanations).

    x, y     operands: numbers in the value column, numbers or Values in the slopes
    z        the output, so that a slope may use it: d(exp x)/dx = z
    where    where(condition, a, b): a if condition else b, also for symbols and arrays
    lib(x)   the module whose exp, sin, ... take x: math, mpmath, sympy or numpy
    over     over(a, b): a / b for slopes, infinite where b = 0
    shut     the slope of a closed gate: 0, and nothing passes, not even inf or nan
    flat     the slope of what is constant around every point: shut

Adding a primitive is adding one row:

    cube = primitive("cube", lambda x: x * x * x, [lambda z, x: 3 * x * x], latex=r"{0}^3")

Policy: values raise, slopes may be infinite, nan propagates, kinks follow PyTorch. No slope is
computed by subtracting nearly equal numbers: tanh' is not written 1 - tanh^2, which is 0 at 20.
What takes more than a line is in careful.py.
"""

from functools import reduce
from typing import TYPE_CHECKING

from .careful import (
    affine_sum, bell, between, by_square, cosine_of_turns, decay, divisor, equal, faded, fits,
    first_share_slopes, growth, larger, log_of_sum, logistic, nearest, nought, one_if_zero, over,
    power, rounded_down, shared, shares, sinc_slope, sine_of_turns, smaller, steep, swapped,
    weighted_sum,
)
from .libraries import lib, where
from .rows import TABLE as TABLE, R, apply as apply, flat, primitive as primitive, shut

# --- arithmetic -----------------------------------------------------------------------------------

primitive("+", lambda x, y: x + y, [lambda z, x, y: 1, lambda z, x, y: 1],
          text="{0} + {1}", latex="{0} + {1}", gate="distribute")
primitive("-", lambda x, y: x - y, [lambda z, x, y: 1, lambda z, x, y: -1],
          symbol="−", text="{0} − {1}", latex="{0} - {1}", gate="subtract")
primitive("*", lambda x, y: x * y, [lambda z, x, y: y, lambda z, x, y: x],
          symbol="·", text="{0}·{1}", latex=r"{0} \cdot {1}", gate="swap")
primitive("/", lambda x, y: x / divisor(y), [lambda z, x, y: 1 / y, lambda z, x, y: -z / y],
          text="{0} / {1}", latex=r"\frac{{{0}}}{{{1}}}", gate="divide",
          domain=(R, "nonzero"), hint="Keep the divisor away from 0, as in x / (y + 1e-9)")
primitive("%", lambda x, y: x % divisor(y), [lambda z, x, y: 1, lambda z, x, y: -fits(x, y)],
          text="{0} % {1}", latex=r"{0} \bmod {1}", slopes=("1", "−floor({0} / {1})"),         # as in PyTorch
          gate="remainder", domain=(R, "nonzero"), hint="Keep the divisor away from 0")
primitive("//", lambda x, y: fits(x, divisor(y)), [flat, flat],
          text="floor({0} / {1})", latex=r"\left\lfloor \frac{{{0}}}{{{1}}} \right\rfloor",
          domain=(R, "nonzero"), hint="Keep the divisor away from 0")
primitive("over", over, [lambda z, x, y: over(1, y), lambda z, x, y: -over(z, y)],
          text="{0} / {1}", latex=r"\frac{{{0}}}{{{1}}}", method=False)
primitive("neg", lambda x: -x, [lambda z, x: -1],
          symbol="−", text="−{0}", latex="-{0}", gate="negate", method=False)
primitive("**", power, [lambda z, x, y: steep(x, y), lambda z, x, y: growth(z, x)],
          symbol="^", text="{0}^{1}", latex="{{{0}}}^{{{1}}}", gate="power",
          slopes=("{1}·{0}^({1} − 1)", "{z}·ln({0})"), domain=("[0, inf)", R),
          hint="Keep x above 0, as in abs(x)**y, or y a whole number, and x and y small enough for "
               "the result to be a float")

# --- steps and folds ------------------------------------------------------------------------------

identity = primitive("identity", lambda x: x, [lambda z, x: 1],
          text="{0}", latex="{0}", gate="pass", activation=True,
          about="x itself, as a node of its own")
primitive("abs", abs, [lambda z, x: sign(x)],
          symbol="|x|", text="|{0}|", latex=r"\left|{0}\right|", gate="fold", kinks=((0,),),
          method=False)
sign = primitive("sign", lambda x: where(x > 0, 1, where(x < 0, -1, x)), [flat],
          about="-1, 0 or 1, as x is negative, 0 or positive; its slope is 0 everywhere")
floor = primitive("floor", rounded_down, [flat],
          latex=r"\lfloor {0} \rfloor", about="x rounded down; its slope is 0 everywhere")
rounded = primitive("round", nearest, [flat],
          about="x rounded to a whole number, half to even; its slope is 0 everywhere")
step = primitive("step", lambda x: where(x > 0, 1, where(x <= 0, 0, x)), [flat],
          latex=r"1_{{{0} > 0}}", activation=True,
          about="1 where x > 0, else 0; its slope is 0 everywhere")

# --- exponentials, logarithms, roots --------------------------------------------------------------

exp = primitive("exp", lambda x: lib(x).exp(x), [lambda z, x: z],
          text="e^{0}", latex="e^{{{0}}}", about="e^x",
          hint="Subtract the largest exponent first: logsumexp and softmax do")
expm1 = primitive("expm1", lambda x: lib(x).expm1(x), [lambda z, x: exp(x)],
          latex="e^{{{0}}} - 1", about="e^x - 1, exact also near 0")
log = primitive("log", lambda x: lib(x).log(x), [lambda z, x: over(1, x)],
          text="ln({0})", latex=r"\ln {0}", domain=("(0, inf)",), about="ln x, to base e",
          hint="Keep x above 0 with clamp(x, 1e-12), or use log1p, log_sigmoid or a loss from "
               "logits")
log1p = primitive("log1p", lambda x: lib(x).log1p(x), [lambda z, x: over(1, 1 + x)],
          latex=r"\ln(1 + {0})", domain=("(-1, inf)",), about="ln(1 + x), exact also near 0")
log2 = primitive("log2", lambda x: lib(x).log2(x), [lambda z, x: over(1, x * lib(x).log(2))],
          latex=r"\log_2 {0}", slopes=("1 / ({0}·ln(2))",), domain=("(0, inf)",))
log10 = primitive("log10", lambda x: lib(x).log10(x), [lambda z, x: over(1, x * lib(x).log(10))],
          latex=r"\log_{{10}} {0}", slopes=("1 / ({0}·ln(10))",), domain=("(0, inf)",))
sqrt = primitive("sqrt", lambda x: lib(x).sqrt(x), [lambda z, x: over(1, 2 * z)],
          symbol="√", text="√({0})", latex=r"\sqrt{{{0}}}", domain=("[0, inf)",))

# --- circles and hyperbolas -----------------------------------------------------------------------

sin = primitive("sin", lambda x: lib(x).sin(x), [lambda z, x: cos(x)],
          latex=r"\sin {0}", activation=True)
cos = primitive("cos", lambda x: lib(x).cos(x), [lambda z, x: -sin(x)],
          latex=r"\cos {0}", activation=True)
tan = primitive("tan", lambda x: lib(x).tan(x), [lambda z, x: 1 + z * z],
          latex=r"\tan {0}")
asin = primitive("asin", lambda x: lib(x).asin(x), [lambda z, x: over(1, sqrt((1 - x) * (1 + x)))],
          latex=r"\arcsin {0}", slopes=("1 / √(1 − {0}^2)",), domain=("[-1, 1]",))
acos = primitive("acos", lambda x: lib(x).acos(x), [lambda z, x: over(-1, sqrt((1 - x) * (1 + x)))],
          latex=r"\arccos {0}", slopes=("−1 / √(1 − {0}^2)",), domain=("[-1, 1]",))
atan = primitive("atan", lambda x: lib(x).atan(x), [lambda z, x: 1 / hypot(x, 1) / hypot(x, 1)],
          latex=r"\arctan {0}", slopes=("1 / (1 + {0}^2)",))
atan2 = primitive("atan2", lambda y, x: lib(y, x).atan2(y, x),
          [lambda z, y, x: by_square(x, y, x), lambda z, y, x: -by_square(y, y, x)],
          slopes=("{1} / ({0}^2 + {1}^2)", "−{0} / ({0}^2 + {1}^2)"),
          about="the angle of the point (x, y) from the x-axis, for operands y, x")
sinh = primitive("sinh", lambda x: lib(x).sinh(x), [lambda z, x: cosh(x)],
          latex=r"\sinh {0}")
cosh = primitive("cosh", lambda x: lib(x).cosh(x), [lambda z, x: sinh(x)],
          latex=r"\cosh {0}")
tanh = primitive("tanh", lambda x: lib(x).tanh(x), [lambda z, x: sech2(x)],
          latex=r"\tanh {0}", slopes=("1 − {z}^2",), activation=True,
          about="(e^x - e^-x)/(e^x + e^-x) (D0-15, D1-23)")
sech2 = primitive("sech2", bell, [lambda z, x: -2 * tanh(x) * z],
          text="1 − tanh({0})^2", latex=r"\mathrm{{sech}}^2 {0}", method=False)
asinh = primitive("asinh", lambda x: lib(x).asinh(x), [lambda z, x: 1 / hypot(x, 1)],
          latex=r"\mathrm{{arsinh}} {0}", slopes=("1 / √(1 + {0}^2)",))
acosh = primitive("acosh", lambda x: lib(x).acosh(x),
          [lambda z, x: over(1, sqrt(x - 1) * sqrt(x + 1))],
          latex=r"\mathrm{{arcosh}} {0}", slopes=("1 / √({0}^2 − 1)",), domain=("[1, inf)",))
atanh = primitive("atanh", lambda x: lib(x).atanh(x), [lambda z, x: over(1, (1 - x) * (1 + x))],
          latex=r"\mathrm{{artanh}} {0}", slopes=("1 / (1 − {0}^2)",), domain=("(-1, 1)",))
hypot = primitive("hypot", lambda x, y: lib(x, y).hypot(x, y),
          [lambda z, x, y: x / one_if_zero(z), lambda z, x, y: y / one_if_zero(z)],
          latex=r"\sqrt{{{0}^2 + {1}^2}}", kinks=((0, 0),),
          about="sqrt(x^2 + y^2), without overflow")

# --- bells and waves ------------------------------------------------------------------------------

erf = primitive("erf", lambda x: lib(x).erf(x),
          [lambda z, x: 2 * exp(-x * x) / lib(x).sqrt(lib(x).pi)],
          latex=r"\mathrm{{erf}}\,{0}", slopes=("2·e^(−({0}^2)) / √(π)",), activation=True,
          about="the error function, 2/sqrt(pi) * integral of e^(-t^2) from 0 to x")
erfc = primitive("erfc", lambda x: lib(x).erfc(x),
          [lambda z, x: -2 * exp(-x * x) / lib(x).sqrt(lib(x).pi)],
          latex=r"\mathrm{{erfc}}\,{0}", slopes=("−2·e^(−({0}^2)) / √(π)",),
          about="1 - erf(x), exact also where that is tiny")
sinpi = primitive("sinpi", sine_of_turns, [lambda z, x: lib(x).pi * cospi(x)],
          text="sin(π·{0})", latex=r"\sin \pi {0}", slopes=("π·cos(π·{0})",), method=False)
cospi = primitive("cospi", cosine_of_turns, [lambda z, x: -lib(x).pi * sinpi(x)],
          text="cos(π·{0})", latex=r"\cos \pi {0}", slopes=("−π·sin(π·{0})",), method=False)
sinc = primitive("sinc", lambda x: where(equal(x, 0), 1, sinpi(x) / lib(x).pi / one_if_zero(x)),
          [sinc_slope],
          slopes=("(cos(π·{0}) − {z}) / {0}",), activation=True,
          about="sin(pi x)/(pi x), and 1 at 0, as NumPy and PyTorch have it")

# --- activations ----------------------------------------------------------------------------------

sigmoid = primitive("sigmoid", logistic, [lambda z, x: z * sigmoid(-x)],
          symbol="σ", text="σ({0})", latex=r"\sigma({0})", slopes=("{z}·(1 − {z})",),
          activation=True, about="1/(1 + e^-x) (D0-16, D1-20)")
log_sigmoid = primitive("log_sigmoid", lambda x: where(x > 0, 0, x) - log1p(decay(x)),
          [lambda z, x: sigmoid(-x)],
          symbol="ln σ", text="ln σ({0})", latex=r"\ln \sigma({0})",
          about="ln sigmoid(x), exact in both tails")
softplus = primitive("softplus", lambda x: where(x > 0, x, 0) + log1p(decay(x)),
          [lambda z, x: sigmoid(x)],
          activation=True, initializer="xavier",
          about="ln(1 + e^x), whose slope is sigmoid(x)")
relu = primitive("relu", lambda x: where(x <= 0, nought(x), x),
          [lambda z, x: where(x <= 0, shut, 1)],
          symbol="ReLU", text="ReLU({0})", latex=r"\mathrm{{ReLU}}({0})", gate="switch",
          kinks=((0,),), slopes=("1 if {0} > 0 else 0",), activation=True,
          about="x where x > 0, else 0; its slope at 0 is 0 (D0-17, D1-21)")
primitive("leaky_relu", lambda x, a: where(x > 0, x, a * x),
          [lambda z, x, a: where(x > 0, 1, a), lambda z, x, a: where(x > 0, shut, x)],
          latex=r"\mathrm{{leaky}}({0}; {1})", gate="leak", kinks=((0, 0.01),), activation=True,
          initializer="he", method=False)
primitive("elu", lambda x, a: where(x > 0, x, a * expm1(where(x > 0, 0, x))),
          [lambda z, x, a: where(x > 0, 1, a * exp(where(x > 0, 0, x))),
           lambda z, x, a: where(x > 0, shut, expm1(where(x > 0, 0, x)))],
          latex=r"\mathrm{{ELU}}({0}; {1})", gate="leak", kinks=((0, 0.5),), activation=True,
          initializer="he", method=False,
          slopes=("1 if {0} > 0 else {z} + {1}", "0 if {0} > 0 else {z} / {1}"))
gelu = primitive("gelu", lambda x: faded(x, erfc(-x / lib(x).sqrt(2))) / 2,
          [lambda z, x: erfc(-x / lib(x).sqrt(2)) / 2
                                      + faded(x, exp(-x * x / 2)) / lib(x).sqrt(2 * lib(x).pi)],
          latex=r"\mathrm{{GELU}}({0})", slopes=("Φ({0}) + {0}·φ({0})",), activation=True,
          about="x Phi(x), Phi the normal distribution function (Hendrycks and Gimpel 2016)")
silu = primitive("silu", lambda x: faded(x, sigmoid(x)),
          [lambda z, x: sigmoid(x) + faded(x, sigmoid(x) * sigmoid(-x))],
          latex=r"\mathrm{{SiLU}}({0})", slopes=("σ({0}) + {z}·σ(−{0})",), activation=True,
          about="x sigmoid(x) (Elfwing, Uchibe and Doya 2017)")

# --- gates ----------------------------------------------------------------------------------------

primitive("mask", lambda x, m: where(m == 0, nought(x), x * m),
          [lambda z, x, m: where(equal(m, 0), shut, m), lambda z, x, m: x],
          symbol="·", text="{0}·{1}", latex=r"{0} \cdot {1}", gate="mask", method=False)
primitive("clamp", between, [lambda z, x, low, high: where(x < low, shut, where(x > high, shut, 1)),
                             lambda z, x, low, high: where(x < low, 1, shut),
                             lambda z, x, low, high: where(x > high, 1, shut)],
          latex=r"\mathrm{{clamp}}({0}; {1}, {2})", gate="bound", kinks=((0, 0, 1), (1, 0, 1)),
          slopes=("1 if {1} ≤ {0} ≤ {2} else 0", "1 if {0} < {1} else 0", "1 if {0} > {2} else 0"),
          method=False)

# --- any number of operands: one function gives all the slopes ------------------------------------

primitive("maximum", lambda *xs: reduce(larger, xs), shared,
          symbol="max", latex=r"\max({0})", gate="route", kinks=((2, 2), (1, 1, 1)), method=False)
primitive("minimum", lambda *xs: reduce(smaller, xs), shared,
          symbol="min", latex=r"\min({0})", gate="route", kinks=((2, 2), (1, 1, 1)), method=False)
primitive("total", lambda *xs: reduce(lambda a, b: a + b, xs), lambda z, *xs: (1,) * len(xs),
          symbol="Σ", latex=r"\sum({0})", slopes=("1",), gate="distribute", method=False)
primitive("dot", weighted_sum, lambda z, *operands: swapped(operands),
          symbol="w·x", latex="{0}", gate="affine", method=False)
primitive("affine", affine_sum, lambda z, *operands: (*swapped(operands), 1),
          symbol="w·x + b", latex="{0}", gate="affine", method=False)
primitive("logsumexp", log_of_sum, lambda z, *xs: shares(*xs),
          symbol="ln Σ e^", latex=r"\ln\sum e^{{({0})}}", slopes=("e^({i} − {z})",), gate="share",
          method=False)
primitive("softmax", lambda *xs: shares(*xs)[0], first_share_slopes,
          latex=r"\mathrm{{softmax}}_1({0})", gate="compete", method=False)

if not TYPE_CHECKING:        # for `import *`: the functions, not what they are made of
    __all__ = [name for name, row in TABLE.items() if row.public and name in globals()]
