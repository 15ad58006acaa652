"""Lines of one shape are one loop over units and vectors of samples, with the sums over them."""

import re

import pytest

from engine.matrices.native.c_loops import LoopText, loop
from engine.matrices.interfaces import Unsupported

from ..lines import memory


def text(write):
    """The loop of what is written, in which every line has a name for its memory."""
    made, roots = memory(write)
    ((shape, members),) = [found for _, loops in made.plan.stages for found in loops]
    made.place.update({id(z): f"out{k}" for k, z in enumerate(roots)})
    loop(made, shape, members)
    assert made.local == {}                                           # names end with their loop
    return [re.sub(r"\(0x1.0000000000000p\+0\)", "1", line) for line in made.body]


def test_lines_of_samples_live_in_registers_and_only_what_is_read_elsewhere_is_stored():
    def lines_of(lines, x, y, w, u):
        a = lines.call("tanh", x + w)
        return [a * a, lines.sum(a, (0,))]
    assert text(lines_of) == [
        "for (long i1 = 0; i1 < 3; i1++) {",
        "V sumout1 = splat(0);",
        "for (long s = 0; s < S; s += LANES) {",
        "V v0 = load(x + (i1) * S + s) + w[i1];",
        "V v1 = v_tanh(v0);",
        "V v2 = v1 * v1;",
        "store(out0 + (i1) * S + s, (V)v2);",
        "sumout1 += kept(below(m - s), v1);",                         # not what is behind the last sample
        "}",
        "out1[i1] = add_lanes(sumout1);",
        "}"]


def test_a_sum_over_the_units_of_each_sample_is_in_memory():
    found = text(lambda lines, x, y, w, u: [lines.sum(x * y, (1,))])
    assert found[0] == "memset(out0, 0, sizeof(double) * S * 1);"
    assert "store(out0 + (0) * S + s, load(out0 + (0) * S + s) + v0);" in found


def test_a_sum_over_everything_is_in_one_register():
    found = text(lambda lines, x, y, w, u: [lines.sum(x * y, (0, 1))])
    assert found[0] == "V sumout0 = splat(0);" and found[-1] == "out0[0] = add_lanes(sumout0);"


def test_a_loop_over_numbers_may_be_a_vector_loop_where_its_sums_are_registers():
    assert text(lambda lines, x, y, w, u: [lines.sum(w * w, (0,))]) == [
        "double sumout0 = 0;", "#pragma omp simd reduction(+:sumout0)",
        "for (long i0 = 0; i0 < 3; i0++)", "{", "double v0 = w[i0] * w[i0];", "sumout0 += v0;", "}",
        "out0[0] = sumout0;"]
    assert "#pragma GCC ivdep" in text(lambda lines, x, y, w, u: [w * w])
    in_memory = text(lambda lines, x, y, w, u: [lines.sum(u * u, (0,))])
    assert in_memory[0] == "memset(out0, 0, sizeof(double) * 3);" and "out0[i1] += v0;" in in_memory
    assert not [line for line in in_memory if "#pragma" in line]


@pytest.mark.parametrize("shape", [(3, -1), (-3,), (-2, 3)])
def test_samples_have_to_be_the_first_axis(shape):
    with pytest.raises(Unsupported, match="where the samples are not the first axis"):
        LoopText(shape)
