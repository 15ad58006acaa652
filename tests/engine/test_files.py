"""Files that cannot be written: every picture and page says so, and what to give instead."""

import pytest

from engine import Value, draw, lecture
from engine.files import written


def test_text_and_bytes(tmp_path):
    assert written(tmp_path / "a", "σ\n").read_bytes() == "σ\n".encode()
    assert written(str(tmp_path / "b"), b"\x00").read_bytes() == b"\x00"


@pytest.mark.parametrize("make, name", [(draw, "a.svg"), (draw, "a.txt"), (lecture, "a.html"), (lecture, "a.slides.html")])
def test_a_folder_that_does_not_exist(tmp_path, make, name):
    target = tmp_path / "missing" / name
    with pytest.raises(FileNotFoundError, match=r"cannot write .*missing.*Give a file in a folder that exists"):
        make(Value(2.0, "x") * 3).save(target)
    assert not target.parent.exists()
