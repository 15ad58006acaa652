"""Compiling: C source -> a library that is loaded, by the machine's own compiler, and kept for the next time.

    before   the text of a C function
    after    ctypes.CDLL of ~/.cache/chainrule/<hash>.so

    hash     of the source, the flags and what the compiler says of itself and of this processor

The cache belongs to the user alone: a folder that others could have written to is not used.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import shutil
import stat
import subprocess
import tempfile
from functools import cache
from pathlib import Path

FLAGS   = ("-O3", "-march=native", "-fno-math-errno", "-fno-trapping-math", "-fopenmp-simd", "-shared", "-fPIC", "-w")
TIMEOUT = 60                                                         # seconds


class NoCompiler(Exception):
    """There is no C compiler here, or it cannot compile for this machine; the message says which."""


@cache
def compiler() -> tuple[str, str]:
    """The C compiler's path, and what identifies it and the processor that it compiles for.

    Raises:
        NoCompiler: there is none that works.
    """
    for name in (os.environ.get("CC", ""), "cc", "gcc", "clang"):
        path = shutil.which(name) if name else None
        if path:
            try:
                seen = subprocess.run([path, *FLAGS, "-dM", "-E", "-x", "c", os.devnull], capture_output=True,
                                      timeout=TIMEOUT, check=True)
            except (OSError, subprocess.SubprocessError):
                continue
            return path, hashlib.sha256(seen.stdout).hexdigest()
    raise NoCompiler("no C compiler was found")


@cache
def folder() -> Path:
    """Where compiled programs are kept: the user's cache, or a new private folder where that is not theirs alone."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "chainrule"
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        if private(home):
            return home
    except (OSError, RuntimeError):
        pass
    return Path(tempfile.mkdtemp(prefix="chainrule-"))


def private(path: Path) -> bool:
    """Whether path is a real folder of this user that nobody else can write to."""
    seen = path.lstat()
    return stat.S_ISDIR(seen.st_mode) and seen.st_uid == os.getuid() and not seen.st_mode & 0o022


def library(source: str) -> ctypes.CDLL:
    """The source, compiled and loaded.

    Raises:
        NoCompiler: there is no compiler, or it refuses the source.
    """
    path, identity = compiler()
    key  = hashlib.sha256("\0".join([source, identity, *FLAGS]).encode()).hexdigest()[:32]
    made = folder() / f"{key}.so"
    try:
        if not made.exists():
            build(path, source, made)
        return ctypes.CDLL(str(made))
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoCompiler(f"compiling failed: {error}") from None


def build(path: str, source: str, made: Path) -> None:
    """Compile beside `made` and move it there in one step, so that no half-written file is ever loaded."""
    with tempfile.TemporaryDirectory(dir=made.parent) as work:
        text, out = Path(work) / "program.c", Path(work) / "program.so"
        text.write_text(source, encoding="utf-8")
        done = subprocess.run([path, *FLAGS, "-o", str(out), str(text), "-lm"], capture_output=True, text=True,
                              timeout=TIMEOUT)
        if done.returncode:
            errors = [line.partition("error: ")[2] for line in done.stderr.splitlines() if "error: " in line]
            raise NoCompiler("the C compiler refused the program: " + (errors or ["no message"])[0])
        os.replace(out, made)
