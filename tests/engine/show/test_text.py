"""Labels and names from outside cannot break out of DOT, SVG, HTML, LaTeX, Markdown or the terminal."""

import os
import re
import subprocess
import sys
from collections import Counter
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine import Graph, Value, draw, explain, tanh
from engine.__main__ import main
from engine.show.text import ended, visible

NASTY = ['"', "\\", '\\"', '"]; evil [label="', "</text><script>alert(1)</script>", "<b>bold</b>", "<<b>>",
         "&lt;&amp;&#60;", "a\nb",
         "\\n\\l\\N\\G", "\x00\x1b[31mred\x07", "\u202eright to left\u202c", "😀👩‍👩‍👧",
         "$x$ \\input{/etc/passwd} % {", "]]>", "<!-- -->",
         "{a|b}", "'", "`rm`", "\ud800", "\u2028", "grad 1", "W1[1,1]", "z1[1](2)", " ", "%s{0}", "-->",
         "]](", "|", "\\end{document}"]
texts = st.one_of(st.sampled_from(NASTY), st.text(max_size=30), st.lists(st.sampled_from(NASTY),
                                                                         max_size=3).map("".join))


def graph(label, name):
    x, w = Value(0.5, label), Value(-1.0, name)
    J = tanh(w * x + 1) * x
    J.label = label + name
    J.backward()
    return J, w


def elements(svg):
    return Counter(item.tag.split("}")[1] for item in ElementTree.fromstring(svg).iter())


PLAIN = elements(draw(graph("x", "w")[0]).svg())


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = Counter()

    def handle_starttag(self, tag, attrs):
        self.found[tag] += 1
        assert not any(name.startswith("on") for name, _ in attrs)


def tags(page):
    parser = Tags()
    parser.feed(page)
    return parser.found


PLAIN_PAGE = tags(draw(graph("x", "w")[0]).html())


@settings(max_examples=50, deadline=None)
@given(texts, texts)
@example('"', "\\")
@example("<", ">")
def test_pictures(label, name):
    J, _ = graph(label, name)
    drawing = draw(J)
    # the DOT parses, with nothing added
    assert len(drawing.layout["nodes"]) == len(drawing.layout["edges"]) == 7
    svg = drawing.svg()
    assert elements(svg).keys() <= PLAIN.keys()
    kinds = Counter(item.get("class") for item in ElementTree.fromstring(svg).iter())
    assert (kinds["node"], kinds["edge"], kinds["graph"]) == (7, 7, 1)
    page = tags(drawing.html())
    assert page.keys() == PLAIN_PAGE.keys() and page["td"] == PLAIN_PAGE["td"]
    assert clean(drawing.text())


@settings(max_examples=100, deadline=None)
@given(texts, texts)
def test_explanations(label, name):
    J, w = graph(label, name)
    why = explain(J, w)
    assert clean(str(why)) and clean(why.markdown()) and clean(why.latex())
    assert set(tags(why.html())) == {"section", "h3", "p", "ol", "li", "code", "dl", "dt", "dd"}
    ElementTree.fromstring(why.html())
    assert set(re.findall(r"\\(?:begin|end)\{(\w+\*?)\}", why.latex())) == {"align*", "itemize"}
    assert set(re.findall(r"\\([a-zA-Z]+)", why.latex())) <= COMMANDS
    assert not re.search(r"(?<!\\)<", why.markdown().replace("&lt;", "")) or "<" not in label + name


COMMANDS = set("to surd pi sigma Sigma Phi varphi leq geq dots frac partial text mathrm cdot cdots infty "
               "prime textbackslash textasciicircum "
               "textasciitilde textless textgreater textbar textquotedbl textquotesingle textasciigrave "
               "begin end item par alpha beta gamma delta epsilon eta theta lambda mu rho sigma tau phi "
               "omega".split())


def clean(text):
    return all(c == "\n" or c.isprintable() or c in "\u200d\ufe0f" for c in text)


@settings(max_examples=100, deadline=None)
@given(texts)
def test_visible_text_is_printable(text):
    assert clean(visible(text)) and "\n" not in visible(text) and len(visible(text)) <= 60 * 10


def test_characters_that_act_are_written_out():
    assert visible("a\x1b[31m\u202eb\nc\x00") == r"a\x1b[31m\u202eb\nc\x00"
    assert visible("👩‍👩‍👧 é λ") == "👩‍👩‍👧 é λ"


@pytest.mark.parametrize("label", NASTY)
def test_printed_pictures(label, tmp_path):
    J, _ = graph(label, "w")
    pytest.importorskip("matplotlib")
    if label in NASTY[:12]:  # a third of a second each
        assert draw(J).printed("png").startswith(b"\x89PNG")


@pytest.mark.parametrize("label", NASTY)
def test_errors_and_names(label):
    J, _ = graph(label, "w")
    assert clean(repr(Graph(J))) and clean(repr(draw(J)))
    with pytest.raises(ValueError) as caught:
        draw(J).save(f"{label}.xyz".replace("\0", ""))
    assert clean(str(caught.value))
    with pytest.raises(ValueError) as caught:
        Graph(J).find(label + "?")
    assert clean(str(caught.value))


@pytest.mark.parametrize("text", [text for text in NASTY if "\ud800" not in text])
def test_the_command_line(text, capsys):
    assert main([f"x + {text}", "x=1", text]) in (0, 2)
    said = capsys.readouterr()
    assert clean(said.out) and clean(said.err)


# --- programs whose reader has gone ---------------------------------------------------------------

def test_a_program_ends_with_its_status():
    assert ended(lambda: 3) == 3


def test_a_program_that_nobody_reads_ends_with_1_and_says_nothing():
    """In a process of its own: it loses its standard output."""
    program = ("import sys; from engine.show.text import ended; "
               "print(ended(lambda: print('x' * 100_000) or 0), file=sys.stderr)")
    reader, writer = os.pipe()
    os.close(reader)
    ran = subprocess.run([sys.executable, "-c", program], stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    assert ran.stderr.split() == [b"1"]
