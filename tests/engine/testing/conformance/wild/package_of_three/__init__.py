"""A package of three modules."""
