"""Explaining: dL/dw as its chain-rule sum, in words, numbers and LaTeX."""
