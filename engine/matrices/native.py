"""Native: a program compiled by the machine's C compiler, once, and kept in the user's cache.

    before   lines of a program                   after    step(X, Y, theta, gradient, losses, steps, lr, ...)

It is optional: without a compiler, or for a line that has no C, the program stays on NumPy and report() says why.
Vector instructions for exp and tanh come from glibc's libmvec, within 4 units in the last place; nan and inf
are kept, only the order of sums is the compiler's.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import platform
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .emitting import Emitter, Unsupported
from .kernels import PRELUDE, batched, units
from .portable import elementary
from .quickening import quick

if TYPE_CHECKING:
    from .program import Program

FLAGS = ["-O3", "-march=native", "-std=gnu11", "-fopenmp-simd", "-fno-math-errno", "-fno-trapping-math",
         "-ffp-contract=fast", "-shared", "-fPIC"]


class Native:
    """The compiled program.

    Raises:
        Unsupported: there is no compiler, it failed, or a line has no C.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.source, self.room, self.fixed = source(program)
        library   = ctypes.CDLL(str(compiled(self.source)))
        self.call = library.steps
        self.call.restype = None
        self.places: dict[int, Any] = {}

    def steps(self, X: Any, Y: Any, lr: float = 0.0, steps: int = 1) -> Any:
        """The losses of `steps` steps of gradient descent; the gradients of the last are in program.gradient."""
        p, B = self.program, len(X)
        if B not in self.places:
            BP = -(-B // 8) * 8
            self.places[B] = np.zeros(self.room * BP + 16), np.zeros(self.fixed + 16)
        room, fixed = self.places[B]
        losses = np.empty(steps)
        X = np.ascontiguousarray(X, dtype=float)
        Y = X if Y is None else np.ascontiguousarray(Y, dtype=float)
        for data, role in ((X, "input"), (Y, "target")):
            if (role == "input" or Y is not X) and data.size != B * p.trace.widths[role]:
                raise ValueError(f"{role}s of shape {data.shape} were given and {p.trace.widths[role]} numbers per "
                                 "sample are needed: give the same features as were recorded")
        if Y is X and p.trace.widths["target"]:
            raise ValueError("the program was recorded with targets and got none: write program(X, Y)")
        self.call(*[ctypes.c_void_p(a.ctypes.data) for a in (X, Y, p.theta, p.gradient, losses, room, fixed)],
                  ctypes.c_long(B), ctypes.c_long(steps), ctypes.c_double(lr))
        return losses


def source(program: Program) -> tuple[str, int, int]:
    """The C of a program, and how many doubles it needs per sample and besides."""
    if not program.samples:
        raise Unsupported("the program has no batch axis")
    if program.low.fixed:
        raise Unsupported(program.low.fixed[0])
    roots = [program.loss, *program.grads]
    lines = elementary(roots, quick)
    places, setup, start, own = {}, [], 0, 0
    for z in lines:
        if z.op in ("input", "target") and id(z) not in places:
            places[id(z)] = f"(room + {own} * BP)"
            setup.append(f"turn(room + {own} * BP, {'X' if z.op == 'input' else 'Y'}, B, {z.shape[1]}, BP);")
            own += z.shape[1]
    for p in program.own:
        places[id(p.line)] = f"(theta + {start})"
        start += len(p.members)
    body  = Emitter(lines, places, own)
    n = program.samples
    first, *grads = lines[-len(roots):]
    out   = [f"losses[step] = {body.at(first)}[0];"]
    start = 0
    for p, g in zip(program.own, grads):
        if batched(g):
            raise Unsupported("a gradient per sample")
        out.append(f"memcpy(gradient + {start}, {body.at(g)}, sizeof(double) * {units(g)});")
        start += len(p.members)
    code  = "\n        ".join([*body.code, *out])
    text  = f"""{PRELUDE}
INLINE void work(const double *X, const double *Y, double *restrict theta, double *restrict gradient, double *losses,
                 double *restrict room, double *restrict fixed, const long B, long steps, double lr) {{
    const long BP = (B + 7) / 8 * 8;
    {' '.join(setup)}
    for (long step = 0; step < steps; step++) {{
        {code}
        if (lr != 0) for (long k = 0; k < {start}; k++) theta[k] -= lr * gradient[k];
    }}
}}
/* the recorded number of samples is known to the compiler, any other is not */
void steps(const double *X, const double *Y, double *theta, double *gradient, double *losses, double *room,
           double *fixed, long B, long steps, double lr) {{
    if (B == {n}) work(X, Y, theta, gradient, losses, room, fixed, {n}, steps, lr);
    else work(X, Y, theta, gradient, losses, room, fixed, B, steps, lr);
}}
"""
    return text, body.room, body.fixed_room


def compiled(text: str) -> Path:
    """The shared library of a C text, from the cache or made now."""
    compiler = shutil.which(os.environ.get("CC", "cc")) or shutil.which("gcc")
    if compiler is None:
        raise Unsupported("there is no C compiler (cc)")
    machine = " ".join([platform.node(), platform.machine(), compiler, *FLAGS])
    name    = hashlib.sha256((machine + text).encode()).hexdigest()[:32]
    folder  = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "chainrule"
    library = folder / f"{name}.so"
    if library.exists():
        return library
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as work:
            c, so = Path(work) / "program.c", Path(work) / "program.so"
            c.write_text(text)
            ran = subprocess.run([compiler, *FLAGS, str(c), "-o", str(so), "-lmvec", "-lm"], capture_output=True,
                                 text=True, timeout=120)
            if ran.returncode:
                raise Unsupported(f"the C compiler failed: {ran.stderr.strip()[:200]}")
            os.replace(so, library)
    except (OSError, subprocess.SubprocessError) as error:
        raise Unsupported(f"the program could not be compiled: {error}") from None
    return library
