"""One row says everything: a primitive entered in primitives.py, with no other edit, is as good as tanh.

Tried in a copy of the tree: mish, Misra 2019, x tanh(ln(1 + e^x)).
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

MISH = r'''
mish = primitive("mish", lambda x: x * tanh(softplus(x)),
          [lambda z, x: tanh(softplus(x)) + x * sech2(softplus(x)) * sigmoid(x)],
          latex=r"\mathrm{{mish}}({0})", activation=True)
'''

EVERYTHING = """if True:
    import math
    import engine
    from engine import Graph, Value, explain, lecture, vectorize
    from engine.explaining.gates import sentence
    from engine.explaining.wording import slope_text
    from engine.rows import TABLE
    from nn import MLP, half_mse

    def right(x): return x * math.tanh(math.log1p(math.exp(x)))
    assert abs(engine.mish(0.5) - right(0.5)) < 1e-15 and abs(Value(0.5).mish().data - right(0.5)) < 1e-15
    assert "mish" in engine.__all__

    model = MLP(2, [3, 1], hidden="mish", seed=1)
    he = MLP(2, [3, 1], hidden="relu", seed=1)                       # He's initializer, as for ReLU
    assert [p.data for p in model.layers[0].parameters()] == [p.data for p in he.layers[0].parameters()]
    x, t = [Value(0.5, "x[1]"), Value(-1.0, "x[2]")], Value(1.0, "y")
    J = half_mse(model(x), t)
    J.backward()
    graph = Graph(J)
    a = next(v for v in graph.nodes if v.op == "mish")
    assert graph.symbol(a).startswith("a1[")

    written = slope_text(TABLE["mish"], 0)
    assert written == "tanh(softplus({0})) + {0}·(1 − tanh(softplus({0}))^2)·σ({0})", written
    assert "softplus" in sentence(graph, a, 2.0)
    w = model.layers[0].neurons[0].weights[0]
    assert "mish" in str(explain(J, w)) and "mish" in str(lecture(J))

    for runner in ("numpy", "native"):
        program = vectorize(J, inputs=x, targets=[t], parameters=model.parameters(), batch=True,
                            runner=runner)
        found = program([[0.5, -1.0]], [[1.0]]).gradients
        assert abs(found["W1"][0, 0] - w.grad) < 1e-12 * abs(w.grad) + 1e-300
    assert "def mish(" in str(program)
    print("as good as tanh")
"""


# An engine that somebody else wrote: mish as a method and as a function, one of them with a wrong slope.
STUDENT = """
import math
from engine.testing.museum import engine
Right = engine("right")

class Value(Right):
    def mish(self):
        s = math.tanh(math.log1p(math.exp(self.data)))
        return Value(self.data * s, (self,), (s + self.data * (1 - s * s) / (1 + math.exp({sign}self.data)),))

def mish(x):
    s = math.tanh(math.log1p(math.exp(x.data)))
    return Value(x.data * s, (x,), (s,))
"""

ASKED = r"""if True:
    import sys
    from engine import Value
    from engine.testing import conformance, random_program
    from engine.testing.museum import engine
    from engine.testing.museum.wing import named, visit
    from engine.testing.random_programs.strategies import HIDDEN

    grown   = [random_program(seed, ops=("+", "*", "mish")) for seed in range(9)]
    program = next(p for p in grown if "mish" in p.ops)
    run = program.run(Value)
    run.output.backward()
    for x, right, within in zip(run.leaves, program.gradient(), program.tolerances()):
        assert abs(x.grad - float(right)) <= within
    assert "mish" in HIDDEN                                     # random networks have it

    def verdicts(target):
        report = conformance(target, only="arithmetic")
        return {v.name: (v.status, [f.sentence for f in v.findings])
                for v in report.verdicts if "mish" in v.name}

    assert verdicts("engine:Value") == {"x.mish()": ("pass", []), "mish(x)": ("pass", [])}
    for target, method in ("correct.py:Value", "pass"), ("mistaken.py:Value", "fail"):
        found = verdicts(target)
        assert found["x.mish()"][0] == method and found["mish(x)"][0] == "fail", found
        assert found["mish(x)"][1][0].startswith("x.grad is "), found
    assert found["x.mish()"][1][0].startswith("x.grad is "), found
    assert verdicts(engine("right")) == {} == verdicts("micrograd.engine:Value")       # they do not offer it

    assert "x.mish() has slopes with the wrong sign" in named(visit(engine("right"), "sign"), "sign")
    print("asked and blamed")
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    folder = tmp_path_factory.mktemp("copy")
    for part in ("engine", "nn", "tests"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    table = folder / "engine" / "primitives.py"
    before, mark, after = table.read_text(encoding="utf-8").partition("# --- gates")
    assert mark
    table.write_text(before + MISH.lstrip() + "\n" + mark + after, encoding="utf-8")
    return folder


def python(folder, *arguments):
    return subprocess.run([sys.executable, "-P", *arguments], cwd=folder, capture_output=True, text=True,
                          env={**os.environ, "PYTHONPATH": str(folder),
                               "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"})


def test_one_row_gives_everything(copy):
    ran = python(copy, "-c", EVERYTHING)
    assert ran.stdout == "as good as tanh\n", ran.stdout + ran.stderr


def test_the_oracles_of_other_engines_reach_it(copy):
    """Random programs, the conformance suite (as a method and as a function) and the museum."""
    for name, sign in ("correct", "-"), ("mistaken", ""):
        (copy / f"{name}.py").write_text(STUDENT.format(sign=sign), encoding="utf-8")
    ran = python(copy, "-c", ASKED)
    assert ran.stdout == "asked and blamed\n", ran.stdout + ran.stderr


def test_the_generated_tests_hold_for_it(copy):
    """Proved by sympy, measured in 400 digits, formulas and sentences compared with numbers, checked for
    blame."""
    tests = ["tests/engine/test_primitives.py", "tests/engine/explaining/test_arithmetic.py",
             "tests/engine/explaining/test_gates.py", "tests/engine/testing/check/test_checker.py",
             "tests/engine/testing/check/test_slopes.py"]
    ran = python(copy, "-m", "pytest", "-p", "no:cacheprovider", "-k", "mish", *tests)
    assert ran.returncode == 0 and "mish" not in ran.stdout, ran.stdout + ran.stderr
    assert int(ran.stdout.split(" passed")[0].split()[-1]) > 8, ran.stdout
