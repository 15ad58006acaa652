"""training: epochs to step through, with loss curve, decision boundary and graph linked by one chosen data
point.

    x, t       a data point: two features, and its target
    snapshot   the state of the network after some epoch; the page steps from one to the next
    grid       the network's output over the plane, GRID x GRID values as characters

The page trains by itself where it can compute the model and the loss (living_training.py). Else everything is
computed here, in Python, by the engine, and the page only shows it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from math import isfinite
from pathlib import Path
from typing import NamedTuple, TypeAlias

from ..show.files import written
from ..derivatives import gradients
from ..graphs.edges import nodes_of
from ..show.numbers import short
from ..show.palette import BLUE
from ..show.text import html, visible
from ..value import Constant, Value, number
from .assets import asset
from .folded_views import folded_view
from .javascript import Unwritable
from .living_training import Hand, Living, living
from .page import assembled
from .picture import picture
from .recording import record
from .training_runs import (Data, Loss, Model, alike, checked, checked_hand, checked_pair, epoch_in_batches,
                            noisy, one_number, order_of)
from .views import View, scalar_view

GRID   = 36
LEVELS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
LIMIT  = 150_000         # numbers on the page: 4 digits each, so that it stays below 2 MB

Area: TypeAlias = tuple[float, float, float, float]


class Snapshot(NamedTuple):
    """The network after an epoch: its output over the plane, each point's loss, output, and graph."""

    epoch:   int
    grid:    list[list[float]]
    losses:  list[float]
    outputs: list[float]
    numbers: list[list[str]]             # for each point, the numbers of the cards and then their gradients


class TrainingLecture:
    """A training run to step through: `.save("training.html")`.

    `living` is the page that trains by itself; None where it cannot, and `why` says why in one sentence.
    """

    def __init__(self, data: Data, curve: list[float], snapshots: list[Snapshot], view: View, area: Area,
                 threshold: float, title: str, living: Living | None = None, why: str = "") -> None:
        self.data, self.curve, self.snapshots, self.view = data, curve, snapshots, view
        self.area, self.threshold, self.title = area, threshold, title
        self.living, self.why = living, why

    @property
    def description(self) -> str:
        return (f"Training on {len(self.data)} points for {len(self.curve) - 1} epochs: "
                f"mean loss {short(self.curve[0])} at the start, {short(self.curve[-1])} at the end")

    def html(self) -> str:
        """The page: one self-contained HTML text."""
        return self.living.html(self.title) if self.living else self.recorded()

    def recorded(self) -> str:
        """The page that shows what Python computed."""
        heights = [abs(v - self.threshold) for s in self.snapshots for row in s.grid for v in row
                   if isfinite(v)]
        top = max(heights, default=0) or 1.0
        return assembled(
            "training.html", self.title,
            picture(self.view, "Computation graph of the chosen point's loss", attributes='id="graph"'),
            {
                "why": self.why,
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


def training_lecture(model: Model, data: Data, loss: Loss, *, test: Data | None = None,
                     step: Callable[[], object] | None = None, epochs: int = 60, rate: float = 0.5,
                     batch: int | None = None, noise: float = 0.0, seed: int = 0, snapshots: int = 25,
                     threshold: float = 0.5, title: str = "", live: bool = True) -> TrainingLecture:
    """Train model on data, as a page that trains before the eyes of the class. The model is trained
    afterwards.

    The page starts from the parameters that the model has now, and computes the same numbers as Python. Where
    it cannot (a step of your own, a row or a number that JavaScript has not), it shows what Python recorded,
    and says why.

    Args:
        model: a function of a list of two numbers that returns one Value, and has `.parameters()`.
        data: pairs (x, t) of two features and a target.
        loss: loss(output, t) for one point.
        test: more such pairs, which are not trained on: the page shows their loss beside that of data.
        step: trains for one epoch; by default gradient descent on the mean loss.
        epochs, rate: how many epochs, and the learning rate of the default step.
        batch: how many points one step takes, shuffled by seed for each epoch; by default all, unshuffled.
        noise, seed: each point of data is moved by noise times two normal numbers drawn with seed.
        snapshots: how many states a recorded page keeps, the first and the last among them.
        threshold: outputs above it mean one class, below it the other: 0.5 for sigmoid, 0 for tanh and
            logits.
        live: False for a page that only shows what Python recorded.

    Raises:
        TypeError: the model gives several outputs, or the loss is no Value.
        ValueError: data is empty, a point has not two features, batch, noise or seed mean nothing; for a
            recorded page: the graphs of two points differ in size, or there are more numbers than it can
            hold.
    """
    checked(data, epochs, snapshots)
    for pair in test or []:
        checked_pair(pair)
    checked_hand(batch, noise, seed)
    one_number(model, data, loss)
    hand   = Hand(float(rate), batch, float(noise), seed)
    area   = surroundings([*data, *(test or [])])
    page, why = written_or_why(model, data, test or [], loss, hand, epochs, threshold, area, step, live)
    data   = alike(model, noisy(data, noise, seed), loss)
    size   = min(batch or len(data), len(data))
    title  = title or "Training, epoch by epoch"

    def train(epoch: int) -> None:
        if step:
            step()
        else:
            epoch_in_batches(model, data, loss, rate, size, order_of(len(data), size, seed, epoch))

    if page:
        curve = curve_of(model, data, loss, epochs, train, lambda epoch: None)
        return TrainingLecture(data, curve, [], page.view, area, threshold, title, page)
    first  = record(named(loss(model(data[0][0]), data[0][1])))
    view   = without_partials(folded_view(first, "unit") or scalar_view(first))
    steps  = min(snapshots - 1, epochs)
    kept   = [round(k * epochs / steps) for k in range(steps + 1)]
    if len(kept) * len(data) * len(view.cards) * 2 > LIMIT:
        raise ValueError(f"{len(kept)} snapshots of {len(data)} points with {len(view.cards)} values each "
                         "are more than a page can hold: give fewer points, fewer snapshots, or a smaller "
                         "network")
    states: list[Snapshot] = []

    def look(epoch: int) -> None:
        if epoch in kept:
            states.append(snapshot(model, data, loss, epoch, area, len(first.values), view.nodes))

    curve = curve_of(model, data, loss, epochs, train, look)
    return TrainingLecture(data, curve, states, view, area, threshold, title, why=why)


def written_or_why(model: Model, data: Data, test: Data, loss: Loss, hand: Hand, epochs: int,
                   threshold: float, area: Area, step: object, live: bool) -> tuple[Living | None, str]:
    """The page that trains by itself, or why there is none."""
    if not live:
        return None, ""
    if step:
        return None, "step is a function of Python"
    try:
        return living(model, data, test, loss, hand, epochs, threshold, area), ""
    except Unwritable as error:
        return None, str(error)


def curve_of(model: Model, data: Data, loss: Loss, epochs: int, train: Callable[[int], None],
             look: Callable[[int], None]) -> list[float]:
    """The mean loss before each epoch and after the last."""
    curve = []
    for epoch in range(epochs + 1):
        look(epoch)
        curve.append(sum(float(number(loss(model(x), t))) for x, t in data) / len(data))
        if epoch < epochs:
            train(epoch)
    return curve


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
