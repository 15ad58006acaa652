"""training: epochs to step through, with loss curve, decision boundary and graph linked by one chosen data
point.

    x, t       a data point: two features, and its target
    snapshot   the state of the network after some epoch; the page steps from one to the next
    grid       the network's output over the plane, GRID x GRID values as characters

Everything is computed here, in Python, by the engine; the page only shows it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from math import isfinite
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeAlias

from ..show.files import written
from ..derivatives import gradients
from ..graphs.edges import nodes_of
from ..show.numbers import short
from ..show.palette import BLUE
from ..show.text import html, visible
from ..value import Constant, Operand, Value, number
from .assets import asset
from .page import assembled
from .picture import picture
from .recording import record
from .folded_views import folded_view
from .views import View, scalar_view

GRID   = 36
LEVELS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
LIMIT  = 150_000         # numbers on the page: 4 digits each, so that it stays below 2 MB

Data: TypeAlias = Sequence[tuple[Sequence[float], Operand]]
Loss: TypeAlias = Callable[[Value, Operand], Value]
Area: TypeAlias = tuple[float, float, float, float]


class Model(Protocol):
    """A function of two numbers that has parameters."""

    def __call__(self, x: Sequence[float], /) -> Any: ...        # a Value; `one_number` looks

    def parameters(self) -> Sequence[Value]: ...


class Snapshot(NamedTuple):
    """The network after an epoch: its output over the plane, each point's loss, output, and graph."""

    epoch:   int
    grid:    list[list[float]]
    losses:  list[float]
    outputs: list[float]
    numbers: list[list[str]]             # for each point, the numbers of the cards and then their gradients


class TrainingLecture:
    """A training run to step through: `.save("training.html")`."""

    def __init__(self, data: Data, curve: list[float], snapshots: list[Snapshot],
                 view: View, area: Area, threshold: float, title: str) -> None:
        self.data, self.curve, self.snapshots, self.view = data, curve, snapshots, view
        self.area, self.threshold, self.title = area, threshold, title

    @property
    def description(self) -> str:
        return (f"Training on {len(self.data)} points for {len(self.curve) - 1} epochs: "
                f"mean loss {short(self.curve[0])} at the start, {short(self.curve[-1])} at the end")

    def html(self) -> str:
        """The page: one self-contained HTML text."""
        heights = [abs(v - self.threshold) for s in self.snapshots for row in s.grid for v in row
                   if isfinite(v)]
        top = max(heights, default=0) or 1.0
        return assembled(
            "training.html", self.title,
            picture(self.view, "Computation graph of the chosen point's loss", attributes='id="graph"'),
            {
                "points": [[*map(float, x), float(number(t)), [short(v) for v in x], short(t)]
                           for x, t in self.data],
                "area": self.area, "curve": list(map(finite, self.curve)), "threshold": self.threshold,
                "view": self.view.name, "cards": [[card.name, card.role] for card in self.view.cards],
                "snapshots": [{"epoch": s.epoch,
                               "grid": "".join(level((v - self.threshold) / top) for row in s.grid
                                               for v in row),
                               "line": contour(s.grid, self.threshold), "losses": list(map(finite, s.losses)),
                               "outputs": list(map(short, s.outputs)),
                               "numbers": [" ".join(n) for n in s.numbers]}
                              for s in self.snapshots]},
            asset("page.css") + asset("training.css"), asset("training.js"), kind="training")

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the page.

        Raises:
            ValueError: the name does not end in .html.
        """
        target = Path(path)
        if target.suffix.lower() != ".html":
            raise ValueError(f"the training view is a page, and {visible(target.name)!r} does not end in "
                             ".html: write .save('training.html')")
        return written(target, self.html())

    def __repr__(self) -> str:
        return f"<TrainingLecture, {self.description}; .save('training.html') and open it>"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/plain": repr(self), "image/svg+xml": self.svg()}

    def svg(self) -> str:
        """The loss curve, for where the page cannot be shown."""
        top    = max(filter(isfinite, self.curve), default=0.0) or 1.0
        points = " ".join(f"{40 + 440 * k / (len(self.curve) - 1):.1f},{180 - 150 * loss / top:.1f}"
                          for k, loss in enumerate(self.curve) if isfinite(loss))
        return ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 500 210" width="500" height="210" '
                f'role="img" aria-label="{html(self.description, 300)}" font-family="sans-serif" '
                'font-size="13"><rect width="500" height="210" fill="#fff"/><path d="M40 20V180H480" '
                f'fill="none" stroke="#999"/><polyline points="{points}" fill="none" stroke="{BLUE}" '
                f'stroke-width="2.5"/><text x="46" y="18">mean loss, {short(self.curve[0])} at '
                f'first</text><text x="480" y="200" text-anchor="end">epoch {len(self.curve) - 1}: '
                f'{short(self.curve[-1])}</text></svg>')


def training_lecture(model: Model, data: Data, loss: Loss, *,
                     step: Callable[[], object] | None = None, epochs: int = 60, rate: float = 0.5,
                     snapshots: int = 25, threshold: float = 0.5, title: str = "") -> TrainingLecture:
    """Train model on data, and keep what is needed to step through it. The model is trained afterwards.

    Args:
        model: a function of a list of two numbers that returns one Value, and has `.parameters()`.
        data: pairs (x, t) of two features and a target.
        loss: loss(output, t) for one point.
        step: trains for one epoch; by default one step of gradient descent on the mean loss.
        epochs, rate: how many epochs, and the learning rate of the default step.
        snapshots: how many states to keep, the first and the last among them.
        threshold: outputs above it mean one class, below it the other: 0.5 for sigmoid, 0 for tanh and
        logits.

    Raises:
        TypeError: the model gives several outputs, or the loss is no Value.
        ValueError: data is empty, a point has not two features, the graphs of two points differ in size, or
        there are
            more numbers than a page can hold.
    """
    checked(data, epochs, snapshots)
    one_number(model, data, loss)
    data   = alike(model, data, loss)
    step   = step or (lambda: descend(model, data, loss, rate))
    area   = surroundings(data)
    first  = record(named(loss(model(data[0][0]), data[0][1])))
    view   = without_partials(folded_view(first, "unit") or scalar_view(first))
    steps  = min(snapshots - 1, epochs)
    kept   = [round(k * epochs / steps) for k in range(steps + 1)]
    if len(kept) * len(data) * len(view.cards) * 2 > LIMIT:
        raise ValueError(f"{len(kept)} snapshots of {len(data)} points with {len(view.cards)} values each "
                         "are more than a page can hold: give fewer points, fewer snapshots, or a smaller "
                         "network")
    curve, states = [], []
    for epoch in range(epochs + 1):
        if epoch in kept:
            states.append(snapshot(model, data, loss, epoch, area, len(first.values), view.nodes))
        curve.append(sum(float(number(loss(model(x), t))) for x, t in data) / len(data))
        if epoch < epochs:
            step()
    return TrainingLecture(data, curve, states, view, area, threshold,
                           title or "Training, epoch by epoch")


def descend(model: Model, data: Data, loss: Loss, rate: float) -> None:
    """One step of gradient descent on the mean loss."""
    parameters = model.parameters()
    shares     = [gradients(loss(model(x), t) / len(data), parameters) for x, t in data]
    for p, slopes in zip(parameters, zip(*shares)):
        p.data -= rate * sum(slopes)


def snapshot(model: Model, data: Data, loss: Loss, epoch: int, area: Area, size: int,
             shown: list[int]) -> Snapshot:
    """The state of the model, without changing it."""
    losses, outputs, numbers = passes(model, data, loss, size, shown)
    left, right, low, high   = area
    grid = [[float(number(model([left + (i + .5) * (right - left) / GRID,
                                 high - (j + .5) * (high - low) / GRID])))
             for i in range(GRID)] for j in range(GRID)]
    return Snapshot(epoch, grid, losses, outputs, numbers)


def passes(model: Model, data: Data, loss: Loss, size: int,
           shown: list[int]) -> tuple[list[float], list[float], list[list[str]]]:
    """The loss, the output and the numbers of the cards, for each point."""
    losses, outputs, numbers = [], [], []
    for x, t in data:
        output = model(x)
        root   = loss(output, t)
        nodes  = nodes_of(root)
        if len(nodes) != size:
            raise ValueError(f"the graph of the point {tuple(x)!r} has {len(nodes)} values and that of the "
                             f"first point {size}: the page shows one graph for all, so write a model and a "
                             "loss that do the same operations for every point")
        losses.append(float(root.data))
        outputs.append(float(number(output)))
        cards = [nodes[i] for i in shown]
        numbers.append([short(v.data) for v in cards] + [
            "-" if type(v) is Constant else short(slope) for v, slope in zip(cards, gradients(root, cards))])
    return losses, outputs, numbers


def without_partials(view: View) -> View:
    """The same picture for every epoch and point: what changes may not stand on its arrows."""
    return replace(view, arrows=[arrow._replace(partial="") for arrow in view.arrows])


def named(root: Value) -> Value:
    root.label = root.label or "loss"
    return root


def one_number(model: Model, data: Data, loss: Loss) -> None:
    """Complain where the model's output, or the loss, is not one Value."""
    x, t = data[0]
    y = model(x)
    for z, what in [(y, "the model's output"), (loss(y, t) if isinstance(y, Value) else y, "the loss")]:
        if not isinstance(z, Value):
            raise TypeError(f"{what} must be one Value, and is {type(z).__name__} {visible(z)}: end the "
                            "network with one unit, and compute the loss of one point from its output")


def alike(model: Model, data: Data, loss: Loss) -> Data:
    """The data, with targets as Constants if the loss takes shortcuts for some plain numbers, as
    cross-entropy for 0 and 1."""
    if len({len(nodes_of(loss(model(x), t))) for x, t in data}) == 1:
        return data
    return [(x, Constant(number(t))) for x, t in data]


def checked(data: Data, epochs: int, snapshots: int) -> None:
    if not data:
        raise ValueError("a training view needs data: give pairs (x, t), as in [([0.0, 1.0], 1), ([1.0, "
                         "1.0], 0)]")
    for pair in data:
        if not isinstance(pair, (tuple, list)) or len(pair) != 2 or [hasattr(p, "__len__")
                                                                     for p in pair] != [True, False]:
            raise ValueError("data is a list of pairs (x, t), x two features and t a target, and "
                             f"{pair!r:.60} is none: write list(zip(X, Y)) for separate X and Y")
        x = pair[0]
        if len(x) != 2:
            raise ValueError(f"the decision boundary is drawn in the plane, and the point {tuple(x)!r} has "
                             f"{len(x)} features: give points with 2 features")
    if epochs < 1 or snapshots < 2:
        raise ValueError(f"epochs must be at least 1 and snapshots at least 2, not {epochs} and {snapshots}")


def surroundings(data: Data) -> Area:
    """left, right, bottom, top: a square around the points, with a margin."""
    xs, ys = [float(x[0]) for x, _ in data], [float(x[1]) for x, _ in data]
    half   = max(max(xs) - min(xs), max(ys) - min(ys), 1e-9) * 0.62
    cx, cy = (max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2
    return cx - half, cx + half, cy - half, cy + half


def finite(x: float) -> float | None:
    """x to 5 digits; None for inf and nan, which JSON cannot write: the training diverged."""
    return float(f"{x:.5g}") if isfinite(x) else None


def level(share: float) -> str:
    """-1 ... 1 as one of 62 characters; not a number counts as 0."""
    share = share if share == share else 0.0
    return LEVELS[round((max(-1.0, min(1.0, share)) + 1) / 2 * (len(LEVELS) - 1))]


def contour(grid: list[list[float]], threshold: float) -> str:
    """Where the output is the threshold: SVG path data in grid units, one short line per cell that it
    crosses."""
    lines = []
    for j in range(GRID - 1):
        for i in range(GRID - 1):
            corners = [(i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1)]
            cuts = []
            for (ax, ay), (bx, by) in zip(corners, corners[1:] + corners[:1]):
                a, b = grid[ay][ax] - threshold, grid[by][bx] - threshold
                if (a > 0) != (b > 0):
                    share = a / (a - b)
                    cuts.append((ax + share * (bx - ax) + .5, ay + share * (by - ay) + .5))
            lines += [f"M{p[0]:.2f} {p[1]:.2f}L{q[0]:.2f} {q[1]:.2f}" for p, q in zip(cuts[::2], cuts[1::2])]
    return "".join(lines)
