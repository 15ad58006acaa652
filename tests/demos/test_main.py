"""python -m demos: the list, the first lecture, names, folders."""

import subprocess
import sys
from pathlib import Path

from demos import lectures
from demos.__main__ import main
from demos.catalogue import errata

ROOT = Path(__file__).parents[2]


def test_without_an_argument_it_lists_the_lectures_and_runs_backprop(tmp_path):
    command = [sys.executable, "-m", "demos", "--out", str(tmp_path)]
    ran = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert ran.returncode == 0, ran.stderr
    assert "Running the first, backprop." in ran.stdout
    assert "16 of 16 agree" in ran.stdout
    assert (tmp_path / "backprop_graph.svg").read_text().lstrip().startswith("<")
    assert (tmp_path / "backprop_boundary.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "backprop_loss.png").read_bytes().startswith(b"\x89PNG")


def test_the_list_names_every_lecture_and_runs_none(tmp_path, capsys):
    assert main(["--list", "--out", str(tmp_path / "new")]) == 0
    printed = capsys.readouterr().out
    assert all(lecture.name in printed and lecture.title in printed for lecture in lectures())
    assert not (tmp_path / "new").exists()


def test_every_lecture_has_a_title_and_the_first_is_backprop():
    assert lectures()[0].name == "backprop"
    assert all(lecture.title and lecture.title != lecture.name for lecture in lectures())


def test_an_unknown_name_is_refused_with_the_nearest(tmp_path, capsys):
    assert main(["bakprop", "--out", str(tmp_path)]) == 2
    assert "there is no lecture 'bakprop': did you mean backprop?" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_is_refused_before_anything_runs(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert main(["backprop", "--out", str(tmp_path / "file" / "out")]) == 2
    captured = capsys.readouterr()
    assert "cannot write to the folder" in captured.err and "--out DIR" in captured.err
    assert captured.out == ""


def test_a_reader_that_has_seen_enough_ends_it_quietly():
    ran = subprocess.run(f"{sys.executable} -m demos errata | head -n 2", shell=True, capture_output=True,
                         text=True, cwd=ROOT)
    assert "errata" in ran.stdout and ran.stderr == ""


def test_a_lecture_whose_packages_are_missing_is_left_out_and_says_so(tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "mpmath", None)
    assert main(["museum", "errata", "--out", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "left out: it needs mpmath, which the extra test brings: pip install -e '.[test]'" in said
    assert f"{len(errata())} errata." in said
