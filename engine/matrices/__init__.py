"""Matrices: from a scalar graph to the program of array operations that the documents derive by hand.

    >>> from engine import vectorize
    >>> program = vectorize(loss, inputs=X, targets=Y, parameters=model.parameters())
    >>> loss, gradients = program(X_new, Y_new)

A pass per file, in this order: tracing, normalising, batching, grouping, lowering (with rows), reverse;
then the program is printed (printing, equations) and run (running, native, portable).
"""

from ..extras import needed

needed("numpy", "vectorize")                                     # before the passes, which all import it

from .program import Program as Program
from .vectorizing import vectorize as vectorize
