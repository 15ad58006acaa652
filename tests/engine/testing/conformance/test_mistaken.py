"""The engines with seeded mistakes: their bases are right, and every mistake in the truth shows."""

from functools import cache
from random import Random

import pytest

from engine.testing.conformance import expectations
from engine.testing.conformance.attempts import attempt
from engine.testing.museum import RIGHT
from tests.engine.testing.conformance.bases import BASES, written
from tests.engine.testing.conformance.mistaken import (
    Mistaken, Recipe, Told, apart, judge, made, recipes, settled, shows,
)
from tests.engine.testing.conformance.questions import asked, exercises, paths
from tests.engine.testing.conformance.seeding import KINDS, identity, seeds, sentences

SAMPLE = Random(1).sample(recipes(), 60)


@pytest.fixture
def computed_once(monkeypatch):
    """What is right is computed once for all bases."""
    monkeypatch.setattr(expectations, "expected", once)


once = cache(expectations.expected)


@pytest.mark.parametrize("name", BASES)
def test_every_base_is_right(name, computed_once):
    kind = made(written(BASES[name], {}))
    assert len(asked(name)) > 600
    assert [e for e in asked(name) if expectations.wrong(e, attempt(e, kind))] == []


def test_the_first_base_is_the_engine_of_the_museum():
    assert written(BASES["museum"], {}) == RIGHT


def test_every_source_compiles_and_differs_from_its_base():
    for recipe in recipes():
        compile(recipe.source, recipe.base, "exec")
        assert recipe.source != written(BASES[recipe.base], {}), recipe


def test_every_mistake_is_one_of_the_catalogue_and_every_base_has_some_of_each_kind():
    for name in BASES:
        assert {m.kind for m in seeds(name)} == set(KINDS)
        assert {m.identity for m in seeds(name)} <= set(sentences())


@pytest.mark.parametrize("recipe", SAMPLE, ids=lambda recipe: recipe.base)
def test_every_mistake_in_the_truth_shows_in_an_answer(recipe):
    truth = settled(recipe).truth
    shown = recipe._replace(mistakes=tuple(m for m in recipe.mistakes if m.identity in truth))
    assert truth and all(shows(shown, shown.without(m)) for m in shown.mistakes)
    assert not shows(recipe, shown)


def test_mistakes_that_another_hides_are_told_apart_from_those_that_show():
    """Where no gradient arrives at +, its factor of 2 cannot show."""
    no_seed, doubled = [next(m for m in seeds("pairs") if words in m.identity[1])
                        for words in ("never set to 1", "x + y has slopes twice")]
    both = settled(Recipe("pairs", (no_seed, doubled)))
    assert both.truth == {no_seed.identity} and both.without_effect == {doubled.identity}
    assert settled(Recipe("pairs", (doubled,))).truth == {doubled.identity}
    assert not shows(Recipe("pairs", (no_seed, doubled)), Recipe("pairs", (no_seed,)))


def test_pairs_and_triples_mix_kinds_and_change_no_place_twice():
    drawn = [r for r in recipes() if len(r.mistakes) > 1]
    assert len(drawn) == 400 and {len(r.mistakes) for r in drawn} == {2, 3}
    assert all(apart(r.mistakes) for r in drawn)
    swapped, wrong = [next(m for m in seeds("pairs") if words in m.identity[1])
                      for words in ("slopes of * are swapped", "x * y has slopes twice")]
    assert not apart((swapped, wrong)) and not apart((swapped, swapped))


def test_the_same_seed_gives_the_same_engines():
    sources = [r.source for r in recipes.__wrapped__(3, 50)]
    assert sources == [r.source for r in recipes.__wrapped__(3, 50)]
    assert sources != [r.source for r in recipes.__wrapped__(4, 50)]


def test_no_exercise_has_so_many_paths_that_an_engine_without_a_sort_would_not_end():
    assert max(paths(e.program) for e in exercises()) < 1000


def test_words_that_fit_no_sentence_or_several_are_refused():
    for words in ("no such words", "gradient"):
        with pytest.raises(LookupError, match="one must"):
            identity(words)
    with pytest.raises(KeyError, match="no place"):
        written(BASES["tape"], {"sort": ""})


def test_the_judge_counts_what_is_exact_missed_and_false(monkeypatch, capsys):
    seeded = [Mistaken(f"pairs {k}", "pairs", "", frozenset({("name", "true")}), frozenset())
              for k in range(3)]
    told   = iter([Told(frozenset({"true"}), 0), Told(frozenset({"true", "other"}), 0), Told(frozenset(), 7)])
    monkeypatch.setattr("tests.engine.testing.conformance.mistaken.diagnosed", lambda engine: next(told))
    judge(seeded)
    assert capsys.readouterr().out.splitlines()[-1] == (
        "3 engines: 1 exactly right (33.3 %), 1 missed, 1 false sentences in 1 engines, "
        "1 with answers unexplained")
