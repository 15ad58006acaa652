"""The page as a file: one file, small, its script and style allowed by hash, and no label can break out of
it."""

import json
import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Value, lecture
from nn import MLP

NASTY = ['</script><script>alert(1)</script>', '"><img src=x onerror=alert(1)>', "'; alert(1); '", "<!--",
         "]]>",
         "a\x00b\x1b[31m", "\u202egnp.exe", "\u2028\u2029", "👩‍🔬🎓", "\\u003c", "${1}", "$DATA", "&lt;b&gt;",
         "\ud800", "{{}}", "%s", "\n\n", " ", "x" * 5000]


class Structure(HTMLParser):
    """The tags and attribute names of a page: what a label must not change."""

    def __init__(self, page):
        super().__init__()
        self.seen, self.text = [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, tuple(name for name, _ in attrs)))

    def handle_comment(self, data):
        self.seen.append(("comment",))


def talk(label, title="t"):
    x, w = Value(2.0, label), Value(3.0, "w")
    return lecture(w * x + x, title=title)


@pytest.mark.parametrize("label", NASTY)
def test_a_label_changes_no_tag_and_no_attribute(label):
    calm = talk("calm", "calm")
    for medium in ("html", "slides", "svg"):
        assert Structure(getattr(talk(label, label),
                                 medium)()).seen == Structure(getattr(calm, medium)()).seen


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=80), st.text(max_size=80))
def test_no_text_whatever_changes_a_tag(label, title):
    nasty = talk(label or "x", title or "t")
    assert Structure(nasty.html()).seen == Structure(talk("calm").html()).seen
    data = re.search(r'<script type="application/json" id="data">(.*?)</script>', nasty.html(), re.DOTALL)[1]
    assert json.loads(data)["nodes"] and not set("<>&") & set(data)


@pytest.mark.parametrize("label", NASTY)
def test_no_label_can_control_a_terminal(label):
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", str(talk(label, label)))


@pytest.mark.parametrize("label", [n for n in NASTY if n != "\ud800"])
def test_labels_run_nothing_in_the_browser(opened, label):
    page = opened(talk(label, label))
    page.on("dialog", lambda dialog: pytest.fail("a label ran"))
    for key in ["ArrowRight", "End"]:
        page.keyboard.press(key)
    page.click("#scalar-c1 .b")
    assert page.locator("#stage img, #step img, #about img, #about script").count() == 0


def test_one_file_and_nothing_from_elsewhere():
    page = talk("x").html()
    assert not re.search(r"""(?:src|href|url|import)\s*[=(]\s*["']?(?!data:)""",
                         re.sub(r"import\.meta", "", page))
    assert "default-src 'none'" in page
    for tag in ("style", "script"):
        source = re.search(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)[1]
        assert f"{tag}-src 'sha256-{b64encode(sha256(source.encode()).digest()).decode()}'" in page


def test_the_same_graph_gives_the_same_bytes():
    assert talk("x").html() == talk("x").html()


@pytest.mark.parametrize("form", ["html", "slides"])
def test_data_that_is_not_a_float(form):
    from fractions import Fraction
    page = getattr(lecture(Value(Fraction(1, 3), "a") * Value(Fraction(2, 7), "b")), form)()
    assert "2/21" in page


def test_infinite_slopes_are_shown_not_fatal():
    assert "inf" in lecture(Value(0.0, "x").sqrt()).html()


def test_1000_values_below_2_megabytes_and_3000_refused():
    model = MLP(2, [28, 26, 1])
    assert len(lecture(model([1.0, 2.0]) ** 2).html().encode()) < 2_000_000
    with pytest.raises(ValueError, match="at most 3000"):
        lecture(MLP(2, [60, 50, 1])([1.0, 2.0]))
    with pytest.raises(TypeError, match="one Value"):
        lecture(3.0)
