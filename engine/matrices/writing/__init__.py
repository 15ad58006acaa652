"""Writing: a program as NumPy source, as equations, and what there is to say of it."""
