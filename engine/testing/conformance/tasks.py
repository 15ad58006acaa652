"""Tasks: what a witness does with an engine that is no exercise; raw numbers come of it, and no judgement.

    TASKS["chain"](engine, "add", 10_000)

Each takes the engine and plain data, and returns plain data. What an engine raises passes through, where it
is not the answer.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence
from random import Random
from traceback import walk_tb
from typing import TypeAlias

from ...libraries import Quantity
from ..random_programs.derived import forms
from ..random_programs.operations import OPERATIONS
from ..random_programs.rules import beside
from ..random_programs.scalar_program import Step
from .adapters import lifted
from .attempts import Engine, apply, described
from .exchange import Data, items, number_of, step_of, thing
from .blueprints import plan

REFUSED = (TypeError, AssertionError, NotImplementedError, AttributeError)


# --- what is there ------------------------------------------------------------------------------------

def has(engine: Engine, name: str) -> bool:
    """Whether the class has a method of that name."""
    return hasattr(engine, name)


def has_beside(engine: Engine, name: str) -> bool:
    """Whether a function of that name stands beside the class."""
    return beside(engine, name) is not None


def refuses(engine: Engine, *operands: float | None) -> bool:
    """Whether the engine says that it has no such power: of, or to, a Value; None stands for one."""
    x: Quantity
    x, y = [engine(2.0) if operand is None else operand for operand in operands]
    try:
        x ** y
    except REFUSED:
        return True
    except BaseException:                                    # there, and wrong: its own case says how
        return False
    return False


def offers(engine: Engine, step: Data, point: Sequence[float]) -> bool:
    """Whether an operation means one that takes these operands and makes a node of them.

    A method of the same name may be another thing: step(rate) of an optimizer, floor() that gives an int.
    """
    asked = step_of(step)
    try:
        z = apply(asked, [engine(number_of(x)) for x in point], float)
    except REFUSED as problem:
        return len(asked.operands) == 1 and inside(problem)
    except Exception:                                    # it is there, and wrong: the exercises will say how
        return True
    return hasattr(z, "backward") and hasattr(z, "grad")


def inside(problem: BaseException) -> bool:
    """Whether it was raised inside of the operation, and not by the call."""
    ours = {function.__code__.co_filename for function in (offers, apply, forms, lifted)}
    return [frame.f_code.co_filename for frame, _ in walk_tb(problem.__traceback__)][-1] not in ours


def accepted(engine: Engine) -> Data:
    """What is no number and taken all the same."""
    taken: list[Data] = []
    for given in ("3", None, [1.0]):
        try:
            engine(given)
            taken.append(repr(given))
        except Exception:                          # refused, as it should be
            continue
    return taken


def in_place(engine: Engine) -> Data:
    """x += 2 on a second name of x: data and gradient of x, and data of z. Text says what was raised."""
    try:
        x: Quantity = engine(3.0)
        y = x
        y += 2.0
        z = y * x
        z.backward()
        return [float(x.data), float(x.grad), float(z.data)]
    except Exception as problem:
        return described(problem)


# --- deep graphs --------------------------------------------------------------------------------------

Growth: TypeAlias = Callable[[Quantity, Quantity], Quantity]         # z and x of an engine to the next z

GROWTHS: dict[str, Growth] = {"add": lambda z, x: z + x, "mul": lambda z, x: z * 1.0, "neg": lambda z, x: -z,
                              "relu": lambda z, x: z.relu()}


def chain(engine: Engine, growth: str, n: int) -> Data:
    """The gradient of x where z grows n times over; text says what was raised."""
    grow = GROWTHS[growth]
    try:
        x: Quantity = engine(1.0)
        z = x
        for _ in range(n):
            z = grow(z, x)
        z.backward()
        return float(x.grad)
    except Exception as problem:
        return described(problem)


def added(engine: Engine, n: int) -> Data:
    """The sum of n losses, each of its own input: the gradients, each number once, two at most; text says
    what was raised."""
    try:
        xs: list[Quantity] = [engine(1.0) for _ in range(n)]
        z = xs[0] * xs[0]
        for x in xs[1:]:
            z = z + x * x
        z.backward()
        return [*sorted({float(x.grad) for x in xs})[:2]]
    except Exception as problem:
        return described(problem)


def doubled(engine: Engine, n: int) -> Data:
    """n doublings: the gradient, and the seconds of work that they took."""
    x: Quantity = engine(1.0)
    z = x
    began = time.process_time()            # not the clock: the machine may be busy with others
    for _ in range(n):
        z = z + z
    z.backward()
    seconds = time.process_time() - began
    return [float(x.grad), seconds]


def freed(engine: Engine, n: int) -> None:
    """A chain of n nodes is built and dropped."""
    z: Quantity = engine(1.0)
    for _ in range(n):
        z = z + 1.0
    del z
    gc.collect()


# --- the same answer every time -----------------------------------------------------------------------

NUMBERS = [0.1, 0.7, 1.3, 3.3, 0.01, 7.7, 2.9, 11.3, 0.3, 5.1, 0.9, 17.9, 0.07, 1.9, 23.3, 0.6]


def tree(engine: Engine, junk: Random | None = None) -> Data:
    """One input used many times in a tree: its gradient depends on the order of additions, in the last
    digits."""
    spare = []
    x: Quantity
    y: Quantity
    x, y  = engine(0.37), engine(1.7)
    terms = []
    for c in NUMBERS:
        if junk:
            spare.append([engine(0.0) for _ in range(junk.randrange(4))])
            if len(spare) > 3 and junk.random() < 0.5:
                spare.pop(junk.randrange(len(spare)))
        terms.append((x * c) * (y * (c * c)))
    while len(terms) > 1:
        terms = [a + b for a, b in zip(terms[::2], terms[1::2])]
    terms[0].backward()
    return [float(v) for v in (terms[0].data, x.grad, y.grad)]


def trees(engine: Engine, salt: str, count: int) -> Data:
    """The same tree again and again, with other things in memory: the first answer, and one that differs."""
    rng   = Random(salt)
    first = tree(engine)
    more  = (tree(engine, rng) for _ in range(count))
    other = next((answer for answer in more if repr(answer) != repr(first)), first)
    return [first, other]


def traces(engine: Engine) -> Data:
    """The tree before and after other graphs; gradient and data of x, and data of z, in one of those."""
    first = tree(engine)
    x: Quantity = engine(2.0)
    z = x * x
    left = (z + x) * z                                                     # built, and never differentiated
    z.backward()
    again = tree(engine)
    del left
    return [first, again, [float(x.grad), float(x.data), float(z.data)]]


# --- memory and time ----------------------------------------------------------------------------------

PACES = 8                                # times that each pace is measured: the best counts

def alive(engine: Engine) -> int:
    theirs = getattr(engine, "wraps", engine)              # not what stands for a node of theirs
    return sum(type(thing) is theirs for thing in gc.get_objects())


def held(engine: Engine) -> Data:
    """Of 501 nodes that nobody holds, how many are there before the garbage collector runs, and after."""
    def build() -> None:
        x: Quantity = engine(1.0)
        z = x
        for _ in range(500):
            z = z + x
        z.backward()
    build()
    gc.collect()
    before = alive(engine)
    gc.disable()
    try:
        build()
        waiting = alive(engine) - before
    finally:
        gc.enable()
    gc.collect()
    return [float(waiting), float(alive(engine) - before)]


def paces(engine: Engine) -> Data:
    """The seconds that a node takes in a graph of 50, and of 500; none where the stack ends. The two are
    measured in turn, so that a machine that is busy for a while slows both."""
    def seconds(n: int) -> float:
        began = time.process_time()
        for _ in range(2000 // n):
            x: Quantity = engine(1.0)
            z = x
            for _ in range(n):
                z = z + x
            z.backward()
        return (time.process_time() - began) / 2000
    try:
        both = [(seconds(50), seconds(500)) for _ in range(PACES)]
    except RecursionError:
        return []
    return [min(each) for each in zip(*both)]


# --- many nodes, many calls ---------------------------------------------------------------------------

def large(engine: Engine, shape: str, salt: str, nodes: int, ops: list[str]) -> Data:
    """A large graph: the seconds of work, the data of the output, and the gradients of the leaves; text says
    what was raised."""
    asked = plan(shape, salt, nodes, ops)
    runs: dict[str, Quantity] = {op: OPERATIONS[op].run for op in ops}
    gc.disable()                                # nothing can be freed yet, and looking for it takes its time
    try:
        began  = time.process_time()
        inputs: list[Quantity] = [engine(x) for x in asked.inputs]
        made   = [*inputs]
        for op, operands in asked.steps:
            made.append(runs[op](*[made[x] if isinstance(x, int) else x.number for x in operands]))
        made[-1].backward()
        seconds = time.process_time() - began
        return [seconds, float(made[-1].data), *(float(x.grad) for x in inputs)]
    except Exception as problem:
        return described(problem)
    finally:
        gc.enable()


def calls(engine: Engine, point: list[float], programs: list[Data], again: bool, count: int) -> Data:
    """So many calls of backward() on the outputs of these programs in turn, which share their inputs: the
    seconds of work, and after each call the gradients of the inputs. `again`: on the same graphs, else on
    new ones. Text says what was raised."""
    try:
        began  = time.process_time()
        inputs: list[Quantity] = [engine(x) for x in point]
        plans  = [[step_of(step) for step in items(steps, thing)] for steps in programs]
        ends   = [built(inputs, steps) for steps in plans] if again else []
        found: list[Data] = []
        for k in range(count):
            z = ends[k % len(ends)] if again else built(inputs, plans[k % len(plans)])
            z.backward()
            found.append([float(x.grad) for x in inputs])
        return [time.process_time() - began, *found]
    except Exception as problem:
        return described(problem)


def built(inputs: Sequence[Quantity], steps: Sequence[Step]) -> Quantity:
    """The output of a program on these inputs."""
    made = [*inputs]
    for step in steps:
        made.append(apply(step, made, float))
    return made[-1]


# What a question may name, by the name of its function. Its data fits it: the judge writes no other.
TASKS: dict[str, Callable[..., Data]] = {
    task.__name__: task
    for task in (has, has_beside, refuses, offers, accepted, in_place, chain, added, doubled, freed, tree,
                 trees, traces, held, paces, large, calls)}
