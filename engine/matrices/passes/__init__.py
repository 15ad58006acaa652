"""Passes: from the recorded scalars to the lines of a program, one step after the other."""
