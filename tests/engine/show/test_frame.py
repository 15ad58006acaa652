"""The frame of every page: what it says once, and what it lets in."""

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import pytest

from demos.coverage import html as coverage
from demos.coverage import marked_tests, rows
from engine import Value, compare, draw, explain, lecture, training_lecture
from engine.pictures.drawing import Drawing
from engine.show.frame import framed
from engine.testing.conformance.pages import page as conformance
from engine.testing.conformance.reports import Report

ROOT  = Path(__file__).parents[3]
ENDED = {id: dict.fromkeys(tests, "passed") for id, tests in marked_tests(ROOT / "tests/derivations").items()}


def explained():
    picture = draw(result())
    return Drawing(picture.source, picture.description, picture.rows, picture.fold,
                   explain(result(), "x").html()).html()


def result():
    return (Value(0.5, "x") * Value(-2.0, "w") + 1).tanh()


class Line:
    """A model of two numbers."""

    def __init__(self):
        self.w = [Value(0.5, "w1"), Value(-0.25, "w2")]

    def __call__(self, x):
        return self.w[0] * x[0] + self.w[1] * x[1]

    def parameters(self):
        return self.w


def trained():
    return training_lecture(Line(), [([0.0, 1.0], 1), ([1.0, 0.5], 0)], lambda y, t: (y - t) ** 2, epochs=2)


PAGES = {
    "drawing":     lambda: draw(result()).html(),
    "explanation": explained,
    "comparison":  lambda: compare(draw(result()), result()).html(),
    "lecture":     lambda: lecture(result()).html(),
    "slides":      lambda: lecture(result()).slides(),
    "training":    lambda: trained().html(),
    "conformance": lambda: conformance([Report("student.py:Value", 0, 10)] * 2),
    "coverage":    lambda: coverage(rows(ENDED)),
}


@pytest.mark.parametrize("name", PAGES)
def test_every_page_has_the_frame(name):
    page = PAGES[name]()
    assert page.startswith('<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n')
    assert '<meta name="viewport" content="width=device-width, initial-scale=1">' in page
    assert "default-src 'none'; " in page and "base-uri 'none'; form-action 'none'" in page
    assert page.count("<html") == page.count("<head>") == page.count("<body") == 1
    assert page.endswith("\n</body>\n</html>\n") and re.search("<title>.+</title>\n<style>", page)
    assert "--sans: system-ui" in page and not re.search(r"\$[a-z]+;|\{\{", page)


@pytest.mark.parametrize("name", PAGES)
def test_every_page_fits_a_phone_and_a_screen_and_breaks_no_rule_of_its_own(name, browser, tmp_path):
    file, complaints = tmp_path / "page.html", []
    file.write_text(PAGES[name](), encoding="utf-8")
    for width, height in ((1280, 800), (390, 844)):
        context = browser.new_context(viewport={"width": width, "height": height})
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.goto(file.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert "system-ui" in page.evaluate("getComputedStyle(document.body).fontFamily")
        context.close()
    assert complaints == []


def test_style_and_script_are_let_in_by_their_hashes_and_style_attributes_where_asked():
    page = framed("a", "<p>b</p>", style="p { color: $blue; }", script="f()", kind="wide")
    for tag in ("style", "script"):
        source = re.search(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)[1]
        assert f"{tag}-src 'sha256-{b64encode(sha256(source.encode()).digest()).decode()}'" in page
    assert '<body class="wide">\n<p>b</p>\n<script>f()</script>\n</body>' in page and "#0072B2" in page
    page = framed("a", '<p style="color: red">b</p>', attributes=True)
    assert "style-src 'unsafe-inline'; script-src 'none'" in page and "<script" not in page


def test_a_title_is_foreign_text():
    assert "<title>&lt;/title&gt;&lt;b&gt;</title>" in framed("</title><b>", "")


def test_no_other_file_writes_a_frame():
    """A page that is not framed would have neither the font nor the rules."""
    files = [file for folder in ("engine", "nn", "demos") for ending in ("py", "html")
             for file in (ROOT / folder).rglob(f"*.{ending}") if "out" not in file.parts]
    found = [file for file in files
             if re.search("<!doctype|<html|<head>", file.read_text(encoding="utf-8"), re.IGNORECASE)]
    assert found == [ROOT / "engine" / "show" / "frame.py"]
