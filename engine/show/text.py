"""Foreign text as it may be shown: nothing in it can act on where it is shown.

Labels, file names and expressions come from outside. `visible` takes the characters out of them that
a terminal, a browser or a reader would obey instead of show; the others escape for one medium each
(`engine.show.dot` for DOT).
"""

from __future__ import annotations

import os
import sys
import unicodedata
from collections.abc import Callable
from html import escape
from io import TextIOWrapper

JOINER = "\u200d\ufe0f"                    # part of many emoji, and harmless

LATEX = {"\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%",
         "_": r"\_", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}",
         ">": r"\textgreater{}",
         "|": r"\textbar{}", '"': r"\textquotedbl{}", "'": r"\textquotesingle{}", "`": r"\textasciigrave{}",
         "-": "{-}", "…": r"\dots{}"}
MATHS = {"−": "-", "·": r"\cdot", "→": r"\to", "∂": r"\partial", "√": r"\surd", "π": r"\pi", "σ": r"\sigma",
         "Σ": r"\Sigma", "Φ": r"\Phi", "φ": r"\varphi", "≤": r"\leq", "≥": r"\geq"}


def visible(text: object, limit: int = 60) -> str:
    """The text with control and direction characters written out (\\x1b, \\u202e), cut at `limit`
    characters."""
    shown = str(text)
    shown = shown if len(shown) <= limit else shown[:limit - 1] + "…"
    return "".join(c if c.isascii() and c.isprintable() or not hidden(c)
                   else c.encode("unicode_escape").decode()
                   for c in shown)


def print_anywhere() -> None:
    """Let what stdout and stderr cannot encode be replaced by "?", so that no locale ends a program."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def ended(program: Callable[[], int]) -> int:
    """The exit status of a program; 1, without a word, where nobody reads on, as behind `| head`."""
    try:
        status = program()
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())   # for what Python still flushes
        return 1
    return status


def hidden(c: str) -> bool:
    """Whether c is shown as nothing, or changes how its neighbours are shown."""
    return c not in JOINER and (unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"))


def html(text: object, limit: int = 60) -> str:
    """The text for HTML and SVG, as content or inside a quoted attribute."""
    return escape(visible(text, limit), quote=True)


def latex(text: object, limit: int = 60) -> str:
    """The text for LaTeX, in text mode; what pdflatex has no glyph for is written as its code point."""
    return "".join(LATEX.get(c) or (c if c.isascii() else f"${MATHS[c]}$" if c in MATHS else
                                    f"[U+{ord(c):04X}]") for c in visible(text, limit))


def markdown(text: str) -> str:
    """The text, as long as it is, for Markdown: no character of it means anything there, nor in HTML."""
    return "".join(f"\\{c}" if c in r"\`*_{}[]#!|~$^>" else c
                   for c in text.replace("&", "&amp;").replace("<", "&lt;"))
