"""TikZ: every box and arrow in its place, names and numbers as mathematics, nothing foreign that TeX would
obey; compiled where a TeX is installed."""

import re
import shutil
import subprocess
from fractions import Fraction

import pytest

from engine import Value, compare, dot, draw, logsumexp, sqrt
from engine.show.palette import ROLES
from engine.show.sizes import SIZES
from engine.show.text import latex
from nn import MLP

# the commands that a picture may hold
KNOWN = frozenset("""documentclass usepackage usetikzlibrary IfFileExists begin end definecolor draw node
    textcolor resizebox fontsize selectfont bfseries quad text mathrm cdot frac sqrt infty prime sigma Sigma
    ln max min bmod times div omega textbackslash textasciicircum textasciitilde textless textgreater textbar
    textquotedbl textquotesingle textasciigrave dots to""".split())
EVIL = "\\input{/etc/passwd} $%#_&~^ \"'`<>|{}é\n\x1b[31m"


def network(hidden="tanh", samples=1):
    model = MLP(2, [3, 1], hidden, seed=3)
    J = sum([(model([float(i), 1.0]) - 1.5) ** 2 for i in range(1, samples)], (model([0.0, 1.0]) - 1.5) ** 2)
    J.backward()
    return J


def foreign():
    """Labels that TeX would obey, and numbers of every kind."""
    z = Value(2.0, EVIL) * Value(1e-7, "ω") / Value(-3e22, "w2'")
    z = logsumexp(sqrt(abs(z)), z ** 3, 2) % 3
    z.backward()
    return z


def gathered(name):
    """Repeated operands, that fit gathers into brackets."""
    z = dot(*([Value(k / 100, f"{letter}{k}") for k in range(1, 65)] for letter in (name, "x"))).tanh()
    z.backward()
    return z


def chain():
    """A line of boxes that fit breaks into rows."""
    z = Value(0.5, "x")
    for _ in range(30):
        z = (z * 1.01).tanh()
    return z


DRAWINGS = {
    **{view: lambda view=view: draw(network(), view) for view in ("scalar", "unit", "neuron", "layer")},
    "a batch":   lambda: draw(network("relu", 3), "neuron"),
    "folded":    lambda: draw(network("relu", 3), "layer"),
    "a path":    lambda: draw(network(), path_to="W1[2,1]"),
    "widths":    lambda: draw(network(), "unit", edge_width="gradient"),
    "dense":     lambda: draw(MLP(16, [16, 1], "tanh")([1.0] * 16) ** 2, "unit"),
    "foreign":   lambda: draw(foreign()),
    "fractions": lambda: draw(Value(Fraction(1, 3), "p") * Value(Fraction(-2, 7), "q")),
    "one leaf":  lambda: draw(Value(float("inf"), "x")),
    "a step":    lambda: compare(draw(network(), "unit"), network("relu")),
    "ranges":    lambda: compare(draw(network(), "layer"), network("relu")),
    "neurons":   lambda: compare(draw(network(), "neuron"), network("relu")),
    "brackets":  lambda: draw(gathered("w"), fit=(16, 9)),
    "a grid":    lambda: draw(gathered("w"), fit=(16, 9), unfold=["w1 ... w64"]),
    "strange":   lambda: draw(gathered(EVIL), fit=(16, 9), unfold=[f"{EVIL}1 ... {EVIL}64"]),
    "a legend":  lambda: draw(network("relu"), edge_width="gradient", path_to="W1[2,1]", legend=True),
    "rows":      lambda: draw(chain(), fit=(16, 9)),
}


def bare(tex):
    """The text without comments, line breaks and escaped characters."""
    return re.sub(r"\\[{}$#%&_,\\]", "", re.sub(r"(?m)^%.*$|(?<=\{)%$", "", tex))


@pytest.mark.parametrize("name", DRAWINGS)
@pytest.mark.parametrize("standalone", [True, False])
def test_braces_and_dollars_pair_up_and_only_known_commands_stand_there(name, standalone):
    text = bare(DRAWINGS[name]().tex(standalone, "page"))
    depth = 0
    for c in text:
        depth += (c == "{") - (c == "}")
        assert depth >= 0
    assert depth == 0 and all(line.count("$") % 2 == 0 for line in text.split("\n"))
    assert set(re.findall(r"\\([A-Za-z]+)", text)) <= KNOWN and not re.search(r"\\[^A-Za-z]", text)
    assert not set(text) & set("%&#~") and text.isascii()
    assert text.count(r"\begin{") == text.count(r"\end{")


@pytest.mark.parametrize("name", DRAWINGS)
def test_every_box_arrow_partial_and_frame_is_there_once(name):
    drawing = DRAWINGS[name]()
    tex, layout = drawing.tex(), drawing.layout
    assert re.findall(r"\] \((n\d+)\) at", tex) == list(layout["nodes"])
    arrows = re.findall(r"\\draw\[.*?-\{Stealth.*;", tex)
    assert len(arrows) == len(layout["edges"])
    assert len(re.findall(r"\\node\[inner sep=0bp, text=", tex)) == len(layout["labels"])
    assert tex.count(" rectangle ") == sum(layout["looks"][frame]["style"] != "invis"
                                           for frame in layout["frames"]) + told(drawing).count(True)


def told(drawing):
    """Of each entry of the legend in TikZ, whether it has a box; the bars of a comparison are not there."""
    return [] if hasattr(drawing, "changes") else [bool(entry.fill) for entry in drawing.legend]


@pytest.mark.parametrize("name", DRAWINGS)
def test_the_legend_stands_below_the_picture_with_the_entries_of_the_svg(name):
    """Class: a colour or a width that means something, and nothing that says what."""
    drawing = DRAWINGS[name]()
    body    = drawing.tikz().body
    words   = [line for line in body if "anchor=base west" in line]
    assert len(words) == len(told(drawing))
    for line, entry in zip(words, drawing.legend):
        x, y = map(float, re.search(r"at \(([-\d.]+),([-\d.]+)\)", line).groups())
        assert -drawing.tikz().height < y < -drawing.layout["height"] and 0 < x < drawing.tikz().width
        assert latex(entry.text.split(" → ")[0], 200) in line
    for entry in drawing.legend if words else []:
        sample = f"draw=chainrule{entry.colour[1:].upper()}, line width={0.8 * entry.width:g}bp"
        assert not entry.colour or any(sample in line for line in body)


def test_widths_have_their_legend_in_tikz_too():
    text = draw(network(), "unit", edge_width="gradient").tex()
    assert "width of an arrow, log scale" in text and r"$\to$" in text and "thinnest" in text
    assert "anchor=base west" not in draw(network(), "unit").tex()


def test_boxes_stand_where_graphviz_puts_them_and_y_points_upwards():
    drawing = draw(network(), "unit")
    found = {name: (float(x), float(y)) for name, x, y in
             re.findall(r"\((n\d+)\) at \(([-\d.]+),([-\d.]+)\)", drawing.tex())}
    for name, (x, y, width, height) in drawing.layout["nodes"].items():
        assert found[name] == pytest.approx((x, -y), abs=0.01)
        assert f"minimum width={width:g}bp, minimum height={height:g}bp" in drawing.tex()


def test_names_numbers_and_operations_are_mathematics():
    tex = draw(network()).tex()
    assert r"{$W^{[1]}_{1,2}$ \\ data $" in tex and r"$z^{[1]}_{1}$ = $w \cdot x + b$" in tex
    assert r"$a^{[1]}_{2}$ = $\mathrm{tanh}$" in tex and "= $x^{y}$" in tex
    assert r"data $2 \cdot 10^{-7}$" in draw(foreign()).tex() and r"$\omega$" in draw(foreign()).tex()
    assert r"data $-\frac{2}{21}$" in DRAWINGS["fractions"]().tex()
    assert r"$\infty$" in DRAWINGS["one leaf"]().tex()


def test_a_label_is_text_and_nothing_else():
    tex = draw(foreign()).tex()
    assert r"\textbackslash{}input\{/etc/passwd\} \$\%\#\_\&\textasciitilde{}" in tex
    assert r"\input" not in tex.replace(r"\textbackslash{}input", "") and "\x1b" not in tex


def test_the_colours_are_those_of_the_palette():
    tex = draw(network()).tex()
    used = set(re.findall(r"definecolor\{chainrule(\w+)\}\{HTML\}\{\1\}", tex))
    assert used == set(re.findall(r"=chainrule(\w+)", tex)) | {"A63F00"}
    assert {colour[1:].upper() for role in ("input", "weight", "bias", "target", "operation", "root")
            for colour in ROLES[role]} <= used


def test_a_slope_of_0_is_dashed_and_width_shows_the_gradient():
    assert ", dashed]" in draw(network("relu")).tex()
    widths = re.findall(r"line width=([\d.]+)bp, -", DRAWINGS["widths"]().tex())
    assert len(set(widths)) > 3


def test_a_drawing_keeps_the_numbers_of_its_time():
    x = Value(2.0, "x")
    drawing = draw(x * x)
    x.data = 99.0
    assert "data $2$" in drawing.tex() and "99" not in drawing.tex()


@pytest.mark.parametrize("name, number, change", [
    ("a step", r"data \$[^$]*\$ \$\\to\$ \$[^$]*\$ ", r"change \+?\$-?[\d.]+\$\}"),
    ("ranges", r"data \$[^$]*\$ \.\.\. \$[^$]*\$ \\\\ \$\\to\$ \$",
     r"change up to \+?\$-?[\d.]+\$, \d+ of \d+\}"),
    ("neurons", r"\$ \\\\ \$\\to\$ \$a", r"change up to \+?\$-?[\d.]+\$, \d+ of \d+\}")])
def test_before_and_after_a_step_say_what_changed(name, number, change):
    step = DRAWINGS[name]()
    tex  = step.tex()
    assert re.search(number, tex)
    assert len(re.findall(change, tex)) >= 1 and tex.count(" change ") == len(step.changes)


def test_brackets_are_double_and_an_opened_one_is_a_dashed_frame_with_the_slopes_in_it():
    tex = DRAWINGS["brackets"]().tex()
    assert tex.count(", double]") == 2
    assert r"{$w_{1}$ ... $w_{64}$: 64 values \\ data $0.01$ ... $0.64$" in tex
    tex = DRAWINGS["a grid"]().tex()
    assert tex.count(", double]") == 1 and tex.count(r"\\ slope $") == 64
    assert re.search(r"\\draw\[rounded corners[^;]*, dashed\][^;]*\{w1 \.\.\. w64\};", tex)


# --- files ----------------------------------------------------------------------------------------

def test_a_document_or_a_part_of_one(tmp_path):
    J = network()
    alone = draw(J).save(tmp_path / "J.tex").read_text()
    part  = draw(J).save(tmp_path / "part.tex", standalone=False).read_text()
    assert alone.startswith(r"\documentclass[border=4bp]{standalone}") and r"\end{document}" in alone
    assert "document" not in part and part.startswith("% in the preamble:\n%   \\usepackage")
    for needed in re.findall(r"^%   (.*)$", part, re.MULTILINE):
        assert needed in alone


@pytest.mark.parametrize("size", SIZES)
def test_the_size_is_that_of_the_printed_picture(size):
    wide = float(re.search(r"\\resizebox\{([\d.]+)cm\}\{!\}\{%", draw(network(), "layer").tex(size=size))[1])
    assert wide == pytest.approx(SIZES[size][0], abs=1e-3)


TEX = next(filter(None, map(shutil.which, ("pdflatex", "lualatex", "xelatex", "tectonic"))), None)

NO_TEX = "no TeX to compile with: apt-get install -y texlive-latex-extra lmodern"


def compiled(tex, folder):
    """What TeX says, and whether it wrote a PDF."""
    (folder / "J.tex").write_text(tex, encoding="utf-8")
    options = [] if "tectonic" in TEX else ["-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape"]
    ran = subprocess.run([TEX, *options, "J.tex"], cwd=folder, capture_output=True)
    said = ran.stdout.decode(errors="replace") + ran.stderr.decode(errors="replace")
    return said, ran.returncode == 0 and (folder / "J.pdf").exists()


@pytest.mark.skipif(TEX is None, reason=NO_TEX)
def test_all_of_them_compile(tmp_path):
    """One run: the pictures as parts, one on each page, of one document."""
    drawings = [make() for make in DRAWINGS.values()]
    head = drawings[0].tex().split(r"\begin{document}")[0].replace("[border=4bp]", "[border=4bp,multi=page]")
    pages = "\n".join(rf"\begin{{page}}{drawing.tex(False)}\end{{page}}" for drawing in drawings)
    said, written = compiled(f"{head}\\begin{{document}}\n{pages}\n\\end{{document}}\n", tmp_path)
    assert written and f"({len(drawings)} pages" in said, said[-3000:]


@pytest.mark.skipif(TEX is None, reason=NO_TEX)
def test_a_standalone_file_compiles_by_itself(tmp_path):
    said, written = compiled(draw(foreign()).tex(size="column"), tmp_path)
    assert written, said[-3000:]
