"""Dice: chance that a page and Python share, by the generator mulberry32; trainer.js has the same.

    >>> shuffled(5, seed=0, epoch=1)
    [0, 3, 4, 1, 2]
"""

from __future__ import annotations

from collections.abc import Iterator
from math import cos, log, pi, sin, sqrt

BITS = 0xFFFFFFFF


def rolled(seed: int, k: int) -> Iterator[float]:
    """Numbers in [0, 1), others for each seed and each k."""
    state = (seed * 0x9E3779B1 ^ (k + 1) * 0x85EBCA6B) & BITS
    while True:
        state = (state + 0x6D2B79F5) & BITS
        t = (state ^ state >> 15) * (state | 1) & BITS
        t = (t + (t ^ t >> 7) * (t | 61) & BITS) ^ t
        yield (t ^ t >> 14) / 2 ** 32


def shuffled(count: int, seed: int, epoch: int) -> list[int]:
    """0 ... count - 1 in the order of an epoch."""
    order, dice = list(range(count)), rolled(seed, epoch)
    for k in range(count - 1, 0, -1):
        j = int(next(dice) * (k + 1))
        order[k], order[j] = order[j], order[k]
    return order


def jolt(seed: int, point: int) -> tuple[float, float]:
    """Two independent normal numbers, by which noise moves a point (Box and Muller)."""
    dice = rolled(seed, -2 - point)
    size, angle = sqrt(-2 * log(1 - next(dice))), 2 * pi * next(dice)
    return size * cos(angle), size * sin(angle)
