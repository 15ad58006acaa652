"""Deltas: back-propagation as a recurrence, number by number, in the notation of each document.

What there is to see: a network of three layers forward in one row, and below it backward, with each delta on
its unit and each gradient on its edge; the same pass as a page to step through; every gradient of D1, D0, D3
and D4 as its formula, as the same sum written out with numbers, and as the engine finds it.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log, tanh
from pathlib import Path
from typing import Any, NamedTuple

from engine import Value, explain, lecture, softmax
from nn import MLP, binary_cross_entropy, categorical_cross_entropy, half_mse, squared_error

from .common import BLACK, BLUE, GREY, ORANGE, VERMILLION, figure, save, short, table, wrote

POSITION  = 55
DOCUMENTS = ["D0-28", "D0-29", "D0-30", "D0-31", "D0-32", "D0-33", "D0-35", "D1-33", "D1-34", "D1-35",
             "D1-36", "D1-37", "D3-15", "D3-16", "D3-17", "D3-18", "D3-19", "D3-29", "D4-31", "D4-32",
             "D4-33", "D4-34", "GA-2", "GB", "GC", "GD", "GE"]

WHITE   = {"boxstyle": "round,pad=0.12", "facecolor": "white", "edgecolor": "none"}
Numbers = Sequence[float]
Pairs   = Sequence[tuple[float, float]]


class Line(NamedTuple):
    """One quantity: the item and its formula, the sum with numbers, what that gives, what the engine says."""

    item: str
    symbol: str
    formula: str
    written: str
    number: float
    engine: float

    @property
    def agree(self) -> bool:
        """Equal up to rounding."""
        return abs(self.number - self.engine) <= 1e-12 * max(1.0, abs(self.number))


def run(out: Path) -> None:
    """The recurrence of D1 with its pictures, then that of D0, D3 and D4."""
    d1(out)
    d0()
    forward_first()
    jacobians()
    d3()
    d3_softmax()
    d4()


# --- what the tables share ------------------------------------------------------------------------

def show(title: str, lines: Sequence[Line]) -> None:
    """Print the lines under a title, and how many agree."""
    print(f"{title}\n")
    table(["item", "quantity", "formula", "with numbers", "gives", "engine", "agree"],
          [(*line, "yes" if line.agree else "NO") for line in lines])
    print(f"\n{sum(line.agree for line in lines)} of {len(lines)} agree.\n")


def line(item: str, symbol: str, formula: str, pairs: Pairs, engine: float,
         factor: float | None = None) -> Line:
    """A line whose number is (the sum of products) times factor."""
    written = " + ".join(f"{short(a)}*{bracketed(b)}" for a, b in pairs)
    if factor is not None:
        written = f"({written})*{bracketed(factor)}" if len(pairs) > 1 else f"{written}*{bracketed(factor)}"
    number = sum(a * b for a, b in pairs) * (1 if factor is None else factor)
    return Line(item, symbol, formula, written, number, engine)


def bracketed(x: float) -> str:
    """A number after * or -: negative ones in brackets."""
    return f"({short(x)})" if x < 0 else short(x)


def difference(item: str, symbol: str, formula: str, a: float, b: float, engine: float) -> Line:
    """A line whose number is a - b."""
    return Line(item, symbol, formula, f"{short(a)} - {bracketed(b)}", a - b, engine)


def network(sizes: list[int], weights: Sequence[Sequence[Numbers]], biases: Sequence[Numbers], hidden: str,
            output: str = "linear") -> MLP:
    """An MLP with these weights, (out, in), and biases."""
    model = MLP(sizes[0], sizes[1:], hidden, output)
    for layer, W, b in zip(model.layers, weights, biases):
        for neuron, row, bias in zip(layer.neurons, W, b):
            neuron.bias.data = bias
            for w, number in zip(neuron.weights, row):
                w.data = number
    return model


def weight(model: MLP, k: int, i: int, j: int) -> Value:
    """W[k][i,j] of D1: layer k, unit i, input j, counted from 1."""
    return model.layers[k - 1].neurons[i - 1].weights[j - 1]


def bias(model: MLP, k: int, i: int) -> Value:
    """b[k][i]: layer k, unit i, counted from 1."""
    return model.layers[k - 1].neurons[i - 1].bias


def upto(values: Sequence[Any]) -> range:
    """1, 2, ..., as many as there are."""
    return range(1, len(values) + 1)


# --- D1: r layers, ReLU, half a square ------------------------------------------------------------

def d1(out: Path) -> None:
    """GA-2 backward: the table, one weight in the engine's words, the two rows of the network."""
    x, y  = [Value(1.0, "x[1]"), Value(-1.0, "x[2]")], 2.0
    model = network([2, 3, 2, 1], [[[2, 1], [1, 3], [-1, 1]], [[1, 2, 3], [-1, 1, 0.5]], [[0.5, -2]]],
                    [[0, 3, 1], [-1, 1], [1]], "relu")
    trace = model.trace(x)
    J     = half_mse(trace.output, y)
    J.label = "J"
    J.backward()
    show(f"The algorithm of D1 for r = {len(trace.z)} layers (D1-37) on GA-2: x = (1, -1), y = 2, J = "
         f"{J.data:g}. Each engine number is a .grad after one backward pass.", d1_lines(model, trace, y))
    print(explain(J, weight(model, 1, 1, 1)))
    print()
    draw_rows(model, trace, J, out)
    page = out / "deltas_steps.html"
    lecture(J).save(page)
    wrote(page, "The same pass as a page to step through: the graph of J, and beside it the arithmetic of "
                "one step at a time")
    print()


def d1_lines(model: MLP, trace: Any, y: float) -> list[Line]:
    """From the last layer to the first: delta, then the gradients of weights and biases."""
    r     = len(trace.z)
    a     = [[v.data for v in trace.x], *([v.data for v in layer] for layer in trace.a)]
    delta = [trace.output.data - y]
    lines = [difference("D1-34", f"delta{r}[1]", f"z{r}[1] - y", trace.output.data, y, trace.z[-1][0].grad)]
    for k in range(r, 0, -1):
        lines += parameter_lines(model, k, delta, a[k - 1])
        if k > 1:
            new, delta = hidden_lines(model, trace, k, delta)
            lines += new
    return lines


def parameter_lines(model: MLP, k: int, delta: Numbers, a: Numbers) -> list[Line]:
    """dJ/dW[k] = delta a, dJ/db[k] = delta."""
    lines, before = [], f"a{k - 1}" if k > 1 else "x"
    for i in upto(delta):
        for j in upto(a):
            lines.append(line("D1-33", f"dJ/dW{k}[{i},{j}]", f"delta{k}[{i}] {before}[{j}]",
                              [(delta[i - 1], a[j - 1])], weight(model, k, i, j).grad))
        lines.append(Line("D1-33", f"dJ/db{k}[{i}]", f"delta{k}[{i}]", short(delta[i - 1]), delta[i - 1],
                          bias(model, k, i).grad))
    return lines


def hidden_lines(model: MLP, trace: Any, k: int, delta: Numbers) -> tuple[list[Line], list[float]]:
    """dJ/da[k-1] and delta[k-1] from delta[k]."""
    lines, new = [], []
    for j, (z, a) in enumerate(zip(trace.z[k - 2], trace.a[k - 2]), 1):
        terms = [(weight(model, k, i, j).data, delta[i - 1]) for i in upto(delta)]
        lines.append(line("D1-35", f"dJ/da{k - 1}[{j}]", f"sum_i W{k}[i,{j}] delta{k}[i]", terms, a.grad))
        slope = 1.0 if z.data > 0 else 0.0
        lines.append(line("D1-36", f"delta{k - 1}[{j}]", f"dJ/da{k - 1}[{j}] ReLU'({short(z.data)})",
                          [(lines[-1].number, slope)], z.grad))
        new.append(lines[-1].number)
    return lines, new


# --- the picture of D1 ----------------------------------------------------------------------------

def draw_rows(model: MLP, trace: Any, J: Value, out: Path) -> None:
    """The network twice: what goes forward on units and edges, and what comes back."""
    fig, (above, below) = figure(2, 1, width=15, height=6.2)
    columns = [trace.x, *trace.z]
    draw_edges(above, model, columns, "data")
    draw_edges(below, model, columns, "grad")
    for k, (zs, values) in enumerate(zip(columns, [trace.x, *trace.a])):
        for i, ((x, y), z, a) in enumerate(zip(places(columns)[k], zs, values), 1):
            unit(above, x, y, a.data, f"$x_{i}$" if k == 0 else f"$z^{{[{k}]}}_{i}$ = {short(z.data)}")
            unit(below, x, y, z.grad, f"$\\partial J/\\partial x_{i}$" if k == 0 else
                 f"$\\delta^{{[{k}]}}_{i}$")
    end = 2.0 * (len(columns) - 1)
    for axes, text, style in ((above, f"$J$ = {short(J.data)}", "-|>"), (below, f"{short(J.grad)}", "<|-")):
        axes.annotate("", xy=(end + 0.72, 0), xytext=(end + 0.24, 0),
                      arrowprops={"arrowstyle": style, "lw": 2.5, "color": BLACK, "mutation_scale": 22})
        axes.text(end + 1.02, 0, text, fontsize=22, ha="center", va="center",
                  bbox={"boxstyle": "square,pad=0.4", "facecolor": "white", "edgecolor": VERMILLION, "lw": 3})
        axes.set(xlim=(-0.5, end + 1.5), ylim=(-1.75, 2.0))
        axes.axis("off")
    above.set_title("forward: each activation $a$ in its unit, $z$ above it, each weight on its edge",
                    loc="left", fontsize=20)
    below.set_title("backward: each $\\delta$ in its unit (D1-34, D1-36), each $\\partial J/\\partial W$ "
                    "on its edge (D1-33)", loc="left", fontsize=20)
    fig.legend(handles=legend(), loc="outside lower center", ncols=4, fontsize=17)
    save(fig, out, "deltas", "The 2-3-2-1 network of GA-2 twice: above with activations and weights, below, "
         "from the loss back, with the delta of each unit and the gradient of each weight; the unit that is "
         "off has delta 0 and gradients 0 on its incoming edges")


def sign_style(number: float) -> tuple[str, str]:
    """Solid blue above 0, dashed orange below, dotted grey for exactly 0."""
    return ("-", BLUE) if number > 0 else ("--", ORANGE) if number < 0 else (":", GREY)


def places(columns: Sequence[Sequence[Value]]) -> list[list[tuple[float, float]]]:
    """Where each unit stands, the first on top."""
    return [[(2.0 * k, 1.35 * ((len(column) - 1) / 2 - i)) for i in range(len(column))]
            for k, column in enumerate(columns)]


def draw_edges(axes: Any, model: MLP, columns: Sequence[Sequence[Value]], of: str) -> None:
    """Each weight ("data") or its gradient ("grad") as a line, the wider the larger, with its number."""
    place   = places(columns)
    largest = max(abs(getattr(w, of)) for layer in model.layers for n in layer.neurons for w in n.weights)
    for k, layer in enumerate(model.layers):
        for i, neuron in enumerate(layer.neurons):
            for j, w in enumerate(neuron.weights):
                number, (x0, y0), (x1, y1) = getattr(w, of), place[k][j], place[k + 1][i]
                style, colour = sign_style(number)
                axes.plot([x0, x1], [y0, y1], style, color=colour, linewidth=2 + 6 * abs(number) / largest,
                          zorder=1)
                axes.text(x0 + 0.23 * (x1 - x0), y0 + 0.23 * (y1 - y0), short(number), fontsize=17,
                          ha="center", va="center", zorder=2, bbox=WHITE)


def unit(axes: Any, x: float, y: float, number: float, name: str) -> None:
    """A circle with a number inside and a name above, its colour by the sign."""
    style, colour = sign_style(number)
    axes.plot(x, y, "o", markersize=44, markerfacecolor="#EEEEEE" if number == 0 else "white",
              markeredgecolor=colour, markeredgewidth=3.5, zorder=3)
    axes.text(x, y, short(number), fontsize=20, ha="center", va="center", zorder=4)
    axes.text(x, y + 0.39, name, fontsize=17, ha="center", va="bottom", zorder=2, bbox=WHITE)


def legend() -> list[Any]:
    """What the lines mean."""
    from matplotlib.lines import Line2D

    kinds: list[tuple[Any, str, int, str]] = [("-", BLUE, 4, "above 0"), ("--", ORANGE, 4, "below 0"),
                                              (":", GREY, 2, "exactly 0"),
                                              ("-", BLACK, 8, "the wider, the larger")]
    return [Line2D([], [], linestyle=style, color=colour, linewidth=width, label=label)
            for style, colour, width, label in kinds]


# --- D0: g of the output, activations, dense layers -----------------------------------------------

def d0() -> None:
    """GB backward: step 0, then activation and dense layer by turns; W is (in, out)."""
    W1, W2 = [[0.1, 0.4], [-0.2, 0.3]], [[0.7], [-0.6]]
    x, t   = [Value(0.5), Value(-1.0)], 1
    model  = network([2, 2, 1], [list(zip(*W1)), list(zip(*W2))], [[0.05, -0.1], [0.2]], "tanh", "sigmoid")
    trace  = model.trace(x)
    L      = binary_cross_entropy(trace.output, t)
    L.backward()
    y, h   = trace.output.data, [a.data for a in trace.a[0]]
    g_y    = (y - t) / (y * (1 - y))
    lines  = [Line("D0-29", "g_y", "(y - t) / (y (1 - y))",
                   f"({short(y)} - {t}) / ({short(y)}*{short(1 - y)})", g_y, trace.output.grad),
              line("D0-30", "g_z2[1]", "g_y h'(z2[1])", [(g_y, y * (1 - y))], trace.z[1][0].grad)]
    g_z2   = [lines[-1].number]
    lines += dense_lines(model, 2, W2, h, g_z2)
    g_h    = [W2[i][0] * g_z2[0] for i in (0, 1)]
    for i in (0, 1):
        lines.append(line("D0-31", f"g_h1[{i + 1}]", f"sum_j W2[{i + 1},j] g_z2[j]", [(W2[i][0], g_z2[0])],
                          trace.a[0][i].grad))
    for i in (0, 1):
        lines.append(line("D0-30", f"g_z1[{i + 1}]", f"g_h1[{i + 1}] h'(z1[{i + 1}])",
                          [(g_h[i], 1 - h[i] ** 2)], trace.z[0][i].grad))
    g_z1   = [one.number for one in lines[-2:]]
    lines += dense_lines(model, 1, W1, [v.data for v in x], g_z1)
    for i in (0, 1):
        lines.append(line("D0-31", f"g_x[{i + 1}]", f"sum_j W1[{i + 1},j] g_z1[j]", list(zip(W1[i], g_z1)),
                          x[i].grad))
    show("The backward pass of D0 on GB: 2-2-1, tanh, sigmoid, cross-entropy, W as (inputs, units). Step 0 "
         "at the output (D0-29), through an activation (D0-30), through a dense layer to its input (D0-31), "
         "its weights (D0-32), its biases (D0-33).", lines)


def dense_lines(model: MLP, k: int, W: Sequence[Numbers], a: Numbers, g: Numbers) -> list[Line]:
    """g_W[i,j] = a[i] g_z[j] and g_b[j] = g_z[j]."""
    before = f"h{k - 1}" if k > 1 else "x"
    lines  = [line("D0-32", f"g_W{k}[{i},{j}]", f"{before}[{i}] g_z{k}[{j}]", [(a[i - 1], g[j - 1])],
                   weight(model, k, j, i).grad) for i in upto(W) for j in upto(g)]
    return lines + [Line("D0-33", f"g_b{k}[{j}]", f"g_z{k}[{j}]", short(g[j - 1]), g[j - 1],
                         bias(model, k, j).grad) for j in upto(g)]


def forward_first() -> None:
    """What a backward pass uses is stored by the forward pass before it (D0-28)."""
    model = network([1, 1], [[[0.5]]], [[0.25]], "tanh", "tanh")
    w     = weight(model, 1, 1, 1)
    rows  = []
    for when, later, again in (("x = 2, forward, backward", 2.0, False),
                               ("x = 2, forward, then x = -1, backward", -1.0, False),
                               ("x = -1, forward, backward", -1.0, True)):
        model.zero_grad()
        x = Value(later if again else 2.0)
        y = model([x])
        x.data = later
        y.backward()
        rows.append((when, y.data, w.grad))
    print("Forward before backward (D0-28): y = tanh(0.5 x + 0.25). A number that is changed between the "
          "passes changes nothing until the next forward pass.\n")
    table(["what was done", "y", "dy/dw"], rows)
    print()


def jacobians() -> None:
    """The seven functions of the 3-5-6-1 classifier: their Jacobians multiplied, loss first (D0-35)."""
    model = MLP(3, [5, 6, 1], "tanh", "sigmoid", seed=3)
    x     = [Value(0.5), Value(-1.0), Value(2.0)]
    trace = model.trace(x)
    loss  = binary_cross_entropy(trace.output, 1)
    loss.backward()
    product, rows = [-1 / trace.output.data], [("loss", "chain rule", "1 x 1", 1)]
    for layer, a, name in zip(model.layers[::-1], trace.a[::-1], ("sigmoid", "tanh", "tanh")):
        slopes  = [v.data * (1 - v.data) if name == "sigmoid" else 1 - v.data ** 2 for v in a]
        product = [p * s for p, s in zip(product, slopes)]
        rows.append((name, "element by element", f"{len(a)} x {len(a)}, diagonal", len(product)))
        product = [sum(p * n.weights[j].data for p, n in zip(product, layer.neurons))
                   for j in range(layer.n_in)]
        rows.append(("dense", "matrix W", f"{layer.n_out} x {layer.n_in}", len(product)))
    print(f"The three tools of D0 (D0-35) on the 3-5-6-1 classifier, {len(rows)} functions, loss first:\n")
    table(["function", "tool", "its Jacobian", "numbers in the product so far"], rows)
    print("\nThe product of all Jacobians: " + ", ".join(short(p, 12) for p in product) +
          "\n    dL/dx by the engine:      " + ", ".join(short(v.grad, 12) for v in x) + "\n")


# --- D3: a is before the activation, z after it ---------------------------------------------------

def d3() -> None:
    """GC by the steps of D3-19: forward, last delta, back, partials."""
    W1, W2, y = [[0.2, -0.1], [0.8, 0.6]], [1.5, -2.0], 1.0
    model  = network([1, 2, 1], [[[W1[1][0]], [W1[1][1]]], [W2]], [W1[0], [0.0]], "tanh")
    trace  = model.trace([0.5])
    loss   = squared_error(trace.output, y)
    loss.backward()
    inputs = [1.0, 0.5]
    a      = [sum(W1[j][k] * inputs[j] for j in (0, 1)) for k in (0, 1)]
    z      = [tanh(number) for number in a]
    yhat   = sum(w * number for w, number in zip(W2, z))
    last   = 2 * (yhat - y)
    lines  = [Line("D3-17", "delta(2)[1]", "2 (yhat - y)", f"2 * ({short(yhat)} - {short(y)})", last,
                   trace.z[1][0].grad)]
    first  = [(1 - z[k] ** 2) * W2[k] * last for k in (0, 1)]
    lines += [line("D3-18", f"delta(1)[{k + 1}]", f"sum_j W(2)[j,{k + 1}] delta(2)[j] f'(a(1)[{k + 1}])",
                   [(W2[k], last)], trace.z[0][k].grad, 1 - z[k] ** 2) for k in (0, 1)]
    lines += [line("D3-15", f"dl/dW(2)[1,{j + 1}]", f"delta(2)[1] z(1)[{j + 1}]", [(last, z[j])],
                   weight(model, 2, 1, j + 1).grad) for j in (0, 1)]
    lines += [line("D3-15", f"dl/dW(1)[{k + 1},{j}]", f"delta(1)[{k + 1}] x[{j}]", [(first[k], inputs[j])],
                   (bias(model, 1, k + 1) if j == 0 else weight(model, 1, k + 1, 1)).grad)
              for k in (0, 1) for j in (0, 1)]
    show(f"D3 in four steps (D3-19) on GC: forward, yhat = {short(yhat)}; delta of the last layer (D3-17); "
         "back through the layers (D3-18);\npartials (D3-15). Here a comes before f and z after it, and "
         "delta = dl/da (D3-16) is the engine's .grad of a; x[0] = 1 stands for the bias.", lines)


def d3_softmax() -> None:
    """GE: what D3 leaves to the reader, softmax and cross-entropy (D3-29)."""
    target = [0, 0, 1]
    a      = [Value(1.0), Value(2.0), Value(3.0)]
    yhat   = softmax(a)
    categorical_cross_entropy([yhat], [target]).backward()
    total  = sum(exp(v.data) for v in a)
    y      = [exp(v.data) / total for v in a]
    lines  = [Line("D3-29", f"dl/dyhat[{k + 1}]", f"-y[{k + 1}] / yhat[{k + 1}]", f"-{t} / {short(p)}",
                   -t / p + 0.0, v.grad) for k, (t, p, v) in enumerate(zip(target, y, yhat))]
    lines += [difference("D3-29", f"delta[{k + 1}]", f"yhat[{k + 1}] - y[{k + 1}]", p, t, v.grad)
              for k, (t, p, v) in enumerate(zip(target, y, a))]
    show("Left to the reader in D3 (D3-29), on GE: softmax of (1, 2, 3), class 3 is right, l = "
         f"{-log(y[2]):.4g}.", lines)


# --- D4: from a weight towards the output ---------------------------------------------------------

def d4() -> None:
    """GD: activations by D4-31, their slopes towards every weight by D4-32 and D4-33, and D4-34 the other way
    round."""
    w1, w2 = [[0.1, -0.2], [0.3, 0.4]], [[0.5, -0.6], [0.7, 0.8]]
    b1, b2 = [0.0, 0.3], [-0.1, 0.2]
    model  = network([2, 2, 2], [list(zip(*w1)), list(zip(*w2))], [b1, b2], "sigmoid", "sigmoid")
    x      = [1.0, 2.0]
    trace  = model.trace(x)
    a1     = [sigma(b + sum(w1[j][i] * x[j] for j in (0, 1))) for i, b in enumerate(b1)]
    a2     = [sigma(b + sum(w2[j][i] * a1[j] for j in (0, 1))) for i, b in enumerate(b2)]
    f1, f2 = [a * (1 - a) for a in a1], [a * (1 - a) for a in a2]
    lines  = activation_lines(1, w1, b1, x, a1, trace) + activation_lines(2, w2, b2, a1, a2, trace)
    for i in (0, 1):
        model.zero_grad()
        trace.a[1][i].backward()
        for j in (0, 1):
            for k in (0, 1):
                same = float(i == k)
                lines.append(line("D4-33", f"da2[{i + 1}]/dw2[{j + 1},{k + 1}]",
                                  f"[{i + 1}=={k + 1}] f'(z2[{i + 1}]) a1[{j + 1}]", [(f2[i], a1[j])],
                                  weight(model, 2, k + 1, j + 1).grad, same))
        for j in (0, 1):
            for k in (0, 1):
                terms = [(w2[n][i], float(n == k) * f1[n] * x[j]) for n in (0, 1)]
                lines.append(line("D4-32", f"da2[{i + 1}]/dw1[{j + 1},{k + 1}]",
                                  f"(sum_n w2[n,{i + 1}] da1[n]/dw1[{j + 1},{k + 1}]) f'(z2[{i + 1}])", terms,
                                  weight(model, 1, k + 1, j + 1).grad, f2[i]))
    show("The recurrence of D4 on GD: activations (D4-31), then the slopes of output i towards a weight of "
         "its own layer (D4-33; the factor [i==k] is missing in print) and of the layer below, m < l "
         "(D4-32).", lines)
    reverse(model, x, w2, a1, f1, f2)


def activation_lines(k: int, w: Sequence[Numbers], b: Numbers, before: Numbers, a: Numbers,
                     trace: Any) -> list[Line]:
    """a[k] from a[k-1], unit by unit."""
    name = f"a{k - 1}" if k > 1 else "x"
    return [Line("D4-31", f"a{k}[{i + 1}]", f"f(b{k}[{i + 1}] + sum_j w{k}[j,{i + 1}] {name}[j])",
                 f"f({short(b[i])} + " + " + ".join(f"{short(row[i])}*{bracketed(v)}"
                                                    for row, v in zip(w, before)) + ")",
                 a[i], trace.a[k - 1][i].data) for i in (0, 1)]


def reverse(model: MLP, x: Numbers, w2: Sequence[Numbers], a1: Numbers, f1: Numbers, f2: Numbers) -> None:
    """The same network backwards, for E = y1 + 2 y2: one pass for all weights (D4-34)."""
    E = model.trace(x).output
    model.zero_grad()
    (E[0] + 2 * E[1]).backward()
    last  = [f2[0], 2 * f2[1]]
    first = [f1[k] * sum(w2[k][i] * last[i] for i in (0, 1)) for k in (0, 1)]
    lines = [line("D4-34", f"dE/dw2[{j + 1},{k + 1}]", f"delta2[{k + 1}] a1[{j + 1}]", [(last[k], a1[j])],
                  weight(model, 2, k + 1, j + 1).grad) for j in (0, 1) for k in (0, 1)]
    lines += [line("D4-34", f"dE/dw1[{j + 1},{k + 1}]", f"delta1[{k + 1}] x[{j + 1}]", [(first[k], x[j])],
                   weight(model, 1, k + 1, j + 1).grad) for j in (0, 1) for k in (0, 1)]
    show("The same backwards (D4-34) for E = y1 + 2 y2: activations forward, then delta layer by layer.",
         lines)


def sigma(z: float) -> float:
    """The logistic function."""
    return 1 / (1 + exp(-z))
