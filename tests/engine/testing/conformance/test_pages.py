"""Pages: reports as one HTML file, with foreign text harmless."""

import pytest

from engine.testing import conformance, museum
from engine.testing.conformance import pages
from engine.testing.conformance.cases import Finding
from engine.testing.conformance.pages import exhibit, page, shade
from engine.testing.conformance.reports import Report, Verdict


def test_the_page_shows_both_graphs():
    html = page([conformance(museum.engine("overwrite"), only="accumulation on shared nodes: inputs")])
    assert (html.count("<svg ") == 2 and html.count(";must add 1.0, added 0 &") == 1
            and "first differing edge: x to z" in html)


def test_foreign_text_is_harmless():
    bad = "<script>alert(1)</script>"
    finding = Finding(bad, [bad], [bad], [bad], bad, bad, [], {})
    html = page([Report(bad, 0, 1, verdicts=[Verdict("kinks", bad, "fail", [finding], []),
                                             Verdict("kinks", "b", "pass", [], [bad])]),
                 Report(bad, 0, 1, problem=bad)], title=bad)
    assert "<script" not in html and html.count("&lt;script&gt;") >= 10


def test_without_graphviz_the_graphs_are_text(monkeypatch):
    def nothing_to_draw_with(graph, which):
        raise RuntimeError("no Graphviz")
    monkeypatch.setattr(pages, "drawn_svg", nothing_to_draw_with)
    node  = {"name": "x", "op": "", "right": ["2.0", "2.0"], "given": ["2.0", "1.0"]}
    html  = exhibit(Finding("", [], [], [], "", "", [], {"nodes": [node], "edges": [], "marked": None}))
    assert "<pre>graph" in html and "right: data, grad" in html and "<svg" not in html


@pytest.mark.parametrize("passed, asked, colour", [(0, 0, "empty"), (3, 3, "full"), (2, 4, "part"),
                                                   (1, 3, "none")])
def test_a_cell_shows_how_much_was_passed(passed, asked, colour):
    assert shade(passed, asked) == colour
