"""chainrule: a scalar reverse-mode autodiff engine. One number, its operands, and the chain rule."""

from importlib import import_module as _import_module
from typing import TYPE_CHECKING

from . import aliases as aliases       # (micrograd's names for what a Value remembers)
from . import copies as copies           # (what copy and pickle do with a Value)
from .derivatives import grad as grad, gradients as gradients, hessian as hessian, jacobian as jacobian
from .derivatives import value_and_grad as value_and_grad
from .functions import *  # noqa: F403
from .primitives import *  # noqa: F403
from .value import Value as Value

if TYPE_CHECKING:
    from .pictures.comparison import compare as compare
    from .pictures.drawing import draw as draw
    from .explaining.explanation import explain as explain
    from .graphs.graph import Graph as Graph
    from .lectures import lecture as lecture
    from .lectures import training_lecture as training_lecture
    from .matrices import vectorize as vectorize

# Imported when first used, so that `import engine` stays small.
_LATER = {"Graph": ".pictures.drawing", "compare": ".pictures.comparison", "draw": ".pictures.drawing",
          "explain": ".explaining.explanation", "lecture": ".lectures", "training_lecture": ".lectures",
          "vectorize": ".matrices"}
_FUNCTIONS: list[str] = _import_module(".functions", __name__).__all__

__all__ = ["Value", "grad", "gradients", "hessian", "jacobian", "value_and_grad",
           *sorted(_LATER.keys() - {"vectorize"}), *_FUNCTIONS]      # (`from engine import *` needs no NumPy)


def __getattr__(name: str) -> object:
    if name not in _LATER:
        close = _import_module("difflib").get_close_matches(name, [*__all__, *_LATER], n=1)
        nearest = f": did you mean {close[0]}?" if close else ""
        raise AttributeError(f"module 'engine' has no attribute {name!r}{nearest}")
    return getattr(_import_module(_LATER[name], __name__), name)


def _picture(self: Value, include: object = None, exclude: object = None) -> dict[str, str]:
    """What Jupyter shows of a Value: its graph."""
    shown: dict[str, str] = _import_module(".pictures.drawing", __name__).mimebundle(self)
    return shown


setattr(Value, "_repr_mimebundle_", _picture)     # noqa: B010
