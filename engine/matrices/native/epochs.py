"""Native training: whole epochs in machine code, so that Python has no part in a step.

    before   w, state = optimizer.update(w, g, state)            an optimizer's rule, in Python
    after    a C function, found by giving the rule Arrays; loop.c calls it after each step of the program

lr and the count of steps stay open; the other numbers of the optimizer are part of the C.
"""

from __future__ import annotations

import copy
import ctypes
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...libraries import Quantity
from ..algebra import simpler
from ..data import Floats, Order, aligned
from ..interfaces import Unsupported
from ..lines import Array, Lines
from ..mover import Mover, Rule
from ..parameters import Parameters
from .compiled import Compiled, Native, compiled, pointers
from .compiler import library

CHUNK = 10_000  # steps in a call, so that Ctrl-C is heard


class Fields(ctypes.Structure):
    """struct Training of loop.c."""

    _fields_ = [(name, ctypes.c_void_p) for name in ("step", "rule")] + \
               [(name, ctypes.c_long) for name in (
                   "samples", "size", "padded", "inputs", "targets", "turn")] + \
               [(name, ctypes.c_void_p) for name in (
                   "X", "Y", "x", "y", "in_0", "in_1", "out", "work",
                   "rule_in_0", "rule_in_1", "rule_out_0", "rule_out_1", "rule_work", "steps")]


def rule_of(optimizer: Rule, count: int, states: int,
            moving: NDArray[np.bool_]) -> tuple[Compiled, list[str]] | None:
    """The optimizer's rule in C and what its arrays are; None if it is more than arithmetic on arrays."""
    lines = Lines(simpler)
    names = ["w", "g", "lr", "steps", *[f"state{k}" for k in range(states)]]
    arrays = {name: lines.new("parameter", (), (1,) if name in ("lr", "steps") else (count,), name)
              for name in names}
    twin: Quantity = copy.copy(optimizer)                           # (whose numbers become Arrays)
    twin.lr, twin.steps = arrays["lr"], arrays["steps"]
    before = dict(vars(twin))
    try:
        w, state = twin.update(arrays["w"], arrays["g"], tuple([arrays[name] for name in names[4:]]))
        if any(vars(twin).get(name) is not x for name, x in before.items()) or len(state) != states:
            return None  # it remembers something outside of its state
        if not moving.all():
            w = lines.call("where", lines.new("constant", (), (count,), (moving.astype(float), 0)), w,
                           arrays["w"])
        roots = [lines.spread(x if isinstance(x, Array) else lines.constant(x), (count,))
                 for x in (w, *state)]
        made  = compiled(roots, 1)
    except (TypeError, AttributeError, Unsupported):
        return None
    return made, [z.attrs for z in made.source.leaves]


class Loop:
    """Epochs of training a program with an optimizer. See train in training_loop.py.

    thetas   the parameters of a step and those of the next, which change places; states: the same for what
             the rule remembers, one pair for each array of it
    tables   the addresses of the arrays of step and rule, for either turn

    Args:
        plan, rooms: the native plan for `size` samples, and the arrays of inputs and targets that it reads.
        rule: what `rule_of` gave for the optimizer.
        X, Y: samples x numbers, as many rows in both.
    """

    def __init__(self, plan: Native, rooms: dict[str, Floats], own: Parameters, mover: Mover,
                 rule: tuple[Compiled, list[str]], X: Floats, Y: Floats, size: int) -> None:
        self.own, self.mover, self.size = own, mover, size
        self.X, self.Y = np.ascontiguousarray(X), np.ascontiguousarray(Y)
        made, names = rule
        theta, other = own.theta, aligned(len(own.theta))
        self.thetas  = theta, other
        self.states  = [(settled(x), aligned(len(theta))) for x in mover.state]
        self.steps, self.lr = np.array([float(mover.optimizer.steps)]), np.array([float(mover.optimizer.lr)])
        self.x, self.y = rooms.get("input"), rooms.get("target")
        seconds = dict(zip([x.ctypes.data for x in own.arrays.values()], own.shaped(other).values()))
        self.arrays = [plan.arrays, [seconds.get(x.ctypes.data, x) for x in plan.arrays]]
        constants   = [np.ascontiguousarray(z.attrs[0], dtype=float) for z in made.source.arrays]
        self.rule_in  = [[*[self.read(name, turn) for name in names], *constants] for turn in (0, 1)]
        self.rule_out = [[pair[1 - turn] for pair in (self.thetas, *self.states)] for turn in (0, 1)]
        self.rule_work = aligned(made.source.rows * 8 + made.source.fixed + 8)
        self.tables = [pointers(arrays) for arrays in (*self.arrays, *self.rule_in, *self.rule_out)]
        self.fields = self.filled(plan, made)
        self.train  = library(Path(__file__).with_name("loop.c").read_text(encoding="utf-8")).train
        self.train.restype = None

    def read(self, name: str, turn: int) -> Floats:
        """What the rule reads under a name of `rule_of`."""
        if name.startswith("state"):
            return self.states[int(name.removeprefix("state"))][turn]
        return {"w": self.thetas[turn], "g": self.own.gradient, "lr": self.lr, "steps": self.steps}[name]

    def filled(self, plan: Native, made: Compiled) -> Fields:
        """What loop.c reads."""
        in_0, in_1, rule_in_0, rule_in_1, rule_out_0, rule_out_1 = [ctypes.addressof(table)
                                                                    for table in self.tables]
        return Fields(step=ctypes.cast(plan.step, ctypes.c_void_p),
                      rule=ctypes.cast(made.library.step, ctypes.c_void_p),
                      samples=len(self.X), size=self.size, padded=plan.padded, turn=0,
                      inputs=0 if self.x is None else self.x[0].size,
                      targets=0 if self.y is None else self.y[0].size,
                      X=address(self.X), Y=address(self.Y), x=address(self.x), y=address(self.y), in_0=in_0,
                      in_1=in_1, out=ctypes.addressof(plan.outs), work=address(plan.work),
                      rule_in_0=rule_in_0, rule_in_1=rule_in_1, rule_out_0=rule_out_0, rule_out_1=rule_out_1,
                      rule_work=address(self.rule_work), steps=address(self.steps))

    def whole(self, count: int) -> list[float]:
        """The losses of `count` steps on all samples."""
        for room, data in ((self.x, self.X), (self.y, self.Y)):
            if room is not None:
                np.copyto(room, data.reshape(room.shape))
        losses = np.empty(count)
        for k in range(0, count, CHUNK):
            self.call(losses[k:k + CHUNK], None)
        self.settle(count)
        found: list[float] = losses.tolist()
        return found

    def epoch(self, order: Order) -> float:
        """The mean loss of one epoch over the samples in `order`."""
        loss = np.empty(1)
        self.call(loss, np.ascontiguousarray(order, dtype=ctypes.c_long))
        self.settle(-(-len(self.X) // self.size))
        return float(loss[0])

    def call(self, losses: Floats, order: Order | None) -> None:
        place = None if order is None else ctypes.c_void_p(order.ctypes.data)
        self.train(ctypes.byref(self.fields), ctypes.c_long(len(losses)), place,
                   ctypes.c_void_p(losses.ctypes.data))

    def settle(self, steps: int) -> None:
        """Bring parameters, states and the count of steps where the program and the optimizer have them."""
        turn = self.fields.turn
        if turn:
            for old, new in (self.thetas, *self.states):
                old[:] = new
            self.fields.turn = 0
        self.mover.state = tuple([old for old, _ in self.states])
        self.mover.optimizer.steps += steps


def address(x: Floats | None) -> int | None:
    return None if x is None else x.ctypes.data


def settled(x: Floats) -> Floats:
    """A copy of x that starts on a cache line."""
    room = aligned(len(x))
    room[:] = x
    return room


def loop(plan: Native, rooms: dict[str, Floats], own: Parameters, mover: Mover, X: Floats, Y: Floats,
         size: int) -> Loop | None:
    """The loop, where the optimizer can be had in C as well.

    Raises:
        NoCompiler: loop.c cannot be compiled here.
    """
    rule = rule_of(mover.optimizer, len(own.theta), len(mover.state), mover.moving)
    return None if rule is None else Loop(plan, rooms, own, mover, rule, X, Y, size)
