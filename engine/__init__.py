"""chainrule: a scalar reverse-mode autodiff engine. One number, its operands, and the chain rule."""

from .derivatives import grad as grad, gradients as gradients, hessian as hessian, jacobian as jacobian
from .derivatives import value_and_grad as value_and_grad
from .functions import *  # noqa: F403
from .functions import __all__ as _functions
from .value import Value as Value

__all__ = ["Value", "grad", "gradients", "hessian", "jacobian", "value_and_grad", *_functions]
