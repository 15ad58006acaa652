"""Slides: one section per step without a script, and a PDF with one page per step."""

import shutil

import pytest

from engine import lecture
from engine.lectures import slides
from nn import MLP


def test_one_section_per_step_and_no_script(shared):
    page = lecture(shared).slides()
    assert page.count("<section") == 15 and "<script" not in page
    assert "dL/dx += −1 · 0.4175 = −0.4175" in page and "· swaps" in page


def test_the_last_slide_shows_every_gradient_and_the_first_none(shared):
    sections = lecture(shared).slides().split("<section")
    assert "grad 0.4877" in sections[-1] and "grad 0" not in sections[1]


def test_slides_fit_their_width(opened, shared):
    for width, height in [(1280, 800), (390, 844)]:
        page = opened(lecture(shared), width, height, name="slides.html")
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_pdf_with_one_page_per_step(shared, tmp_path):
    pypdf = pytest.importorskip("pypdf", reason="pip install pypdf")
    if not any(map(shutil.which, slides.BROWSERS)):
        pytest.skip("no chromium: apt-get install -y chromium")
    pages = pypdf.PdfReader(lecture(shared).save(tmp_path / "slides.pdf")).pages
    assert len(pages) == 15 and all(f"{i} / 15" in p.extract_text() for i, p in enumerate(pages, 1))


def test_without_a_browser_the_message_says_what_to_do(shared, tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(slides, "BROWSERS", ("no-such-browser",))
    talk = lecture(shared)
    with pytest.raises(RuntimeError, match="slides.html"):
        slides.printed("<p>", tmp_path / "l.pdf")
    assert talk and not (tmp_path / "l.pdf").exists()


def test_a_large_graph_has_slides_of_its_units():
    page = lecture(MLP(2, [60, 1])([1.0, 2.0]) ** 2).slides()
    assert page.count("<svg") == page.count("<section") < 300
