"""The pytest plugin: one test for each case, asked for by -p and by nothing else."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

from tests.engine.testing.conformance.installation import CASE, ROOT, WRONG, filled, python

ENGINES = Path(__file__).parent / "engines"


def test_the_pytest_plugin_gives_one_test_for_each_case(tmp_path):
    run = subprocess.run([sys.executable, "-m", "pytest", "-p", "engine.testing.conformance.plugin", "-q",
                          "--pyargs", "engine.testing.conformance",
                          "--engine", f"{ENGINES / 'microgpt.py'}:Value", "--engine-examples", "1", "-p",
                          "no:cacheprovider"],
                         capture_output=True, text=True, cwd=ROOT, timeout=60,
                         env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"})
    assert run.returncode == 1
    assert "test_conformance[nan and inf: nan.relu()]" in run.stdout and "nan is swallowed" in run.stdout


def test_installing_it_changes_no_other_pytest():
    """An entry point would be imported by every pytest run, also where `engine` is somebody else's module."""
    assert "entry-points" not in tomllib.loads((ROOT / "pyproject.toml")
                                               .read_text(encoding="utf-8"))["project"]


def test_the_suite_runs_under_pytest_beside_an_engine_py(site, tmp_path):
    filled(tmp_path, {"engine.py": WRONG, "nn.py": "raise SystemExit",
                      "student.py": "from engine import Value"})
    ran = python(site, tmp_path, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p",
                 "engine.testing.conformance.plugin", "--pyargs",
                 "engine.testing.conformance", "--engine", "student.py:Value", "--engine-examples", "1",
                 PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")
    assert ran.returncode == 1, ran.stdout + ran.stderr
    assert f"test_conformance[{CASE}]" in ran.stdout and "overwritten" in ran.stdout
