"""The README tells the truth: its code runs and prints what it says, its commands are there, its files exist."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT   = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```", README, re.M | re.S)


@pytest.mark.parametrize("block", BLOCKS, ids=[f"block{k}" for k in range(1, len(BLOCKS) + 1)])
def test_code_runs_and_prints_what_its_comments_say(block, tmp_path):
    """A comment behind a print is its output; a block that imports an extra which is not installed is skipped."""
    ran = subprocess.run([sys.executable, "-c", block], capture_output=True, text=True, cwd=tmp_path, env=environment())
    if missing := re.search(r"ModuleNotFoundError: No module named '(\w+)'", ran.stderr):
        pytest.skip(f"{missing[1]} is an extra and is not installed")
    assert ran.returncode == 0, ran.stderr
    said = re.findall(r"^print\(.*\) +# (.+)$", block, re.M)
    for line in said:
        start, dots, _ = line.partition("...")           # "..." stands for the rest of the line
        assert any(printed.startswith(start) if dots else printed == line for printed in ran.stdout.splitlines()), \
            f"{line!r} is not what was printed: {ran.stdout}"


@pytest.mark.parametrize("mark", ["run", "test"])
def test_the_two_commands_stand_behind_their_marks(mark):
    assert re.search(rf"^<!-- {mark} -->\n```\npython3 -m venv .*\n```$", README, re.M)


def test_every_file_and_folder_it_names_exists():
    for name in re.findall(r"`((?:engine|nn|tests|demos)/[\w./]+)`", README):
        assert name.startswith("demos/out") or (ROOT / name).exists(), f"{name} is in the README and not in the project"


def test_the_picture_is_what_draw_makes_of_the_first_block(tmp_path):
    """The DOT text must be the same; the drawing may differ in a point between versions of Graphviz."""
    subprocess.run([sys.executable, "-c", BLOCKS[0]], cwd=tmp_path, env=environment(), check=True, capture_output=True)
    texts = [re.findall(r"<text[^>]*>([^<]*)</text>", path.read_text(encoding="utf-8"))
             for path in (tmp_path / "a.svg", ROOT / "demos" / "readme.svg")]
    assert texts[0] == texts[1]


def environment():
    import os
    return {**os.environ, "PYTHONPATH": str(ROOT)}
