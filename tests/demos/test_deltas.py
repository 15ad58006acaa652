"""Deltas: every printed gradient against the documents' worked numbers, and the picture against GA-2."""

import re
from math import prod, tanh

import pytest

from demos.deltas import Line
from tests.demos.shown import show

# The worked example GA-2 of D1: integers and halves, every gradient exact.
X, W1, W2, W3 = [1, -1], [[2, 1], [1, 3], [-1, 1]], [[1, 2, 3], [-1, 1, 0.5]], [[0.5, -2]]
Z             = [[1, 1, -1], [2, 1], [0]]
A             = [[1, 1, 0], [2, 1], [0]]
DELTA         = [[-5, 2, 0], [-1, 4], [-2]]
DX            = [-8, 1]
DW            = [[[-5, 5], [2, -2], [0, 0]], [[-1, -1, 0], [4, 4, 0]], [[-4, -2]]]

# GB (D0), GC (D3), GD (D4) and GE, to the digits of the catalogue.
GB = {"g_y": -1.593128611411, "g_z2[1]": -0.372304286774, "g_W2[1,1]": -0.108456934407,
      "g_W2[2,1]": 0.073483677823, "g_b2[1]": -0.372304286774, "g_h1[1]": -0.260613000742,
      "g_h1[2]": 0.223382572065, "g_z1[1]": -0.238496589711, "g_z1[2]": 0.2146802534,
      "g_W1[1,1]": -0.119248294856, "g_W1[1,2]": 0.1073401267, "g_W1[2,1]": 0.238496589711,
      "g_W1[2,2]": -0.2146802534, "g_b1[1]": -0.238496589711, "g_b1[2]": 0.2146802534,
      "g_x[1]": 0.062022442389, "g_x[2]": 0.112103393962}
GC = {"delta(2)[1]": -1.178352579906, "delta(1)[1]": -1.257734238522, "delta(1)[2]": 2.264894956756,
      "dl/dW(2)[1,1]": -0.632833742809, "dl/dW(2)[1,2]": -0.232577717797, "dl/dW(1)[1,0]": -1.257734238522,
      "dl/dW(1)[2,0]": 2.264894956756, "dl/dW(1)[1,1]": -0.628867119261, "dl/dW(1)[2,1]": 1.132447478378}
GE = {"dl/dyhat[1]": 0, "dl/dyhat[2]": 0, "dl/dyhat[3]": -1.503214724408, "delta[1]": 0.09003057317,
      "delta[2]": 0.244728471055, "delta[3]": -0.334759044225}
GD = {"a1[1]": 0.668187772168, "a1[2]": 0.710949502625, "a2[1]": 0.675191052936, "a2[2]": 0.590938620674,
      "da2[1]/dw1[1,1]": 0.024311713936, "da2[1]/dw1[1,2]": 0.031547516643,
      "da2[1]/dw1[2,1]": 0.048623427873, "da2[1]/dw1[2,2]": 0.063095033287,
      "da2[1]/dw2[1,1]": 0.146538987397, "da2[1]/dw2[1,2]": 0, "da2[1]/dw2[2,1]": 0.155916981041,
      "da2[1]/dw2[2,2]": 0, "da2[2]/dw1[1,1]": -0.032156813968, "da2[2]/dw1[1,2]": 0.039740498934,
      "da2[2]/dw1[2,1]": -0.064313627936, "da2[2]/dw1[2,2]": 0.079480997869, "da2[2]/dw2[1,1]": 0,
      "da2[2]/dw2[1,2]": 0.161521141934, "da2[2]/dw2[2,1]": 0, "da2[2]/dw2[2,2]": 0.17185794219}
REVERSE = {f"dE/{w}": GD[f"da2[1]/{w}"] + 2 * GD[f"da2[2]/{w}"]
           for w in (f"dw{m}[{j},{k}]" for m in (1, 2) for j in (1, 2) for k in (1, 2))}


def test_deltas(tmp_path, monkeypatch, capsys):
    shown = show("deltas", tmp_path, monkeypatch, capsys)
    for document, expected in (("D1", ga_2()), ("D0", GB), ("D3", {**GC, **GE}), ("D4", {**GD, **REVERSE})):
        assert gradients(shown.printed, document) == pytest.approx(expected, rel=1e-3, abs=1e-12)
    for total in (31, 17, 9, 6, 20, 8):
        assert f"{total} of {total} agree." in shown.printed
    written_sums(shown.printed)
    stored_forward_pass(shown.printed)
    tools(shown.printed)
    page = next(file for file in shown.files if file.name == "deltas_steps.html").read_text(encoding="utf-8")
    assert all(f"W{k}[{i + 1},{j + 1}]" in page for k in (1, 2, 3)
               for i, row in enumerate(DW[k - 1]) for j, _ in enumerate(row))
    above, below = shown.figures["deltas"].axes
    drawn(above, A, X, [W1, W2, W3])
    drawn(below, DELTA, DX, DW)


def test_a_wrong_gradient_would_be_seen():
    good = Line("D1-34", "delta", "z - y", "0 - 2", -2.0, -2.0)
    assert good.agree and not good._replace(engine=-1.0).agree and not good._replace(number=-2.0001).agree


def ga_2():
    """Every gradient of GA-2 by its printed name."""
    named = {f"dJ/dx[{j}]": d for j, d in enumerate(DX, 1)}
    for k in (1, 2, 3):
        for i, delta in enumerate(DELTA[k - 1], 1):
            named |= {f"delta{k}[{i}]": delta, f"dJ/db{k}[{i}]": delta}
            named |= {f"dJ/dW{k}[{i},{j}]": d for j, d in enumerate(DW[k - 1][i - 1], 1)}
    named |= {"dJ/da2[1]": -1, "dJ/da2[2]": 4, "dJ/da1[1]": -5, "dJ/da1[2]": 2, "dJ/da1[3]": -1}
    return {name: number for name, number in named.items() if not name.startswith("dJ/dx")}


def rows(printed, document):
    """(quantity, the sum with numbers, by formula, by the engine) of every row of a document."""
    for line in printed.splitlines():
        if re.match(rf"{document}-\d\d ", line):
            _, symbol, _, written, number, engine, agree = re.split(r" {2,}", line)
            assert agree == "yes"
            yield symbol, written, float(number), float(engine)


def gradients(printed, document):
    """quantity -> number; the engine prints the same."""
    found = list(rows(printed, document))
    assert all(number == engine for _, _, number, engine in found)
    assert len({symbol for symbol, *_ in found}) == len(found)
    return {symbol: number for symbol, _, number, _ in found}


def written_sums(printed):
    """The sums of products come to what stands beside them, to the digits printed."""
    seen = 0
    for document in ("D0", "D1", "D3", "D4"):
        for symbol, written, number, _ in rows(printed, document):
            if not re.search(r" [-/] |f\(", written):
                assert total(written) == pytest.approx(number, rel=5e-3, abs=1e-3), symbol
                seen += 1
    assert seen > 70


def total(written):
    """2*(-1) + 3*0.5 or (2*(-1) + 3*0.5)*4 as a number."""
    if scaled := re.fullmatch(r"\((.+ \+ .+)\)\*(\S+)", written):
        return total(scaled[1]) * float(scaled[2])
    return sum(prod(float(x.strip("()")) for x in term.split("*")) for term in written.split(" + "))


def stored_forward_pass(printed):
    """D0-28: the number changed in between has no effect, the one that is run forward has."""
    def slope(x): return x * (1 - tanh(0.5 * x + 0.25) ** 2)
    told = dict(re.findall(r"^(x = .*?) {2,}.* (-?[\d.]+)$", printed, re.M))
    assert [float(number) for number in told.values()] == pytest.approx([slope(2), slope(2), slope(-1)], 1e-3)


def tools(printed):
    """Seven Jacobians, three of them of matrices, whose product is dL/dx."""
    kinds = re.findall(r"^(?:loss|sigmoid|tanh|dense) +(chain rule|element by element|matrix W) ", printed,
                       re.M)
    assert kinds == ["chain rule", *["element by element", "matrix W"] * 3]
    product, engine = [[float(x) for x in line.split(", ")] for line in re.findall(
        r"^ *(?:The product of all Jacobians|dL/dx by the engine): +(.*)$", printed, re.M)]
    assert len(product) == 3 and product == pytest.approx(engine, 1e-10)


def drawn(axes, units, inputs, edges):
    """Each number of GA-2 stands in its circle or on its line; style tells the sign, width the size."""
    numbers = {tuple(round(c, 6) for c in text.get_position()): text.get_text() for text in axes.texts}
    circles = [line for line in axes.get_lines() if len(line.get_xdata()) == 1]
    place   = [sorted([(line.get_xdata()[0], line.get_ydata()[0]) for line in circles
                       if line.get_xdata()[0] == 2 * k], key=lambda at: -at[1]) for k in range(4)]
    for column, known in zip(place, [inputs, *units]):
        assert [float(numbers[tuple(round(c, 6) for c in at)]) for at in column] == known
    lines   = {tuple(zip(line.get_xdata(), line.get_ydata())): line
               for line in axes.get_lines() if len(line.get_xdata()) == 2}
    largest = max(abs(w) for matrix in edges for row in matrix for w in row)
    assert len(lines) == sum(len(matrix) * len(matrix[0]) for matrix in edges)
    for k, matrix in enumerate(edges):
        for i, row in enumerate(matrix):
            for j, number in enumerate(row):
                start, end = place[k][j], place[k + 1][i]
                line = lines[start, end]
                at   = tuple(round(a + 0.23 * (b - a), 6) for a, b in zip(start, end))
                assert float(numbers[at]) == number
                assert line.get_linestyle() == ("-" if number > 0 else "--" if number < 0 else ":")
                assert line.get_linewidth() == pytest.approx(2 + 6 * abs(number) / largest)
