"""The tables that a lecture printed, found by words of the line above them.

    rows      each row as heading -> text
    cells     each row as its texts
"""

import re
from itertools import takewhile


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


def cells(printed, heading) -> list[list[str]]:
    """The rows after the first heading of that text; a table ends at an empty line or where a picture is
    told of."""
    lines = printed.split(heading)[1].split("\n\n")[1].splitlines()[2:]
    return [re.split(r"\s{2,}", line.strip())
            for line in takewhile(lambda line: not line.startswith("wrote"), lines)]


def numbers(table, heading) -> list[float]:
    """A column of the table as numbers."""
    return [float(row[heading]) for row in table]
