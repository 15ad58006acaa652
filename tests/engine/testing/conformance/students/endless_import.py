"""The file itself never ends."""

while True:
    pass
