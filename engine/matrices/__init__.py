"""Matrices: from a scalar graph to the program of array operations that the documents derive by hand.

    >>> from engine import vectorize
    >>> program = vectorize(loss, inputs=X, targets=Y, parameters=model.parameters())
    >>> loss, gradients = program(X_new, Y_new)

passes/ finds the matrices, writing/ shows the program as source and equations, numpy/ and native/ run it.
"""

from ..extras import needed

needed("numpy", "vectorize")                                     # before the passes, which all import it

from .program import Program as Program
from .vectorization import vectorize as vectorize
