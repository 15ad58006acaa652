"""frames: one picture per step, of one layout, numbered, with the arithmetic of the step below it."""

import re
import sys
from xml.etree import ElementTree

import pytest

from engine import Value, lecture
from engine.lectures.frames import MOST, WIDE, frames
from engine.lectures.slides import PICTURED
from nn import MLP

SVG = "{http://www.w3.org/2000/svg}"


def pictures(talk):
    return frames(talk.recording, talk.views[talk.first], talk.description)


def places(svg):
    """Where every card stands, and every arrow runs; and how large the picture is."""
    root = ElementTree.fromstring(svg)
    return (root.get("viewBox"), root.get("width"), [g.get("transform") for g in root.iter(f"{SVG}g")],
            [path.get("d") for path in root.iter(f"{SVG}path")])


def caption(svg):
    return [text.text for text in ElementTree.fromstring(svg).iter(f"{SVG}text") if text.get("class") in "tl"]


def test_every_step_has_a_picture_and_nothing_moves_from_one_to_the_next(shared):
    made = pictures(lecture(shared))
    assert len(made) == 15 and len({str(places(svg)) for svg in made}) == 1
    assert len(set(made)) == 15


def test_below_the_picture_stand_the_step_and_its_arithmetic(shared):
    made = pictures(lecture(shared))
    assert caption(made[0])[0] == "1 / 15 · Given" and "x = 0.5" in caption(made[0])
    assert caption(made[1])[0].startswith("2 / 15 · Forward: compute ")
    assert any(line.startswith("dL/dx += −1 · 0.4175 = −0.4175") for svg in made for line in caption(svg))
    assert caption(made[-1])[0] == "15 / 15 · Complete"


def test_the_card_of_the_step_is_lit(shared):
    lit = [svg.count(" now ") for svg in pictures(lecture(shared))]
    assert lit[0] == lit[-1] == 0 and set(lit[1:-1]) == {1}


def test_long_arithmetic_is_wrapped_and_stays_inside():
    z = sum(Value(float(i), f"a_long_name_of_input_{i}") * 2 for i in range(20))
    for svg in pictures(lecture(z)):
        left, top, width, height = map(float, ElementTree.fromstring(svg).get("viewBox").split())
        lines = [t for t in ElementTree.fromstring(svg).iter(f"{SVG}text") if t.get("class") in "tl"]
        assert len(lines) <= 1 + MOST + 2 and width >= WIDE
        assert all(float(line.get("y")) < top + height and len(line.text) * 7 < width for line in lines[1:])


def test_no_label_breaks_out():
    made = pictures(lecture(Value(2.0, '"><script>alert(1)</script>&') * Value(3.0, "w")))
    assert all("<script" not in svg and ElementTree.fromstring(svg) is not None for svg in made)


def test_a_large_network_has_pictures_of_its_units_and_a_larger_one_says_what_to_write():
    assert len(pictures(lecture(MLP(2, [30, 1])([1.0, 2.0]) ** 2))) < 150
    talk = lecture(MLP(2, [PICTURED // 2 + 1, 1])([1.0, 2.0]) ** 2)
    with pytest.raises(ValueError, match=f"at most {PICTURED} boxes, .*record the loss of one sample"):
        pictures(talk)


# --- files ----------------------------------------------------------------------------------------

def test_the_files_are_numbered_so_that_their_names_sort_as_the_steps(shared, tmp_path):
    pytest.importorskip("matplotlib")
    paths = lecture(shared).frames(tmp_path / "new" / "frames")
    names = sorted(path.name for path in (tmp_path / "new" / "frames").iterdir())
    assert names == sorted(path.name for path in paths)
    assert [name for name in names if name.endswith(".svg")] == [f"step-{k:02}.svg" for k in range(1, 16)]
    assert [name for name in names if name.endswith(".pdf")] == [f"step-{k:02}.pdf" for k in range(1, 16)]
    assert all(path.read_bytes().startswith({".svg": b"<svg", ".pdf": b"%PDF", ".tex": b"% The"}[path.suffix])
               for path in paths)


def test_beamer_takes_them_as_overlays(shared, tmp_path):
    pytest.importorskip("matplotlib")
    lecture(shared).save(f"{tmp_path}/my frames/")
    text  = (tmp_path / "my frames" / "steps.tex").read_text()
    lines = [line for line in text.split("\n") if not line.startswith("%") and line]
    fitted = r"width=\linewidth,height=.8\textheight,keepaspectratio"
    assert lines[0] == r"{\centering" and lines[-1] == r"\par}"
    assert lines[1:-1] == [rf"\only<{k}>{{\includegraphics[{fitted}]{{step-{k:02}.pdf}}}}%"
                           for k in range(1, 16)]
    assert r"\graphicspath{{my?frames/}}" in text


@pytest.mark.parametrize("name", ["frames/", "there"])
def test_a_slash_or_a_folder_that_is_there_asks_for_pictures(tmp_path, name, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "notes.txt").write_text("mine")
    saved = lecture(Value(2.0, "x") ** 2).save(f"{tmp_path}/{name}")
    assert saved == tmp_path / name and (tmp_path / "there" / "notes.txt").read_text() == "mine"
    assert [path.name for path in sorted(saved.glob("step*"))] == [f"step-{k}.svg" for k in range(1, 6)]


def test_each_has_the_size_asked_for(tmp_path):
    pypdf = pytest.importorskip("pypdf", reason="pip install pypdf")
    pytest.importorskip("matplotlib")
    paths = lecture(Value(2.0, "x") ** 2).frames(tmp_path, size="column")
    head  = re.search(r'width="([\d.]+)cm"', paths[0].read_text())
    assert float(head[1]) == pytest.approx(8.5) and paths[1].suffix == ".pdf"
    page = pypdf.PdfReader(paths[1]).pages[0]
    assert float(page.mediabox.width) == pytest.approx(8.5 * 72 / 2.54, rel=1e-3)


def test_a_bar_counts_the_steps_where_it_is_asked_for(tmp_path, capsys):
    pytest.importorskip("tqdm")
    lecture(Value(2.0, "x") ** 2).frames(tmp_path)
    assert capsys.readouterr().err == ""
    lecture(Value(2.0, "x") ** 2).frames(tmp_path, progress=True)
    assert "step" in capsys.readouterr().err
