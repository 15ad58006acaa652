"""Machine code gives the numbers that NumPy gives, for every program, or leaves it to NumPy and says why."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Value, vectorize
from engine.matrices.native import compiler as compiling
from engine.matrices.native import epochs as native_training
from nn import MLP, SGD, Adam, cross_entropy_with_logits, half_mse, hinge, l2, mse, weights

from .. import test_vectorization as test_vectorizing
from ..graphs import attention, matrix, numbers, random_loss, samples

try:
    compiling.compiler()
except compiling.NoCompiler:
    pytest.skip("there is no C compiler here", allow_module_level=True)


@pytest.fixture(autouse=True, scope="module")
def cache(tmp_path_factory):
    """A cache of its own, so that everything is really compiled."""
    before = os.environ.get("XDG_CACHE_HOME")
    os.environ["XDG_CACHE_HOME"] = str(tmp_path_factory.mktemp("cache"))
    compiling.folder.cache_clear()
    yield compiling.folder()
    os.environ.pop("XDG_CACHE_HOME")
    if before is not None:
        os.environ["XDG_CACHE_HOME"] = before
    compiling.folder.cache_clear()


def agree(loss, X, Y, parameters, counts=(), **options):
    """Both runners on the recorded data and, for other numbers of samples, on new data."""
    fast, slow = [vectorize(loss, X, Y, parameters, runner=name, **options) for name in ("native", "numpy")]
    batch = options.get("batch")
    rng, x, y = np.random.default_rng(1), np.array(numbers(X)), np.array(numbers(Y))
    data = [] if batch else [(x, y)]
    for count in counts:
        data.append((rng.normal(size=(count, x.shape[-1])), rng.normal(size=(count, *np.shape(y)[-1:]))))
    for x, y in data:
        found, wanted = fast(x, y if len(Y) else None), slow(x, y if len(Y) else None)
        assert found.loss == pytest.approx(wanted.loss, rel=1e-12, abs=1e-13)
        scale = max(1e-3, np.abs(slow.gradient).max(initial=0))
        assert np.abs(fast.gradient - slow.gradient).max(initial=0) <= 1e-12 * scale
    assert str(fast.runner).startswith("machine code"), fast.report()
    return fast


# --- the same numbers -------------------------------------------------------------------------------

@settings(max_examples=12, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10 ** 6), count=st.integers(0, 5))
def test_random_programs(seed, count):
    loss, X, Y, parameters = random_loss(seed, count)
    agree(loss, X, Y, parameters)


@pytest.mark.parametrize("f", ["tanh", "relu", "sigmoid", "gelu", "softplus"])
def test_networks_for_any_number_of_samples(f):
    X, Y, model = samples(5, 3), samples(5, 2, 1), MLP(3, [17, 5, 2], f)
    agree(mse([model(x) for x in X], Y), X, Y, model.parameters(), counts=(1, 7, 8, 9, 16, 64, 100))


def test_classifier_recorded_from_one_sample():
    x, model = samples(1, 19)[0], MLP(19, [33, 10], "relu")
    y = [Value(float(k == 3)) for k in range(10)]
    agree(cross_entropy_with_logits(model(x), y), x, y, model.parameters(), counts=(1, 3, 24, 33), batch=True)


def test_hinge_with_penalty():
    X, Y, model = samples(9, 2), [Value((-1.0) ** k) for k in range(9)], MLP(2, [8, 1], "tanh")
    agree(hinge([model(x) for x in X], Y) + l2(weights(model), 0.1), X, Y, model.parameters())


@pytest.mark.parametrize("test", [test_vectorizing.test_losses, test_vectorizing.test_batch_normalisation])
def test_what_holds_for_numpy_holds_for_machine_code(test, monkeypatch):
    programs = []
    def native(*args, **options):
        programs.append(vectorize(*args, runner="native", **options))
        return programs[-1]
    monkeypatch.setattr(test_vectorizing, "vectorize", native)
    test()
    assert programs and all(str(p.runner).startswith("mach") for p in programs)


def test_sums_over_few_samples_do_not_see_the_room_behind_them():
    """log(0) or 1/0 in lanes without a sample must reach no sum."""
    X, w = [[Value(float(k + 2))] for k in range(3)], Value(0.5)
    loss = sum([1 / (w * x[0]) + (w * x[0]).log() for x in X]) / 3
    agree(loss, X, [], [w])


@pytest.mark.parametrize("z", [0.0, -0.0, 1e-300, 1e-9, -0.3, 5.0, -20.0, 40.0, 300.0, -400.0, 1e6,
                               float("inf"), float("nan")])
@pytest.mark.parametrize("f", ["tanh", "sigmoid", "exp"])
def test_functions_keep_their_tails(f, z):
    """Value and slope against the scalar engine, whose tails are proven elsewhere."""
    w, x = Value(1.0), Value(z if f != "exp" else min(z, 700.0))
    loss = getattr(w * x, f)()
    program = vectorize(loss + 0, [x], [], [w], batch=True, runner="native")
    loss.backward()
    found = program([[x.data]])
    assert found.loss == pytest.approx(loss.data, rel=4e-16, abs=1e-320, nan_ok=True)
    assert float(program.gradient[0]) == pytest.approx(float(w.grad), rel=2e-15, abs=1e-305, nan_ok=True)


# --- choosing ---------------------------------------------------------------------------------------

def program_of(runner="auto", **options):
    X, Y, model = samples(4, 2), samples(4, 1, 1), MLP(2, [3, 1], "tanh")
    return vectorize(half_mse([[model(x)] for x in X], Y), X, Y, model.parameters(), runner=runner,
                     **options), numbers(X), numbers(Y)


def test_without_a_compiler_numpy_does_it_and_the_report_says_so(monkeypatch):
    def none():
        raise compiling.NoCompiler("no C compiler was found")
    monkeypatch.setattr(compiling, "compiler", none)
    program, X, Y = program_of("native")
    assert program(X, Y).loss == program_of("numpy")[0](X, Y).loss
    assert program.report().endswith("Runner: NumPy, because no C compiler was found.")


def test_what_has_no_c_is_left_to_numpy_and_named():
    x = samples(1, 6)[0]
    Q, K, V = [matrix(2, 2, k) for k in range(3)]
    ps = [p for M in (Q, K, V) for row in M for p in row]
    loss = sum([y * y for y in attention(x, Q, K, V, 2)])
    fast, slow = [vectorize(loss, x, [], ps, batch=True, runner=name) for name in ("native", "numpy")]
    X = np.random.default_rng(0).normal(size=(3, 6))
    assert fast(X).loss == slow(X).loss
    assert "NumPy, because the axis of the samples becomes numbers" in fast.report()


# --- the cache --------------------------------------------------------------------------------------

def test_the_cache_is_private_and_used_again(cache, monkeypatch):
    program, X, Y = program_of("native")
    program(X, Y)
    assert stat.S_IMODE(cache.stat().st_mode) == 0o700
    assert all(path.suffix == ".so" for path in cache.iterdir())     # nothing half-made is left
    monkeypatch.setattr(compiling, "build", None)                    # to compile again would fail
    again, X, Y = program_of("native")
    assert again(X, Y).loss == program.run(X, Y)


SOURCE = "double value(void) { return 42; }"

DAMAGES = f"SOURCE = {SOURCE!r}" + """
import ctypes, os, sys
from pathlib import Path
from engine.matrices.native import compiler as compiling

def value():
    step = compiling.library(SOURCE).value
    step.restype = ctypes.c_double
    return step()

built, build = [], compiling.build
compiling.build = lambda *args: built.append(1) or build(*args)
value()
whole, = compiling.folder().glob("*.so")
content = whole.read_bytes()
middle  = len(content) // 2
damages = [content[:n] for n in (0, 1, 64, 1000, middle, len(content) - 1)] + [
    content + b"more", b"no library", content[:middle] + bytes(4096) + content[middle + 4096:],
    content[:18] + b"\\xb7" + content[19:]]                               # (the machine, in an ELF file)
for damage in damages:
    with open(whole, "r+b") as file:             # in place: as an older process would have it mapped
        file.truncate(0)
        file.write(damage)
    before = len(built)
    assert value() == 42 and value() == 42 and len(built) == before + 1, (len(damage), built)
    assert whole.read_bytes() == content

whole.unlink()
for other in (b"no library", content[:18] + b"\\xb7" + content[19:]):     # whole, yet of another machine
    whole.with_name(f"{whole.name.split('.')[0]}.{compiling.hash_of(other)}.so").write_bytes(other)
before = len(built)
assert value() == 42 and value() == 42 and len(built) == before + 1
print("done")
"""


def script(text, cache, **options):
    """The text as a program of its own, so that a crash is that program's alone."""
    return subprocess.Popen([sys.executable, "-c", text], cwd=Path(__file__).parents[4], text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            env={**os.environ, "XDG_CACHE_HOME": str(cache)},
                            **options)


def test_a_damaged_library_is_built_anew_and_never_loaded(tmp_path):
    """Cut off at any place, longer, overwritten, of another machine: to load such a file can end the
    process."""
    ran = script(DAMAGES, tmp_path)
    out, error = ran.communicate()
    assert (ran.returncode, out) == (0, "done\n"), error


def test_two_processes_that_build_the_same_program_at_once(tmp_path):
    text = f"""
import ctypes, sys
from engine.matrices.native import compiler as compiling
compiling.compiler(), compiling.folder()
print("ready", flush=True), sys.stdin.readline()
for k in range(4):
    step = compiling.library({SOURCE!r} + "\\n" * k).value
    step.restype = ctypes.c_double
    print(step())
"""
    both = [script(text, tmp_path, stdin=subprocess.PIPE) for _ in range(2)]
    for ran in both: assert ran.stdout.readline() == "ready\n"
    found = []
    for ran in both: ran.stdin.write("go\n"), ran.stdin.flush()
    for ran in both: found.append(ran.communicate())
    assert found == [("42.0\n" * 4, "")] * 2
    assert {path.suffix for path in (tmp_path / "chainrule").iterdir()} == {".so"}


def test_a_cache_that_cannot_be_written_or_read_is_done_without(cache, tmp_path, monkeypatch):
    """A read-only cache: the libraries in it are used, others are compiled for this process alone."""
    def refuse(path, content):
        raise PermissionError(13, "Permission denied")
    compiling.library(SOURCE)
    monkeypatch.setattr(compiling, "written", refuse)
    before = sorted(cache.iterdir())
    assert compiling.library(SOURCE + "\n/* new */").value
    assert sorted(cache.iterdir()) == before
    monkeypatch.setattr(compiling, "folder", lambda: tmp_path / "missing")
    assert compiling.library(SOURCE).value


@pytest.mark.parametrize("room", [0, 5000])
def test_on_a_full_disk_numpy_does_it_and_the_report_says_so(tmp_path, room):
    """A process that may write no file of more than `room` bytes; training included."""
    ran = script(f"""
import resource
from engine import Value, vectorize
from engine.matrices.native import compiler as compiling
from nn import SGD
compiling.compiler()
resource.setrlimit(resource.RLIMIT_FSIZE, ({room}, resource.RLIM_INFINITY))
x, w = Value(2.0), Value(3.0)
program = vectorize((x * w) ** 2, [x], [], [w], batch=True, runner="native")
assert program([[2.0]]).loss == 36.0
assert len(program.train([[2.0]], None, SGD([w], 1e-3), epochs=300)) == 300
print(program.report())
try: compiling.library({SOURCE!r})
except compiling.NoCompiler as reason: print(reason)
""", tmp_path)
    out, error = ran.communicate()
    *_, report, reason = out.splitlines() or [error]
    assert report.startswith("Runner: NumPy, because compiling failed: "), error
    assert reason.startswith("the C compiler refused the program: " if room else "compiling failed: "), reason


def test_a_training_goes_on_where_its_loop_cannot_be_compiled(monkeypatch):
    def full(source):
        raise compiling.NoCompiler("compiling failed: No space left on device")
    program, X, Y = program_of("native")
    other, *_ = program_of("native")
    program(X, Y)
    monkeypatch.setattr(native_training, "library", full)
    found = program.train(X, Y, SGD(program.values, 0.1), epochs=5)
    monkeypatch.undo()
    assert found == pytest.approx(other.train(X, Y, SGD(other.values, 0.1), epochs=5), rel=1e-12)


def test_a_folder_that_others_can_write_to_is_not_used(tmp_path, monkeypatch):
    (tmp_path / "chainrule").mkdir()
    (tmp_path / "chainrule").chmod(0o777)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    own = compiling.folder.__wrapped__()
    assert own.parent != tmp_path and compiling.private(own)
    own.rmdir()


def test_a_refusal_of_the_compiler_is_told():
    with pytest.raises(compiling.NoCompiler, match="refused the program: "):
        compiling.library("void step(void) { return nothing; }")


# --- training ---------------------------------------------------------------------------------------

class Decaying(SGD):
    """A rule that is more than arithmetic: it remembers something of its own."""

    def update(self, w, g, state):
        self.lr *= 0.999
        return super().update(w, g, state)


@pytest.mark.parametrize("batch_size", [None, 3])
@pytest.mark.parametrize("optimizer, in_c", [
    (lambda ps: SGD(ps, 0.1), True), (lambda ps: SGD(ps, 0.1, momentum=0.9, weight_decay=0.01), True),
    (lambda ps: Adam(ps, 0.05), True),
    (lambda ps: SGD(ps[:5], 0.1, momentum=0.5), True), (lambda ps: Decaying(ps, 0.1), False)])
def test_training_moves_the_values_as_numpy_does(optimizer, in_c, batch_size):
    found = []
    for runner in ("native", "numpy"):
        X, Y, model = samples(8, 2), samples(8, 1, 1), MLP(2, [3, 1], "tanh")
        program = vectorize(half_mse([[model(x)] for x in X], Y), X, Y, model.parameters(), runner=runner)
        mover   = optimizer(model.parameters())
        if runner == "native":
            rule = native_training.rule_of(mover, len(program.theta), len(mover.start),
                                           np.ones(len(program.theta), bool))
            assert (rule is not None) == in_c
        losses = program.train(numbers(X), numbers(Y), mover, epochs=7, batch_size=batch_size)
        losses += program.train(numbers(X), numbers(Y), mover, epochs=2, batch_size=batch_size)
        found.append((losses, [p.data for p in model.parameters()],
                      [x for state in mover.states for x in state], [mover.steps]))
    for mine, theirs in zip(*found):
        assert mine == pytest.approx(theirs, rel=1e-10, abs=1e-14)


@pytest.mark.parametrize("batch_size", [None, 3])
@pytest.mark.parametrize("features, targets", [(1, 1), (0, 1), (1, 0)])
def test_samples_of_which_only_one_of_inputs_and_targets_has_numbers(features, targets, batch_size):
    """How many samples there are is told by the rows, also by rows of nothing."""
    found, X, Y = [], samples(8, features), samples(8, targets, 1)
    x, y = np.reshape(numbers(X), (8, features)), np.reshape(numbers(Y), (8, targets))
    for runner in ("native", "numpy"):
        w = Value(0.5)
        loss    = sum([(w - z) ** 2 for rows in zip(X, Y) for row in rows for z in row]) / 8
        program = vectorize(loss, X, Y if targets else [], [w], runner=runner)
        found.append([*program.train(x, y if targets else None, SGD([w], 0.1), epochs=3,
                                     batch_size=batch_size), w.data])
    assert found[0] == pytest.approx(found[1], rel=1e-12)


def test_a_callback_ends_native_training():
    program, X, Y = program_of("native")
    assert len(program.train(X, Y, SGD(program.values, 0.1), epochs=50,
                             callback=lambda epoch, loss: epoch == 4)) == 4
