"""The bug museum: the suite catches every exhibit, names its mistake first, and passes the right engine."""

import pytest

from demos import museum as lecture
from engine.testing.museum import EXHIBITS, difference, engine, exhibit, names, source, tour
from engine.testing.museum.wing import HUNG, SLIPS, named, visit


def test_there_are_enough_exhibits_each_with_its_own_name():
    assert len({e.name for e in EXHIBITS}) == len(EXHIBITS) >= 50


def test_the_right_engine_passes_with_no_finding():
    report = tour("right")
    assert report.passed and report.findings == [] and report.score == 100


@pytest.mark.parametrize("e", EXHIBITS, ids=lambda e: e.name)
def test_each_exhibit_is_caught_and_named(e):
    report = tour(e.name, examples=2)
    assert not report.passed and names(report, e), str(report)


@pytest.mark.parametrize("e", EXHIBITS, ids=lambda e: e.name)
def test_each_exhibit_is_one_change_of_the_right_engine(e):
    changed = [line for line in difference(e).splitlines() if line[:1] in "+-"]
    assert source(e) != source(exhibit("overwrite")) or e.name == "overwrite"
    assert 1 <= len(changed) <= 22


@pytest.mark.parametrize("name", SLIPS)
def test_every_row_of_the_table_hangs_in_its_wing_and_is_named(name):
    report = visit(engine("right"), name)
    assert len(HUNG) > 20 and len(named(report, name)) == len(HUNG), str(report)
    assert all(any(f"x.{op}(" in sentence for sentence in named(report, name)) for op in HUNG)


def test_an_unknown_exhibit():
    with pytest.raises(KeyError, match="no 'unicorn'"):
        engine("unicorn")


def test_the_gallery_shows_an_exhibit_with_its_change_and_two_graphs():
    e = exhibit("overwrite")
    html = lecture.section(1, e, tour(e.name, examples=2))
    assert ("x.grad = slope * z.grad" in html and html.count("<svg ") == 2 and "overwritten where it should "
            "accumulate" in html)
