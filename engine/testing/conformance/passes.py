"""Wrong backward passes: each a small change of the right one, run on the same recorded steps.

    world     the steps of a program with their numbers, partials and gradients
    root      the step that backward() starts from
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable

from ..random_programs.operations import OPERATIONS
from ..random_programs.scalar_program import plain
from .simulation import World, inner, order, push, right, start


def overwrite(world: World, root: int) -> None:
    for z in start(world, root):
        for x, slope in world.pairs(z):
            world.grads[x] = slope * world.grads[z]


def overwrite_in(edges: dict[str, tuple[int, ...]]) -> Callable[[World, int], None]:
    """Only towards these operands of these operations."""
    def backward(world: World, root: int) -> None:
        for z in start(world, root):
            op, operands = world.steps[z] or ("", ())
            places = [k for k, x in enumerate(operands) if isinstance(x, int)]
            for k, (x, slope) in zip(places, world.pairs(z)):
                world.grads[x] = slope * world.grads[z] + (0.0 if k in edges.get(op, ()) else world.grads[x])
    return backward


def counted_once(world: World, root: int) -> None:
    for z in start(world, root):
        for x, slope in dict(world.pairs(z)).items():
            world.grads[x] += slope * world.grads[z]


def depth_first(interleaved: bool, once: bool) -> Callable[[World, int], None]:
    """Recursion that passes on whatever has arrived so far; `once`: only at the first visit."""
    def backward(world: World, root: int) -> None:
        start(world, root)
        seen: set[int] = set()
        budget = [20000]
        def visit(z: int) -> None:
            budget[0] -= 1
            if budget[0] < 0 or (once and z in seen):
                return
            seen.add(z)
            for x, slope in world.pairs(z):
                world.grads[x] += slope * world.grads[z]
                if interleaved:
                    visit(x)
            if not interleaved:
                for x in world.operands[z]:
                    visit(x)
        visit(root)
    return backward


def breadth_first(once: bool) -> Callable[[World, int], None]:
    def backward(world: World, root: int) -> None:
        start(world, root)
        queue, seen = [root], {root}
        for z in queue:
            push(world, z)
            queue += ([x for x in dict.fromkeys(world.operands[z]) if not (once and x in seen)]
                      if len(queue) < 20000 else [])
            seen |= set(world.operands[z])
    return backward


def forwards(world: World, root: int) -> None:
    for z in start(world, root)[::-1]:
        push(world, z)


def seeded(seed: Callable[[World, int], float]) -> Callable[[World, int], None]:
    def backward(world: World, root: int) -> None:
        for z in start(world, root):
            if z == root:
                world.grads[z] += seed(world, z) - 1.0
            push(world, z)
    return backward


def kept(add_seed: bool, keep: Callable[[World, int, int], bool]) -> Callable[[World, int], None]:
    """Gradients of earlier calls stay in the nodes that `keep` names."""
    def backward(world: World, root: int) -> None:
        stay   = {z: world.grads[z] for z in order(world, root) if keep(world, z, root)}
        course = start(world, root)
        for z in stay:
            if world.operands[z]:
                world.grads[z] = stay[z]
        world.grads[root] = (stay.get(root, 0.0) if add_seed else 0.0) + 1.0
        for z in course:
            push(world, z)
    return backward


def leaves_wiped(world: World, root: int) -> None:
    for z in order(world, root):
        world.grads[z] = 0.0
    right(world, root)


def seen_kept(world: World, root: int) -> None:
    course = [z for z in start(world, root) if z not in world.seen]
    world.seen |= set(course)
    for z in course:
        push(world, z)


def equal_merged(world: World, root: int) -> None:
    """Nodes with equal data are taken for one and the same when they are sorted."""
    found: list[int] = []
    seen:  set[float] = set()
    def visit(z: int) -> None:
        if world.data[z] not in seen:
            seen.add(world.data[z])
            for x in world.operands[z]:
                visit(x)
            found.append(z)
    visit(root)
    start(world, root)
    for z in found[::-1]:
        push(world, z)


def late(world: World, root: int) -> None:
    """Slopes are computed from the data that operands have now."""
    for z, step in enumerate(world.steps):
        if step:
            op, operands = step
            numbers = [world.data[x] if isinstance(x, int) else plain(op, x.number, float) for x in operands]
            slopes  = OPERATIONS[op].slopes(math, *numbers)
            world.partials[z] = inner(operands, slopes)
    right(world, root)


def no_upstream(only: str = "") -> Callable[[World, int], None]:
    def backward(world: World, root: int) -> None:
        for z in start(world, root):
            for x, slope in world.pairs(z):
                world.grads[x] += slope if only in ("", world.op(z)) else slope * world.grads[z]
    return backward


def altered(change: Callable[[float], float]) -> Callable[[World, int], None]:
    """Each gradient is changed after each addition."""
    def backward(world: World, root: int) -> None:
        for z in start(world, root):
            for x, slope in world.pairs(z):
                world.grads[x] = change(world.grads[x] + slope * world.grads[z])
    return backward


def altered_last(change: Callable[[float], float]) -> Callable[[World, int], None]:
    """The gradients are changed when all is done."""
    def backward(world: World, root: int) -> None:
        right(world, root)
        world.grads[:] = map(change, world.grads)
    return backward


def single(x: float) -> float:
    try:
        return float(struct.unpack("f", struct.pack("f", x))[0])
    except OverflowError:
        return math.inf
