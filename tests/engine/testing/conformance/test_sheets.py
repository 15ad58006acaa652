"""Sheets: a page for each student that holds all there is to say and nothing of this machine."""

import re
from html import unescape

import pytest

from engine.testing import conformance, museum
from engine.testing.conformance.cases import Finding
from engine.testing.conformance.reports import Report, Verdict
from engine.testing.conformance.sheets import names_of, sheet

BAD   = "<script>alert(1)</script> & '\""
PLACE = {"file": "ada.py", "line": 7, "name": "def __mul__", "lines": [(7, "def __mul__(self, x):"),
                                                                      (8, BAD), (0, "")], "marked": [8]}


def graph(n):
    node = {"name": "x" * 20, "op": "", "right": ["-1.23456789e-100", "2.0"], "given": ["3.0", "1.0"]}
    return {"nodes": [{**node, "name": f"x{k}", "op": "tanh" if k else ""} for k in range(n)],
            "edges": [[k, k + 1, 0] for k in range(n - 1)], "marked": [0, 1, 0],
            "must": "must add -0.6397", "added": "wrote -1.2794 over 123.456"}


def report(engine="students/ada.py:Value", nodes=8):
    long = "a very long sentence about what is wrong, without an end, " * 4 + "w" * 200
    findings = [Finding("x = Value(1.0)\n" + "z = " + "x + " * 80 + "x", ["x"], ["0.12345678901234567"],
                        ["-0.12345678901234567"], BAD, sentence, [("", sentence)], graph(nodes),
                        places=[{**PLACE, "lines": [*PLACE["lines"], (999, "y" * 300)]}])
                for sentence in (long, BAD)]
    return Report(engine, 0, 10, verdicts=[
        Verdict("kinks", "a", "fail", findings, []), Verdict("tails", "b", "pass", [], [BAD]),
        Verdict("nan and inf", "c", "blocked", [], ["not asked: the time limit was reached"]),
        Verdict("arithmetic", "d", "skip", [], ["no abs(x)"])])


def test_the_page_says_who_what_it_cost_where_it_lies_and_what_else_there_is():
    page = sheet(report())
    told = " ".join(unescape(re.sub("<[^>]+>", " ", page)).split())
    for words in ("students/ada.py", "of 100", "ada.py, line 7, def __mul__", "999", "expected", "given",
                  "must add -0.6397, wrote -1.2794 over 123.456", "not asked: the time limit was reached",
                  "abs(x)", "Note on tails: b", "The smallest program", "seed 0, 10 random"):
        assert words in told, words
    assert page.count("<svg ") == 5 and "href='#m1'" in page and "id='m1'" in page
    assert "<div class='marked'>" in page


def test_foreign_text_is_harmless_in_the_lines_too():
    page = sheet(report(BAD))
    assert "<script" not in page and page.count("&lt;script&gt;") > 8
    assert "script-src 'none'" in page and not re.search(r"(src|href)=['\"]?(https?:|//|/)", page)


def test_an_engine_that_could_not_be_loaded_has_a_page():
    page = sheet(Report("ada.py", 0, 1, problem="there is no file ada.py"))
    assert "<strong>0</strong> of 100" in page and "there is no file ada.py" in page


def test_a_right_engine_has_a_page():
    page = sheet(conformance(museum.engine("right"), only="accumulation"))
    assert "<strong>100</strong> of 100" in page and "No mistake was found." in page


def test_a_page_is_called_like_the_file_and_no_two_alike():
    reports = [Report(name, 0, 1) for name in ("s/ada.py", "s/bob.py:Value", "a/engine.py", "b/Engine.py",
                                               "s/ada.py:Node", "../x y/<.py", "package.module:Value")]
    assert names_of(reports) == ["s-ada.html", "bob.html", "a-engine.html", "b-Engine.html", "s-ada-2.html",
                                 "x_y.html", "package_module.html"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_cut_off_on_a_phone_and_a_screen_in_light_and_dark(browser, tmp_path, scheme):
    file = tmp_path / "page.html"
    file.write_text(sheet(report()), encoding="utf-8")
    for width, height in ((1280, 800), (390, 844), (3840, 2160)):
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
        page = context.new_page()
        page.goto(file.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        beyond = page.evaluate("""() => [...document.body.querySelectorAll('*')].filter(e => {
            const r = e.getBoundingClientRect();
            return r.width && (r.left < -1 || r.right > innerWidth + 1
                || (e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX != 'visible'));
        }).map(e => e.outerHTML.slice(0, 100))""")
        assert beyond == []
        context.close()


def test_text_has_contrast_in_light_and_dark(browser, tmp_path):
    file = tmp_path / "page.html"
    file.write_text(sheet(report(nodes=2)), encoding="utf-8")
    for scheme in ("light", "dark"):
        context = browser.new_context(color_scheme=scheme)
        page = context.new_page()
        page.goto(file.as_uri())
        ratios = page.evaluate("""() => {
            const rgb = c => c.match(/[\\d.]+/g).map(Number);
            const linear = v => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
            const lum = c => rgb(c).slice(0, 3).map(linear).reduce(
                (s, v, i) => s + v * [.2126, .7152, .0722][i], 0);
            const ratio = (a, b) => (Math.max(lum(a), lum(b)) + .05) / (Math.min(lum(a), lum(b)) + .05);
            const ground = e => { for (; e; e = e.parentElement) {
                const c = getComputedStyle(e).backgroundColor; if (rgb(c)[3] !== 0) return c; } };
            const texts = [...document.querySelectorAll('p, a, td, th, b, i, code, pre, figcaption, h1, h3')];
            return [...texts.map(e => [ratio(getComputedStyle(e).color, ground(e)), e.outerHTML]),
                    ...[...document.querySelectorAll('figure svg text')].map(
                        e => [ratio(getComputedStyle(e).fill, ground(e)), e.outerHTML])];
        }""")
        assert min(ratios)[0] >= 4.5, (scheme, min(ratios))
        context.close()
