"""Layers: a layer is a matrix, a network is a composition of layers.

What there is to see: networks counted, neurons, parameters, layers; the equations of a 3-4-1 and a 2-3-2
network as rectangles drawn to scale; one unit as a sum of scalars and as a row of the matrix; the bias copied
along a batch; a recorded graph whose every edge points forward; two networks stacked; and each way in which
the documents write a network, computed as written and compared with the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import exp, tanh
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from engine import Value, draw
from engine.value import topological_order
from nn import MLP, Layer, Sequential, half_mse

from .common import (
    BLACK, BLUE, GREEN, GREY, ORANGE, PURPLE, SKY, VERMILLION, figure, save, short, table, wrote,
)

POSITION  = 32
DOCUMENTS = ["D0-01", "D0-05", "D0-44", "D1-01", "D1-02", "D1-03", "D1-04", "D1-05", "D1-06", "D1-09",
             "D1-10", "D1-11", "D1-12", "D1-13", "D1-17", "D1-32", "D2-01", "D2-02", "D2-04", "D2-24",
             "D2-27", "D2-31", "D3-09", "D3-10", "D3-11", "D3-12", "D3-14", "D4-03", "D4-30"]
SIZES     = [[3, 1], [2, 3, 2], [3, 4, 1], [3, 4, 4, 1], [3, 4, 4, 4, 1], [3, 5, 6, 1]]

Vector = list[float]
Matrix = list[Vector]


def run(out: Path) -> None:
    """Count, draw, and compute every form."""
    count()
    draw_shapes(out)
    draw_unit(out)
    draw_broadcast(out)
    draw_order(out)
    stack(out)
    forms()


# --- plain matrices -------------------------------------------------------------------------------

def parts(layer: Layer) -> tuple[Matrix, Vector]:
    """The weights, one row per unit, and the biases, as numbers."""
    return [[w.data for w in n.weights] for n in layer.neurons], [n.bias.data for n in layer.neurons]


def product(W: Matrix, x: Vector) -> Vector:
    """W x."""
    return [sum(w * xj for w, xj in zip(row, x)) for row in W]


def plus(a: Vector, b: Vector) -> Vector:
    """a + b."""
    return [x + y for x, y in zip(a, b)]


def transposed(W: Matrix) -> Matrix:
    """W^T."""
    return [list(column) for column in zip(*W)]


def each(f: Callable[[float], float], z: Vector) -> Vector:
    """f of every element."""
    return [f(v) for v in z]


def sigma(z: float) -> float:
    """The logistic function."""
    return 1 / (1 + exp(-z))


def relu(z: float) -> float:
    """z where it is above 0."""
    return max(0.0, z)


def same(z: float) -> float:
    """The identity."""
    return z


def random_net(sizes: list[int], hidden: Any = "sigmoid", output: str = "linear", biases: bool = True) -> MLP:
    """A network with biases that are not 0, or that are all 0."""
    model, rng = MLP(sizes[0], sizes[1:], hidden, output, seed=sum(sizes) + 1), Random(7)
    for layer in model.layers:
        for neuron in layer.neurons:
            neuron.bias.data = rng.uniform(-1, 1) if biases else 0.0
    return model


def inputs_of(n: int) -> Vector:
    """n inputs between -1 and 1."""
    rng = Random(n)
    return [round(rng.uniform(-1, 1), 2) for _ in range(n)]


# --- counting -------------------------------------------------------------------------------------

def count() -> None:
    """The sizes of networks, by the formulas of D1 and by the engine."""
    print("Layers are counted without the input (D0-01, D1-13, D2-27), whose units only emit x (D1-01);\n"
          "neurons m_1 + ... + m_r (D1-10); parameters (d + 1) m_1 + ... + (m_{r-1} + 1) m_r (D1-11);\n"
          "W of layer k is m_k x m_{k-1} (D1-12):\n")
    table(["network", "layers", "hidden", "inputs", "neurons", "engine", "parameters", "engine",
           "shapes of W"], [counted(sizes) for sizes in SIZES])
    print(f"\nA 1-layer network has no hidden layer: {'-'.join(map(str, SIZES[0]))}, logistic regression "
          f"(D2-27).")
    inside = sum(layer.n_in * layer.n_out for layer in MLP(1 + 1, [5, 1]).layers)
    print("With the bias inside x, in layer 1 alone, the sum of n_(l-1) n_l with n_0 = D + 1 (D3-12): "
          f"1-5-1 has {inside} parameters there and {len(MLP(1, [5, 1]).parameters())} in D1.")
    pixels = 32 * 32 * 3
    print(f"CIFAR-10 scores s = W x (D2-01): W is 10 x {pixels}, {10 * pixels} weights; with 100 hidden "
          f"units (D2-02): {100 * pixels + 10 * 100} weights.\n")


def counted(sizes: list[int]) -> list[Any]:
    """One row: by formula and by the engine."""
    model   = MLP(sizes[0], sizes[1:])
    formula = sum((before + 1) * units for before, units in zip(sizes, sizes[1:]))
    shapes  = ", ".join(f"{layer.n_out}x{layer.n_in}" for layer in model.layers)
    return ["-".join(map(str, sizes)), len(model.layers), len(model.layers) - 1, sizes[0], sum(sizes[1:]),
            sum(len(layer.neurons) for layer in model.layers), formula, len(model.parameters()), shapes]


# --- rectangles to scale --------------------------------------------------------------------------

class Block(NamedTuple):
    """A matrix in an equation: its name, rows, columns, colour, and which row is meant, if one is."""

    name: str
    rows: int
    columns: int
    colour: str
    row: int | None = None
    copies: bool = False
    numbers: Matrix | None = None


def draw_equation(axes: Any, pieces: Sequence[Block | str], left: float, middle: float) -> float:
    """Blocks and signs from left to right on a common middle, a square per number; returns the right end."""
    for piece in pieces:
        if isinstance(piece, str):
            width = 1.7 if "sigma" in piece else 0.8
            axes.text(left + width / 2, middle, piece, fontsize=25, ha="center", va="center")
            left += width
        else:
            draw_block(axes, piece, left, middle)
            left += piece.columns
    return left


def draw_block(axes: Any, block: Block, left: float, middle: float) -> None:
    """A rectangle of unit squares, its name above and its shape below; copies are hatched."""
    from matplotlib.patches import Rectangle

    top = middle + block.rows / 2
    for i in range(block.rows):
        for j in range(block.columns):
            copy = block.copies and j > 0
            axes.add_patch(Rectangle((left + j, top - i - 1), 1, 1, alpha=0.45, edgecolor=BLACK, linewidth=1,
                                     facecolor="white" if copy else block.colour,
                                     hatch="//" if copy else None))
            if block.numbers is not None:
                axes.text(left + j + 0.5, top - i - 0.5, short(block.numbers[i][j], 3), fontsize=20,
                          ha="center", va="center")
    outline = Rectangle((left, top - block.rows), block.columns, block.rows, fill=False, edgecolor=BLACK,
                        linewidth=2.5, label=block.name)
    axes.add_patch(outline)
    if block.row is not None:
        axes.add_patch(Rectangle((left, top - block.row - 1), block.columns, 1, fill=False,
                                 edgecolor=VERMILLION, linewidth=5, zorder=3, label="framed"))
    axes.text(left + block.columns / 2, top + 0.15, block.name, fontsize=24, ha="center", va="bottom")
    axes.text(left + block.columns / 2, top - block.rows - 0.15, f"{block.rows}x{block.columns}",
              fontsize=20, ha="center", va="top")


def bare(axes: Any, width: float, low: float, high: float) -> None:
    """Room for blocks, a square as wide as high."""
    axes.set(xlim=(-0.3, width), ylim=(low, high), aspect="equal")
    axes.axis("off")


def equations(model: MLP, d0: bool) -> list[list[Block | str]]:
    """One line per layer: a = f(W a + b), blocks of the layer's own shapes."""
    lines: list[list[Block | str]] = []
    for k, layer in enumerate(model.layers, 1):
        now, ago = (f"{k}", f"{k - 1}") if d0 else (f"[{k}]", f"[{k - 1}]")
        before   = "x" if k == 1 else f"a^{{{ago}}}"
        weights  = f"W^{{{now}\\,T}}" if d0 else f"W^{{{now}}}"
        after    = f"a^{{{now}}}" if k < len(model.layers) else "y" if d0 else "\\hat{y}"
        lines.append([Block(f"${after}$", layer.n_out, 1, PURPLE), " $=\\sigma($",
                      Block(f"${weights}$", layer.n_out, layer.n_in, ORANGE), "$\\cdot$",
                      Block(f"${before}$", layer.n_in, 1, SKY if k == 1 else PURPLE), "$+$",
                      Block(f"$b^{{{now}}}$", layer.n_out, 1, BLUE), "$)$"])
    return lines


def draw_shapes(out: Path) -> None:
    """The 3-4-1 network of D1 and the 2-3-2 network of D0, a square per number."""
    fig, axes = figure(1, 2, width=8.2, height=7.4, title="a network, equation by equation: a square is "
                                                          "a number")
    for panel, sizes, source in ((axes[0], [3, 4, 1], "D1-05, D1-06"), (axes[1], [2, 3, 2], "D0-05")):
        lines = equations(MLP(sizes[0], sizes[1:], "sigmoid"), d0=sizes[0] == 2)
        for line, middle in zip(lines, (0.0, -6.0)):
            draw_equation(panel, line, 0.0, middle)
        bare(panel, 12.0, -8.8, 3.4)
        panel.set_title(f"{'-'.join(map(str, sizes))} ({source})", fontsize=22)
    save(fig, out, "layers_shapes", "The two equations of the 3-4-1 network and of the 2-3-2 network as "
         "rectangles of unit squares: W has as many columns as what it is applied to has rows")


def draw_unit(out: Path, j: int = 1) -> None:
    """Unit 2 of layer 1: its sum of scalars, and its row of the matrices, framed."""
    model = random_net([3, 4, 1])
    x     = [1.0, -2.0, 0.5]
    W, b  = parts(model.layers[0])
    W     = [[round(w, 1) for w in row] for row in W]
    b     = [round(v, 1) for v in b]
    z     = plus(product(W, x), b)
    terms = " + ".join(f"({short(w)})({short(v)})" for w, v in zip(W[j], x)) + f" + ({short(b[j])})"
    fig, axes = figure(width=11, height=6.4)
    line: list[Block | str] = [Block("$z^{[1]}$", 4, 1, GREEN, j, numbers=[[v] for v in z]), "$=$",
                               Block("$W^{[1]}$", 4, 3, ORANGE, j, numbers=W), "$\\cdot$",
                               Block("$x$", 3, 1, SKY, numbers=[[v] for v in x]), "$+$",
                               Block("$b^{[1]}$", 4, 1, BLUE, j, numbers=[[v] for v in b])]
    end = draw_equation(axes, line, 0.0, 0.0)
    axes.text(end / 2, -3.3, f"$z_{j + 1} = \\Sigma_k W_{{{j + 1}k}} x_k + b_{j + 1}$ = {terms} = "
              f"{short(z[j])}", fontsize=20, ha="center", va="center")
    bare(axes, end + 0.3, -3.8, 3.0)
    axes.set_title(f"unit {j + 1}: row {j + 1} of the matrix, and below a sum of scalars (D0-05, D1-03)")
    save(fig, out, "layers_unit", f"z = W x + b with numbers, row {j + 1} framed in z, W and b; below, the "
         f"same row as a sum of scalars: {short(z[j])}")


def draw_broadcast(out: Path, m: int = 5) -> None:
    """Z = W X + b: the one column of b is copied to every sample, and its gradient is a sum over them."""
    fig, axes = figure(width=12, height=4.4)
    line: list[Block | str] = [Block("$Z$", 4, m, GREEN), "$=$", Block("$W$", 4, 3, ORANGE), "$\\cdot$",
                               Block("$X$", 3, m, SKY), "$+$", Block("$\\tilde{b}$", 4, m, BLUE, copies=True)]
    end = draw_equation(axes, line, 0.0, 0.0)
    bare(axes, end + 0.3, -2.9, 3.0)
    axes.set_title(f"a batch of {m} samples: the column $b$ is copied (hatched) to each (D1-17)")
    save(fig, out, "layers_broadcast", f"Z of 4 rows and {m} columns is W times X plus b, whose one column "
         "is copied to every sample")

    unit, X = Layer(1, 1, "linear"), [0.5, 1.0, -1.5, 2.0, 3.0][:m]
    z = [unit([x])[0] for x in X]
    sum((v * v for v in z), Value(0.0)).backward()
    print(f"\nBackward, the one b gets the sum over the samples (D1-17): sum of dJ/dz = "
          f"{short(sum(v.grad for v in z))}, dJ/db = {short(unit.neurons[0].bias.grad)}.\n")


# --- graphs ---------------------------------------------------------------------------------------

def draw_order(out: Path) -> None:
    """Every edge of a recorded 3-4-4-1 network by the places of its ends in the topological order."""
    model = random_net([3, 4, 4, 1])
    nodes = topological_order(half_mse(model([0.5, -1.0, 2.0]), 1.0))
    place = {id(node): k for k, node in enumerate(nodes)}
    edges = [(place[id(operand)], place[id(node)]) for node in nodes for operand in node.operands
             if id(operand) in place]
    back  = sum(start >= end for start, end in edges)
    fig, axes = figure(width=8, height=6.4)
    ends = [-0.5, len(nodes)]
    axes.plot(ends, ends, "--", color=GREY)
    axes.fill_between(ends, ends, -0.5, color=GREY, alpha=0.25)
    axes.plot([start for start, _ in edges], [end for _, end in edges], "o", color=BLUE, label="an edge")
    axes.text(0.64 * len(nodes), 0.22 * len(nodes), f"edges back: {back}", fontsize=18, ha="center")
    axes.set(xlabel="place of the operand", ylabel="place of the result", xlim=(-0.5, len(nodes)),
             ylim=(-0.5, len(nodes)), xticks=range(0, len(nodes) + 1, 5), yticks=range(0, len(nodes) + 1, 5))
    axes.set_title(f"feed-forward: {len(edges)} edges, none back (D0-01, D2-24)" if back == 0 else
                   f"{back} edges go back (D0-01, D2-24)")
    save(fig, out, "layers_order", f"The {len(edges)} edges of a recorded network, place of the operand "
         f"against place of the result: {back} lie below the diagonal")
    x = Value(3.0)
    (x * x + x).backward()
    print("\nNo cycles, so a node's gradient is complete before it is passed on (D2-24): y = x*x + x at 3, "
          f"dy/dx = {short(x.grad)} = 2*3 + 1.\n")


def stack(out: Path) -> None:
    """A network behind another is one network: its slopes in one pass, and in two that hand over (D0-44)."""
    first, last = random_net([2, 3, 2], "tanh"), random_net([2, 4, 1], "tanh")
    x     = [Value(0.5, "x[1]"), Value(-1.0, "x[2]")]
    J     = half_mse(Sequential(first, last)(x), 1.0)
    J.backward()
    again  = [Value(v.data) for v in x]
    middle = first(again)
    apart  = [Value(v.data) for v in middle]
    half_mse(last(apart), 1.0).backward()
    sum((m * h.grad for m, h in zip(middle, apart)), Value(0.0)).backward()
    print("A 2-4-1 network behind a 2-3-2 network (D0-44): one backward pass, or two that hand over g.\n")
    table(["slope", "stacked, one pass", "apart, g handed over"],
          [(f"dJ/dx[{j}]", v.grad, w.grad) for j, (v, w) in enumerate(zip(x, again), 1)], digits=12)
    print()
    picture = out / "layers_stacked.svg"
    draw(J, view="layer").save(picture)
    wrote(picture, "Two networks stacked, a box per layer: layers 1 and 2 are the first, 3 and 4 the second")
    print()


# --- the forms ------------------------------------------------------------------------------------

class Form(NamedTuple):
    """One way of writing a network: computed as written, and by the engine."""

    item: str
    formula: str
    plain: Vector
    engine: Vector

    @property
    def agree(self) -> bool:
        """Equal up to rounding."""
        return len(self.plain) == len(self.engine) and all(
            abs(a - b) <= 1e-12 * max(1, abs(a)) for a, b in zip(self.plain, self.engine))


def forms() -> None:
    """Every form of the documents, by plain loops and by the engine."""
    found = [*of_d1(), *of_d2(), *of_d3(), *of_d4()]
    print("Each form as the document writes it, by plain loops, and the engine:\n")
    table(["item", "as written", "gives", "engine", "agree"],
          [(f.item, f.formula, numbers(f.plain), numbers(f.engine), "yes" if f.agree else "NO")
           for f in found])
    print(f"\n{sum(f.agree for f in found)} of {len(found)} agree.")


def numbers(v: Vector) -> str:
    """The first numbers of a vector."""
    return " ".join(short(x) for x in v[:3]) + (" ..." if len(v) > 3 else "")


def values(output: Any) -> Vector:
    """The output of a module as a list of numbers."""
    return [v.data for v in (output if isinstance(output, list) else [output])]


def of_d1() -> list[Form]:
    """3-4-1 unit by unit, as matrices, as a composition; r layers, each with an activation of its own."""
    model    = random_net([3, 4, 1], "sigmoid", "sigmoid")
    x        = inputs_of(3)
    trace    = model.trace(x)
    (W1, b1), (W2, b2) = map(parts, model.layers)
    units    = [sigma(sum(W1[j][k] * x[k] for k in range(3)) + b1[j]) for j in range(4)]
    yhat     = sigma(sum(W2[0][j] * units[j] for j in range(4)) + b2[0])
    mixed    = random_net([2, 3, 4, 3, 2], ["tanh", "relu", "sigmoid"])
    general  = random_net([2, 4, 3, 1], "relu")
    through  = inputs_of(2)
    for layer, f in zip(mixed.layers, (tanh, relu, sigma, same)):
        through = each(f, plus(product(*parts(layer)[:1], through), parts(layer)[1]))
    a, r     = inputs_of(2), len(general.layers)
    for k, layer in enumerate(general.layers, 1):
        z = plus(product(parts(layer)[0], a), parts(layer)[1])
        a = each(relu, z) if k < r else z
    step: Any = x
    for layer in model.layers:
        step = layer(step)
    return [Form("D1-03", "a_j = sigma(sum_k W1[j,k] x_k + b1[j]), j = 1..4", units, values(trace.a[0])),
            Form("D1-04", "yhat = sigma(sum_j W2[1,j] a_j + b2[1])", [yhat], values(trace.output)),
            Form("D1-05", "z1 = W1 x + b1, z2 = W2 a1 + b2", plus(product(W1, x), b1) +
                 plus(product(W2, units), b2), values(trace.z[0]) + values(trace.z[1])),
            Form("D1-06", "yhat = sigma(W2 sigma(W1 x + b1) + b2)",
                 each(sigma, plus(product(W2, each(sigma, plus(product(W1, x), b1))), b2)), values(model(x))),
            Form("D1-02", "f2(f1(x)): layer by layer, 3-4-1", values(step), values(model(x))),
            Form("D1-09", "g_k(W_k a + b_k), k = 1..4: tanh, ReLU, sigmoid, identity", through,
                 values(mixed(inputs_of(2)))),
            Form("D1-32", "ReLU for k < r, identity for k = r = 3; J = 1/2 (1 - yhat)^2",
                 [0.5 * (1 - a[0]) ** 2], values(half_mse(general(inputs_of(2)), 1.0)))]


def of_d2() -> list[Form]:
    """Scores without biases, and the snippet with two hidden layers of four."""
    one, two, three = (random_net(sizes, "relu", biases=False) for sizes in ([5, 3], [5, 6, 3], [5, 6, 3, 2]))
    code  = random_net([3, 4, 4, 1])
    x, x3 = inputs_of(5), inputs_of(3)
    W     = [parts(layer)[0] for layer in three.layers]
    (A, a), (B, b), (C, c) = map(parts, code.layers)
    scores = product(parts(two.layers[1])[0], each(relu, product(parts(two.layers[0])[0], x)))
    h1    = each(sigma, plus(product(A, x3), a))
    h2    = each(sigma, plus(product(B, h1), b))
    return [Form("D2-01", "s = W x", product(parts(one.layers[0])[0], x), values(one(x))),
            Form("D2-02", "s = W2 max(0, W1 x)", scores, values(two(x))),
            Form("D2-02", "s(3x) = 3 s(x), as there are no biases", [3 * s for s in scores],
                 values(two([3 * v for v in x]))),
            Form("D2-04", "s = W3 max(0, W2 max(0, W1 x))",
                 product(W[2], each(relu, product(W[1], each(relu, product(W[0], x))))), values(three(x))),
            Form("D2-31", "h1 = f(W1 x + b1); h2 = f(W2 h1 + b2); out = W3 h2 + b3",
                 plus(product(C, h2), c), values(code(x3)))]


def of_d3() -> list[Form]:
    """W stored (inputs, units) and applied transposed; no bias but the 1 inside x."""
    model = random_net([3, 4, 3, 2], "tanh", biases=False)
    x     = [1.0, *inputs_of(2)]
    W     = [transposed(parts(layer)[0]) for layer in model.layers]
    z     = x
    for stored in W[:-1]:
        z = each(tanh, product(transposed(stored), z))
    T      = [transposed(stored) for stored in W]
    nested = product(T[2], each(tanh, product(T[1], each(tanh, product(T[0], x)))))
    trace  = model.trace(x)
    column = [sum(W[1][j][1] * trace.a[0][j].data for j in range(4))]
    last   = [sum(W[2][j][c] * z[j] for j in range(3)) for c in range(2)]
    return [Form("D3-10", "z_l = f(W_l^T z_(l-1)), yhat = W_L^T z_(L-1)", product(transposed(W[2]), z),
                 values(model(x))),
            Form("D3-11", "W3^T f(W2^T f(W1^T x))", nested, values(model(x))),
            Form("D3-14", "a_2[2] = sum_j W2[2,j] z_1[j], column 2 of the stored W2", column,
                 [trace.z[1][1].data]),
            Form("D3-09", "yhat_c = sum_j W_L[j,c] z_j, c = 1, 2", last, values(model(x)))]


def of_d4() -> list[Form]:
    """Rows: y = f(b + x W); and three layers as one expression of sums."""
    layer, x = Layer(2, 3, "sigmoid", seed=5), inputs_of(2)
    W        = transposed(parts(layer)[0])
    row      = [sigma(b + sum(x[i] * W[i][j] for i in range(2))) for j, b in enumerate(parts(layer)[1])]
    model    = random_net([2, 3, 2, 2], ["tanh", "sigmoid"], "sigmoid")
    (A, a), (B, b), (C, c) = map(parts, model.layers)
    whole    = [sigma(c[i] + sum(C[i][j] * sigma(b[j] + sum(B[j][k] * tanh(a[k] + sum(
        A[k][m] * x[m] for m in range(2))) for k in range(3))) for j in range(2))) for i in range(2)]
    return [Form("D4-03", f"y = f(b + x W), 2 in, 3 out: {len(layer.parameters())} numbers", row,
                 values(layer(x))),
            Form("D4-30", "y_i = f3(b3_i + sum_j w3_ji f2(b2_j + sum_k w2_kj f1(...)))", whole,
                 values(model(x)))]
