"""The bug museum: every exhibit hangs with its change, its program and its two graphs, and what is expected
of the program is what this engine gives."""

import re
from collections import Counter
from html import unescape

from engine import Value
from engine.testing.museum import EXHIBITS, RIGHT, source
from engine.testing.museum.wing import SLIPS
from tests.demos.shown import show

NOT_DRAWN = {"every path", "recursive sort", "order of a set"}      # too large to draw, or of a chance


def test_museum(tmp_path, monkeypatch, capsys):
    shown = show("museum", tmp_path, monkeypatch, capsys)
    page  = (tmp_path / "museum.html").read_text(encoding="utf-8")
    assert f"finds and names {len(EXHIBITS)} of them, and gives the right engine 100 of 100" in page
    parts = re.split(r"<h2 id='(\w+)'>", page)
    sections = dict(zip(parts[1::2], parts[2::2]))
    assert list(sections) == [e.name for e in EXHIBITS] + ["table"]
    assert re.findall(r"<a href='#(\w+)'", page) == [e.name for e in EXHIBITS]
    assert sections["table"].count("<li>") > 20 * len(SLIPS)
    checked = [agrees_with_this_engine(sections[e.name]) for e in EXHIBITS]
    assert sum(checked) > 40
    for number, e in enumerate(EXHIBITS, 1):
        hangs_well(e, sections[e.name])
        assert f"\n{number}. {e.name.replace('_', ' ')}: {e.story}" in shown.printed


def hangs_well(e, section):
    """The bold lines are those that the mistake brings in; one edge of the given graph is marked."""
    bold  = re.findall(r"<strong>\+ (.*?)</strong>", section)
    lines = [unescape(line).strip() for line in bold]
    wrong, right = (Counter(line.strip() for line in text.splitlines()) for text in (source(e), RIGHT))
    assert set(lines) <= set(wrong) and not wrong - right - Counter(lines)
    said = unescape(section)
    assert any(words in said for words in e.says.split("|"))
    assert section.count("<svg ") == (0 if e.name.replace("_", " ") in NOT_DRAWN else 2)
    assert section.count("differs here") <= 1


def agrees_with_this_engine(section):
    """Whether the section has a program with numbers to expect; they are then what this engine gives."""
    programs = [unescape(text) for text in re.findall(r"<pre>(.*?)</pre>", section, re.DOTALL)]
    wanted   = dict(re.findall(r"<tr><td>(\w+)\.grad</td><td class='n'>([-.e\d]+)</td>", section))
    if not wanted or "backward()" not in programs[1]:
        return False
    names = {"Value": Value, "print": lambda *numbers: None}
    exec(programs[1], names)
    for name, number in wanted.items():
        assert abs(names[name].grad - float(number)) <= 1e-8 * max(1, abs(float(number)))
    return True
