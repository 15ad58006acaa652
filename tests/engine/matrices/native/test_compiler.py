"""What is compiled is kept for its user alone and used again, and nothing that is damaged is ever loaded."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from engine.matrices.native import compiler as compiling

from ..graphs import regression

pytestmark = pytest.mark.usefixtures("cache")


def test_the_cache_is_private_and_used_again(cache, monkeypatch):
    program, X, Y = regression(runner="native")
    program(X, Y)
    assert stat.S_IMODE(cache.stat().st_mode) == 0o700
    assert all(path.suffix == ".so" for path in cache.iterdir())     # nothing half-made is left
    monkeypatch.setattr(compiling, "build", None)                    # to compile again would fail
    again, X, Y = regression(runner="native")
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


@pytest.mark.parametrize("said, told", [
    ("", "no message"), ("all is lost\nat last", "at last"),
    ("a.c: In function f\na.c:1: error: expected ;\n1 error generated", "expected ;"),
    ("cc1: note\nld: write failed\nbye", "ld: write failed")])
def test_the_first_error_of_the_compiler_is_the_one_that_is_told(said, told):
    assert compiling.complaint(said) == told


def test_a_compiler_that_is_named_but_does_not_work_is_passed_over(monkeypatch, tmp_path):
    """CC first, then the usual names; with none of them there is no machine code."""
    monkeypatch.setenv("CC", sys.executable)                          # knows nothing of the flags
    assert compiling.compiler.__wrapped__()[0] != sys.executable
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(compiling.NoCompiler, match="no C compiler was found"):
        compiling.compiler.__wrapped__()
