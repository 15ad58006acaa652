"""assets: the files beside the code are there, as text, and hold nothing that reaches out."""

import re
from importlib.resources import files

import pytest

import engine.lectures
from engine.lectures.assets import asset

NAMES = sorted(file.name for file in files(engine.lectures).iterdir()
               if file.name.endswith((".css", ".html", ".js")))


def test_style_sheets_scripts_and_templates_are_there():
    assert {name.rpartition(".")[2] for name in NAMES} == {"css", "html", "js"}


@pytest.mark.parametrize("name", NAMES)
def test_an_asset_is_its_text(name):
    text = asset(name)
    assert text == files(engine.lectures).joinpath(name).read_bytes().decode().replace("\r\n", "\n")
    assert text.endswith("\n") and "\t" not in text


@pytest.mark.parametrize("name", NAMES)
def test_no_asset_fetches_anything(name):
    assert not re.search(r"https?://(?!www\.w3\.org/)|@import|fetch\(|XMLHttpRequest", asset(name))


def test_an_asset_that_there_is_not():
    with pytest.raises(FileNotFoundError, match="no-such.css"):
        asset("no-such.css")
