"""film: the steps as a GIF whose colours are those of the pictures."""

import io

import pytest

pytest.importorskip("matplotlib")

from PIL import Image

from engine import Value, lecture
from engine.lectures.film import COLOURS, PAUSE, STEP, channels, drawn_in, film, pixels
from engine.show.palette import MARKS


@pytest.fixture(scope="module")
def talk():
    """J = tanh(w*x + b): its parameters and inputs have three colours."""
    return lecture((Value(-1.0, "w") * Value(0.5, "x") + Value(2.0, "b")).tanh())


@pytest.fixture(scope="module")
def played(talk):
    return Image.open(io.BytesIO(talk.gif()))


def pictures(image):
    """Every frame as it is shown."""
    found = []
    for k in range(image.n_frames):
        image.seek(k)
        found.append(image.convert("RGB"))
    return found


def colours(image):
    return {f"#{r:02X}{g:02X}{b:02X}" for _, (r, g, b) in image.getcolors(1 << 24)}


def test_one_frame_per_step_all_of_one_size_in_a_loop(talk, played):
    shown = pictures(played)
    assert len(shown) == len(talk.recording.steps) == 9 and len({picture.size for picture in shown}) == 1
    assert played.info["loop"] == 0


def test_the_first_and_the_last_frame_stay_longer(played):
    times = []
    for k in range(played.n_frames):
        played.seek(k)
        times.append(played.info["duration"])
    assert times == [PAUSE, *[STEP] * 7, PAUSE]


def test_every_frame_has_the_marks_of_the_palette_as_they_are(played):
    """Class: a colour that covers little must not turn into its neighbour, as markers once turned grey."""
    for picture in pictures(played):
        assert {MARKS["input"].upper(), MARKS["weight"].upper(), MARKS["bias"].upper()} <= colours(picture)


def test_forward_is_blue_and_backward_vermillion_as_on_the_page(played):
    def share(picture, red, green, blue):
        return sum(n for n, pixel in picture.getcolors(256) if pixel == (red, green, blue)) / (
            picture.width * picture.height)
    blue, vermillion = (0xDC, 0xEC, 0xF7), (0xFB, 0xE7, 0xDA)
    shown = pictures(played)
    assert share(shown[2], *blue) > 0.02 and share(shown[2], *vermillion) < 0.0005
    assert share(shown[6], *vermillion) > 0.02 and share(shown[6], *blue) < 0.0005


def test_colours_of_ours_come_before_those_that_are_frequent():
    """More shades than a GIF holds, and one red pixel."""
    picture = Image.new("RGB", (64, 64))
    picture.putdata([(0, i // 256 * 8, i % 256) for i in range(64 * 64)])
    picture.putpixel((5, 5), (0xD5, 0x5E, 0x00))
    png = io.BytesIO()
    picture.save(png, format="png")
    shown = Image.open(io.BytesIO(film([png.getvalue()], [0xD55E00, 0x123456])))
    assert shown.convert("RGB").getpixel((5, 5)) == (0xD5, 0x5E, 0x00)
    assert len(colours(shown.convert("RGB"))) == COLOURS


def test_the_colours_that_an_svg_is_drawn_in():
    assert drawn_in('<a fill="#fff"/> .b{stroke:#0065a3;fill:#FFF} #id') == [0xFFFFFF, 0x0065A3]


def test_pixels_and_channels():
    png = io.BytesIO()
    Image.new("RGBA", (2, 1), (1, 2, 3, 255)).save(png, format="png")
    assert pixels(png.getvalue()).tolist() == [[0x010203] * 2]
    assert channels(pixels(png.getvalue())[0]).tolist() == [[1, 2, 3]] * 2


def test_the_same_lecture_is_the_same_bytes(talk):
    assert talk.gif("column") == talk.gif("column")


def test_a_size_is_counted_at_150_pixels_to_the_inch(talk, tmp_path):
    path = talk.save(tmp_path / "pass.gif", size="column")
    assert Image.open(path).width == pytest.approx(8.5 / 2.54 * 150, abs=1)
