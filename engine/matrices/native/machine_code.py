"""Machine code: the runner that compiles a program through the C compiler of this machine."""

from __future__ import annotations

from collections.abc import Sequence

from ..data import Floats
from ..interfaces import Epochs, Plan
from ..lines import Array
from ..mover import Mover
from ..parameters import Parameters
from .compiled import Compiled, Native, compiled
from .compiler import NoCompiler
from .epochs import loop


class MachineCode:
    """See interfaces.Runner; the C function is compiled once, and is the same for every number of samples."""

    about = "machine code, through the C compiler"

    def __init__(self) -> None:
        self.compiled: Compiled | None = None

    def plan(self, roots: Sequence[Array], samples: int, given: dict[int, Floats],
             into: Sequence[Floats]) -> Native:
        self.compiled = self.compiled or compiled(roots, samples)
        return Native(self.compiled, samples, given, into)

    def epochs(self, plan: Plan, rooms: dict[str, Floats], own: Parameters, mover: Mover, X: Floats,
               Y: Floats, size: int) -> Epochs | None:
        if not isinstance(plan, Native):
            return None
        try:
            return loop(plan, rooms, own, mover, X, Y, size)
        except NoCompiler:                                           # it is there, and has no room for loop.c
            return None
