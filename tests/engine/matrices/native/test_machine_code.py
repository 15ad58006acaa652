"""The runner of compiled programs: one C function for every number of samples; what it refuses is told."""

import numpy as np
import pytest

from engine.matrices.interfaces import Unsupported
from engine.matrices.mover import Descent, Mover
from engine.matrices.native import compiler as compiling
from engine.matrices.native import epochs, machine_code
from engine.matrices.native.machine_code import MachineCode
from engine.matrices.numpy.numpy_calls import NumpyCalls

from ..graphs import regression
from ..lines import data, program

pytestmark = pytest.mark.usefixtures("cache")


def test_it_is_compiled_once_for_every_number_of_samples(monkeypatch):
    def written(lines, x, y, w, u):
        return [lines.matmul(x, lines.transpose(u)), lines.sum(x * y, (0,))]
    roots, leaves = program(written)
    runner = MachineCode()
    for samples in (5, 12):
        given, into = data(roots, leaves, samples)
        runner.plan(roots, samples, given, into).run()
        monkeypatch.setattr(machine_code, "compiled", None)            # to compile again would fail
        found = [x.copy() for x in into]
        NumpyCalls().plan(roots, samples, given, into).run()
        for mine, theirs in zip(found, into):
            np.testing.assert_allclose(mine, theirs, rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("reason", ["a line without C", "no compiler"])
def test_what_it_cannot_do_is_unsupported_whatever_the_reason(reason, monkeypatch):
    def none(source):
        raise compiling.NoCompiler("no C compiler was found")
    def written(lines, x, y, w, u):
        return [lines.call("round", x, 2) if reason == "a line without C" else x + y]
    roots, leaves = program(written)
    if reason == "no compiler":
        monkeypatch.setattr("engine.matrices.native.compiled.library", none)
    with pytest.raises(Unsupported, match="^(rounding to a number of digits|no C compiler was found)$"):
        MachineCode().plan(roots, 5, *data(roots, leaves, 5))


def test_epochs_are_had_for_its_own_plans_where_the_loop_can_be_compiled(monkeypatch):
    program_, X, Y = regression(runner="native")
    program_(X, Y)
    mover = Mover(Descent(program_.values, 0.1), program_.own)
    plan  = program_.plans.last.plan
    given = plan, {}, program_.own, mover, np.array(X), np.array(Y), 4
    assert isinstance(MachineCode().epochs(*given), epochs.Loop)
    assert MachineCode().epochs(object(), *given[1:]) is None
    def full(*args):
        raise compiling.NoCompiler("compiling failed: No space left on device")
    monkeypatch.setattr(machine_code, "loop", full)
    assert MachineCode().epochs(*given) is None
