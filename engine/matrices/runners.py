"""Choosing: NumPy or machine code for a program.

    before   the roots of a program and the arrays they are computed from
    after    a plan: running.Plan, whose steps are NumPy calls, or native.Native, one call of a C function

Compiling takes about as long as thousands of small steps. "auto" therefore starts with NumPy and changes
after PATIENCE runs, or before a training of more; "native" compiles at once. Where it cannot be had, or a
line has no C, NumPy does it, and the report says why.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .portable import elementary
from .numpy.fast_formulas import quick
from .numpy.plan import Plan

if TYPE_CHECKING:
    from .lines import Array
    from .native.compiled import Compiled

PATIENCE = 100
RUNNERS  = ("auto", "numpy", "native")


class Runner:
    """The runner of one program.

    Raises:
        ValueError: `wanted` is not one of RUNNERS.
    """

    def __init__(self, wanted: str = "auto") -> None:
        if wanted not in RUNNERS:
            raise ValueError(f"runner {wanted!r} is not known: write one of {', '.join(map(repr, RUNNERS))}")
        self.wanted = wanted
        self.hurried = wanted == "native"
        self.left    = PATIENCE if wanted == "auto" else -1  # runs until machine code is worth its compiling
        self.native: Compiled | None = None
        self.why     = ""                                            # why not, once it was tried

    def __str__(self) -> str:
        if self.native is not None: return "machine code, through the C compiler"
        if self.why:                return f"NumPy, because {self.why}"
        return "NumPy" + (f"; machine code after {PATIENCE} runs" if self.wanted == "auto" else "")

    def hurry(self, plans: dict[Any, Any]) -> None:
        """From now on machine code, if it can be had; the plans made so far are dropped."""
        if self.wanted == "auto" and not self.hurried:
            self.hurried, self.left = True, -1
            plans.clear()

    def plan(self, roots: Sequence[Array], samples: int, given: dict[int, Any], into: Sequence[Any],
             train: bool) -> Any:
        """The plan that computes roots into arrays; machine code only for loss and gradients."""
        if train and self.hurried and not self.why:
            from .native import compiled as native
            try:
                self.native = self.native or native.compiled(roots, samples)
                return native.Native(self.native, samples, given, into)
            except (native.Unsupported, native.NoCompiler) as reason:
                self.why = str(reason)
        lines = elementary(roots, quick)
        return Plan(lines, lines[-len(roots):], samples, given, into)
