"""Every lecture runs to its end, prints something, writes the pictures it names, each with a text for those
who cannot see, and shows every item of the documents that it claims.

A lecture with numbers of its own to be read off its pictures has a test file of its own, which runs it.
"""

import re
from pathlib import Path

import pytest

from demos import lectures
from tests.demos.shown import show

OWN = {path.stem.removeprefix("test_") for path in Path(__file__).parent.glob("test_*.py")}


@pytest.mark.parametrize("name", [one.name for one in lectures() if one.name not in OWN])
def test_it_shows_what_it_claims(name, tmp_path, monkeypatch, capsys):
    assert show(name, tmp_path, monkeypatch, capsys).files


@pytest.mark.parametrize("lecture", lectures(), ids=lambda one: one.name)
def test_it_says_what_there_is_to_see(lecture):
    assert lecture.title and not lecture.title.endswith(".")
    assert lecture.position < float("inf")
    assert all(re.fullmatch(r"D[0-4]-\d\d|ERR-D[0-4]-\d+|G[A-H](-\d)?", item) for item in lecture.documents)
