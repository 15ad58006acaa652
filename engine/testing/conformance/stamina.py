"""Stamina: deep and wide graphs, the same answer every time, and memory given back. What is done with the
engine is in tasks.py; here is judged what came of it."""

from __future__ import annotations

import math
from collections.abc import Callable

from ..random_programs.scalar_program import Operand, Plain, Program, Step
from .cases import ADVICE, BLOCKED, ERRORS, FAIL, SKIP, Case, Context, Finding, Result
from .exchange import (NO_ANSWER, Raised, Witness, items, number_or_text, numbers, numbers_or_text, thing,
                       three_numbers, two_numbers)
from .exercises import Exercise, program
from .expectations import wrong
from .tasks import NUMBERS

DEEP  = 10_000
EVERY_PATH = ("the backward pass walks every path in place of every node: the work doubles with each shared "
              "node. Sort the nodes topologically and visit each once")
GROWN: dict[str, Callable[[int], tuple[str, tuple[Operand, ...]]]] = {       # the step that makes node k + 1
    "add": lambda k: ("+", (k, 0)), "mul": lambda k: ("*", (k, Plain(1.0))), "neg": lambda k: ("neg", (k,)),
    "relu": lambda k: ("relu", (k,))}
STEPS = {"add": "+ nn", "mul": "* np", "neg": "neg n", "relu": "relu n"}


# --- deep graphs --------------------------------------------------------------------------------------

def chain(name: str, line: str, key: str, slope: Callable[[int], float], n: int = DEEP) -> Case:
    """z grows by the operation `key`, n times over."""
    def check(context: Context) -> Result:
        if not context.has(f"__{key}__" if key in ("add", "mul", "neg") else key):
            return Result(SKIP)
        if STEPS[key] in context.unsound:
            return Result(BLOCKED)
        trouble = run_chain(context, key, n, slope)
        if not trouble:
            return Result()
        good, bad = 0, n                                            # the shortest chain that fails
        while bad - good > 1:
            middle = (good + bad) // 2
            if run_chain(context, key, middle, slope):
                bad = middle
            else:
                good = middle
        trouble = run_chain(context, key, bad, slope) or trouble
        kind    = trouble.partition(":")[0]
        failed = []
        if kind not in ERRORS:
            exercise = Exercise(Program((1.0,), tuple(Step(*GROWN[key](k)) for k in range(bad))))
            failed   = [(exercise, context.attempt(exercise))]
        told = Finding(
            f"x = Value(1.0); z = x\nfor _ in range({bad}): {line}\n"
            f"z.backward()\nprint(x.grad)  # {slope(bad)!r}",
            ["x"], [repr(slope(bad))], ["-" if kind in ERRORS else trouble],
            trouble if kind in ERRORS else "",
            ERRORS.get(kind, "a long chain of operations goes wrong").format(error=trouble),
            [("recursion", ERRORS["RecursionError"])] if kind == "RecursionError" else [], {})
        return Result(FAIL, failed=failed, otherwise=told) if failed else Result(FAIL, [told])
    return Case("deep graphs", name, check)


def run_chain(context: Context, key: str, n: int, slope: Callable[[int], float]) -> str:
    """"" if the gradient is right, else what came instead."""
    given = context.task(number_or_text, "chain", key, n)
    if isinstance(given, str):
        return given or NO_ANSWER
    return "" if given == slope(n) else f"{given!r} in place of {slope(n)!r}"


def added(context: Context) -> Result:
    """The sum of 10,000 losses, each of its own input."""
    if context.unsound & {"+ nn", "* nn"}:
        return Result(BLOCKED)
    given = context.task(numbers_or_text, "added", DEEP)
    trouble = (given or NO_ANSWER if isinstance(given, str) else "" if given == [2.0] else
               f"{(given or [math.nan])[0]!r} in place of 2.0")
    if not trouble:
        return Result()
    kind  = trouble.partition(":")[0]
    two   = Exercise(program((1.0, 1.0), ("*", (0, 0)), ("*", (1, 1)), ("+", (2, 3))))
    if kind not in ERRORS and wrong(two, outcome := context.attempt(two)):
        return Result(FAIL, failed=[(two, outcome)])
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
        given, seconds = context.task(two_numbers, "doubled", n)
        if given != 2.0 ** n:
            exercise = Exercise(Program((1.0,), tuple(Step("+", (k, k)) for k in range(n))))
            return Result(FAIL, failed=[(exercise, context.attempt(exercise))])
        if seconds > 0.1 and n < 60:
            return Result(FAIL, [Finding(
                f"x = Value(1.0); z = x\nfor _ in range({n}): z = z + z\n"
                f"z.backward()\nprint(x.grad)  # {2.0 ** n!r}",
                ["x"], [repr(2.0 ** n)], [repr(given)], "", EVERY_PATH, [("every path", EVERY_PATH)], {})])
    return Result()


def freed(context: Context) -> Result:
    """A chain of 50,000 nodes is built and dropped: freeing it must not overflow the stack."""
    context.task(thing, "freed", 50_000)
    return Result()


# --- determinism --------------------------------------------------------------------------------------

ORDER = ("the answer depends on the order of a set, which depends on memory addresses: "
         "keep nodes in lists, tuples or dicts, which have an order of their own")


def repeated(context: Context) -> Result:
    """The same program again and again, with other things in memory."""
    first, other = context.task(answers, "trees", f"{context.seed} repeated", 30)
    return Result() if same(first, other) else Result(FAIL, [varying(first, other, "in one process")])


def answers(data: object) -> list[list[float]]:
    """A few answers to the tree: z.data, x.grad and y.grad each."""
    return items(data, three_numbers, 2)


def same(first: list[float], other: list[float]) -> bool:
    """Whether two answers have the same bits."""
    return hexadecimal(first) == hexadecimal(other)


def hexadecimal(answer: list[float]) -> list[str]:
    return [x.hex() for x in answer]


def varying(first: list[float], other: list[float], where: str) -> Finding:
    def decimals(answer: list[float]) -> list[str]:
        return [repr(v) for v in answer[1:]]

    code = (f"x, y = Value(0.37), Value(1.7)\nterms = [(x * c) * (y * (c * c)) for c in {NUMBERS}]\n"
            "while len(terms) > 1: terms = [a + b for a, b in zip(terms[::2], terms[1::2])]\n"
            f"terms[0].backward()\nprint(x.grad, y.grad)  # the same bits every time; they vary {where}")
    return Finding(code, ["x", "y"], decimals(first), decimals(other), "", ORDER, [("order of a set", ORDER)],
                   {})


def unmoved(context: Context) -> Result:
    """Graphs built before leave no trace."""
    first, again, (grad, *_) = context.task(traces, "traces")
    near = all(math.isclose(a, b, rel_tol=1e-9) for a, b in zip(first, again))
    alone = context.attempt(Exercise(program((2.0,), ("*", (0, 0))))).grads[0]
    if near and grad == alone:                               # where that is wrong, it is told elsewhere
        return Result()
    sentence = ("a graph built before changes the answer of the next: "
                "keep no list of nodes, visited or otherwise, outside of backward()")
    return Result(FAIL, [varying(first, again, "after other graphs")._replace(sentence=sentence,
                                                                              likely=[("trace", sentence)])])


def traces(data: object) -> list[list[float]]:
    """Two answers to the tree, and the data and gradients of another graph."""
    return items(data, three_numbers, 3)


def between(context: Context) -> Result:
    """The same program in processes with different hash seeds."""
    others = [context.witness.elsewhere(seed) for seed in "012"]
    found  = [told_by(other, context) for other in others if other]
    if not found:
        return Result(SKIP, notes=["only for an engine given as path.py:Value or module:Value"])
    first, *more = sorted(found, key=hexadecimal)
    differing    = [answer for answer in more if not same(first, answer)]
    return (Result(FAIL, [varying(first, differing[0], "from process to process")]) if differing
            else Result())


def told_by(other: Witness, context: Context) -> list[float]:
    """The answer of another process to the tree; no numbers where it raises an exception, which other cases
    tell."""
    with other:
        try:
            return three_numbers(context.ask({"task": "tree", "given": []}, other))
        except Raised:
            return [math.nan] * 3


# --- memory and speed: advice -------------------------------------------------------------------------

def given_back(context: Context) -> Result:
    """A graph that nobody holds is gone."""
    held, for_ever = context.task(two_numbers, "held")
    if for_ever > 10:
        return Result(ADVICE, notes=[f"{for_ever:.0f} of 501 nodes stay in memory for ever: something "
                                     "outside of the graph holds them, as a list of all nodes does"])
    if held > 10:
        return Result(ADVICE, notes=[f"{held:.0f} of 501 nodes wait for the garbage collector: they are in "
                                     "reference cycles, as a closure that refers to its own node makes; "
                                     "large graphs fill the memory and are slow"])
    return Result()


def in_step(context: Context) -> Result:
    """Time grows in step with the size of the graph."""
    given = context.task(numbers, "paces")
    if len(given) != 2:
        return Result(SKIP)
    short, long = given
    if long <= 5 * short or short <= 0.0:
        return Result()
    return Result(ADVICE, notes=[f"ten times the nodes take {10 * long / short:.0f} times as long: a search "
                                 "through a list for each node (if v not in visited) makes the sort "
                                 "quadratic; keep visited in a set as well"])


STAMINA = [
    chain("10,000 additions", "z = z + x", "add", lambda n: n + 1.0),
    chain("10,000 products", "z = z * 1.0", "mul", lambda n: 1.0),
    chain("10,000 negations", "z = -z", "neg", lambda n: (-1.0) ** n),
    chain("10,000 relus", "z = z.relu()", "relu", lambda n: 1.0),
    Case("deep graphs", "the sum of 10,000 losses", added),
    Case("deep graphs", "60 doublings", doubled),
    Case("deep graphs", "50,000 nodes are freed", freed),
    Case("determinism", "the same program again", repeated),
    Case("determinism", "after other graphs", unmoved),
    Case("determinism", "from process to process", between),
    Case("freeing memory", "a graph that nobody holds", given_back),
    Case("freeing memory", "time in step with size", in_step),
]
