"""One element of a line as C: of vectors for samples, of doubles for numbers."""

import pytest

from engine.matrices.native.c_expressions import expression
from engine.matrices.native.c_text import batched, names
from engine.matrices.interfaces import Unsupported

from ..lines import memory


def written(write):
    """The C of a single line of x and y (samples), w and u (numbers)."""
    made, (z,) = memory(lambda lines, *leaves: [write(lines, *leaves)])
    made.place.update({id(a): "t" for a in z.args if a.op == "tanh"})  # made before
    return expression(made, z, names(z.shape), batched(z))


X, Y, W = "load(x + (i1) * S + s)", "load(y + (i1) * S + s)", "w[i0]"


@pytest.mark.parametrize("write, text", [
    (lambda lines, x, y, w, u: x * y,                     f"{X} * {Y}"),
    (lambda lines, x, y, w, u: x - w,                     f"{X} - w[i1]"),
    (lambda lines, x, y, w, u: x > 0,                     f"{X} > splat((0x0.0p+0))"),
    (lambda lines, x, y, w, u: -x,                        f"-({X})"),
    (lambda lines, x, y, w, u: lines.call("tanh", x),     f"v_tanh({X})"),
    (lambda lines, x, y, w, u: lines.call("larger", x, w), f"v_larger({X}, splat(w[i1]))"),
    (lambda lines, x, y, w, u: x ** 2,                    f"({X} * {X})"),
    (lambda lines, x, y, w, u: x ** 0.5,                  f"v_sqrt({X})"),
    (lambda lines, x, y, w, u: x % y,                     f"v_remainder({X}, {Y})"),
    (lambda lines, x, y, w, u: lines.new("slope", (lines.call("tanh", x), x), x.shape, ("sigmoid", 0)),
     f"v_sigmoid_slope({X})")])
def test_of_samples(write, text):
    assert written(write) == text


@pytest.mark.parametrize("write, text", [
    (lambda lines, x, y, w, u: w / w,                     f"{W} / {W}"),
    (lambda lines, x, y, w, u: w >= 0.5,                  f"{W} >= (0x1.0000000000000p-1)"),
    (lambda lines, x, y, w, u: lines.call("abs", w),      f"fabs({W})"),
    (lambda lines, x, y, w, u: w ** w,                    f"pow({W}, {W})"),
    (lambda lines, x, y, w, u: w ** 2,                    f"((splat({W}) * splat({W})))[0]"),
    (lambda lines, x, y, w, u: lines.call("atan2", w, w), f"atan2({W}, {W})"),
    (lambda lines, x, y, w, u: w % 2,
     f"(v_remainder(splat({W}), splat((0x1.0000000000000p+1))))[0]")])
def test_of_numbers(write, text):
    assert written(write) == text


@pytest.mark.parametrize("condition, text", [
    (lambda lines, x, w: x > w, "as_mask(load(c + (i1) * S + s))"),
    (lambda lines, x, w: w > 0, "(splat(c[i1]) != 0)")])
def test_a_choice_reads_its_condition_from_memory_or_from_its_loop(condition, text):
    """A condition in memory is numbers; in the loop that makes it, it is a mask."""
    made, (z,) = memory(lambda lines, x, y, w, u: [lines.call("where", condition(lines, x, w), x, y)])
    made.place[id(z.args[0])] = "c"
    assert expression(made, z, ["s", "i1"], True) == f"choose({text}, {X}, {Y})"
    made.local[id(z.args[0])] = "v3"
    assert expression(made, z, ["s", "i1"], True) == f"choose(v3, {X}, {Y})"


@pytest.mark.parametrize("write, why", [
    (lambda lines, x, y, w, u: lines.call("round", x, 2), "rounding to a number of digits"),
    (lambda lines, x, y, w, u: lines.new("fancy", (x,), x.shape), "the operation fancy")])
def test_what_has_no_c_is_named(write, why):
    with pytest.raises(Unsupported, match=f"^{why}$"):
        written(write)
