"""Compiling: C source -> a library that is loaded, by the machine's own compiler, and kept for the next time.

    before   the text of a C function
    after    ctypes.CDLL of ~/.cache/chainrule/<key>.<seal>.so

    key      the hash of the source, the flags and what the compiler says of itself and of this processor
    seal     the hash of the library itself: to load one that was cut off or changed would end the process

The cache belongs to the user alone: a folder that others could have written to is not used. A library whose
seal is broken is built anew. What is loaded is a copy: damage to the cache reaches no running program.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from ...show.files import written
from ..interfaces import Unsupported

FLAGS   = ("-O3", "-march=native", "-fno-math-errno", "-fno-trapping-math", "-fopenmp-simd", "-shared",
           "-fPIC", "-w")
TIMEOUT = 60                                                         # seconds


class NoCompiler(Unsupported):
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
            return path, hash_of(seen.stdout)
    raise NoCompiler("no C compiler was found")


@cache
def folder() -> Path:
    """Where compiled programs are kept: the user's cache, or a new private folder where that is not theirs
    alone."""
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
        NoCompiler: there is no compiler, it refuses the source, or there is no room for what it makes.
    """
    path, identity = compiler()
    key = hash_of("\0".join([source, identity, *FLAGS]).encode())[:32]
    for content in kept(key):
        try:
            return loaded(content)
        except OSError:                                              # whole, but of another machine
            continue
    try:
        content = build(path, source)
        keep(key, content)
        return loaded(content)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoCompiler(f"compiling failed: {error}") from None


def build(path: str, source: str) -> bytes:
    """The source as a library."""
    with tempfile.TemporaryDirectory(prefix="chainrule-") as work:
        text, out = Path(work, "program.c"), Path(work, "program.so")
        text.write_text(source, encoding="utf-8")
        done = subprocess.run([path, *FLAGS, "-o", str(out), str(text), "-lm"], capture_output=True,
                              text=True, errors="replace", timeout=TIMEOUT)
        if done.returncode:
            raise NoCompiler(f"the C compiler refused the program: {complaint(done.stderr)}")
        return out.read_bytes()


def complaint(said: str) -> str:
    """The first error in what the compiler said, or its last line."""
    lines  = said.splitlines() or ["no message"]
    errors = [line.partition("error: ")[2] for line in lines if "error: " in line] + \
             [line for line in lines if "failed" in line]
    return (errors or lines[-1:])[0]


def kept(key: str) -> Iterator[bytes]:
    """The libraries in the cache that were made of this source and are whole."""
    for made in sorted(folder().glob(f"{key}.*.so")):
        content = made.read_bytes() if made.is_file() and os.access(made, os.R_OK) else b""
        if hash_of(content) == made.name.split(".")[1]:
            yield content


def keep(key: str, content: bytes) -> None:
    """Put the library into the cache; where that is read-only or full, it serves this process alone."""
    try:
        written(folder() / f"{key}.{hash_of(content)}.so", content)
    except OSError:
        return


def loaded(content: bytes) -> ctypes.CDLL:
    """The library, from a file of its own that is gone afterwards."""
    try:
        return loaded_from(None, content)
    except OSError:                                                  # nothing may be run from there
        return loaded_from(folder(), content)


def loaded_from(place: Path | None, content: bytes) -> ctypes.CDLL:
    """The library, by way of a new folder inside of place, or where the system keeps what is temporary."""
    with tempfile.TemporaryDirectory(prefix="chainrule-", dir=place, ignore_cleanup_errors=True) as work:
        copy = Path(work, "program.so")
        copy.write_bytes(content)
        return ctypes.CDLL(str(copy))


def hash_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
