"""Handwritten digits, 8x8, with a three-layer network of scalars (D1).

What there is to see: 64 inputs, 10 outputs, the largest output is the answer; the digits it gets
wrong, and for one of them which pixels pull the loss up and down: dJ/dx, one slope per pixel.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from engine import Value
from nn import MLP, Adam, cross_entropy_with_logits, fit
from nn.datasets import digits, split

from .common import BLUE, ORANGE, figure, save, table, two_colours

POSITION  = 250
DOCUMENTS = ["D1-57", "D1-58", "ERR-D1-13"]


def run(out: Path) -> None:
    """Train on part of the digits, count the errors, draw some, and the slope of the loss at the pixels."""
    X, Y = digits()
    X_train, Y_train, X_test, Y_test = split(X, Y, 0.5, seed=0)
    X_train, Y_train = X_train[:600], Y_train[:600]
    net = MLP(64, [24, 16, 10], "relu", seed=0)
    print(f"64-24-16-10: {len(net.parameters())} parameters; {len(X_train)} digits to train, {len(X_test)} "
          "to test, one by one\n")
    history = fit(net, X_train, Y_train, "cross_entropy_with_logits", Adam(net.parameters(), lr=0.01),
                  epochs=8, batch_size=20, metrics=["accuracy"])
    table(["epoch", "loss", "accuracy"],
          [(k, loss, share) for k, (loss, share) in enumerate(zip(history.losses, history.accuracies), 1)])
    guesses = [answer(net, x) for x in X_test]
    wrong   = [i for i, (guess, y) in enumerate(zip(guesses, Y_test)) if guess != y]
    print(f"\ntest: {len(X_test) - len(wrong)} of {len(X_test)} right, {1 - len(wrong) / len(X_test):.1%}")

    shown = (wrong + [i for i in range(len(X_test)) if i not in wrong])[:5]
    fig, axes = figure(2, 5, width=3, height=3.3)
    for column, i in zip(axes.T, shown):
        slopes = pixel_slopes(net, X_test[i], Y_test[i])
        image(column[0], X_test[i], "Greys", (0, 1), f"{Y_test[i]}, answered {guesses[i]}")
        largest = max(map(abs, slopes)) or 1.0
        image(column[1], slopes, two_colours(), (-largest, largest), r"$\partial J/\partial x$")
    save(fig, out, "digits", "Five test digits that were misread, and below each the slope of the loss at "
         "every pixel: orange, darker "
                             "makes the loss larger; blue, smaller")
    fig, panel = figure(width=8, height=4.6)
    panel.plot(range(1, history.epochs + 1), history.losses, "o-", color=BLUE, label="loss $J$")
    panel.plot(range(1, history.epochs + 1), history.accuracies, "^--", color=ORANGE, label="accuracy")
    panel.set(xlabel="epoch", title="training", ylim=(0, None))
    panel.legend()
    save(fig, out, "digits_training", "Loss falling and accuracy rising over eight epochs")


def answer(net: MLP, x: list[float]) -> int:
    """The index of the largest output."""
    scores = [y.data for y in net(x)]
    return scores.index(max(scores))


def pixel_slopes(net: MLP, x: list[float], y: int) -> list[float]:
    """dJ/dx_j for every pixel."""
    pixels = [Value(xj) for xj in x]
    cross_entropy_with_logits(net(pixels), y).backward()
    return [float(p.grad) for p in pixels]


def image(axes: Any, numbers: list[float], colours: Any, limits: tuple[float, float], title: str) -> None:
    """64 numbers as a picture of 8x8."""
    axes.imshow([numbers[8 * i:8 * i + 8] for i in range(8)], cmap=colours, vmin=limits[0], vmax=limits[1])
    axes.set(xticks=[], yticks=[], title=title)
    axes.grid(False)
