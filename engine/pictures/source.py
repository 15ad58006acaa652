"""Source: the DOT text of a picture, from its boxes and arrows, the layers or rows they stand in, and how
they look."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ..graphs.folds import Box, Fold, Link
from ..show.dot import Dot, below_each_other, escaped
from ..value import Value
from .columns import columns, in_order, ordered
from .fitting import LABELS_UP_TO, PLAIN, Plan, levels
from .grids import bundle, bundled, grid, in_grid, slope_line
from .style import DENSE, DENSE_EDGE, EDGE, GRAPH, HASTY, LAYER, NODE
from .style import Scale, box_style, link_style

LONG, LONGEST = 1000, 30_000  # columns that all arrows together pass over: above, a rough layout; above, none


def dot_source(fold: Fold, lit: Sequence[tuple[Value, Value]], scale: Scale | None, partials: bool | None,
               plan: Plan = PLAIN, labels: Mapping[str, Mapping[str, str]] | None = None) -> str:
    """The DOT text: the same graph gives the same bytes. labels: attributes of boxes that go before their
    own, by id."""
    links   = shown_links(fold)
    framed  = {fold.id(box) for box in fold.boxes if in_grid(fold, box)}
    single  = [link for link in links if fold.id(link.source) not in framed]
    dense   = len(single) > LABELS_UP_TO
    parts   = bands(fold, plan.bands) if plan.bands else clusters(fold)
    level   = levels([(fold.id(link.source), fold.id(link.target)) for link in links],
                     [fold.id(box) for box in fold.boxes])
    stacks  = [columns(fold, [box for box in boxes if fold.id(box) not in framed], level)
               for _, boxes in parts]
    picture = Dot("graph", node=NODE, edge=EDGE | (DENSE_EDGE if dense else {}),
                  graph=GRAPH | arrangement(fold.view, single) | planned(plan)
                  | ({"remincross": "false"} if any(stacks) else {})
                  | ({"compound": "true"} if framed else {}))
    boxes = {id(fold.box_of[v]) for edge in lit for v in edge if v in fold.box_of}
    sorts   = ordered(fold, links, sum(stacks, [])) if plan is PLAIN else set()
    styles = {fold.id(box): box_style(fold, box, id(box) in boxes if lit else None)
              | (slope_line(fold, box) if fold.id(box) in framed else {})
              | ({"ordering": "in"} if fold.id(box) in sorts else {})
              | dict((labels or {}).get(fold.id(box), {})) for box in fold.boxes}
    for (name, members), stack in zip(parts, stacks):
        picture.part(part_of(fold, name, members, styles, framed, plan, stack))
    for post in posts(fold, [boxes for _, boxes in parts], level) if plan.bands else []:
        picture.part(post)
    for link, style in styled_links(fold, bundled(fold, links, framed, plan), lit, scale,
                                    not dense if partials is None else partials):
        tail, head = fold.id(link.source), fold.id(link.target)
        if tail in framed:
            style |= {"ltail": f"cluster {tail}"} | bundle(link)
        if plan.bands and plan.bands[tail] != plan.bands[head]:
            style |= {"constraint": "false"}                  # it leads to another row
        picture.edge(tail, head, **style)
    return str(picture)


def planned(plan: Plan) -> dict[str, str]:
    """What holds for the whole picture when it has a shape to keep."""
    return ({"ratio": format(plan.ratio, ".3g")} if plan.ratio else {}) | (
        {"newrank": "true"} if plan is not PLAIN else {})


def part_of(fold: Fold, name: str, boxes: list[Box], styles: Mapping[str, Mapping[str, str]],
            framed: set[str], plan: Plan, stack: list[list[Box]]) -> Dot:
    """A layer, or a row of the picture: its boxes, its columns, and the grids of what was opened."""
    part = Dot(f"cluster {name}" if name else "")
    if name:
        part.own(**({"style": "invis"} if plan.bands else LAYER | {"label": escaped(name)}))
    grids: dict[str, list[Box]] = {}
    for box in boxes:
        if fold.id(box) in framed:
            grids.setdefault(box.frame, []).append(box)
        part.node(fold.id(box), **styles[fold.id(box)])
    for column in stack:
        ids = [fold.id(box) for box in column]
        part.part(below_each_other(ids[::-1] if name else ids))             # a cluster is turned upside down
    for title, cells in grids.items():
        part.part(grid(title, [fold.id(box) for box in in_order(fold, cells)], plan.columns.get(title, 1)))
    return part


def styled_links(fold: Fold, links: Iterable[Link], lit: Sequence[tuple[Value, Value]], scale: Scale | None,
                 shows: bool) -> Iterator[tuple[Link, dict[str, str]]]:
    """The arrows and how they look; those that lead to one box are counted."""
    marked = {(id(fold.box_of[v]), id(fold.box_of[z])) for v, z in lit
              if v in fold.box_of and z in fold.box_of}
    counts: dict[int, int] = {}
    for link in links:
        counts[id(link.target)] = k = counts.get(id(link.target), -1) + 1
        on = (id(link.source), id(link.target)) in marked if lit else None
        yield link, link_style(fold, link, k, shows, on, scale)


def bands(fold: Fold, row: Mapping[str, int]) -> list[tuple[str, list[Box]]]:
    """The boxes of each row."""
    found: dict[int, list[Box]] = {}
    for box in fold.boxes:
        found.setdefault(row[fold.id(box)], []).append(box)
    return [(f"row {k}", found[k]) for k in sorted(found)]


def posts(fold: Fold, rows: Sequence[Sequence[Box]], level: Mapping[str, int]) -> list[Dot]:
    """What keeps the rows in their order, for Graphviz has none for frames: a column of points before them
    and one after them, each row tied to its own, and lines between the rows. None is seen or has an id."""
    lines = Dot(edge={"style": "invis", "weight": "100"})
    ends  = []
    for end, outermost in (("first", min), ("last", max)):
        points = [f"{end} {k / 2:g}" for k in range(2 * len(rows) - 1)]        # those of rows: 0, 1, 2, ...
        ends.append(below_each_other(points))
        for point in points:
            ends[-1].node(point, style="invis", label="", width="0.01", height="0.01", fixedsize="true")
        for point, boxes in zip(points[::2], rows):
            ids = [fold.id(box) for box in boxes]
            at  = outermost(level[box] for box in ids)
            for box in ids:
                if level[box] == at:
                    lines.edge(*((point, box) if end == "first" else (box, point)))
    for k in range(1, len(rows)):
        lines.edge(f"first {k - 0.5:g}", f"last {k - 0.5:g}")
    return [*ends, lines]


def clusters(fold: Fold) -> list[tuple[str, list[Box]]]:
    """The boxes of each layer; a layer that is one box stands with those of none."""
    found: dict[str, list[Box]] = {}
    for box in fold.boxes:
        found.setdefault(box.cluster if box.group != "layer" else "", []).append(box)
    return list(found.items())


def shown_links(fold: Fold) -> list[Link]:
    """The arrows of a picture: a box has none to itself."""
    return [link for link in fold.links if link.source is not link.target]


def arrangement(view: str, links: list[Link]) -> dict[str, str]:
    """How Graphviz is to place the boxes: the more arrows, and the longer, the rougher."""
    length = total_length(links)
    if length > LONGEST:
        raise ValueError(f"the arrows of the {view} view of this graph cross {length} columns, too many "
                         'to draw: a value is used along a long chain. Write draw(root, view="layer"), or '
                         'draw a shorter chain')
    return (HASTY if length > LONG else {}) | (DENSE if len(links) > LABELS_UP_TO else {})


def total_length(links: list[Link]) -> int:
    """How many columns the arrows pass over on their way: what Graphviz's time grows with."""
    level: dict[int, int] = {}
    for link in links:                                    # in the order of the boxes they lead to
        level[id(link.target)] = max(level.get(id(link.target), 0), level.get(id(link.source), 0) + 1)
    first: dict[int, int] = {}
    for link in links:  # what nothing leads to stands just before its first use
        if id(link.source) not in level:
            first[id(link.source)] = min(first.get(id(link.source), level[id(link.target)]),
                                         level[id(link.target)])
    level |= {box: before - 1 for box, before in first.items()}
    return sum(max(0, level[id(link.target)] - level[id(link.source)] - 1) for link in links)
