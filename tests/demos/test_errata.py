"""python -m demos errata: the table of all errata."""

from demos.__main__ import main
from demos.catalogue import errata


def test_the_table_shows_every_erratum(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "140")
    assert main(["errata", "--out", str(tmp_path)]) == 0
    printed = capsys.readouterr().out
    assert all(one.id in printed for one in errata()) and f"{len(errata())} errata." in printed
    assert "what is printed" in printed and "6.25" in printed
    assert max(map(len, printed.splitlines())) <= 140
