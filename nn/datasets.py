"""Datasets small enough to see through: plain lists, the same for the same seed.

Every function returns (X, Y): X a list of samples, each a list of numbers; Y one target for each,
a class index from 0 or a number.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import cos, pi, sin
from random import Random
from typing import TypeAlias, TypeVar

from .checks import known, not_negative, whole

Samples: TypeAlias = list[list[float]]
X_i = TypeVar("X_i")                                     # a sample
Y_i = TypeVar("Y_i")                                     # its target

GATES = {"and":  (0, 0, 0, 1), "or":  (0, 1, 1, 1), "xor":  (0, 1, 1, 0),
         "nand": (1, 1, 1, 0), "nor": (1, 0, 0, 0), "xnor": (1, 0, 0, 1)}


def logic_gate(name: str) -> tuple[Samples, list[int]]:
    """The truth table of "and", "or", "xor", "nand", "nor" or "xnor" on (0,0), (0,1), (1,0), (1,1) (D4-10,
    D4-11).

    Raises:
        ValueError: the name is unknown.
    """
    gate = known(name.lower() if isinstance(name, str) else name, GATES, "gate")
    return [[x1, x2] for x1 in (0.0, 1.0) for x2 in (0.0, 1.0)], list(gate)


def grid(reading: str = "A") -> tuple[Samples, list[int]]:
    """The 4x4 grid {0, .3, .7, 1}^2, first coordinate outermost (D4-18).

    The document prints 17 labels for 16 points (ERR-D4-3). Reading "A" drops a leading 0: the centre
    2x2 is positive, which takes three hidden units. Reading "B" drops the last: a notch, which two can do.

    Raises:
        ValueError: the reading is neither "A" nor "B".
    """
    printed = [0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0]
    if reading not in ("A", "B"):
        raise ValueError(f"unknown reading {reading!r}: write \"A\" (centre) or \"B\" (notch)")
    ticks = (0.0, 0.3, 0.7, 1.0)
    return [[x1, x2] for x1 in ticks for x2 in ticks], printed[1:] if reading == "A" else printed[:-1]


def binary_to_one_hot(count_from: str = "left") -> tuple[Samples, list[int]]:
    """Two bits and which of four outputs they switch on: 00->0001, 01->0010, 10->0100, 11->1000 (D4-29).

    The class index counts the outputs from the "left", 3 - v for the number v, or from the "right", v.

    Raises:
        ValueError: count_from is neither.
    """
    if count_from not in ("left", "right"):
        raise ValueError("the outputs can be counted from the \"left\" or the \"right\", not from "
                         f"{count_from!r}")
    X = [[x1, x2] for x1 in (0.0, 1.0) for x2 in (0.0, 1.0)]
    return X, [3, 2, 1, 0] if count_from == "left" else [0, 1, 2, 3]


def moons(n: int = 100, noise: float = 0.1, seed: int = 0) -> tuple[Samples, list[int]]:
    """Two half circles that reach into each other, classes 0 and 1 in turn; noise is the standard deviation.

    Raises (as circles and spirals):
        ValueError: n is not at least 1, or noise is negative.
    """
    def point(k: int, angle: float) -> list[float]:
        return [cos(angle), sin(angle)] if k == 0 else [1 - cos(angle), 0.5 - sin(angle)]
    return scattered(lambda k, share: point(k, pi * share), 2, n, noise, seed)


def circles(n: int = 100, noise: float = 0.05, inner: float = 0.5,
            seed: int = 0) -> tuple[Samples, list[int]]:
    """A circle of radius 1 (class 0) around one of radius `inner` (class 1)."""
    def point(k: int, share: float) -> list[float]:
        radius = 1.0 if k == 0 else inner
        return [radius * cos(2 * pi * share), radius * sin(2 * pi * share)]
    return scattered(point, 2, n, noise, seed)


def spirals(n: int = 200, classes: int = 2, noise: float = 0.05, turns: float = 1.0,
            seed: int = 0) -> tuple[Samples, list[int]]:
    """Arms that wind around the origin from radius 0.1 to 1, one per class."""
    def point(k: int, share: float) -> list[float]:
        angle, radius = 2 * pi * (turns * share + k / classes), 0.1 + 0.9 * share
        return [radius * cos(angle), radius * sin(angle)]
    return scattered(point, whole(classes, "classes"), n, noise, seed)


def scattered(point: Callable[[int, float], list[float]], classes: int, n: int, noise: float,
              seed: int) -> tuple[Samples, list[int]]:
    """n points, the classes in turn, each spread evenly along its curve, plus Gaussian noise."""
    rng, per_class = Random(seed), -(-whole(n, "n") // classes)
    not_negative(noise, "noise, a standard deviation,")
    Y = [i % classes for i in range(n)]
    return [[x + rng.gauss(0.0, noise) for x in point(k, (i // classes) / max(1, per_class - 1))]
            for i, k in enumerate(Y)], Y


def noisy_curve(f: Callable[[float], float] = sin, n: int = 50, low: float = -pi, high: float = pi,
                noise: float = 0.1, seed: int = 0) -> tuple[Samples, list[float]]:
    """n points x spread evenly over [low, high], and f(x) plus Gaussian noise (D3-01).

    Raises:
        ValueError: n is not at least 1, or noise is negative.
    """
    not_negative(noise, "noise, a standard deviation,")
    rng = Random(seed)
    xs  = [low + (high - low) * i / max(1, whole(n, "n") - 1) for i in range(n)]
    return [[x] for x in xs], [f(x) + rng.gauss(0.0, noise) for x in xs]


def digits() -> tuple[Samples, list[int]]:
    """1797 handwritten digits: 64 pixels row by row, from 0.0 (white) to 1.0 (black), and the digit (D1-57).

    Source: Alpaydin and Kaynak (1998), Optical Recognition of Handwritten Digits, test set, UCI Machine
    Learning Repository, doi 10.24432/C50P49, licence CC BY 4.0. The order is that of scikit-learn.
    """
    import gzip
    from importlib import resources

    packed = resources.files(__package__).joinpath("digits.txt.gz").read_bytes()
    lines  = [line.split() for line in gzip.decompress(packed).decode().splitlines()
              if not line.startswith("#")]
    return ([[int(pixel, 17) / 16 for pixel in pixels] for _, pixels in lines],
            [int(digit) for digit, _ in lines])


# --- dividing and encoding ------------------------------------------------------------------------

def split(X: Sequence[X_i], Y: Sequence[Y_i], fraction: float = 0.8,
          seed: int = 0) -> tuple[list[X_i], list[Y_i], list[X_i], list[Y_i]]:
    """(X_train, Y_train, X_test, Y_test), drawn at random: `fraction` of the samples for training.

    Raises:
        ValueError: X and Y differ in length, or one part would be empty.
    """
    if len(X) != len(Y):
        raise ValueError(f"{len(X)} samples and {len(Y)} targets were given: give one target per sample")
    order = list(range(len(X)))
    Random(seed).shuffle(order)
    cut = round(fraction * len(X))
    if not 0 < cut < len(X):
        raise ValueError(f"{fraction!r} of {len(X)} samples leaves one part empty: give a fraction between 0 "
                         "and 1, such as 0.8, and at least 2 samples")
    train, test = order[:cut], order[cut:]
    return [X[i] for i in train], [Y[i] for i in train], [X[i] for i in test], [Y[i] for i in test]


def one_hot(Y: Sequence[object], classes: int) -> list[list[int]]:
    """For each class index a list with a 1 in its place.

    Raises:
        ValueError: a label is outside the classes.
    """
    for y in Y:
        if y not in range(classes):
            raise ValueError(f"label {y!r} is not one of the {classes} classes 0 to {classes - 1}")
    return [[int(k == y) for k in range(classes)] for y in Y]


def signs(Y: Sequence[int]) -> list[int]:
    """-1 and +1 for the labels 0 and 1, as hinge wants them (ERR-D2-7).

    Raises:
        ValueError: a label is neither 0 nor 1.
    """
    for y in Y:
        if y not in (0, 1):
            raise ValueError(f"label {y!r} is neither 0 nor 1: signs of two classes only")
    return [2 * y - 1 for y in Y]
