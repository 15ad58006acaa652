"""Wrong parts of a backward pass, each a small change of the right one in simulation.py.

    world      the steps of a program with their numbers, partials and gradients
    root       the step that backward() starts from
    edge       a node and one of its operands: gradients are passed on along edges
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterator, Sequence

from ..random_programs.scalar_program import Operand
from .simulation import Edge, World, edges, fresh, order, post_order, prepared

Arrival = Callable[[World, Edge, float, float], float]
Message = Callable[[World, Edge, float, float], float]
Prepare = Callable[[World, int, Sequence[int]], None]
Course  = Callable[[World, int], Iterator[Edge]]
Listing = Callable[[World, int], list[int]]


# --- what arrives at an operand ---------------------------------------------------------------------------

def overwrite(world: World, edge: Edge, message: float, sum: float) -> float:
    return message


def overwrite_in(op: str, place: int | None = None) -> Arrival:
    """Only towards the operands of this operation, or one of them."""
    def arrival(world: World, edge: Edge, message: float, sum: float) -> float:
        here = world.op(edge[0]) == op and (place is None or world.place(edge) == place)
        return message if here else sum
    return arrival


def altered(change: Callable[[float], float]) -> Arrival:
    """Each gradient is changed after each addition."""
    return lambda world, edge, message, sum: change(sum)


# --- what is passed on --------------------------------------------------------------------------------------

def no_upstream(op: str = "") -> Message:
    return lambda world, edge, slope, message: slope if op in ("", world.op(edge[0])) else message


def counted_once(world: World, edge: Edge, slope: float, message: float) -> float:
    """Of an operand that stands twice only the last is left."""
    z, k = edge
    return 0.0 if world.operands[z][k] in world.operands[z][k + 1:] else message


def altered_message(change: Callable[[float], float]) -> Message:
    """Each contribution is changed before it is added."""
    return lambda world, edge, slope, message: change(message)


# --- walks without a list of nodes --------------------------------------------------------------------

def depth_first(interleaved: bool, once: bool) -> Course:
    """Recursion that passes on whatever has arrived so far; `once`: only at the first visit."""
    def course(world: World, root: int) -> Iterator[Edge]:
        seen: set[int] = set()
        stack, visits = [root], 0
        walks: list[Iterator[Edge]] = []
        while stack or walks:
            if stack:
                z = stack.pop()
                visits += 1
                if visits > 20000 or (once and z in seen):
                    continue
                seen.add(z)
                if not interleaved:
                    yield from edges(world, [z])
                walks.append(edges(world, [z]))
            step = next(walks[-1], None)
            if step is None:
                walks.pop()
            else:
                if interleaved:
                    yield step
                stack.append(world.operands[step[0]][step[1]])
    return course


def breadth_first(once: bool) -> Course:
    def course(world: World, root: int) -> Iterator[Edge]:
        queue, seen = [root], {root}
        for z in queue:
            yield from edges(world, [z])
            queue += ([x for x in dict.fromkeys(world.operands[z]) if not (once and x in seen)]
                      if len(queue) < 20000 else [])
            seen |= set(world.operands[z])
    return course


# --- which nodes, in which order ----------------------------------------------------------------------

def forwards(world: World, root: int) -> list[int]:
    return order(world, root)


def pre_order_reversed(world: World, root: int) -> list[int]:
    """Nodes are listed before their operands, and the list is gone through from its end."""
    found, seen, stack = [root], {root}, [iter(world.operands[root])]
    while stack:
        x = next(stack[-1], None)
        if x is None:
            stack.pop()
        elif x not in seen:
            seen.add(x)
            found.append(x)
            stack.append(iter(world.operands[x]))
    return found[::-1]


def seen_kept(world: World, root: int) -> list[int]:
    """Nodes that an earlier call visited are left out."""
    nodes = [z for z in reversed(order(world, root)) if z not in world.seen]
    world.seen |= set(nodes)
    return nodes


def equal_merged(plain: bool) -> Listing:
    """Nodes with equal data are taken for one and the same when they are sorted; `plain`: numbers too."""
    def listing(world: World, root: int) -> list[int]:
        def operands(z: Operand) -> Sequence[Operand]:
            step = world.steps[z] if isinstance(z, int) else None
            return [x for x in step[1] if plain or isinstance(x, int)] if step else []

        def number(z: Operand) -> float:
            return world.data[z] if isinstance(z, int) else z.number

        start: Operand = root
        return [z for z in post_order(start, operands, number)[::-1] if isinstance(z, int)]
    return listing


# --- what gradients are before the pass, and after ----------------------------------------------------

def seeded(seed: Callable[[World, int], float]) -> Prepare:
    def prepare(world: World, root: int, nodes: Sequence[int]) -> None:
        fresh(world, nodes)
        world.grads[root] += seed(world, root)
    return prepare


def kept(add_seed: bool, keep: Callable[[World, int, int], bool]) -> Prepare:
    """Gradients of earlier calls stay in the nodes that `keep` names."""
    def prepare(world: World, root: int, nodes: Sequence[int]) -> None:
        before = {z: world.grads[z] for z in nodes if keep(world, z, root)}
        prepared(world, root, nodes)
        for z, grad in before.items():
            if world.operands[z]:
                world.grads[z] = grad
        world.grads[root] = (before.get(root, 0.0) if add_seed else 0.0) + 1.0
    return prepare


def leaves_wiped(world: World, root: int, nodes: Sequence[int]) -> None:
    for z in nodes:
        world.grads[z] = 0.0
    world.grads[root] = 1.0


def altered_last(change: Callable[[float], float]) -> Callable[[World, int], None]:
    """The gradients are changed when all is done."""
    def finish(world: World, root: int) -> None:
        world.grads[:] = map(change, world.grads)
    return finish


def rounded(x: float) -> float:
    """x with the 24 binary digits of single precision, of any size."""
    part, power = math.frexp(x)
    return math.ldexp(round(part * 2 ** 24), power - 24) if math.isfinite(x) else x


def single(x: float) -> float:
    """The nearest number of single precision."""
    try:
        return float(struct.unpack("f", struct.pack("f", x))[0])
    except OverflowError:
        return math.copysign(math.inf, x)
