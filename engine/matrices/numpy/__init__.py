"""NumPy: a program as calls on arrays that are allocated once."""
