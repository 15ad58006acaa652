"""An installation of chainrule for the tests, and Python started beside other people's files."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from engine.testing import museum

ROOT  = Path(__file__).parents[4]
CASE  = "accumulation on shared nodes: inputs used more than once"
WRONG = museum.source(museum.exhibit("overwrite"))          # fails CASE, which our own engine passes
MAIN  = "import sys; from engine.__main__ import main; sys.exit(main())"  # what the command `chainrule` runs


def installed(folder):
    """The folder as an installation would have filled it: what the wheel holds and nothing else."""
    for package in wheel()["packages"]:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def wheel():
    return tomllib.loads((ROOT / "pyproject.toml")
                         .read_text(encoding="utf-8"))["tool"]["hatch"]["build"]["targets"]["wheel"]


def filled(folder, files):
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def python(site, folder, *arguments, **more):
    """Python where chainrule is installed, started in a folder; -P, as scripts start it: the folder is not on
    the path."""
    return subprocess.run([sys.executable, "-P", *arguments], cwd=folder, capture_output=True, text=True,
                          timeout=120, env={**os.environ, "PYTHONPATH": str(site), **more})


def chainrule(site, folder, *arguments, **more):
    return python(site, folder, "-c", MAIN, *arguments, **more)


def found_wrong(told):
    """Whether the report is about the wrong engine: that it was loaded, asked, and found to overwrite."""
    return not told["problem"] and told["score"] < 100 and "overwritten" in told["findings"][0]["sentence"]
