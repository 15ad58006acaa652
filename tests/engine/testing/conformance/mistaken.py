"""Mistaken: right engines with one to three seeded mistakes, and the truth of each.

    for engine in engines(seed=0, count=400): ...       # all single mistakes, then 400 pairs and triples
    python -m tests.engine.testing.conformance.mistaken           # how many of each kind
    python -m tests.engine.testing.conformance.mistaken --judge   # what the diagnosis says of each

    truth            the mistakes by their identities in the catalogue, (name, sentence)
    without_effect   seeded mistakes that no answer to `exercises()` shows; they are not in truth
"""

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import NamedTuple

from engine.testing.conformance.attempts import Answer, Outcome, attempt
from engine.testing.conformance.exercises import Exercise
from engine.testing.conformance.running import conformance
from engine.testing.conformance.simulation import close
from tests.engine.testing.conformance.bases import BASES, written
from tests.engine.testing.conformance.questions import asked, exercises, rounding
from tests.engine.testing.conformance.seeding import KINDS, Seeded, seeds, sentences


class Recipe(NamedTuple):
    base:     str
    mistakes: tuple[Seeded, ...]

    @property
    def source(self) -> str:
        return written(BASES[self.base], {place: text for m in self.mistakes
                                          for place, text in m.changes.items()})

    def without(self, mistake: Seeded) -> "Recipe":
        return self._replace(mistakes=tuple(m for m in self.mistakes if m is not mistake))


class Mistaken(NamedTuple):
    name:           str
    base:           str
    source:         str
    truth:          frozenset[tuple[str, str]]
    without_effect: frozenset[tuple[str, str]]


@cache
def recipes(seed: int = 0, count: int = 400) -> tuple[Recipe, ...]:
    """Every single mistake in every base, and `count` pairs and triples."""
    singles = [Recipe(name, (m,)) for name in BASES for m in seeds(name)]
    rng, drawn = Random(seed), dict[tuple, Recipe]()
    while len(drawn) < count:
        name   = rng.choice(list(BASES))
        kinds  = rng.sample((*KINDS, "calculus", "calculus"), rng.choice((2, 2, 3)))
        chosen = tuple(rng.choice([m for m in seeds(name) if m.kind == kind]) for kind in kinds)
        if apart(chosen):
            drawn[name, frozenset(m.identity for m in chosen)] = Recipe(name, chosen)
    return (*singles, *drawn.values())


def apart(mistakes: tuple[Seeded, ...]) -> bool:
    """Whether no two of them are the same, or change the same place."""
    return (len({m.identity for m in mistakes}) == len(mistakes)
            and len(set().union(*(m.places for m in mistakes))) == sum(len(m.places) for m in mistakes))


def engines(seed: int = 0, count: int = 400) -> Iterator[Mistaken]:
    """The engines of `recipes`, each with its truth."""
    for number, recipe in enumerate(recipes(seed, count)):
        yield settled(recipe, number)


def settled(recipe: Recipe, number: int = 0) -> Mistaken:
    """The engine, and which of its mistakes show: of two that hide each other the likelier is kept."""
    shown = recipe
    while hidden := [m for m in shown.mistakes if not shows(shown, shown.without(m))]:
        shown = shown.without(max(hidden, key=lambda m: sentences()[m.identity]))
    truth = frozenset(m.identity for m in shown.mistakes)
    return Mistaken(f"{recipe.base} {number}", recipe.base, recipe.source, truth,
                    frozenset(m.identity for m in recipe.mistakes) - truth)


def shows(one: Recipe, other: Recipe) -> bool:
    """Whether any exercise tells the engines apart."""
    a, b = made(one.source), made(other.source)
    return any(not same(e, attempt(e, a), attempt(e, b)) for e in asked(one.base))


def same(exercise: Exercise, a: Outcome, b: Outcome) -> bool:
    """Whether two outcomes are the same but for rounding: values, gradients of the inputs, kind of error."""
    return (a.error.partition(":")[0] == b.error.partition(":")[0] and all(map(close, a.data, b.data))
            and all(map(near, a.grads, b.grads, rounding(exercise))))


def near(a: Answer, b: Answer, within: float) -> bool:
    return close(a, b) or (isinstance(a, float) and isinstance(b, float) and abs(a - b) <= within)


def made(source: str) -> type:
    """The class of an engine, from its text, in a module of its own."""
    module = ModuleType("engine_under_test")
    exec(compile(source, "<mistaken>", "exec"), module.__dict__)
    found: type = module.Value
    return found


# --- the command ------------------------------------------------------------------------------------------

class Told(NamedTuple):
    """What a diagnosis reports of an engine: sentences, and how many answers it leaves unexplained."""

    sentences:   frozenset[str]
    unexplained: int


DIAGNOSIS = "engine.testing.conformance.diagnosis"


def diagnosed(engine: Mistaken) -> Told:
    """By the module of diagnosis where it is there, else by the whole report."""
    if find_spec(DIAGNOSIS):
        kind = made(engine.source)
        told = import_module(DIAGNOSIS).diagnose([(e, attempt(e, kind)) for e in asked(engine.base)])
        return Told(frozenset(m.sentence for m in told.mistakes), len(told.unexplained))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "engine.py"
        path.write_text(engine.source, encoding="utf-8")
        return Told(frozenset(sentence for sentence, _ in conformance(f"{path}:Value").mistakes), 0)


def judge(told: Iterable[Mistaken]) -> None:
    """Print the truth of each engine beside what is reported of it, and the totals."""
    totals: Counter[str] = Counter()
    for engine in told:
        truth, report = frozenset(sentence for _, sentence in engine.truth), diagnosed(engine)
        found = {"missed": truth - report.sentences, "false": report.sentences - truth}
        totals.update(engines=1, exact=truth == report.sentences, missed=len(found["missed"]),
                      false=len(found["false"]), falsely=bool(found["false"]),
                      unexplained=bool(report.unexplained))
        print(f"{engine.name}: {'exact' if truth == report.sentences else 'WRONG'}, {len(truth)} true")
        for word, lines in (("true", truth & report.sentences), *found.items()):
            print("".join(f"    {word:<7} {line}\n" for line in sorted(lines)), end="")
        if report.unexplained:
            print(f"    {report.unexplained} answers unexplained")
    share = 100 * totals["exact"] / max(totals["engines"], 1)
    print(f"{totals['engines']} engines: {totals['exact']} exactly right ({share:.1f} %), "
          f"{totals['missed']} missed, {totals['false']} false sentences in {totals['falsely']} engines, "
          f"{totals['unexplained']} with answers unexplained")


def counted(seed: int, count: int) -> None:
    """Print how many mistakes of each kind are seeded in each base, and how many have no effect."""
    chosen = recipes(seed, count)
    kinds  = Counter((r.base, m.kind) for r in chosen if len(r.mistakes) == 1 for m in r.mistakes)
    print(f"{'':<12}" + "".join(f"{kind:>14}" for kind in KINDS))
    for name in BASES:
        print(f"{name:<12}" + "".join(f"{kinds[name, kind]:>14}" for kind in KINDS))
    sizes = Counter(len(r.mistakes) for r in chosen)
    print(f"{sizes[1]} singles, {sizes[2]} pairs, {sizes[3]} triples; {len(exercises())} exercises")
    hidden = [e for e in engines(seed, count) if e.without_effect]
    for engine in hidden:
        for _, sentence in sorted(engine.without_effect):
            print(f"{engine.name}: without effect: {sentence}")
    print(f"{sum(len(e.without_effect) for e in hidden)} mistakes without effect, in {len(hidden)} engines")


def main() -> None:
    parser = argparse.ArgumentParser(description="Engines with seeded mistakes.")
    parser.add_argument("--judge", action="store_true", help="what the diagnosis says of each engine")
    parser.add_argument("--seed",  type=int, default=0, help="which pairs and triples are drawn")
    parser.add_argument("--drawn", type=int, default=400, help="how many pairs and triples there are")
    parser.add_argument("--count", type=int, default=0, help="judge so many of them, drawn by the seed")
    given = parser.parse_args()
    if not given.judge:
        return counted(given.seed, given.drawn)
    numbered = list(enumerate(recipes(given.seed, given.drawn)))
    chosen   = Random(given.seed).sample(numbered, min(given.count or len(numbered), len(numbered)))
    judge(settled(recipe, number) for number, recipe in sorted(chosen, key=lambda pair: pair[0]))


if __name__ == "__main__":
    main()
