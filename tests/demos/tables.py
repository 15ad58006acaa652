"""The tables that a lecture prints, read back.

    rows      the cells of the table below a heading, as texts
"""

import re
from itertools import takewhile


def rows(printed, heading) -> list[list[str]]:
    """The rows after the first heading of that text; a table ends at an empty line or where a picture is
    told of."""
    lines = printed.split(heading)[1].split("\n\n")[1].splitlines()[2:]
    return [re.split(r"\s{2,}", line.strip())
            for line in takewhile(lambda line: not line.startswith("wrote"), lines)]
