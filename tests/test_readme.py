"""README, CONTRIBUTING and docs/ tell the truth: code runs and prints what it says, commands, links and files
are there."""

import ast
import os
import re
import shlex
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

import engine.__main__
from demos import lectures

ROOT  = Path(__file__).parents[1]
PAGES = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
         for path in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]}
README = PAGES["README.md"]
BLOCKS = [pytest.param(block, id=f"{name} {k}") for name, text in PAGES.items()
          for k, block in enumerate(re.findall(r"^```python\n(.*?)^```", text, re.M | re.S), 1)]
COMMANDS = [pytest.param(command, id=f"{name} {k}") for name, text in PAGES.items()
            for k, command in enumerate(re.findall(r"^chainrule (.+)$", text, re.M), 1)]

each_page = pytest.mark.parametrize("name", PAGES)


# --- code -----------------------------------------------------------------------------------------

@pytest.mark.parametrize("block", BLOCKS)
def test_code_runs_and_prints_what_its_comments_say(block, tmp_path):
    """A comment behind a print is its output; a block that imports an extra which is not installed is
    skipped."""
    ran = run(block, tmp_path)
    if missing := re.search(r"ModuleNotFoundError: No module named '(\w+)'", ran.stderr):
        pytest.skip(f"{missing[1]} is an extra and is not installed")
    assert ran.returncode == 0, ran.stderr
    said = re.findall(r"^print\(.*\) +# (.+)$", block, re.M)
    assert said, "the block shows nothing: let it print, and say in a comment what"
    for line in said:
        start, dots, _ = line.partition("...")           # "..." stands for the rest of the line
        assert any(printed.startswith(start) if dots else printed == line
                   for printed in ran.stdout.splitlines()), \
            f"{line!r} is not what was printed: {ran.stdout}"


def test_the_picture_is_what_draw_makes_of_the_first_block(tmp_path):
    """The DOT text must be the same; the drawing may differ in a point between versions of Graphviz."""
    assert run(BLOCKS[0].values[0], tmp_path).returncode == 0
    texts = [re.findall(r"<text[^>]*>([^<]*)</text>", path.read_text(encoding="utf-8"))
             for path in (tmp_path / "a.svg", ROOT / "demos" / "readme.svg")]
    assert texts[0] == texts[1]


def run(program, folder):
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=folder,
                          env={**os.environ, "PYTHONPATH": str(ROOT)})


# --- commands -------------------------------------------------------------------------------------

@pytest.mark.parametrize("mark", ["run", "test"])
def test_the_two_commands_stand_behind_their_marks(mark):
    assert re.search(rf"^<!-- {mark} -->\n```\npython3 -m venv .*\n```$", README, re.M)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_shell_works(command, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert engine.__main__.main(shlex.split(command)) == 0, capsys.readouterr().err


def test_there_is_a_command_to_try():
    assert COMMANDS


@each_page
def test_every_module_that_is_run_is_there(name):
    """python -m MODULE, of this project; python -m demos NAME is a lecture."""
    for module in re.findall(r"python -m ((?:engine|nn|demos|tests)[\w.]*)", PAGES[name]):
        assert find_spec(module) is not None, f"{name} runs {module}, which is not there"
    known = {lecture.name for lecture in lectures()}
    assert set(re.findall(r"python -m demos ([a-z]\w*)", PAGES[name])) <= known


# --- names ----------------------------------------------------------------------------------------

@each_page
def test_every_file_and_folder_it_names_exists(name):
    for file in re.findall(r"`((?:engine|nn|tests|demos|docs|\.ci)/[\w./-]*|[A-Z]+\.md|pyproject\.toml)`",
                           PAGES[name]):
        assert (file.startswith("demos/out")
                or (ROOT / file).exists()), f"{file} is in {name} and not in the project"


@each_page
def test_every_link_leads_somewhere(name):
    for target in re.findall(r"\]\((?!https?:)([^)#]+)[^)]*\)", PAGES[name]):
        assert ((ROOT / name).parent / target).exists(), f"{name} links to {target}, which is not there"


@each_page
def test_every_test_it_names_exists(name):
    for test in re.findall(r"`(test_\w+)`", PAGES[name]):
        assert test in TESTS, f"{name} names {test}, which no test is called"


TESTS = {part.name for path in (ROOT / "tests").rglob("test_*.py")
         for part in ast.parse(path.read_text(encoding="utf-8")).body
         if isinstance(part, ast.FunctionDef)}


# --- size -----------------------------------------------------------------------------------------

def test_the_readme_has_at_most_900_words():
    assert len(README.split()) <= 900


@pytest.mark.parametrize("name", [name for name in PAGES if name != "README.md"])
def test_every_page_is_linked_from_the_readme_and_opens_with_its_title(name):
    assert f"]({name})" in README
    assert re.match(r"# .+\n\n\S", PAGES[name])
