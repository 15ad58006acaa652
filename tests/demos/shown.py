"""What a lecture shows when it runs: its words, its figures as Matplotlib keeps them, its files.

    show      run a lecture once, with the checks that hold for every lecture
    Shown     what it printed, its figures and films by name, the texts of its graphs
    curves    label -> (xs, ys) of the lines of one pair of axes
"""

import re
from importlib import import_module
from itertools import chain
from typing import NamedTuple

from matplotlib.text import Text

import demos

ID = re.compile(r"(?:ERR-)?D[0-4]-\d+|\bG[A-H](?:-\d)?\b")


class Shown(NamedTuple):
    """What a lecture printed and drew."""

    printed: str
    figures: dict      # name of the file -> the figure
    films:   dict      # name of the file -> the figures of its frames
    files:   list      # every file that was written

    def words(self) -> str:
        """Everything to be read: on the terminal, in figures, in the texts of drawn graphs."""
        drawn = [text.get_text() for fig in chain(self.figures.values(), *self.films.values())
                 for text in fig.findobj(Text)]
        graphs = [file.read_text(encoding="utf-8") for file in self.files
                  if file.suffix in (".dot", ".gv", ".svg", ".html", ".md")]
        return "\n".join([self.printed, *drawn, *graphs])


def show(name, out, monkeypatch, capsys) -> Shown:
    """Run a lecture and keep what it shows; it must write what it names and show every id that it claims."""
    lecture = next(one for one in demos.lectures() if one.name == name)
    module  = import_module(f"demos.{name}")
    figures, films = {}, {}
    if hasattr(module, "save"):
        save = module.save
        def keep(fig, out, name, *rest):
            figures[name] = fig
            return save(fig, out, name, *rest)
        monkeypatch.setattr(module, "save", keep)
    if hasattr(module, "animation"):
        animation = module.animation
        def film(draw, frames, out, name, *rest, **options):
            films[name] = {}
            def frame(k): return films[name].setdefault(k, draw(k))
            return animation(frame, frames, out, name, *rest, **options)
        monkeypatch.setattr(module, "animation", film)
    capsys.readouterr()
    lecture.run(out)
    files = sorted(path for path in out.rglob("*") if path.is_file())
    shown = Shown(capsys.readouterr().out, figures, {k: [*v.values()] for k, v in films.items()}, files)
    check_files(shown)
    check_claims(shown, lecture.documents)
    assert not re.search(r"\bframe \d+ of", shown.words()), "a film tells steps or epochs, not its frames"
    return shown


def check_files(shown) -> None:
    """Every file that is named was written, and every picture has a text for those who cannot see it."""
    named = re.findall(r"^wrote (.+)$", shown.printed, re.M)
    assert len(shown.printed.splitlines()) > 3
    assert named and {str(path) for path in shown.files} >= set(named)
    for path in shown.files:
        if path.suffix == ".png":
            assert b"Description" in path.read_bytes()[:2000], f"{path.name} has no alternative text"


def check_claims(shown, claimed) -> None:
    """Each id that the lecture claims stands beside something that it prints or draws."""
    found   = set(ID.findall(shown.words()))
    missing = [id for id in claimed if id not in found]
    assert not missing, f"claimed, but neither printed nor drawn: {', '.join(missing)}"


def curves(axes) -> dict:
    """label -> (xs, ys) of the labelled lines."""
    return {line.get_label(): (list(map(float, line.get_xdata())), list(map(float, line.get_ydata())))
            for line in axes.get_lines() if not line.get_label().startswith("_")}
