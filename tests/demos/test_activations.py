"""The lecture of activations: its curves, jumps and tables against formulas in mpmath, and how fast each
trains."""

from statistics import median

from mpmath import mp, mpf
from mpmath import tanh as mp_tanh
from pytest import approx

from tests.demos.printed import numbers, rows
from tests.demos.shown import curves, show

GRID = [-4 + 8 * i / 50 for i in range(51)]              # D0's snippet: linspace(-4, 4, 51)


def sigmoid(z): return 1 / (1 + mp.exp(-mpf(z)))
def tanh(z): return mp_tanh(mpf(z))


VALUES = {"sigmoid": sigmoid, "tanh": tanh, "ReLU": lambda z: max(0, z),
          "leaky ReLU (0.1)": lambda z: max(0.1 * z, z)}
SLOPES = {"sigmoid": lambda z: sigmoid(z) * (1 - sigmoid(z)), "tanh": lambda z: 1 - tanh(z) ** 2,
          "ReLU": lambda z: float(z > 0), "leaky ReLU (0.1)": lambda z: 1.0 if z > 0 else 0.1}


def on_grid(axes) -> dict:
    """z -> f(z) as drawn, the branches of a jump together; at 0 the last one, which is no matter."""
    return {round(x, 9): y for line in axes.get_lines() if len(line.get_xdata()) > 2
            for x, y in zip(line.get_xdata(), line.get_ydata())}


def test_what_is_drawn_and_printed(tmp_path, monkeypatch, capsys):
    shown = show("activations", tmp_path, monkeypatch, capsys)
    four_activations(shown.figures["activations"])
    two_pieces(shown.figures["pieces"])
    one_logit(shown.figures["softmax"])
    epochs(shown)
    tables(shown.printed)


def four_activations(fig):
    above, below = fig.axes[:4], fig.axes[4:]
    assert [axes.get_title() for axes in above] == list(VALUES)
    assert len({axes.get_ylim() for axes in above}) == len({axes.get_ylim() for axes in below}) == 1
    for name, function, slope in zip(VALUES, above, below):
        drawn = on_grid(function), on_grid(slope)
        for z in GRID:
            assert drawn[0][round(z, 9)] == approx(float(VALUES[name](z)), abs=1e-12)
            if round(z, 9):
                assert drawn[1][round(z, 9)] == approx(float(SLOPES[name](z)), abs=1e-12)
    for axes, low in zip(below, (None, None, 0.0, 0.1)):
        dots = {float(line.get_ydata()[0]): line.get_markerfacecolor() for line in axes.get_lines()
                if line.get_marker() == "o"}
        branches = [line for line in axes.get_lines() if len(line.get_xdata()) > 2]
        assert len(branches) == (1 if low is None else 2)
        assert dots == ({} if low is None else {low: branches[0].get_color(), 1.0: "white"})
        for line in branches if low is not None else ():                      # no wall: each branch is level
            assert len(set(line.get_ydata())) == 1


def two_pieces(fig):
    left, middle, right = fig.axes
    for label, (xs, ys) in curves(left).items():
        p = float(label.split("=")[1].split(",")[0])
        assert ys == approx([max(p * x, x) for x in xs])
    for label, (xs, ys) in curves(middle).items():
        p = float(label.split("=")[1])
        assert ys == approx([x if p * x > x else 0.5 * x if p * x == x else 0.0 for x in xs])
    xs, ys = curves(right)["the larger"]
    lines  = [ys for label, (_, ys) in curves(right).items() if label.startswith("piece")]
    assert ys == [max(pair) for pair in zip(*lines)] and len(lines) == 2
    assert lines == [approx([w * x + b for x in xs]) for w, b in ((0.5, 0.5), (-1.5, -0.5))]


def one_logit(fig):
    for xs, ys in curves(fig.axes[0]).values():
        assert ys == approx([float(sigmoid(x)) for x in xs], abs=1e-14)


def epochs(shown):
    """ReLU before tanh for most seeds and in the median, by less than D2's factor; sigmoid never."""
    above, below = shown.figures["convergence"].axes
    there = {line.get_label(): list(line.get_xdata()) for line in below.get_lines()}
    last  = max(curves(above)["ReLU"][0])
    wins  = sum(a < b for a, b in zip(there["relu"], there["tanh"]))
    ratio = median(there["tanh"]) / median(there["relu"])
    assert wins > 0.8 * len(there["relu"]) and 1.2 < ratio < 6
    assert min(there["sigmoid"]) > last >= max(there["relu"] + there["tanh"])
    assert f"with {wins} of {len(there['relu'])} seeds, by a factor of {ratio:.1f}" in shown.printed
    assert f"tanh takes {ratio:.1f} times" in shown.words() and "quotes 6 times" in shown.words()
    for label, name in (("ReLU", "relu"), ("tanh", "tanh"), ("sigmoid", "sigmoid")):
        xs, ys = curves(above)[label]
        assert ys == sorted(ys, reverse=True)
        low, high = sorted(there[name])[len(there[name]) // 2 - 1:][:2]       # the median is between these
        crossed   = next((x for x, y in zip(xs, ys) if y < 0.1), max(there["sigmoid"]))
        assert low <= crossed <= high


def tables(printed):
    for row in rows(printed, "values (D0-15"):
        alpha = 0.1 if "0.1)" in row["f"] else 0.01
        name, z = row["f"].replace("0.01", "0.1"), float(row["z"])
        if "leaky" in name:
            expected = max(alpha * z, z), 1.0 if z > 0 else alpha
        else:
            expected = VALUES[name](z), SLOPES[name](z)
        found = float(row["engine"]), float(row["engine's f'"])
        assert found == approx(tuple(map(float, expected)), rel=1e-5)
    steepest = {row["f"]: row for row in rows(printed, "least and largest value")}
    assert [float(steepest[name]["largest slope"]) for name in ("sigmoid", "tanh", "step")] == [0.25, 1, 0]
    assert [steepest[name]["at z ="] for name in ("sigmoid", "tanh")] == ["0", "0"]
    assert steepest["step"]["slope 0 on"] == "100%" and steepest["leaky ReLU (0.1)"]["slope 0 on"] == "0%"
    assert (steepest["ReLU"]["least"], steepest["ReLU"]["largest"]) == ("0", "1000")
    for row in rows(printed, "slopes far out"):
        z = mpf(row["z"])
        assert float(row["sigmoid"]) == approx(float(mp.sech(z / 2) ** 2 / 4), rel=1e-3)
        assert float(row["tanh"]) == approx(float(mp.sech(z) ** 2), rel=1e-3)
        assert row["ReLU"] == "1"
    assert numbers(rows(printed, "what each takes"), "of them exp") == [1, 2, 0]
    sigmoids, softmaxes = ([[float(row[f"z_{k}"]) for k in (1, 2, 3)] for row in rows(printed, words)]
                           for words in ("(D0-08)", "those of softmax"))
    assert sigmoids == [[approx(float(SLOPES["sigmoid"](z)), rel=1e-3) if j == k else 0 for k in range(3)]
                        for j, z in enumerate((-2, 0.5, 3))]
    assert all(value for row in softmaxes for value in row)
    assert numbers(rows(printed, "parametric ReLU"), "max(p z, z)") == [-0.5, 2, -2, 4]
    assert numbers(rows(printed, "parametric ReLU"), "df/dp") == [-2, 0, 0, 2]     # D4-39: z where pz > z
    assert numbers(rows(printed, "parametric ReLU"), "D2-21") == [-0.5, 2, -4, 2]
    assert numbers(rows(printed, "a maxout unit"), "largest difference") == [0, 0, 0]
    assert "8 parameters, another unit 4" in printed and "get the slopes 1, 0" in printed
