"""The C of every operation gives what NumPy gives for its line, or is refused by name."""

import numpy as np
import pytest

from engine.matrices.derivation import needed
from engine.matrices.native import compiled, compiler
from engine.matrices.native.c_source import source
from engine.matrices.interfaces import Unsupported
from engine.matrices.portable import elementary, evaluate

from ..lines import WRITTEN, data, program

SAMPLES = (1, 5, 12)


@pytest.mark.parametrize("write", WRITTEN)
def test_every_operation(write):
    """Compiled once, for any number of samples: fewer than a vector holds, and more."""
    try:
        compiler.compiler()
    except compiler.NoCompiler:
        pytest.skip("there is no C compiler here")
    roots, leaves = program(write)
    made  = compiled.compiled(roots, SAMPLES[0])
    lines = elementary(roots)
    for samples in SAMPLES:
        given, into = data(roots, leaves, samples)
        compiled.Native(made, samples, given, into).run()
        values = evaluate(lines, given, samples, np)
        for z, out in zip(lines[-len(roots):], into):
            np.testing.assert_allclose(out, values[id(z)], rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("write, why", [
    (lambda lines, x, y, w, u: [lines.call("round", x, 2)], "rounding to a number of digits"),
    (lambda lines, x, y, w, u: [lines.first_largest(x) * y], "the operation first"),
    (lambda lines, x, y, w, u: [lines.matmul(lines.reshape(u, (1, 2, 3)), lines.transpose(u))],
     "a product of more than two axes"),
    (lambda lines, x, y, w, u: [lines.matmul(lines.matmul(x, lines.transpose(y)), x)],
     "a product of more than one axis of samples"),
    (lambda lines, x, y, w, u: [lines.largest(lines.transpose(x))], "max along the samples"),
    (lambda lines, x, y, w, u: [lines.concat([lines.transpose(x), lines.transpose(y)])],
     "samples joined one after the other"),
    (lambda lines, x, y, w, u: [lines.transpose(x) + 1],
     "element by element where the samples are not the first axis"),
    (lambda lines, x, y, w, u: [lines.matmul(u, lines.transpose(x))],
     "a result in which the samples are not the first axis"),
    (lambda lines, x, y, w, u: [lines.reshape(x, (-3,), 1)], "the axis of the samples becomes numbers"),
    (lambda lines, x, y, w, u: [x * lines.new("constant", (), (-1, 3), (np.ones((5, 3)), 0))],
     "numbers that differ from sample to sample")])
def test_what_has_no_c(write, why):
    roots, _ = program(write)
    with pytest.raises(Unsupported, match=f"^{why}$"):
        source(needed(roots), roots, 5)


def test_only_a_small_program_is_written_for_its_number_of_samples():
    """Its loops are then of a known length; narrow vectors where there are few samples."""
    def text(samples, times):
        roots, _ = program(lambda lines, x, y, w, u: [lines.call("sin", lines.concat([x] * times))])
        return source(needed(roots), roots, samples)
    few, some, large = text(3, 1), text(20, 1), text(20, 200)
    assert "if (m == 3 && S == 4)" in few.text and "#define NARROW" in few.text and few.lanes == 4
    assert "if (m == 20 && S == 24)" in some.text and "#define NARROW" not in some.text and some.lanes == 8
    assert "if (m ==" not in large.text and large.lanes == 8


def test_rows_are_whole_vectors_and_never_64_apart():
    """A multiple of 64 would put the same sample of all rows into one place of the cache."""
    roots, _ = program(lambda lines, x, y, w, u: [lines.sum(x, (0,))])
    made     = source(needed(roots), roots, 20)
    padded   = {samples: made.padded(samples) for samples in range(1, 300)}
    assert all(samples <= room < samples + 2 * made.lanes and room % made.lanes == 0 and room % 64
               for samples, room in padded.items())
    assert padded[1] == padded[8] == 8 and padded[64] == 72
