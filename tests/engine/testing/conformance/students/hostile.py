"""Text that would act on the page that shows it."""


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0
        print("<b>printed</b>")

    def __add__(self, other):
        raise ValueError("<script>alert(1)</script> \x1b[31m ]]> \u202e")

    def backward(self):
        self.grad = 1.0
