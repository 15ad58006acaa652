"""The mutation score: how many small changes of the engine and of nn the project's own tests notice.

    python -m tests.mutation                        # 100 mutants
    python -m tests.mutation --limit 0              # all of them
    python -m tests.mutation --only nn/losses       # those of some files
    python -m tests.mutation --list                 # what would be changed

A mutant is the project with one operator, one comparison, one number, one slope of the calculus table or
one line of the backward pass changed. It is killed if a test fails: of the file's own tests first, then of
all that stand near. Every survivor is equivalent, for a reason told in EQUIVALENT, or shows that a test is
missing. The tests run in processes that fork from one which has loaded pytest and the oracles.
"""

from __future__ import annotations

import argparse
import ast
import copy
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import NamedTuple, NoReturn

from engine.show.text import print_anywhere

ROOT    = Path(__file__).resolve().parents[1]
ENGINE  = ("value", "primitives", "careful", "rows", "functions", "derivatives")
NN      = ("activations", "checks", "connections", "datasets", "epoch_records", "history", "initializers",
           "losses", "metrics", "module", "neuron", "normalization", "optimizers", "prediction",
           "regularization", "saving", "signals", "training", "vectorized")
SOURCES = (*[f"engine/{name}.py" for name in ENGINE], *[f"nn/{name}.py" for name in NN])
NEAR    = {"engine": [f"tests/engine/{name}.py" for name in
                      ("test_behaviours", "test_careful", "test_value", "test_derivatives", "test_errors",
                       "test_functions", "test_primitives", "test_remainders", "test_rows",
                       "explaining/test_gates")],
           "nn":     ["tests/nn", "tests/derivations"]}
SLOW    = "not second_derivatives and not planted and not million"
ORACLES = ["pytest", "_pytest.assertion.rewrite", "hypothesis", "hypothesis.strategies", "mpmath", "sympy",
           "numpy"]
WHOLE   = ("backward", "topological_order", "gradients")         # every line of these is left out once
DECLINE = ("__repr__", "__format__", "_repr_mimebundle_")   # words for people


class Mutant(NamedTuple):
    """change: what is different; line: the line of the source before; source: the file after."""

    file:   str
    number: int
    line:   str
    change: str
    kind:   str
    source: str

    def __str__(self) -> str:
        return f"{self.file}:{self.number}  {self.change:<28} {self.line}"


# (file, start of the line, change) -> why the mutant computes the same.
EQUIVALENT: dict[tuple[str, str, str], str] = {
    ("engine/careful.py", "return where(x > y, x,", "> becomes >="):    "at a tie both are the maximum",
    ("engine/careful.py", "return where(x < y, x,", "< becomes <="):    "at a tie both are the minimum",
    ("engine/careful.py", 'return apply("exp", where(', "> becomes >="): "at 0 both branches are exp(0)",
    ("engine/careful.py", "return where(x < low, low,", "> becomes >="): "at the bound both are the bound",
    ("engine/careful.py", "return where(x < y, x,", "+ becomes -"): "reached with a nan only: nan either way",
    ("engine/careful.py", "if isinstance(number(y),", "- becomes +"): "at 2^53 both give the same number",
    ("engine/careful.py", "return -inf if number(x)", "< becomes <="): "no power of 0 overflows",
    ("engine/careful.py", "if isinstance(x, Real) and x <= 0:",
     "and becomes or"): "above 0 nothing is refused",
    ("engine/careful.py", "if isinstance(x, Real) and x <= 0:",
     "0 becomes 1"):    "above 0 nothing is refused",
    ("engine/careful.py", "return where(at_pole, a * inf", "1 becomes 2"): "the 1 is not used at a pole",
    ("engine/careful.py", "return over(1, x ** (1 - y))",
     "1 becomes 2"):  "x is 0 there: infinite either way",
    ("engine/careful.py", "return over(1, x ** (1 - y))",
     "** becomes *"): "x is 0 there: infinite either way",
    ("engine/careful.py", "return where(equal(x, 0), shut, where(x > 0, z",
     "> becomes >="): "0 is taken before",
    ("engine/careful.py", "return where(equal(x, 0), shut, where(x > 0, z",
     "1 becomes 2"):  "the 1 is not used",
    ("engine/careful.py", "return where(equal(x, 0), 1, x)", "1 becomes 2"): "the numerator is 0 there",
    ("engine/careful.py", "return where(x > y, x, where(y", "+ becomes -"): "reached with a nan only: nan "
                                                                            "either way",
    ("engine/careful.py", "return where(x < low, low,", "< becomes <="):    "at the bound both are the bound",
    ("engine/careful.py", "return where(x > 0, 1, e) / (1 + e)", "> becomes >="): "at 0 both are 1",
    ("engine/careful.py", "return lib(x).sin(lib(x).pi * where(r", "> becomes >="): "at 1/2 both are 1/2",
    ("engine/careful.py", "return lib(x).sin(lib(x).pi * where(r", "< becomes <="): "at -1/2 both are -1/2",
    ("engine/careful.py", "return where(r < 0.25, lib(x).cos",
     "< becomes <="):     "at 1/4 both are one number",
    ("engine/careful.py", "near, far = where(small, x, 0)", "0 becomes 1"): "the 0 stands where it is not "
                                                                            "used",
    ("engine/careful.py", "near, far = where(small, x, 0)", "1 becomes 2"): "the 1 stands where it is not "
                                                                            "used",
    ("engine/careful.py", "small = abs(number(x)) < 0.3", "< becomes <="): "at 0.3 series and quotient agree",
    ("engine/careful.py", "return 0 if equal(x, 0) else x ** y / x", "/ becomes *"):
        "beyond 2^53 a power is 0, 1, -1 or none",
    ("engine/primitives.py", 'latex=r"\\mathrm{{clamp}}', "0 becomes 1"):
        "a bound elsewhere is as good a kink",
    ("engine/primitives.py", 'latex=r"\\mathrm{{clamp}}', "1 becomes 2"):
        "a bound elsewhere is as good a kink",
    ("engine/primitives.py", "step = primitive(", "<= becomes <"): "at 0 x itself is 0",
    ("engine/primitives.py", "step = primitive(", "0 becomes 1"):  "the inner one: between 0 and 1 x is "
                                                                   "above 0",
    ("engine/primitives.py", "log_sigmoid = primitive(", "> becomes >="): "at 0 both branches are 0",
    ("engine/primitives.py", "softplus = primitive(", "> becomes >="):    "at 0 both branches are 0",
    ("engine/primitives.py", "relu = primitive(", "<= becomes <"):        "at 0 both branches are 0",
    ("engine/primitives.py", "[lambda z, x, a: where(x > 0, 1, a), lambda", "> becomes >="):
        "the second one: at 0 both are 0",
    ("engine/primitives.py", 'latex=r"\\mathrm{{leaky}}', "0.01 becomes 1.01"): "a kink of another leak, as "
                                                                                "good",
    ("engine/primitives.py", 'latex=r"\\mathrm{{ELU}}', "0.5 becomes 1.5"):     "a kink of another ELU, as "
                                                                                "good",
    ("engine/primitives.py", 'symbol="min"', "1 becomes 2"): "a tie at another number, as good",
    ("engine/primitives.py", "[lambda z, x, a: where(x > 0, 1, a * exp", "0 becomes 1"):
        "the inner one stands where it is not used",
    ("engine/primitives.py", 'primitive("elu", ', "> becomes >="): "at 0 both branches are 0",
    ("engine/primitives.py", 'primitive("elu", ', "0 becomes 1"): "the 0 in expm1 is not used",
    ("engine/primitives.py", 'primitive("leaky_relu", ', "> becomes >="): "at 0 both branches are 0",
    ("engine/primitives.py", "[lambda z, x, a: where(x > 0, 1, a * exp", "> becomes >="):
        "the inner one: at 0 both are 0",
    ("engine/primitives.py", "lambda z, x, a: where(x > 0, shut, expm1(", "> becomes >="):
        "at 0 both branches are 0",
    ("engine/primitives.py", "lambda z, x, a: where(x > 0, shut, expm1(", "0 becomes 1"):
        "the 0 stands where it is not used",
    ("nn/activations.py", "passes, stops = row.value(20.0)", "20.0 becomes 21.0"):
        "far from 0 either number tells the same",
    ("nn/activations.py", 'return "he" if passes > 15', "15 becomes 16"): "what passes 20 is at least 20",
    ("nn/activations.py", 'return "he" if passes > 15', "5 becomes 6"): "what stops -20 is near 0, else -20",
    ("nn/activations.py", 'return "he" if passes > 15', "> becomes >="): "no activation is 15 at 20",
    ("nn/datasets.py", "return [[x] for x in xs], [f(x) + rng", "+ becomes -"): "noise is as likely below",
    ("nn/regularization.py", "return [xj + self.sigma * self.rng", "+ becomes -"): "noise is as likely below",
    ("nn/losses.py", "if abs(sum(t) - 1) > 1e-6", "> becomes >="):     "no sum is off by just that",
    ("nn/optimizers.py", "if norm > limit", "> becomes >="):            "at the limit the factor is 1",
    ("nn/optimizers.py", "elif p.grad < -limit", "< becomes <="):       "at the limit both are the limit",
    ("nn/training.py", "first = values(predict(model, X[:1])", "1 becomes 2"): "the first alone is looked at",
    ("nn/optimizers.py", "if p.grad > limit", "> becomes >="):          "at the limit both are the limit",
    ("nn/vectorized.py", "if norm > training.clip_norm", "> becomes >="): "at the limit the factor is 1",
    ("nn/vectorized.py", "elif len(self.X) > FEW", "> becomes >="):     "of as many nothing new is checked",
    ("nn/prediction.py", "root: Value = total(outputs)", "0 becomes 1"): "a constant has no slope",
    ("nn/prediction.py", "root: Value = total(outputs)", "+ becomes -"): "a constant has no slope",
    ("nn/prediction.py", "root: Value = total(outputs)", "> becomes >="): "the total of one is that one",
    ("nn/vectorized.py", "if self.listed and not hasattr(Y[0]", "0 becomes 1"): "targets are of one kind",
    ("nn/saving.py", "return int(digits) if len(digits) <= DIGITS", "<= becomes <"):
        "any length above 309 will do",
    ("nn/vectorized.py", "first = training.model.batch(", "2 becomes 3"): "the first alone is looked at",
    ("nn/vectorized.py", "FEW = 3", "3 becomes 4"):                    "one more is as few",
    ("nn/vectorized.py", "if program.fixed and len(sizes)", "and becomes or"): "the same, at more cost",
    ("nn/vectorized.py", "if abs(scalar - matrix) > 1e-9", "1e-09 becomes 1.000000001"):
        "the second one: of a loss below 1 the same digits count",
    ("nn/vectorized.py", "if abs(scalar - matrix) > 1e-9", "* becomes /"): "a tolerance as good",
    ("nn/regularization.py", "self.mask = [0.0 if self.rng", "< becomes <="): "no draw is just the rate",
    ("nn/regularization.py", "self.mask = [1.0 if self.rng", "< becomes <="): "no draw is just the share",
    ("nn/vectorized.py", "if abs(scalar - matrix) > 1e-9", "> becomes >="): "no difference is just that",
    ("nn/saving.py", "DIGITS = 400", "400 becomes 401"):                 "any number above 309 will do",
    ("nn/saving.py", "text = json.dumps(", "1 becomes 2"):               "white space",
    ("nn/saving.py", "name    = visible(", "300 becomes 301"):           "where a name is cut",
    ("nn/saving.py", "if len(found) > most", "> becomes >="):           "the bound is generous",
    ("nn/saving.py", "found = file.read(most + 1)", "1 becomes 2"):      "one too many is one too many",
    **{("nn/history.py", line, change): "how large it is drawn" for line, change in [
        ("figure = Figure(", "6.4 becomes 7.4"), ("figure = Figure(", "4.2 becomes 5.2"),
        ("axes.plot(range(1, len(training)", "2 becomes 3"),
        ("axes.plot(range(1, len(validation)", "2 becomes 3"),
        ("axes.legend(", "13 becomes 14"), ("axes.set_xlabel(", "15 becomes 16"),
        ("axes.set_ylabel(", "15 becomes 16"), ("axes.tick_params(", "13 becomes 14"),
        ("axes.grid(", "0.3 becomes 1.3")]},
    ("nn/datasets.py", "return ([[int(pixel, 17) / 16", "17 becomes 18"): "a pixel is one digit, 0 to g",
    ("nn/activations.py", 'return "he" if passes > 15', "< becomes <="): "no activation is 5 or -5 at -20",
}

SWAPS: dict[type[ast.AST], tuple[type[ast.AST], str]] = {
    ast.Add: (ast.Sub, "+ becomes -"), ast.Sub: (ast.Add, "- becomes +"),
    ast.Mult: (ast.Div, "* becomes /"), ast.Div: (ast.Mult, "/ becomes *"),
    ast.FloorDiv: (ast.Div, "// becomes /"), ast.Pow: (ast.Mult, "** becomes *"),
    ast.Lt: (ast.LtE, "< becomes <="), ast.LtE: (ast.Lt, "<= becomes <"),
    ast.Gt: (ast.GtE, "> becomes >="), ast.GtE: (ast.Gt, ">= becomes >"),
    ast.Eq: (ast.NotEq, "== becomes !="), ast.NotEq: (ast.Eq, "!= becomes =="),
    ast.In: (ast.NotIn, "in becomes not in"), ast.NotIn: (ast.In, "not in becomes in"),
    ast.Is: (ast.IsNot, "is becomes is not"), ast.IsNot: (ast.Is, "is not becomes is"),
    ast.And: (ast.Or, "and becomes or"), ast.Or: (ast.And, "or becomes and"),
}


# --- making mutants -------------------------------------------------------------------------------

def mutants(file: str) -> list[Mutant]:
    """Every mutant of one file of the engine, in order."""
    text  = (ROOT / file).read_text(encoding="utf-8")
    lines = text.splitlines()
    found = []
    for number, change, kind, tree in variants(ast.parse(text)):
        found.append(Mutant(file, number, lines[number - 1].strip(), change, kind,
                            ast.unparse(ast.fix_missing_locations(tree))))
    return found


Change = Callable[[ast.AST], None]


def variants(tree: ast.Module) -> Iterator[tuple[int, str, str, ast.Module]]:
    """(line, what is changed, kind, the changed tree) for each place that can be changed."""
    for place, node in enumerate(code_nodes(tree)):
        for change, kind, apply in changes(node):
            changed = copy.deepcopy(tree)
            apply(code_nodes(changed)[place])
            yield node.lineno, change, kind, changed  # type: ignore[attr-defined]


def code_nodes(tree: ast.Module) -> list[ast.AST]:
    """The statements and expressions that compute something: no annotations, no texts for people."""
    found: list[ast.AST] = []
    def visit(node: ast.AST, inside: str) -> None:
        name = getattr(node, "name", inside) if isinstance(node, ast.FunctionDef) else inside
        if name in DECLINE or isinstance(node, (ast.JoinedStr, ast.Raise)):
            return
        node.inside = name                                   # type: ignore[attr-defined]
        found.append(node)
        for field, part in ast.iter_fields(node):
            if field not in ("annotation", "returns", "decorator_list"):
                for child in part if isinstance(part, list) else [part]:
                    if isinstance(child, ast.AST):
                        visit(child, name)
    visit(tree, "")
    return [node for node in found if hasattr(node, "lineno")]


def changes(node: ast.AST) -> Iterator[tuple[str, str, Change]]:
    """What can be changed about one node: (words, kind, how)."""
    inside = getattr(node, "inside", "")
    if isinstance(node, (ast.BinOp, ast.BoolOp, ast.AugAssign)) and type(node.op) in SWAPS:
        other, words = SWAPS[type(node.op)]
        yield words, "operator", lambda n: setattr(n, "op", other())
    if isinstance(node, ast.Compare) and type(node.ops[0]) in SWAPS:
        other, words = SWAPS[type(node.ops[0])]
        rest = node.ops[1:]
        yield words, "operator", lambda n: setattr(n, "ops", [other(), *rest])
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield "the minus is left out", "operator", lambda n: setattr(n, "op", ast.UAdd())
    if (isinstance(node, ast.Constant) and isinstance(node.value, (int, float))
        and not isinstance(node.value, bool)):
        more = node.value + 1
        yield f"{node.value} becomes {more}", "number", lambda n: setattr(n, "value", more)
    if isinstance(node, ast.Lambda) and node.args.args and node.args.args[0].arg == "z":
        turned = ast.UnaryOp(ast.USub(), node.body)
        yield "a slope changes its sign", "slope", lambda n: setattr(n, "body", turned)
    statement = isinstance(node, (ast.Assign, ast.AugAssign, ast.Expr))
    if inside in WHOLE and statement and not isinstance(getattr(node, "value", None), ast.Constant):
        yield "the line is left out", "line", leave_out


def leave_out(node: ast.AST) -> None:
    """Make a statement do nothing."""
    node.__class__ = ast.Pass


def chosen(limit: int, seed: int, only: str = "") -> list[Mutant]:
    """All lines and slopes first, then operators and numbers drawn at random, at most `limit` (0: all)."""
    everything = [m for file in SOURCES if file.startswith(only) for m in mutants(file)]
    if not limit or len(everything) <= limit:
        return everything
    rng   = Random(seed)
    picks = {kind: [k for k, m in enumerate(everything) if m.kind == kind]
             for kind in ("line", "operator", "slope", "number")}
    share = {"line": limit // 6, "slope": limit // 4, "operator": limit // 2, "number": limit // 11}
    taken = [k for kind, places in picks.items() for k in rng.sample(places, min(share[kind], len(places)))]
    return [everything[k] for k in sorted(taken)]


def part_of(mutants: list[Mutant], part: str) -> list[Mutant]:
    """The K-th of N parts of about equal length, for part = "K/N"."""
    k, n = map(int, part.split("/"))
    return mutants[len(mutants) * (k - 1) // n:len(mutants) * k // n]


# --- running the tests ----------------------------------------------------------------------------

def killed(mutant: Mutant | None, folder: Path, timeout: float) -> bool:
    """Whether a test fails on the mutant (None: on the project as it is), in a copy in `folder`."""
    if mutant is None:
        return any(fails(folder, tests, timeout) for tests in NEAR.values())
    file = folder / mutant.file
    before = file.read_text(encoding="utf-8")
    file.write_text(mutant.source, encoding="utf-8")
    package, _, name = mutant.file.removesuffix(".py").partition("/")
    try:
        return any(fails(folder, tests, timeout) for tests in ([f"tests/{package}/test_{name}.py"],
                                                               NEAR[package]))
    finally:
        file.write_text(before, encoding="utf-8")


def fails(folder: Path, tests: list[str], timeout: float) -> bool:
    """Whether one of the tests fails, or hangs."""
    process = get_context("forkserver").Process(target=run_tests, args=(folder, tests))
    process.start()
    process.join(timeout)
    hangs = process.is_alive()
    if hangs:
        process.kill()
        process.join()
    return hangs or process.exitcode != 0


def run_tests(folder: Path, tests: list[str]) -> NoReturn:
    """The tests in the folder, with its own engine and nn; ends the process."""
    import resource

    import pytest
    resource.setrlimit(resource.RLIMIT_AS, (4 * 2 ** 30, 4 * 2 ** 30))  # a mutant may grow for ever
    ours = ("engine", "nn", "tests", "demos")
    for name in [name for name in sys.modules if name.partition(".")[0] in ours]:
        del sys.modules[name]
    sys.path[:] = [str(folder), *[place for place in sys.path if place not in ("", str(ROOT))]]
    sys.dont_write_bytecode = True
    os.chdir(folder)
    for stream in (1, 2):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
    os._exit(pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-k", SLOW, *tests]))


def copied(folder: Path) -> Path:
    """The project's code and tests, in a folder of their own."""
    for part in ("engine", "nn", "tests", "demos", "docs"):
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__", "out"))
    for file in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / file, folder)
    return folder


def survivors(asked: list[Mutant], jobs: int, timeout: float) -> list[Mutant]:
    """The mutants that no test notices.

    Raises:
        RuntimeError: the tests fail on the engine as it is.
    """
    get_context("forkserver").set_forkserver_preload(ORACLES)
    with TemporaryDirectory() as place:
        copies = [copied(Path(place) / str(k)) for k in range(jobs)]
        if killed(None, copies[0], timeout):
            raise RuntimeError("the tests fail on the project as it is: mutants can only be judged by tests "
                               "that pass")

        def work(k: int) -> list[Mutant]:
            alive = []
            for place, mutant in list(enumerate(asked))[k::jobs]:
                if not killed(mutant, copies[k], timeout):
                    alive.append(mutant)
                    print(f"  survives: {mutant}", flush=True)
                elif place % 20 < jobs:
                    print(f"  {place + 1} of {len(asked)}", file=sys.stderr, flush=True)
            return alive
        with ThreadPoolExecutor(jobs) as pool:
            return [mutant for alive in pool.map(work, range(jobs)) for mutant in alive]


def reason(m: Mutant) -> str:
    """Why the mutant computes the same; "" if that is not known."""
    return next((why for (file, line, change), why in EQUIVALENT.items()
                 if file == m.file and m.line.startswith(line) and change == m.change), "")


def main(argv: list[str] | None = None) -> int:
    """Print the score and the survivors; 0 if each survivor is known to be equivalent."""
    print_anywhere()
    parser = argparse.ArgumentParser(prog="python -m tests.mutation",
                                     description="How many small changes of the project its tests notice.")
    parser.add_argument("--limit",   type=int, default=100, metavar="N",
                        help="how many mutants (default: 100; 0: all)")
    parser.add_argument("--seed",    type=int, default=0, help="which ones")
    parser.add_argument("--jobs",    type=int, default=2, metavar="N", help="processes (default: 2)")
    parser.add_argument("--timeout", type=float, default=120.0, metavar="S",
                        help="seconds for one mutant (default: 120)")
    parser.add_argument("--only",    default="", metavar="FILE", help="files that begin so")
    parser.add_argument("--part",    default="1/1", metavar="K/N",
                        help="the K-th of N parts, so that the whole can be run in several sittings")
    parser.add_argument("--list",    action="store_true", help="list the mutants and run none")
    options = parser.parse_args(argv)
    asked = part_of(chosen(options.limit, options.seed, options.only), options.part)
    if options.list:
        print("\n".join(map(str, asked)))
        return 0
    alive   = survivors(asked, options.jobs, options.timeout)
    same    = [m for m in alive if reason(m)]
    missing = [m for m in alive if m not in same]
    counted = len(asked) - len(same)
    print(f"\n{counted - len(missing)} of {counted} mutants killed "
          f"({100 * (counted - len(missing)) / counted:.1f} %); {len(same)} more compute the same:")
    for m in same:
        print(f"  {m}\n      {reason(m)}")
    for m in missing:
        print(f"  not noticed by any test: {m}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
