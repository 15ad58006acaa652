"""History: what happened in a training, epoch by epoch; it prints, plots and displays itself."""

from __future__ import annotations

from io import BytesIO, StringIO
from os import PathLike
from typing import TYPE_CHECKING

from engine.extras import needed
from engine.show.palette import BLUE, ORANGE

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class History:
    """The record of `fit`.

    losses              the training loss of each epoch, penalty included, as it was before each update
    metrics             name -> its value for each epoch, of the same outputs
    validation_losses   the loss on the validation set after each epoch; empty without one
    validation_metrics  name -> its value after each epoch
    stopped             why training ended before its last epoch; "" if it did not
    """

    def __init__(self) -> None:
        self.losses: list[float] = []
        self.metrics: dict[str, list[float]] = {}
        self.validation_losses: list[float] = []
        self.validation_metrics: dict[str, list[float]] = {}
        self.stopped = ""

    @property
    def epochs(self) -> int:
        """How many epochs were trained."""
        return len(self.losses)

    @property
    def accuracies(self) -> list[float]:
        """The accuracy of each epoch; empty if it was not asked for."""
        return self.metrics.get("accuracy", [])

    @property
    def best(self) -> int:
        """The epoch, from 1, with the lowest validation loss, or training loss without validation.

        Raises:
            ValueError: nothing was trained yet.
        """
        losses = self.validation_losses or self.losses
        if not losses:
            raise ValueError("no epoch was trained yet: call fit first")
        return losses.index(min(losses)) + 1

    def __repr__(self) -> str:
        if not self.losses:
            return "History(no epochs)"
        last = [f"loss {self.losses[0]:.4g} -> {self.losses[-1]:.4g}"]
        last += [f"{name} {values[-1]:.4g}" for name, values in self.metrics.items()]
        if self.validation_losses: last.append(f"validation loss {self.validation_losses[-1]:.4g}")
        last += [f"validation {name} {values[-1]:.4g}" for name, values in self.validation_metrics.items()]
        return (f"History({self.epochs} epochs, "
                f"{', '.join(last)}{', ' + self.stopped if self.stopped else ''})")

    def plot(self, path: str | PathLike[str] | None = None) -> Figure:
        """The curves as a matplotlib Figure, written to path if one is given.

        Raises:
            ImportError: matplotlib is not installed.
            OSError: path cannot be written.
        """
        needed("matplotlib.figure", "history.plot")
        from matplotlib.figure import Figure             # no pyplot: no window, no state
        from matplotlib.ticker import MaxNLocator

        panels = [("loss", self.losses, self.validation_losses)]
        panels += [(name, values, self.validation_metrics.get(name, []))
                   for name, values in self.metrics.items()]
        figure = Figure(figsize=(6.4 * len(panels), 4.2), layout="constrained")
        for k, (name, training, validation) in enumerate(panels, 1):
            axes = figure.add_subplot(1, len(panels), k)
            axes.plot(range(1, len(training) + 1), training, color=BLUE, linewidth=2, label="training")
            if validation:
                axes.plot(range(1, len(validation) + 1), validation, color=ORANGE, linewidth=2,
                          linestyle="--", label="validation")
                axes.legend(fontsize=13, frameon=False)
            axes.set_xlabel("epoch", fontsize=15)
            axes.set_ylabel(name.replace("_", " "), fontsize=15)
            axes.tick_params(labelsize=13)
            axes.grid(alpha=0.3)
            axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        if path is not None:
            write(figure, path, alt=repr(self))
        return figure

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """What Jupyter shows: the curves, or, where they cannot be drawn, the text and the reason."""
        bundle = {"text/plain": repr(self)}
        try:
            svg = StringIO()
            self.plot().savefig(svg, format="svg", metadata={"Date": None})
            bundle["image/svg+xml"] = svg.getvalue()
        except Exception as error:                       # a display must never break a notebook
            bundle["text/plain"] += f"\n(no picture: {error})"
        return bundle


def write(figure: Figure, path: str | PathLike[str], alt: str) -> None:
    """The figure as a file, whole or not at all; a name without an ending gets .png, as matplotlib has it."""
    from pathlib import Path

    from engine.show.files import written

    target = Path(path)
    target = target if target.suffix else target.with_suffix(".png")
    form, picture = target.suffix[1:].lower(), BytesIO()
    figure.savefig(picture, format=form, metadata={"Description": alt} if form in ("png", "svg") else None)
    written(target, picture.getvalue())
