"""Proof by many programs: check_gradients blames no right one and misses no error of one part in 10^9.

    python -m tests.proofs.check_gradients                 1000 programs from seed 0
    python -m tests.proofs.check_gradients 10000 5         10000 programs from seed 5

Half of the programs are those of engine.testing.random_program. The others use every row of the
calculus table, on ints, Fractions, zeros, tails and numbers like 1/3, with shared and repeated
operands. Each program is checked as it is, order 1 and 2; then with one error of relative 1e-9:

    slope        the slope of one recorded operation
    gradient     one entry of the gradient
    Hessian      one entry of the Hessian
    curvature    the slope of a slope: right as a number, wrong when it is differentiated again

An error that is not seen is counted as drowned if floats do not hold the entry that well: it is off by
1e-11 of itself as it is, or moves by that when the inputs move by 1 to 4 units of their last place.
"""

from __future__ import annotations

import math
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from fractions import Fraction
from random import Random
from typing import Any, NamedTuple

from engine import Value, functions
from engine.derivatives import grad, hessian
from engine.errors import call
from engine.primitives import TABLE, apply
from engine.testing import check_gradients, random_program
from engine.testing.check import recorded, second
from engine.testing.check.oracles import as_fraction
from engine.testing.random_programs.rules import RATIONAL, SMOOTH
from engine.testing.check.findings import RIGHT, ROUNDING, WRONG, Finding, Report
from engine.value import Constant, topological_order

ERROR   = Fraction(1, 10 ** 9)
NOISY   = Fraction(1, 10 ** 11)
USUAL   = (0.5, 2.0, -1.5, 3.0, 0.1, 1 / 3, -0.7, 1.1, 2.5, -2.0)
ODD     = (0.0, 1.0, -1.0, 2, -3, Fraction(1, 3), Fraction(-2, 7),
           1e-8, 1e-150, 1e150, 20.0, -40.0, 700.0, 1e16)
LARGEST = 1e200
ROWS    = ("+", "-", "*", "/", "**", "neg", "abs", "over",
           *(name for name in functions.__all__ if name in TABLE))


class Case(NamedTuple):
    name:   str
    f:      Callable[..., Any]
    inputs: Sequence[Any]


# --- the programs ------------------------------------------------------------------------------------

def case(seed: int) -> Case:
    return plain_case(seed) if seed % 2 else wide_case(seed)


def plain_case(seed: int) -> Case:
    """A program of engine.testing, its numbers short half of the time."""
    rng     = Random(seed)
    numbers = {} if seed % 4 == 1 else {"numbers": [rng.uniform(-3, 3) for _ in range(8)]}
    steps, kinks = rng.choice((4, 12, 30)), rng.random() < 0.2
    program = random_program(seed, (*RATIONAL, *SMOOTH), steps, kinks=kinks, **numbers)

    def f(*xs: Any) -> Any:
        stream = iter(xs)
        return program.run(lambda _: next(stream)).output
    return Case(f"random_program, seed {seed}", f, program.inputs)


def wide_case(seed: int) -> Case:
    """A program of rows of the table, grown step by step: a step that has no value is left out."""
    rng    = Random(seed)
    pool   = USUAL if rng.random() < 0.5 else (*USUAL, *ODD)
    inputs = [rng.choice(pool) for _ in range(rng.randint(1, 3))]
    if len(inputs) > 1 and rng.random() < 0.2:
        inputs[1] = inputs[0]
    values, steps = [Value(x) for x in inputs], []
    for _ in range(rng.randint(1, 10)):
        name, operands = random_step(rng, len(values), pool)
        try:
            z = apply(name, *[values[x] if isinstance(x, int) else x[0] for x in operands])
        except (ArithmeticError, ValueError):
            continue
        if isinstance(z, Value) and abs(z.data) < LARGEST:
            values.append(z)
            steps.append((name, operands))

    def f(*xs: Any) -> Any:
        nodes = list(xs)
        for name, operands in steps:
            nodes.append(apply(name, *[nodes[x] if isinstance(x, int) else x[0] for x in operands]))
        return nodes[-1]
    return Case(f"{written(steps, len(inputs))} at {inputs}", f, inputs)


def random_step(rng: Random, count: int, pool: Sequence[Any]) -> tuple[str, list[Any]]:
    """A row and its operands: numbers of nodes, at least one, and plain numbers as (x,)."""
    name  = rng.choice(ROWS)
    row   = TABLE[name]
    arity = len(row.partials) if not row.nary else {"dot": 4, "affine": 5}.get(name, rng.randint(1, 4))
    nodes = [count - 1 if rng.random() < 0.5 else rng.randrange(count) for _ in range(arity)]
    keep  = rng.randrange(arity)
    plain = [k != keep and rng.random() < 0.25 for k in range(arity)]
    return name, [(rng.choice(pool),) if number else x for x, number in zip(nodes, plain)]


def written(steps: Sequence[Any], count: int) -> str:
    lines = [f"v{k} = {name}({', '.join(f'v{x}' if isinstance(x, int) else repr(x[0]) for x in operands)})"
             for k, (name, operands) in enumerate(steps, count)]
    return "; ".join(lines) or "v0"


# --- errors, seeded ----------------------------------------------------------------------------------

def off(x: Any) -> Any:
    """x, wrong by one part in 10^9."""
    return x * (1 + ERROR) if isinstance(x, (int, Fraction)) else x * (1 + float(ERROR))


def wrong_slope(case: Case, rng: Random, right: Report) -> str:
    """One slope of one recorded operation, off."""
    order  = topological_order(case.f(*map(Value, case.inputs)))
    kinked = {(f.name, f.operand) for f in right.nodes if f.verdict not in (RIGHT, ROUNDING)}
    places = [(k, i) for k, z in enumerate(order) for i, p in enumerate(z.partials)
              if 1e-290 < abs(p) < 1e300 and type(z.operands[i]) is not Constant
              and (call(z.op, [x.data for x in z.operands]), i) not in kinked]
    if not places:
        return NOWHERE
    k, i = rng.choice(places)

    def f(*xs: Any) -> Any:
        root = case.f(*xs)
        z    = topological_order(root)[k]
        z.partials = tuple(off(p) if j == i else p for j, p in enumerate(z.partials))
        return root
    return outcome(check_gradients(f, *case.inputs), case)


def wrong_gradient(case: Case, rng: Random, right: Report) -> str:
    """One entry of the gradient, off."""
    places = [k for k in range(len(case.inputs)) if tells(right.inputs[k])]
    if not places:
        return NOWHERE
    k      = rng.choice(places)
    before = recorded.gradients_given

    def given(root: Any, order: Any, inputs: Sequence[Value]) -> dict[Value, Any]:
        grads = before(root, order, inputs)
        return {**grads, inputs[k]: off(grads[inputs[k]])}
    with replaced(recorded, "gradients_given", given):
        return outcome(check_gradients(case.f, *case.inputs), case,
                       [(right.inputs[k], lambda *xs: first(case, xs)[k])])


def wrong_hessian(case: Case, rng: Random, right: Report) -> str:
    """One entry of the Hessian, off."""
    places = [pair for pair, finding in entries(case, right).items() if tells(finding)]
    if not places:
        return NOWHERE
    i, j = rng.choice(places)

    def given(f: Any) -> Callable[..., list[list[Any]]]:
        def rows(*xs: Any) -> list[list[Any]]:
            H = hessian(f)(*xs)
            H[i][j] = off(H[i][j])
            return H
        return rows
    with replaced(second, "hessian", given):
        return outcome(check_gradients(case.f, *case.inputs, order=2), case,
                       [(entries(case, right)[i, j], lambda *xs: hessian(case.f)(*xs)[i][j])])


def wrong_curvature(case: Case, rng: Random, right: Report) -> str:
    """One slope of one row, right as a number and off by one part in 10^9 when it is differentiated again."""
    names = list(dict.fromkeys(z.op for z in topological_order(case.f(*map(Value, case.inputs)))))
    found = entries(case, right)
    if not names or not found:
        return NOWHERE
    name = rng.choice(names)
    row  = TABLE[name]
    bent = row._replace(partials=(lambda z, *xs: [bend(p) for p in row.partials(z, *xs)]) if row.nary else
                                 [lambda z, *xs, p=p: bend(p(z, *xs)) for p in row.partials])
    H = hessian(case.f)(*case.inputs)
    with replaced(TABLE, name, bent):
        wrong = hessian(case.f)(*case.inputs)
        seen  = check_gradients(case.f, *case.inputs, order=2)
    moved = [(f, lambda *xs, i=i, j=j: hessian(case.f)(*xs)[i][j]) for (i, j), f in found.items()
             if tells(f) and abs(wrong[i][j] - H[i][j]) > 0.9e-9 * abs(H[i][j])]
    return outcome(seen, case, moved) if moved else NOWHERE  # no curvature here, or next to none


def bend(p: Any) -> Any:
    """p, and one part in 10^9 more of whatever its slope is."""
    if not isinstance(p, Value):
        return p
    return p + (p - p.detach()) * (ERROR if isinstance(p.data, (int, Fraction)) else float(ERROR))


def entries(case: Case, report: Report) -> dict[tuple[int, int], Finding]:
    """The findings on the Hessian, on and above the diagonal; none where it was not compared."""
    n     = len(case.inputs)
    pairs = [(i, j) for i in range(n) for j in range(i, n)]
    return dict(zip(pairs, report.inputs[n:])) if len(report.inputs) == n + len(pairs) else {}


def tells(finding: Finding) -> bool:
    """Whether an error of 1e-9 in this entry would be one: it has one right value, and that is not 0."""
    return finding.verdict in (RIGHT, ROUNDING) and bool(finding.given) and bool(finding.right) \
           and 1e-290 < abs(finding.given) < 1e300


CAUGHT, MISSED, DROWNED, NOWHERE = "caught", "missed", "drowned", "nowhere"
KINDS = {"slope": wrong_slope, "gradient": wrong_gradient,
         "Hessian": wrong_hessian, "curvature": wrong_curvature}


def outcome(report: Report, case: Case, stood_in: Sequence[tuple[Finding, Callable[..., Any]]] = ()) -> str:
    """What became of an error; stood_in: the entries it stood in, as they were, and how to get them again."""
    if report.verdict == WRONG:
        return CAUGHT
    return DROWNED if stood_in and all(lost(case, finding, again) for finding, again in stood_in) else MISSED


def lost(case: Case, finding: Finding, again: Callable[..., Any]) -> bool:
    """Whether floats hold this entry less well than NOISY, by its error and by moving the inputs a little."""
    right, given = fraction(finding.right), fraction(finding.given)
    found = [given]
    for k in (1, 2, 3, 4):
        with suppress(ArithmeticError, ValueError):
            near = [x + k * math.ulp(x) if isinstance(x, float) else x for x in case.inputs]
            found.append(fraction(again(*near)))
    return max(abs(x - right) for x in found) > NOISY * abs(right)


def first(case: Case, xs: Sequence[Any]) -> list[Any]:
    slopes = grad(case.f)(*xs)
    return [slopes] if len(xs) == 1 else list(slopes)


def fraction(x: Any) -> Fraction:
    return Fraction(x) if isinstance(x, (int, float, Fraction)) else as_fraction(x)


@contextmanager
def replaced(home: Any, name: str, thing: Any) -> Iterator[None]:
    """A name of a module, or a row of the table, replaced for a while."""
    table  = home if isinstance(home, dict) else vars(home)
    before = table[name]
    table[name] = thing
    try:
        yield
    finally:
        table[name] = before


# --- the proof ---------------------------------------------------------------------------------------

class Tally(NamedTuple):
    """programs: how many were checked; blamed, missed: sentences; errors: what became of them, by kind."""

    programs: int
    verdicts: Counter[str]
    blamed:   list[str]
    missed:   list[str]
    errors:   Counter[tuple[str, str]]

    def __str__(self) -> str:
        lines = [f"{self.programs} programs, order 1 and 2: {len(self.blamed)} blamed falsely",
                 f"verdicts: {', '.join(f'{n} {verdict}' for verdict, n in self.verdicts.most_common())}"]
        return "\n".join([*lines, *(self.line(kind) for kind in KINDS)])

    def line(self, kind: str) -> str:
        counts = ", ".join(f"{self.errors[kind, became]} {became}" for became in (CAUGHT, MISSED, DROWNED))
        return f"errors of 1e-9 in a {kind}: {counts}"


def proof(seeds: Sequence[int], say: Callable[[str], None] = lambda text: None) -> Tally:
    """The tally of these programs; what is blamed or missed is said at once."""
    tally = Tally(len(seeds), Counter(), [], [], Counter())
    for seed in seeds:
        program = case(seed)
        right   = check_gradients(program.f, *program.inputs, order=2)
        tally.verdicts.update(f.verdict for f in right.inputs)
        tally.verdicts.update(["no Hessian compared"] * bool(right.notes and not entries(program, right)))
        if not right.ok:
            tally.blamed.append(f"blamed, seed {seed}: {program.name}\n{right}")
            say(tally.blamed[-1])
            continue
        for kind, seeded in KINDS.items():
            became = seeded(program, Random(seed), right)
            tally.errors[kind, became] += 1
            if became == MISSED:
                tally.missed.append(f"missed, seed {seed}, an error in a {kind}: {program.name}")
                say(tally.missed[-1])
    return tally


def main(count: int = 1000, start: int = 0) -> int:
    tally = proof(range(start, start + count), lambda text: print(text, flush=True))
    print(f"seeds {start} to {start + count - 1}: {tally}")
    return 1 if tally.blamed or tally.missed else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
