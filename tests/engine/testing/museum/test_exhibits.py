"""The exhibits: each is one change of the right engine; the suite catches it and names its mistake first."""

import pytest

from demos import museum as lecture
from engine.testing import museum
from engine.testing.museum import EXHIBITS, difference, engine, exhibit, names, source, tour


def test_there_are_enough_exhibits_each_with_its_own_name():
    assert len({e.name for e in EXHIBITS}) == len(EXHIBITS) >= 50


@pytest.mark.parametrize("e", EXHIBITS, ids=lambda e: e.name)
def test_each_exhibit_is_caught_and_named(e):
    report = tour(e.name, examples=2)
    assert not report.passed and names(report, e), str(report)


@pytest.mark.parametrize("e", EXHIBITS, ids=lambda e: e.name)
def test_each_exhibit_is_one_change_of_the_right_engine(e):
    changed = [line for line in difference(e).splitlines() if line[:1] in "+-"]
    assert source(e) != source(exhibit("overwrite")) or e.name == "overwrite"
    assert 1 <= len(changed) <= 22


def test_an_unknown_exhibit():
    with pytest.raises(KeyError, match="no 'unicorn'"):
        engine("unicorn")


def test_the_gallery_shows_an_exhibit_with_its_change_and_two_graphs():
    e = exhibit("overwrite")
    html = lecture.section(1, e, tour(e.name, examples=2))
    assert ("x.grad = slope * z.grad" in html and html.count("<svg ") == 2 and "overwritten where it should "
            "accumulate" in html)


def test_an_exhibit_whose_place_is_not_there_once_is_refused():
    for old in ("no such line", "self.data"):
        with pytest.raises(ValueError, match=f"has {museum.RIGHT.count(old)} times: it must be there once"):
            source(exhibit("overwrite")._replace(old=old))
