"""Batch means: a sum over the batch, divided by the number of samples that was recorded, follows the batch.

    before   J = (l1 + l2 + l3 + l4) / 4        recorded from 4 samples
    after    J = L.sum(0) / m                   for any number m of them
"""

from __future__ import annotations

from ..lines import Array, number_of
from .gathers import Views


def times(views: Views, x: Array, y: Array) -> Array:
    """x * y; a batch mean where it is one."""
    found = [mean for mean in (batch_mean(views, x, y), batch_mean(views, y, x)) if mean is not None]
    return found[0] if found else x * y


def divided(views: Views, x: Array, y: Array) -> Array:
    """x / y; a batch mean where it is one."""
    mean = batch_mean(views, x, y, divide=True)
    return views.lines.call("/", x, y) if mean is None else mean


def batch_mean(views: Views, x: Array, c: Array, divide: bool = False) -> Array | None:
    """A sum over the batch, divided by the number of samples: the constant c becomes one that follows the
    batch.

    A constant right after a sum over the batch is read so if c (or 1/c, where it multiplies) is a whole
    multiple of the number of samples, as in 1/(2m) sum e^2.
    """
    number = number_of(c)
    if views.samples < 2 or not number or not number[0] or number[1] or not over_batch(x):
        return None
    whole = number[0] / views.samples if divide else 1 / (number[0] * views.samples)
    if round(whole) == 0 or abs(whole - round(whole)) > 1e-9 * abs(whole):
        return None
    views.remarks.means.append((number[0], round(whole)))
    return views.lines.call("/", 1, views.lines.constant(round(whole), 1)) * x


def over_batch(x: Array) -> bool:
    """Whether x is a sum over the batch, perhaps of several such sums."""
    if x.op == "+":
        return all(over_batch(a) for a in x.args)
    if x.op == "*" and number_of(x.args[0]):
        return over_batch(x.args[1]) or x.args[0].attrs[1] == 1
    while x.op in ("sum", "take", "slice", "reshape", "spread", "neg"):
        if x.op == "sum" and 0 in x.attrs[0] and x.args[0].shape[0] < 0:
            return True
        x = x.args[0]
    return False
