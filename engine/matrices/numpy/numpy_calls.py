"""NumPy calls: the runner that is always there, one NumPy function after the other."""

from __future__ import annotations

from collections.abc import Sequence

from ..data import Floats
from ..lines import Array
from ..mover import Mover
from ..parameters import Parameters
from ..portable import elementary
from ..interfaces import Plan as AnyPlan
from .fast_formulas import quick
from .plan import Plan


class NumpyCalls:
    """See interfaces.Runner."""

    about = "NumPy"

    def plan(self, roots: Sequence[Array], samples: int, given: dict[int, Floats],
             into: Sequence[Floats]) -> Plan:
        lines = elementary(roots, quick)
        return Plan(lines, lines[-len(roots):], samples, given, into)

    def epochs(self, plan: AnyPlan, rooms: dict[str, Floats], own: Parameters, mover: Mover, X: Floats,
               Y: Floats, size: int) -> None:
        return None
