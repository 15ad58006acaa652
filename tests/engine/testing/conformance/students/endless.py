"""x + y never returns."""


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __add__(self, other):
        while True:
            pass

    def backward(self):
        self.grad = 1.0
