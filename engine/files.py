"""Writing a file: pictures, pages and slides all end here."""

from __future__ import annotations

import os
from pathlib import Path

from .text import visible


def written(path: str | os.PathLike[str], content: str | bytes) -> Path:
    """Write the content, text as UTF-8; the path.

    Raises:
        OSError: the file cannot be written.
    """
    target = Path(path)
    try:
        target.write_bytes(content.encode() if isinstance(content, str) else content)
    except OSError as error:
        raise type(error)(error.errno, f"cannot write {visible(target, 300)}: {error.strerror}. Give a file in a folder "
                                       "that exists and can be written") from None
    return target
