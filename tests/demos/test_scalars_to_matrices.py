"""From scalars to matrices: the drawn graph is of one sample, the counts are the graph's, the source runs."""

import re
from html import unescape

import numpy as np
import pytest

from demos.scalars_to_matrices import POINTS
from engine import Value
from nn import MLP, half_mse
from tests.demos.shown import curves, show


def test_scalars_to_matrices(tmp_path, monkeypatch, capsys):
    shown = show("scalars_to_matrices", tmp_path, monkeypatch, capsys)
    graph_of_one_sample(shown)
    folding(shown)
    program_as_printed(shown.printed)
    equations(shown.printed)
    speed(shown)
    digits(shown)


def network():
    """The network of the lecture and its numbers."""
    model = MLP(2, [3, 1], "tanh", elementwise=True)
    W, b  = ([np.array([[w.data for w in n.weights] for n in layer.neurons]) for layer in model.layers],
             [np.array([n.bias.data for n in layer.neurons]) for layer in model.layers])
    return model, W, b


def by_hand(X, Y):
    """Loss and gradients of half the mean square by the document's lines, samples as columns."""
    _, (W1, W2), (b1, b2) = network()
    A1     = np.tanh(W1 @ X + b1[:, None])
    delta2 = (W2 @ A1 + b2[:, None] - Y) / X.shape[1]
    delta1 = W2.T @ delta2 * (1 - A1 ** 2)
    return {"W1": delta1 @ X.T, "b1": delta1.sum(1), "W2": delta2 @ A1.T, "b2": delta2.sum(1), "z1": delta1,
            "a1": W2.T @ delta2, "z2": delta2, "x": W1.T @ delta1}


def graph_of_one_sample(shown):
    """Every box has a gradient, that of the first sample alone, leaves as well as inner nodes."""
    file  = next(file for file in shown.files if file.name == "scalars_to_matrices_graph.svg")
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", unescape(file.read_text(encoding="utf-8")))
    boxes = {}
    for name, data, grad in zip(texts, texts[1:], texts[2:]):
        if data.startswith("data "):
            assert re.fullmatch(r"grad -?\d.*", grad), f"{name} has {grad!r}"
            boxes[name.split(" = ")[0]] = float(grad.removeprefix("grad "))
    x = np.array(POINTS[0])
    g = by_hand(x[:, None], np.array([x.prod()]))
    known = {f"{name}[{i},{j}]": g[name][i - 1, j - 1] for name in ("W1", "W2")
             for i, j in np.ndindex(g[name].shape) for i, j in [(i + 1, j + 1)]}
    known |= {f"{name}[{i + 1}]": g[name].ravel()[i] for name in ("b1", "b2", "z1", "a1", "z2")
              for i in range(g[name].size)}
    known |= {f"x[{j + 1}](1)": g["x"][j, 0] for j in (0, 1)}
    assert {name: boxes[name] for name in known} == pytest.approx(known, rel=1e-3)


def folding(shown):
    """The first bar is the number of operations in the recorded graph; the last the lines of the program."""
    model, *_ = network()
    J = half_mse([model([Value(a), Value(b)]) for a, b in POINTS], [Value(a * b) for a, b in POINTS])
    seen, todo = {}, [J]
    while todo:
        node = todo.pop()
        if id(node) not in seen and node.operands:
            seen[id(node)] = node
            todo.extend(operand for operand in node.operands if isinstance(operand, Value))
    figure = shown.figures["scalars_to_matrices_fold"]
    axes   = figure.axes[0]
    widths = [bar.get_width() for bar in axes.patches]
    lines  = re.search(r"# forward\n(.*?)\n\n", shown.printed, re.S)[1].splitlines()
    assert widths[0] == len(seen) and widths[-1] == len(lines)
    assert widths == sorted(widths, reverse=True) and all(bar.get_x() == 0 for bar in axes.patches)
    assert axes.get_xscale() == "linear" and axes.get_xlim()[0] == 0
    assert [t.get_text() for t in axes.texts] == [f"{width:g}" for width in widths]
    assert figure.get_suptitle() == f"{len(seen)} scalars fold into {len(lines)} lines"


def program_as_printed(printed):
    """The printed source, run as a student would run it, gives the gradients of the document's lines."""
    source = re.search(r"^import numpy as np\n.*?(?=\nThe same in)", printed, re.S | re.M).group()
    _, (W1, W2), (b1, b2) = network()
    X = np.array(POINTS)
    space = {"X": X, "Y": X.prod(1)[:, None], "W1": W1, "W2": W2, "b1": b1, "b2": b2}
    exec(compile(source, "printed", "exec"), space)
    known = by_hand(X.T, X.prod(1))
    for name in ("W1", "b1", "W2", "b2"):
        assert space[f"d{name}"] == pytest.approx(known[name], rel=1e-9, abs=1e-12)


def equations(printed):
    for line in ("Z[1] = W[1] X + b[1] ", "A[1] = tanh(Z[1]) ", "Z[2] = W[2] A[1] + b[2] ",
                 "delta[1] = (W[2]^T delta[2]) o tanh'(Z[1]) ", "Z(1) = W(1)^T X + b(1) "):
        assert f"\n{line}" in printed


def speed(shown):
    """Dots, as the axis is logarithmic; each at the time that is printed; matrices are 100 times faster."""
    axes = shown.figures["scalars_to_matrices_speed"].axes[0]
    assert axes.get_xscale() == "log" and not axes.patches
    times = {name: xs[0] for name, (xs, _) in curves(axes).items()}
    for name, time in times.items():
        row   = re.search(rf"^{name} +(\S+) +(\S+)$", shown.printed, re.M)
        ratio = times["products and sums"] / time
        assert [float(row[1]), float(row[2])] == pytest.approx([time, ratio], rel=1e-3)
    assert times["products and sums"] > times["one node per unit"] > 100 * times["matrices"]
    markers = {line.get_marker() for line in axes.get_lines()}
    assert len(markers) == len(times) == 3


def digits(shown):
    left, right = (axes.get_lines()[0] for axes in shown.figures["scalars_to_matrices_digits"].axes)
    losses, wrong = left.get_ydata(), right.get_ydata()
    assert len(losses) == len(wrong) == 20 and losses[-1] < losses[0] / 20 and wrong[-1] < 5
    assert f"loss {losses[0]:.3f} -> {losses[-1]:.4f}, {100 - wrong[-1]:.1f} % of the test digits right" \
           in shown.printed
