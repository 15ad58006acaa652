"""What lectures share: tables, folders, pictures."""

import subprocess
import sys
from pathlib import Path

import pytest

from demos.common import (
    GREY, MARKERS, PALETTE, animation, decision_boundary, figure, folder, heat_map, name_ends, progress, save,
    short, table,
)

ROOT = Path(__file__).parents[2]


def test_a_table_aligns_numbers_right_and_text_left(capsys):
    table(["name", "z"], [["sigmoid", 0.123456], ["relu", 12], ["tanh", "-"]])
    assert capsys.readouterr().out == ("name          z\n"
                                       "-------  ------\n"
                                       "sigmoid  0.1235\n"
                                       "relu         12\n"
                                       "tanh          -\n")


def test_a_table_without_rows_is_its_heading(capsys):
    table(["a", "bb"], [])
    assert capsys.readouterr().out == "a  bb\n-  --\n"


def test_numbers_have_4_significant_digits():
    assert [short(x) for x in (1 / 3, 123456.0, 1e-9, 0.0)] == ["0.3333", "1.235e+05", "1e-09", "0"]
    assert [short(x) for x in (2, True, "x")] == ["2", "True", "x"]


def test_progress_passes_the_items_on():
    assert list(progress(range(4), "four")) == [0, 1, 2, 3]


def test_a_folder_is_made_and_left_empty(tmp_path):
    assert list(folder(tmp_path / "a" / "b").iterdir()) == []


def test_a_read_only_folder_is_refused(tmp_path):
    script = f"""
import os
from demos.common import folder
if os.getuid() == 0: os.setgid(65534); os.setuid(65534)
try: folder({str(tmp_path / "closed")!r})
except PermissionError as error: print(error)
"""
    (tmp_path / "closed").mkdir(mode=0o555)
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT)
    assert "cannot write to the folder" in ran.stdout and "--out DIR" in ran.stdout, ran.stderr


@pytest.mark.parametrize(("name", "file"), [("moons", "moons.png"), ("moons.svg", "moons.svg")])
def test_a_saved_picture_holds_its_alt_text_and_is_the_same_each_time(name, file, tmp_path, capsys):
    def draw(out):
        fig, axes = figure(title="two points")
        axes.plot([0, 1], [1, 0])
        return save(fig, out, name, "a line that falls").read_bytes()
    assert draw(tmp_path / "a") == draw(tmp_path / "b")
    assert b"a line that falls" in (tmp_path / "a" / file).read_bytes()
    assert f"wrote {tmp_path / 'a' / file}" in capsys.readouterr().out


def test_classes_differ_in_colour_and_shape():
    assert len(set(PALETTE)) == len(set(MARKERS)) == 8


def test_a_heat_map_returns_the_numbers_it_draws():
    _, axes = figure()
    assert heat_map(axes, lambda x1, x2: x1 + 10 * x2, steps=3) == [[0, 0.5, 1], [5, 5.5, 6], [10, 10.5, 11]]
    assert axes.get_xlabel() == "$x_1$"


def test_a_decision_boundary_covers_every_sample_and_draws_the_line():
    _, axes = figure()
    decision_boundary(axes, lambda x: x[0] - 0.5, [[0.0, 0.0], [1.0, 2.0]], [0, 1], steps=5)
    (low1, high1), (low2, high2) = axes.get_xlim(), axes.get_ylim()
    assert low1 < 0 and high1 > 1 and low2 < 0 and high2 > 2
    assert len(axes.collections) == 4                    # the plane, the line, two classes


def test_a_plane_on_one_side_of_the_threshold_has_no_line():
    _, axes = figure()
    decision_boundary(axes, lambda x: 1.0, [[0.0, 0.0], [1.0, 2.0]], [0, 1], steps=5)
    assert len(axes.collections) == 3


def test_names_at_the_ends_of_curves_stand_in_their_order_and_apart():
    _, axes = figure()
    for y, name in ((0.50, "middle"), (1.0, "top"), (0.51, "above it"), (0.99, "below the top")):
        axes.plot([0, 1], [0, y], label=name)
    axes.plot([0, 1], [0, 0])                            # no label, no name
    name_ends(axes, gap=0.1)
    heights = {text.get_text(): text.xyann[1] for text in axes.texts}
    assert sorted(heights, key=heights.get) == ["middle", "above it", "below the top", "top"]
    places = sorted(heights.values())
    assert all(b - a > 0.0999 for a, b in zip(places, places[1:])) and places[-1] <= 1.05


def test_an_animation_has_a_frame_per_drawing(tmp_path):
    from PIL import Image

    def draw(k):
        fig, axes = figure(width=2, height=2)
        axes.plot([0, k])
        return fig
    path = animation(draw, 3, tmp_path, "moving", "a line that turns")
    assert Image.open(path).n_frames == 3 and b"a line that turns" in path.read_bytes()


def test_the_colours_of_a_film_are_the_same_in_every_frame(tmp_path):
    """A frame with a palette of its own gives few pixels, such as markers, the colour of their neighbours:
    grey."""
    from PIL import Image

    def draw(k):
        fig, axes = figure(width=4, height=4)
        heat_map(axes, lambda x1, x2: x1 * x2 - k / 3, steps=15, pale=True)        # hundreds of soft colours
        for i, colour in enumerate([*PALETTE, GREY]):
            axes.plot((i + 1) / 10, 0.5, MARKERS[i % 8], color=colour, markersize=10)
        return fig
    film = Image.open(animation(draw, 3, tmp_path, "colours", "nine markers on a changing plane"))
    for k in range(film.n_frames):
        film.seek(k)
        frame = film.convert("RGB")
        count = {colour: n for n, colour in frame.getcolors(frame.width * frame.height)}
        for colour in [*PALETTE, GREY]:
            assert count.get(tuple(bytes.fromhex(colour[1:])), 0) > 20, (k, colour)
