"""Writing a file: whole or not at all; pictures, pages, models and compiled programs all end here.

    target    the file that is meant, symbolic links followed
    part      a new file beside it, of a name that nobody can foresee; the content is written there
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from pathlib import Path

from .text import visible

STREAMS = {"/dev/stdout": 1, "/dev/stderr": 2}


def written(path: str | os.PathLike[str], content: str | bytes, what: str = "") -> Path:
    """Write the content, text as UTF-8; the path.

    A reader finds the earlier content or the new one, whole, also while others write the same file, and after
    an error, an interrupt or a loss of power: the content goes to a new file in the same folder, which takes
    the place of the old one in a single step. The folder must be one that can be written to. An existing file
    keeps its permissions, and one that is write-protected is refused; another hard link to it keeps the old
    content. A symbolic link stays a link: the file that it points to is replaced, or made. A device, a pipe,
    /dev/stdout and /dev/fd/N are written to as they are.

    Args:
        what: what is written, for the message of an error.

    Raises:
        OSError: the file cannot be written; an earlier one is then as it was.
    """
    data = content.encode() if isinstance(content, str) else content
    try:
        stream = stream_of(os.fspath(path))
        if stream is None: put(data, os.fspath(path))
        else:              pour(data, stream)
    except OSError as error:
        raise type(error)(error.errno, f"cannot write {what}{visible(path, 300)}: {error.strerror}. Give a "
                                       "file in a folder that exists and can be written") from None
    return Path(path)


def stream_of(path: str) -> int | None:
    """The number of the open file that the path means; None if it means any other file."""
    folder, _, number = path.rpartition("/")
    return int(number) if folder == "/dev/fd" and number.isdecimal() else STREAMS.get(path)


def pour(data: bytes, stream: int) -> None:
    """Write to an open file of this process, after what was printed so far."""
    for printed in (sys.stdout, sys.stderr):
        if printed is not None:
            printed.flush()
    with open(os.dup(stream), "wb") as file:
        file.write(data)


def put(data: bytes, path: str) -> None:
    """Write to a file by its name."""
    target = os.path.realpath(path)
    try:
        seen = os.stat(path)
    except FileNotFoundError:
        replace(data, target, None)
        return
    if not stat.S_ISREG(seen.st_mode):
        with open(path, "wb") as file:
            file.write(data)
    elif not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, "it is write-protected")
    else:
        replace(data, target, stat.S_IMODE(seen.st_mode) & 0o777)


def replace(data: bytes, target: str, mode: int | None) -> None:
    """Write to a new file and move it to the target. mode: its permissions; the usual ones if None."""
    part = os.path.join(os.path.dirname(target), f".{os.urandom(16).hex()}.part")

    def new(name: str, flags: int) -> int:
        return os.open(name, flags, 0o666 if mode is None else mode)

    try:
        with open(part, "xb", opener=new) as file:
            if mode is not None:
                os.chmod(part, mode)                     # also what the umask took away
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, target)
    except BaseException:                                # an interrupt too leaves nothing behind
        if os.path.lexists(part):
            os.remove(part)
        raise
