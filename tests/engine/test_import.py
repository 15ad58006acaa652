"""`import engine, nn`: a few modules of the standard library alone; the same bits under every
PYTHONHASHSEED."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def python(program, **env):
    return subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=os.environ | env,
                          capture_output=True, text=True, check=True).stdout


def test_only_the_standard_library_is_loaded():
    loaded = python("import sys; before = set(sys.modules); import engine, nn; "
                    "print(*{name.partition('.')[0] for name in set(sys.modules) - before})").split()
    assert set(loaded) - {"engine", "nn"} <= set(sys.stdlib_module_names)


def test_importing_is_quick():
    """Counted in modules, which no busy machine changes: fewer than 100, ours included, and none of the slow
    ones."""
    loaded = python("import sys; before = set(sys.modules); import engine, nn; "
                    "print(*(set(sys.modules) - before))").split()
    assert len(loaded) < 100
    assert not {"asyncio", "ctypes", "dataclasses", "inspect", "subprocess", "tempfile",
                "argparse"} & set(loaded)


def test_gradients_are_bit_identical_under_every_hash_seed():
    program = """if True:
        from engine import maximum, softmax
        from nn import MLP
        model = MLP(3, [5, 4, 2], hidden="tanh", seed=3)
        y = model([0.1, -0.7, 1.3])
        (maximum(y) * softmax(y)[0] + y[0] * y[1] / 3).backward()
        print(*[float(p.grad).hex() for p in model.parameters()])
    """
    assert len({python(program, PYTHONHASHSEED=seed) for seed in ("0", "1", "2", "12345", "random")}) == 1
