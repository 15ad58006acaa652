"""Speed of machine code: one training step against C by hand, JAX, PyTorch and NumPy.

    python -m tests.benchmarks.native [--quick]

The workloads and the rules of tests.benchmarks.matrices: one thread, float64, the same numbers out, checked
before timing; rounds alternate, and best and median are given. `trained` is a step of program.train(), where
the epochs run in C, and `called` one of program.run() and move() from Python. Both C programs by hand know
their sizes, have their data laid out before, and are compiled with the same flags: `C in vectors`
(native_by_hand.c) keeps its sums in registers by hand, `C in loops` (by_hand.c) leaves vectors to the
compiler.
"""

from __future__ import annotations

from . import matrices                                               # first: it asks for one thread
from .matrices import LR, by_hand, by_jax, by_program, by_torch, recorded, same, works

import ctypes
import gc
import sys
from pathlib import Path
from statistics import median
from time import perf_counter, perf_counter_ns
from typing import Any

import numpy as np

from engine.matrices.native import compiler as compiling
from engine.matrices.mover import Descent, Mover

SIZES = {"W1": "IN=2 H1=16 H2=16 OUT=1 M=100 S=104 HINGE", "W2": "IN=64 H1=32 H2=0 OUT=10 M=32 S=32 SOFTMAX",
         "W4": "IN=2 H1=4 H2=0 OUT=1 M=4 S=4 SQUARES"}


def in_vectors(program: Any, w: Any) -> Any:
    """native_by_hand.c for the sizes of w; the vectors of this machine."""
    wide  = "AVX512F" in macros()
    lanes = 4 if w.name == "W4" or not wide else 8
    sizes = "".join([f"#define {size.replace('=', ' ')}\n" for size in [*SIZES[w.name].split(),
                                                                        f"LN={lanes}"]])
    c     = compiling.library(sizes + (Path(__file__).parent / "native_by_hand.c").read_text())
    c.steps.restype = ctypes.c_double
    names = sorted(program.parameters, key=lambda name: (name[1:], name))             # W1 b1 W2 b2 ...
    def start() -> None:
        theta = np.concatenate([program.parameters[name].ravel() for name in names])
        c.start(*[ctypes.c_void_p(np.ascontiguousarray(x).ctypes.data) for x in (w.X, w.Y, theta)])
    def check() -> Any:
        start()
        loss, g = c.steps(ctypes.c_long(1), ctypes.c_double(LR)), np.empty(len(program.theta))
        c.back(ctypes.c_void_p(g.ctypes.data))
        parts = np.split(g, np.cumsum([program.parameters[name].size for name in names])[:-1])
        return loss, {name: part.reshape(program.parameters[name].shape) for name, part in zip(names, parts)}
    def many(count: int) -> None:
        c.steps(ctypes.c_long(count), ctypes.c_double(LR))
    many.check = check  # type: ignore[attr-defined]
    return many


def macros() -> str:
    import subprocess
    command = [compiling.compiler()[0], "-march=native", "-dM", "-E", "-x", "c", "/dev/null"]
    return subprocess.run(command, capture_output=True, text=True).stdout


def trained(program: Any, w: Any) -> Any:
    """Steps inside program.train, without its preparation, which a training does once."""
    return program.plans.epochs(Mover(Descent(program.values, LR), program.own), w.X, w.Y, len(w.X)).whole


def in_calls(step: Any) -> Any:
    """A step that makes many at each call."""
    def many(count: int) -> None:
        for _ in range(-(-count // step.steps)):
            step()
    many.check, many.least = step.check, step.steps  # type: ignore[attr-defined]
    return many


def repeated(step: Any) -> Any:
    def many(count: int) -> None:
        for _ in range(count):
            step()
    return many


def timed(contenders: dict[str, Any], seconds: float) -> dict[str, list[float]]:
    """Microseconds per step, of rounds of about 2 ms that alternate among the contenders."""
    counts, found = {}, {name: list[float]() for name in contenders}
    for name, many in contenders.items():
        least = counts[name] = getattr(many, "least", 3)
        for _ in range(3):  # a call has its own cost: find out with many steps
            start = perf_counter_ns()
            many(counts[name])
            counts[name] = least * max(1, int(counts[name] / least * 2e6 / (perf_counter_ns() - start)))
    end = perf_counter() + seconds * len(contenders)
    gc.disable()
    while perf_counter() < end:
        for name, many in contenders.items():
            start = perf_counter_ns()
            many(counts[name])
            found[name].append((perf_counter_ns() - start) / counts[name] / 1000)
    gc.enable()
    return found


def main() -> None:
    for w in works():
        program, *_ = recorded(w)
        reference   = program(w.X, w.Y)
        native, *_  = recorded(w, "native")
        start = perf_counter()
        same(reference, tuple(native(w.X, w.Y)), f"{w.name} native")
        print(f"\n{w.name}: ready in {perf_counter() - start:.2f} s. {native.report().splitlines()[-1]}")
        contenders = {"trained": trained(native, w), "called": repeated(by_program(native, w))}
        makers = {"NumPy by hand": by_hand, "PyTorch eager": by_torch, "JAX jit": by_jax}
        if w.name in SIZES:
            contenders["C in vectors"] = in_vectors(program, w)
            contenders["C in loops"]   = in_calls(matrices.by_hand_in_c(program, w))
            for name in ("C in vectors", "C in loops"):
                same(reference, contenders[name].check(), f"{w.name} {name}")
        for name, make in makers.items():
            try:
                step = make(program, w)
            except ImportError:
                print(f"({name} is not installed)")
                continue
            if hasattr(step, "check"):
                same(reference, step.check(), f"{w.name} {name}")
            contenders[name] = repeated(step)
        contenders["program (NumPy)"] = repeated(by_program(program, w))
        found = timed(contenders, 0.3 if "--quick" in sys.argv else 2.0)
        own   = min(found["trained"])
        for name, times in found.items():
            print(f"  {name:<16} best {min(times):9.2f} us   median {median(times):9.2f} us   "
                  f"{min(times) / own:8.2f} x trained")


if __name__ == "__main__":
    main()
