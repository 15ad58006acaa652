"""Every lecture runs to its end, prints something, and writes the pictures it names, each with a text for
those who cannot see."""

import re

import pytest

from demos import lectures

ELSEWHERE = {"backprop", "errata", "coverage"}           # these have tests of their own


@pytest.mark.parametrize("lecture", [one for one in lectures() if one.name not in ELSEWHERE],
                         ids=lambda one: one.name)
def test_it_runs_and_writes_what_it_says(lecture, tmp_path, capsys):
    lecture.run(tmp_path)
    printed = capsys.readouterr().out
    named = re.findall(r"^wrote (.+)$", printed, re.M)
    assert len(printed.splitlines()) > 3
    assert named and {str(path) for path in tmp_path.rglob("*.*")} >= set(named)
    for path in tmp_path.rglob("*.png"):
        assert b"Description" in path.read_bytes()[:2000], f"{path.name} has no alternative text"


@pytest.mark.parametrize("lecture", lectures(), ids=lambda one: one.name)
def test_it_says_what_there_is_to_see(lecture):
    assert lecture.title and not lecture.title.endswith(".")
    assert lecture.position < float("inf")
    assert all(re.fullmatch(r"D[0-4]-\d\d|ERR-D[0-4]-\d+|G[A-H](-\d)?", item) for item in lecture.documents)
