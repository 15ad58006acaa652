"""Handwritten digits, 8x8, with a three-layer network of scalars (D1).

What there is to see: 64 inputs, 10 outputs, the largest output is the answer; how many digits are misread,
epoch by epoch, of those it trains on and of others; some that it gets wrong, and for each of them which
pixels pull the loss up and down: dJ/dx, one slope per pixel.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from engine import Value
from nn import MLP, Adam, History, Module, cross_entropy_with_logits, fit
from nn.datasets import digits, split

from .common import BLUE, ORANGE, figure, save, table, two_colours

POSITION  = 250
DOCUMENTS = ["D1-57", "D1-58", "ERR-D1-13"]
EPOCHS    = 12


class Samples(NamedTuple):
    """Digits to train on, and others."""

    X:      list[list[float]]
    Y:      list[int]
    X_test: list[list[float]]
    Y_test: list[int]


def run(out: Path) -> None:
    """Count layers; train on 600 digits, count the misread, draw some, and the slope of the loss at the
    pixels."""
    layers()
    X, Y = digits()
    X_train, Y_train, X_test, Y_test = split(X, Y, 0.5, seed=0)
    samples = Samples(X_train[:600], Y_train[:600], X_test, Y_test)
    net = MLP(64, [24, 16, 10], "relu", seed=0)
    training(net, samples, out)
    misread(net, samples, out)


def layers() -> None:
    """What "three-layer" may mean, and the sizes of the ends."""
    nets = [MLP(784, [15, 10], "relu"), MLP(784, [15, 15, 10], "relu"), MLP(64, [24, 16, 10], "relu")]
    print("three layers, or two, by the chapter's own count, which leaves out the input (ERR-D1-13); an "
          "input for each\npixel, an output for each digit (D1-58):\n")
    table(["sizes", "layers", "parameters", "pixels", "classes"],
          [("-".join(map(str, sizes(net))), len(net.layers), len(net.parameters()), sizes(net)[0],
            sizes(net)[-1]) for net in nets])


def sizes(net: MLP) -> list[int]:
    """The number of inputs, then of units per layer."""
    return [len(net.layers[0].neurons[0].weights), *(len(layer.neurons) for layer in net.layers)]


def training(net: MLP, samples: Samples, out: Path) -> None:
    """Train, and draw the share of misread digits after each epoch."""
    seen: list[float] = []
    new:  list[float] = []
    def count(epoch: int, model: Module, history: History) -> None:
        seen.append(100 * len(wrong(answers(net, samples.X), samples.Y)) / len(samples.X))
        new.append(100 * len(wrong(answers(net, samples.X_test), samples.Y_test)) / len(samples.X_test))
    count(0, net, History())
    fit(net, samples.X, samples.Y, "cross_entropy_with_logits", Adam(net.parameters(), lr=0.01),
        epochs=EPOCHS, batch_size=20, engine="vectorized", callbacks=[count], progress=False)
    print(f"\nmisread digits in % (D1-57): {len(samples.X)} to train on, {len(samples.X_test)} others:\n")
    table(["epoch", "of those trained on", "of others"], [(k, *row) for k, row in enumerate(zip(seen, new))])
    fig, panel = figure(width=9, height=5.2)
    for label, shares, colour, line, mark, up in (("others", new, ORANGE, "--", "^", 9),
                                                  ("those it trains on", seen, BLUE, "-", "o", -4)):
        panel.plot(range(EPOCHS + 1), shares, mark + line, color=colour, label=label)
        panel.text(EPOCHS + 0.3, shares[-1] + up, f"{label}:\n{shares[-1]:.1f} %", color=colour, fontsize=16,
                   va="center")
    panel.set(xlabel="epoch", ylabel="misread digits in %", ylim=(-10, 100), xlim=(-0.2, EPOCHS + 0.2),
              title=f"D1-57: 64-24-16-10 learns to read from {len(samples.X)} digits,\n"
                    f"and reads {100 - new[-1]:.0f} % of {len(samples.X_test)} others")
    save(fig, out, "digits_training", "The share of misread digits against the epochs: it falls from about "
         "90 % to a few, lower for the digits it trains on than for others")


def answers(net: MLP, X: list[list[float]]) -> list[int]:
    """The index of the largest output for each digit."""
    return [scores.index(max(scores)) for scores in net.predict(X)]


def wrong(guesses: list[int], Y: list[int]) -> list[int]:
    """Which digits are misread."""
    return [i for i, (guess, y) in enumerate(zip(guesses, Y)) if guess != y]


def misread(net: MLP, samples: Samples, out: Path) -> None:
    """Five of the misread digits, and below each the slope of the loss at every pixel."""
    guesses = answers(net, samples.X_test)
    shown   = wrong(guesses, samples.Y_test)[:5]
    slopes  = {i: pixel_slopes(net, samples.X_test[i], samples.Y_test[i]) for i in shown}
    fig, axes = figure(2, 5, width=3, height=3.4,
                       title="D1-57: misread digits, and where more ink would raise the loss (orange) or "
                             "lower it (blue)")
    for column, i in zip(axes.T, shown):
        image(column[0], samples.X_test[i], "Greys", (0, 1), f"a {samples.Y_test[i]}, read as {guesses[i]}")
        largest = max(map(abs, slopes[i]))                            # within a digit the pixels compare
        image(column[1], slopes[i], two_colours(), (-largest, largest), r"$\partial J/\partial x$")
    save(fig, out, "digits", "Five test digits that were misread, and below each the slope of the loss at "
         "every pixel: orange, darker makes the loss larger; blue, smaller")


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
