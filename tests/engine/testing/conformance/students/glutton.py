"""x * y takes all the memory there is."""


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __mul__(self, other):
        hoard = [0.0]
        while True:
            hoard += hoard

    def backward(self):
        self.grad = 1.0
