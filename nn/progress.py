"""Progress: a bar on a terminal while a model is trained, where tqdm is installed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from engine.show.bars import progress_class

from .history import History


@contextmanager
def progress_bar(epochs: int, wanted: bool | None) -> Iterator[Callable[[History], None]]:
    """A function to call after each epoch, which shows the last loss and metrics."""
    tqdm = progress_class(wanted)
    if tqdm is None:
        yield lambda history: None
        return
    with tqdm(total=epochs, unit="epoch", leave=False) as bar:
        def show(history: History) -> None:
            bar.set_postfix({"loss": f"{history.losses[-1]:.4g}",
                             **{name: f"{values[-1]:.4g}" for name, values in history.metrics.items()}},
                            refresh=False)
            bar.update()
        yield show
