"""A quick check at the end of the file, with sys.exit."""

import sys


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def backward(self):
        self.grad = 1.0


print("all right!")
sys.exit(0)
