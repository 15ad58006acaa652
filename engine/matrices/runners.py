"""Runners: those there are, and which of them a program uses.

Compiling takes about as long as thousands of small steps. "auto" therefore starts with NumPy and changes
after PATIENCE runs, or before a training of more; "native" compiles at once. Where it cannot be had, or a
line has no C, NumPy does it, and the report says why.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .data import Floats
from .lines import Array
from .mover import Mover
from .native.machine_code import MachineCode
from .numpy.numpy_calls import NumpyCalls
from .parameters import Parameters
from .interfaces import Epochs, Plan, Runner, Unsupported

PATIENCE = 100
RUNNERS: dict[str, Callable[[], Runner]] = {       # one line each
    "numpy":  NumpyCalls,
    "native": MachineCode,
}
FASTEST = "native"                                 # what "auto" changes to


class Choice:
    """The runner of one program: the wanted one once it is worth it and as far as it can, NumPy for the rest.

    left    how many runs until then
    why     why the wanted one cannot be had, once it was tried

    Raises:
        ValueError: `wanted` is neither "auto" nor one of RUNNERS.
    """

    def __init__(self, wanted: str = "auto") -> None:
        if wanted != "auto" and wanted not in RUNNERS:
            raise ValueError(f"runner {wanted!r} is not known: write one of "
                             f"{', '.join(map(repr, ('auto', *RUNNERS)))}")
        self.wanted  = wanted
        self.first   = NumpyCalls()
        self.fast    = RUNNERS[FASTEST if wanted == "auto" else wanted]()
        self.hurried = wanted not in ("auto", "numpy")
        self.left    = PATIENCE if wanted == "auto" else -1
        self.using: Runner = self.first
        self.why     = ""

    def __str__(self) -> str:
        if self.using is not self.first: return self.using.about
        if self.why:                     return f"{self.first.about}, because {self.why}"
        return self.first.about + (f"; machine code after {PATIENCE} runs" if self.wanted == "auto" else "")

    def hurry(self) -> bool:
        """From now on the fast one, if it can be had; whether that is a change."""
        change = self.wanted == "auto" and not self.hurried
        if change:
            self.hurried, self.left = True, -1
        return change

    def plan(self, roots: Sequence[Array], samples: int, given: dict[int, Floats], into: Sequence[Floats],
             train: bool) -> Plan:
        """The plan that computes roots into arrays; the fast one only for a loss and its gradients."""
        if train and self.hurried and not self.why:
            try:
                plan = self.fast.plan(roots, samples, given, into)
            except Unsupported as reason:
                self.why = str(reason)
            else:
                self.using = self.fast
                return plan
        return self.first.plan(roots, samples, given, into)

    def epochs(self, plan: Plan, rooms: dict[str, Floats], own: Parameters, mover: Mover, X: Floats,
               Y: Floats, size: int) -> Epochs | None:
        """Whole epochs by the runner that made the plan, where it has them."""
        return self.using.epochs(plan, rooms, own, mover, X, Y, size)
