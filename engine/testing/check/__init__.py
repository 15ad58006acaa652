"""Check: is this gradient right? By values alone, in numbers that do not round."""
