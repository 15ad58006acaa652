"""python -m demos errata: the table of all errata, whole at every width."""

import re

import pytest

from demos.__main__ import main
from demos.catalogue import documents, errata
from demos.errata import HEADERS


@pytest.mark.parametrize("asked, width", [(60, 100), (140, 140), (300, 200)])
def test_the_table_shows_every_erratum(asked, width, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(asked))
    assert main(["errata", "--out", str(tmp_path)]) == 0
    printed = capsys.readouterr().out
    lines   = printed.splitlines()
    assert max(map(len, lines)) <= width and f"{len(errata())} errata." in printed
    assert all(f"\n{document}: {about}\n" in printed for document, about in documents().items())
    header = next(line for line in lines if line.startswith(HEADERS[0]))
    starts = [header.index(name) for name in HEADERS]
    blocks = re.split(r"^(?=ERR-D)", printed, flags=re.MULTILINE)[1:]
    for erratum, block in zip(errata(), blocks, strict=True):
        texts = [erratum.id, f"({erratum.kind}) {erratum.printed}", erratum.right, erratum.evidence]
        assert columns(block, starts) == ["".join(text.split()) for text in texts]


def columns(block, starts):
    """What stands in each column of a row, without its spaces."""
    rows = block.split("\n\n")[0].splitlines()
    return ["".join("".join(line[a:b].split()) for line in rows) for a, b in zip(starts, [*starts[1:], None])]
