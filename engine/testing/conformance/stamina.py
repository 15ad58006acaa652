"""Stamina: deep and wide graphs, the same answer every time, and memory given back."""

from __future__ import annotations

import gc
import math
import os
import subprocess
import time
from collections.abc import Callable
from random import Random
from typing import TypeAlias

from ...libraries import Quantity
from .bootstrap import command
from .cases import ADVICE, BLOCKED, ERRORS, FAIL, SKIP, Case, Context, Finding, Result
from .attempts import Engine, described

DEEP  = 10_000
Growth: TypeAlias = Callable[[Quantity, Quantity], Quantity]         # z and x of an engine to the next z
STEPS = {"add": "+ nn", "mul": "* np", "neg": "neg n", "relu": "relu n"}


# --- deep graphs -------------------------------------------------------------------------------------------

def chain(name: str, line: str, grow: Growth, key: str, slope: Callable[[int], float],
          n: int = DEEP) -> Case:
    """z = grow(z, x), n times over."""
    def check(context: Context) -> Result:
        if not hasattr(context.engine, f"__{key}__" if key in ("add", "mul", "neg") else key):
            return Result(SKIP)
        if STEPS[key] in context.unsound:
            return Result(BLOCKED)
        trouble = run_chain(context.engine, grow, n, slope)
        if not trouble:
            return Result()
        good, bad = 0, n                                            # the shortest chain that fails
        while bad - good > 1:
            middle = (good + bad) // 2
            if run_chain(context.engine, grow, middle, slope):
                bad = middle
            else:
                good = middle
        trouble = run_chain(context.engine, grow, bad, slope) or trouble
        kind    = trouble.partition(":")[0]
        return Result(FAIL, [Finding(
            f"x = Value(1.0); z = x\nfor _ in range({bad}): {line}\n"
            f"z.backward()\nprint(x.grad)  # {slope(bad)!r}",
            ["x"], [repr(slope(bad))], ["-" if kind in ERRORS else trouble],
            trouble if kind in ERRORS else "",
            ERRORS.get(kind, "a long chain of operations goes wrong").format(error=trouble),
            [("recursion", ERRORS["RecursionError"])] if kind == "RecursionError" else [], {})])
    return Case("deep graphs", name, check)


def run_chain(engine: Engine, grow: Growth, n: int, slope: Callable[[int], float]) -> str:
    """"" if the gradient is right, else what came instead."""
    try:
        x = engine(1.0)
        z = x
        for _ in range(n):
            z = grow(z, x)
        z.backward()
        given = float(x.grad)
    except Exception as problem:
        return described(problem)
    return "" if given == slope(n) else f"{given!r} in place of {slope(n)!r}"


def added(context: Context) -> Result:
    """The sum of 10,000 losses, each of its own input."""
    def attempt(n: int) -> str:
        try:
            xs = [context.engine(1.0) for _ in range(n)]
            z  = xs[0] * xs[0]
            for x in xs[1:]:
                z = z + x * x
            z.backward()
            given = {float(x.grad) for x in xs}
        except Exception as problem:
            return described(problem)
        return "" if given == {2.0} else f"{sorted(given)[0]!r} in place of 2.0"
    if context.unsound & {"+ nn", "* nn"}:
        return Result(BLOCKED)
    trouble = attempt(DEEP)
    if not trouble:
        return Result()
    kind = trouble.partition(":")[0]
    return Result(FAIL, [Finding(
        f"xs = [Value(1.0) for _ in range({DEEP})]\nz = xs[0] * xs[0]\nfor x in xs[1:]: z = z + x * x\n"
        "z.backward()\nprint(xs[0].grad)  # 2.0",
        ["xs[0]"], ["2.0"], ["-" if kind in ERRORS else trouble], trouble if kind in ERRORS else "",
        ERRORS.get(kind, "a long chain of operations goes wrong").format(error=trouble),
        [("recursion", ERRORS["RecursionError"])] if kind == "RecursionError" else [], {})])


def doubled(context: Context) -> Result:
    """60 doublings: 60 nodes and 2**60 paths."""
    if "+ nn" in context.unsound:
        return Result(BLOCKED)
    for n in (8, 12, 16, 18, 60):
        x = context.engine(1.0)
        z = x
        began = time.process_time()        # not the clock: the machine may be busy with others
        for _ in range(n):
            z = z + z
        z.backward()
        seconds = time.process_time() - began
        slow = seconds > 0.1 and n < 60
        if slow or float(x.grad) != 2.0 ** n:
            sentence = ("the backward pass walks every path in place of every node: the work doubles with "
                        "each shared node. Sort the nodes topologically and visit each once" if slow
                        else "doubling goes wrong")
            return Result(FAIL, [Finding(
                f"x = Value(1.0); z = x\nfor _ in range({n}): z = z + z\n"
                f"z.backward()\nprint(x.grad)  # {2.0 ** n!r}",
                ["x"], [repr(2.0 ** n)], [repr(float(x.grad))], "", sentence,
                [("every path", sentence)] if slow else [], {})])
    return Result()


def freed(context: Context) -> Result:
    """A chain of 50,000 nodes is built and dropped: freeing it must not overflow the stack."""
    z = context.engine(1.0)
    for _ in range(50_000):
        z = z + 1.0
    del z
    gc.collect()
    return Result()


# --- determinism
# ---------------------------------------------------------------------------------------------

NUMBERS = [0.1, 0.7, 1.3, 3.3, 0.01, 7.7, 2.9, 11.3, 0.3, 5.1, 0.9, 17.9, 0.07, 1.9, 23.3, 0.6]


def tree(engine: Engine, junk: Random | None = None) -> tuple[str, ...]:
    """One input used many times in a tree: its gradient depends on the order of additions, in the last
    digits."""
    spare = []
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
    return tuple(float(v).hex() for v in (terms[0].data, x.grad, y.grad))


ORDER = ("the answer depends on the order of a set, which depends on memory addresses: "
         "keep nodes in lists, tuples or dicts, which have an order of their own")


def repeated(context: Context) -> Result:
    """The same program again and again, with other things in memory."""
    rng   = context.rng("repeated")
    first = tree(context.engine)
    other = next((answer for answer in (tree(context.engine, rng) for _ in range(30)) if answer != first),
                 None)
    return Result() if other is None else Result(FAIL, [varying(first, other, "in one process")])


def varying(first: tuple[str, ...], other: tuple[str, ...], where: str) -> Finding:
    def decimals(answer: tuple[str, ...]) -> list[str]:
        return [repr(float.fromhex(v)) for v in answer[1:]]

    code = (f"x, y = Value(0.37), Value(1.7)\nterms = [(x * c) * (y * (c * c)) for c in {NUMBERS}]\n"
            "while len(terms) > 1: terms = [a + b for a, b in zip(terms[::2], terms[1::2])]\n"
            f"terms[0].backward()\nprint(x.grad, y.grad)  # the same bits every time; they vary {where}")
    return Finding(code, ["x", "y"], decimals(first), decimals(other), "", ORDER, [("order of a set", ORDER)],
                   {})


def unmoved(context: Context) -> Result:
    """Graphs built before leave no trace."""
    first = tree(context.engine)
    x = context.engine(2.0)
    z = x * x
    left = (z + x) * z                                                     # built, and never differentiated
    z.backward()
    again = tree(context.engine)
    del left
    near = all(math.isclose(float.fromhex(a), float.fromhex(b), rel_tol=1e-9) for a, b in zip(first, again))
    if near and float(x.grad) == 4.0:
        return Result()
    sentence = ("a graph built before changes the answer of the next: "
                "keep no list of nodes, visited or otherwise, outside of backward()")
    return Result(FAIL, [varying(first, again, "after other graphs")._replace(sentence=sentence,
                                                                              likely=[("trace", sentence)])])


def between(context: Context) -> Result:
    """The same program in processes with different hash seeds."""
    if not context.target:
        return Result(SKIP, notes=["only for an engine given as path.py:Value or module:Value"])
    answers = set()
    for seed in "012":
        run = subprocess.run(command({"digest": True, "target": context.target, "folder": context.folder,
                                      "naming": context.naming}),
                             env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True,
                             timeout=20, stdin=subprocess.DEVNULL)
        answers.add(run.stdout.strip().rpartition("digest ")[2])
    if len(answers) == 1:
        return Result()
    first, other = [tuple(answer.split()) for answer in sorted(answers)[:2]]
    return Result(FAIL, [varying(first, other, "from process to process")])


# --- memory and speed: advice
# -----------------------------------------------------------------------------------

def alive(engine: type) -> int:
    return sum(type(thing) is getattr(engine, "wraps", engine) for thing in gc.get_objects())


def given_back(context: Context) -> Result:
    """A graph that nobody holds is gone."""
    def build() -> None:
        x = context.engine(1.0)
        z = x
        for _ in range(500):
            z = z + x
        z.backward()
    build()
    gc.collect()
    before = alive(context.engine)
    gc.disable()
    try:
        build()
        held = alive(context.engine) - before
    finally:
        gc.enable()
    gc.collect()
    for_ever = alive(context.engine) - before
    if for_ever > 10:
        return Result(ADVICE, notes=[f"{for_ever} of 501 nodes stay in memory for ever: something outside of "
                                     "the graph holds them, as a list of all nodes does"])
    if held > 10:
        return Result(ADVICE, notes=[f"{held} of 501 nodes wait for the garbage collector: they are in "
                                     "reference cycles, as a closure that refers to its own node makes; "
                                     "large graphs fill the memory and are slow"])
    return Result()


def in_step(context: Context) -> Result:
    """Time grows in step with the size of the graph."""
    def seconds(n: int) -> float:
        began = time.perf_counter()
        for _ in range(2000 // n):
            x = context.engine(1.0)
            z = x
            for _ in range(n):
                z = z + x
            z.backward()
        return (time.perf_counter() - began) / 2000
    try:
        short, long = min(seconds(50) for _ in range(3)), min(seconds(500) for _ in range(3))
    except RecursionError:
        return Result(SKIP)
    if long <= 5 * short:
        return Result()
    return Result(ADVICE, notes=[f"ten times the nodes take {10 * long / short:.0f} times as long: a search "
                                 "through a list for each node (if v not in visited) makes the sort "
                                 "quadratic; keep visited in a set as well"])


STAMINA = [
    chain("10,000 additions", "z = z + x", lambda z, x: z + x, "add", lambda n: n + 1.0),
    chain("10,000 products", "z = z * 1.0", lambda z, x: z * 1.0, "mul", lambda n: 1.0),
    chain("10,000 negations", "z = -z", lambda z, x: -z, "neg", lambda n: (-1.0) ** n),
    chain("10,000 relus", "z = z.relu()", lambda z, x: z.relu(), "relu", lambda n: 1.0),
    Case("deep graphs", "the sum of 10,000 losses", added),
    Case("deep graphs", "60 doublings", doubled),
    Case("deep graphs", "50,000 nodes are freed", freed),
    Case("determinism", "the same program again", repeated),
    Case("determinism", "after other graphs", unmoved),
    Case("determinism", "from process to process", between),
    Case("freeing memory", "a graph that nobody holds", given_back),
    Case("freeing memory", "time in step with size", in_step),
]
