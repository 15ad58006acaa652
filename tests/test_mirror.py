"""The tests mirror the sources: engine/a/b.py is tested by tests/engine/a/test_b.py, or by a folder
tests/engine/a/b/ of its own."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# Modules that are tested under another name, and why.
ELSEWHERE = {
    "engine/__init__.py":          "what `import engine` loads: tests/engine/test_import.py",
    "engine/__main__.py":          "the command: tests/engine/test_command_line.py",
    "engine/matrices/interfaces.py":
        "protocols alone; a whole runner by them: tests/engine/matrices/test_runners.py",
    "engine/testing/conformance/__main__.py":
        "the command: tests/engine/testing/conformance/test_command.py",
    "engine/testing/conformance/test_engine.py":
        "a test for users: tests/engine/testing/conformance/test_plugin.py",
    "engine/testing/quantities.py":
        "types alone: tests/engine/testing/check/test_checker.py",
    "nn/__init__.py":              "names only; what `import nn` loads: tests/nn/test_module.py",
}


def modules():
    """Every module; not the __init__ of a folder within, whose names are tested where they are made."""
    return [path.relative_to(ROOT).as_posix() for package in ("engine", "nn")
            for path in sorted((ROOT / package).rglob("*.py"))
            if path.name != "__init__.py" or path.parent == ROOT / package]


def mirrored(module):
    """Whether the module has a test file of its name, or a folder of test files."""
    place = ROOT / "tests" / Path(module).with_suffix("")
    return place.with_name(f"test_{place.name}.py").is_file() or any(place.glob("test_*.py"))


@pytest.mark.parametrize("module", [name for name in modules() if name not in ELSEWHERE])
def test_every_module_has_a_test_file_of_its_name(module):
    assert mirrored(module), f"write tests/{module.rpartition('/')[0]}/test_{module.rpartition('/')[2]}"


@pytest.mark.parametrize("module", ELSEWHERE)
def test_what_is_tested_elsewhere_is_a_module_and_says_where(module):
    assert module in modules() and not mirrored(module)
    assert all((ROOT / word).is_file() for word in ELSEWHERE[module].split() if word.startswith("tests/"))
