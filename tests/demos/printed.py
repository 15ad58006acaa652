"""The tables that a lecture printed, found by words of the line above them."""

import re


def rows(printed, words) -> list[dict]:
    """The rows of the first table after the line that holds words, each a dict heading -> text."""
    lines = printed[printed.index(words):].splitlines()
    rule  = next(k for k, line in enumerate(lines) if re.fullmatch(r"-+(  -+)*", line))
    starts = [match.start() for match in re.finditer("-+", lines[rule])]
    def cells(line): return [line[a:b].strip() for a, b in zip(starts, [*starts[1:], None])]
    found = []
    for line in lines[rule + 1:]:
        if not line.strip() or line.startswith("wrote "):
            break
        found.append(dict(zip(cells(lines[rule - 1]), cells(line))))
    return found


def numbers(table, heading) -> list[float]:
    """A column of the table as numbers."""
    return [float(row[heading]) for row in table]
