"""The viewer: a picture as a page to pan, zoom and search, whose boxes open and close in place.

    state    the picture with some boxes open; all states of a page were laid out when it was written

The page is one file; the first state is in its body, the others wait in templates.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import NamedTuple

from ..show.frame import framed
from ..show.palette import DARK
from ..show.text import html


class State(NamedTuple):
    """A picture of a page."""

    titles: tuple[str, ...]          # of the boxes that are open
    svg:    str
    folds:  Mapping[str, str]        # the boxes that can be opened, by id: what opens them
    groups: Sequence[str]            # what else can be opened: whole layers
    held:   Mapping[str, str]        # the boxes that came out of an open one, by id: its title
    holder: Sequence[str]            # for each node of the graph the id of the box that holds it, or ""


def page(states: Sequence[State], names: Sequence[str], description: str, rows: Sequence[Sequence[str]],
         notes: str = "") -> str:
    """The page: the first state to see, and a table of its boxes for those who cannot.

    Args:
        names: of the nodes of the graph.
        notes: HTML that follows the picture.
    """
    table = "\n".join("<tr>" + "".join(f"<td>{html(cell, 300)}</td>" for cell in row) + "</tr>"
                      for row in rows)
    others = "".join(f"<template>{state.svg}</template>\n" for state in states[1:])
    body   = BODY.format(words=html(description, 400), svg=states[0].svg, others=others, table=table,
                         notes=notes)
    data   = {"names": names, "states": [[state.titles, state.folds, state.groups, state.held,
                                          numbered(state.holder)] for state in states]}
    return framed(description, body, style=asset("viewer.css") + dark(),
                  script=f"const data = {as_script(data)};\n" + asset("viewer.js"),
                  attributes=bool(notes))                                    # an explanation has some


def numbered(holder: Sequence[str]) -> list[int]:
    """The ids n0, n7, ... as numbers; -1 for none."""
    return [int(box[1:]) if box else -1 for box in holder]


def as_script(data: object) -> str:
    """Data as JavaScript that no text in it can end."""
    return json.dumps(data, separators=(",", ":")).replace("<", "\\u003c")


def asset(name: str) -> str:
    """A file that lies beside this one."""
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def dark() -> str:
    """The colours of pictures where the reader's theme is dark."""
    rules = [f'.picture [{what}="{light}" i] {{ {what}: {instead}; }}'
             for what, colours in DARK.items() for light, instead in colours.items()]
    return "@media screen and (prefers-color-scheme: dark) {\n" + "\n".join(rules) + "\n}\n"


BODY = """<figure>
<div class="tools" hidden>
<span class="seek"><input type="search" placeholder="Search a name" aria-label="Search a name">
<output></output></span>
<span class="zoom"><button type="button" data-do="out" aria-label="Zoom out">−</button>
<button type="button" data-do="in" aria-label="Zoom in">+</button>
<button type="button" data-do="whole" aria-label="Show the whole picture">whole</button></span>
<span class="folds" aria-label="Boxes to open and close"></span>
<span class="hint" hidden>drag to see the rest</span>
</div>
<div class="picture" tabindex="0">
{svg}</div>
{others}<figcaption>{words}.</figcaption>
</figure>
{notes}<details><summary>The same as a table</summary>
<table>
{table}
</table>
</details>"""
