"""From two bits to one of four outputs: a single softmax layer learns the decoder (D4).

What there is to see: the table of the four outputs as it goes from grey to one-hot; zero weights start at
loss ln 4, and the learned weights take the signs of the bits, as in a decoder built by hand with weights
K (2 bit - 1); softmax does not see a number that is added to every logit, and does see a factor.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from pathlib import Path
from typing import Any

from engine import Value, softmax, total
from engine.value import number
from nn import MLP, SGD, binary_cross_entropy, categorical_cross_entropy, fit
from nn.datasets import binary_to_one_hot
from nn.history import History

from .common import BLACK, BLUE, DASHES, GREEN, ORANGE, PURPLE, figure, save, table, two_colours

POSITION  = 130
DOCUMENTS = ["D4-08", "D4-28", "D4-29", "ERR-D4-16"]
STEPS     = 500
K         = 10                                           # of the decoder built by hand
COLOURS   = [BLUE, ORANGE, GREEN, PURPLE]


def outputs(net: MLP, X: Sequence[Sequence[float]]) -> list[list[float]]:
    """The four probabilities for each pair of bits."""
    return [[number(y) for y in softmax(net(x))] for x in X]


def trained() -> tuple[MLP, History, list[list[list[float]]]]:
    """The layer, its history, and its outputs before the first step and after each."""
    X, Y = binary_to_one_hot()
    net  = MLP(2, [4], init="zeros")
    found = [outputs(net, X)]
    def watch(epoch: int, model: object, history: History) -> None:
        found.append(outputs(net, X))
    history = fit(net, X, Y, "cross_entropy_with_logits", SGD(net.parameters(), lr=1.0), epochs=STEPS,
                  callbacks=[watch], progress=False)
    return net, history, found


def by_hand() -> MLP:
    """The decoder with weights +-2K and bias so that each wrong bit costs 2K."""
    X, _ = binary_to_one_hot()
    net  = MLP(2, [4], init="zeros")
    for code, neuron in enumerate(net.layers[0].neurons):
        bits = X[3 - code]
        for w, bit in zip(neuron.weights, bits):
            w.data = 2 * K * (2 * bit - 1)
        neuron.bias.data = -2 * K * sum(bits)
    return net


def run(out: Path) -> None:
    """Train the layer, print the decoder built by hand, draw outputs, weights and loss."""
    X, Y = binary_to_one_hot()
    _, right = binary_to_one_hot("right")
    print("the index of the 1 counts from the left, 3 - v, or from the right, v (ERR-D4-16); here from the "
          "left:\n")
    table(["bits", "one-hot", "from the left", "from the right"],
          [(bits(x), one_hot_text(t), t, r) for x, t, r in zip(X, Y, right)])
    net, history, found = trained()
    first = next(k for k, rows in enumerate(found)
                 if all(ys[t] > y for ys, t in zip(rows, Y) for j, y in enumerate(ys) if j != t))
    print(f"\nloss (D4-29): {history.losses[0]:.6f} at the start (ln 4 = {log(4):.6f}), "
          f"{history.losses[-1]:.6f} seen by step {STEPS};\nall four right after {first} steps; the outputs "
          "at the end:\n")
    table(["bits", "target", "y1", "y2", "y3", "y4"],
          [(bits(x), one_hot_text(t), *ys) for x, t, ys in zip(X, Y, found[-1])])
    worst = max(abs(y - (k == t)) for ys, t in zip(outputs(by_hand(), X), Y) for k, y in enumerate(ys))
    print(f"\nbuilt by hand with K = {K} (D4-29): one-hot to within {worst:.0e}")
    show_slopes()
    draw_outputs(found, first, out)
    draw_training(net, history, out)
    draw_softmax(out)


def bits(x: Sequence[float]) -> str:
    return "".join(f"{bit:.0f}" for bit in x)


def one_hot_text(t: int) -> str:
    return "".join("1" if k == t else "0" for k in range(4))


def show_slopes() -> None:
    """Categorical cross-entropy pulls by y - t; binary cross-entropy of each output pulls otherwise."""
    z, t = [1.0, 2.0, 3.0, 0.0], 2
    ones = [Value(each) for each in z]
    loss = categorical_cross_entropy(softmax(ones), t)
    loss.backward()
    each = [Value(number) for number in z]
    total([binary_cross_entropy(y, float(k == t)) for k, y in enumerate(softmax(each))]).backward()
    y = softmax(z)
    print(f"\ncategorical cross-entropy E = -ln y_t (D4-28) of logits {z} and target y{t + 1}: "
          f"{number(loss):.6f}\n")
    table(["k", "y_k", "dE/dz_k", "y_k - t_k", "binary cross-entropy of each y: its slope"],
          [(k + 1, y[k], ones[k].grad, y[k] - (k == t), each[k].grad) for k in range(4)])


# --- the pictures ---------------------------------------------------------------------------------

def draw_outputs(found: Sequence[Any], first: int, out: Path) -> None:
    """The table of outputs at four moments."""
    X, _ = binary_to_one_hot()
    moments = (0, first, 20, STEPS)
    fig, axes = figure(1, 4, width=4, height=4.9, sharey=True)
    for panel, step in zip(axes, moments):
        panel.imshow(found[step], cmap=two_colours(), vmin=-1, vmax=1, aspect="auto")
        write_numbers(panel, found[step], 2)
        panel.set_xticks(range(4), [f"$y_{k}$" for k in range(1, 5)])
        panel.set_yticks(range(4), [bits(x) for x in X])
        panel.set_title(f"after {step} steps" + ": all right" * (step == first))
    axes[0].set_ylabel("bits")
    fig.suptitle("Softmax learns which of four: the loss looks at the right output alone (D4-28, D4-29)",
                 fontsize=19)
    save(fig, out, "one_hot_outputs", "Four tables of four rows of bits and four outputs: at first every "
         "output is a quarter, at the end each row has one dark cell, on the right for 00, "
         "on the left for 11")


def write_numbers(panel: Any, rows: Sequence[Sequence[float]], digits: int) -> None:
    """Each number in its cell."""
    panel.grid(False)
    for i, row in enumerate(rows):
        for j, value in enumerate(row):
            panel.text(j, i, f"{value:.{digits}f}", ha="center", va="center", fontsize=16)


def draw_training(net: MLP, history: History, out: Path) -> None:
    """The loss from ln 4 down, and the twelve parameters beside the bits that they decode."""
    X, Y = binary_to_one_hot()
    fig, axes = figure(1, 2, width=6.5, height=4.8)
    axes[0].plot(range(len(history.losses)), history.losses, color=BLUE, label="loss")
    axes[0].axhline(log(4), color=BLACK, linestyle=":")
    axes[0].text(STEPS, log(4) - 0.03, r"$\ln 4$: all four alike", ha="right", va="top", fontsize=16)
    axes[0].set(xlabel="steps done", ylabel="cross-entropy $E$", title="the loss falls from ln 4 (D4-29)",
                ylim=(-0.05, 1.5))
    rows  = [[w.data for w in neuron.weights] + [neuron.bias.data] for neuron in net.layers[0].neurons]
    image = axes[1].imshow(rows, cmap=two_colours(), vmin=-8, vmax=8, aspect="auto")
    write_numbers(axes[1], rows, 1)
    axes[1].set_xticks([0, 1, 2], ["$w_1$", "$w_2$", "$b$"])
    axes[1].set_yticks(range(4), [f"$y_{k + 1}$ for {bits(X[Y.index(k)])}" for k in range(4)])
    axes[1].set_title("weights: + for a 1, - for a 0 (D4-29)")
    fig.colorbar(image, ax=axes[1])
    save(fig, out, "one_hot", "Left, the loss falls from ln 4; right, the twelve learned parameters, whose "
         "signs follow the bits: both weights are positive for 11, both negative for 00")


def draw_softmax(out: Path) -> None:
    """The same number added to every logit, and every logit times the same factor."""
    logits = [1.0, 2.0, 3.0, 0.0]
    shifts = [-1000 + 20.0 * i for i in range(101)]
    scales = [i / 25 for i in range(101)]
    fig, axes = figure(1, 2, width=7, height=5, sharey=True)
    shifted = [softmax([z + c for z in logits]) for c in shifts]
    scaled  = [softmax([z * s for z in logits]) for s in scales]
    for panel, xs, ys in ((axes[0], shifts, shifted), (axes[1], scales, scaled)):
        for k in range(4):
            panel.plot(xs, [y[k] for y in ys], DASHES[k], color=COLOURS[k],
                       label=f"$z_{k + 1}$ = {logits[k]:g}")
        panel.set_ylim(-0.03, 1.03)
    far = max(abs(a - b) for ys in shifted for a, b in zip(ys, softmax(logits)))
    print(f"\nsoftmax of z + c, c from {shifts[0]:g} to {shifts[-1]:g} (D4-08): no output moves by more than "
          f"{far:g}; of s z it does: s = 0 gives {scaled[0][0]:g} for all")
    axes[0].set(xlabel="$c$, added to every logit", ylabel="probability",
                title="softmax$(z + c)$: nothing moves (D4-08)")
    axes[1].set(xlabel="$s$, times every logit", title="softmax$(s\\,z)$: from alike to one-hot")
    fig.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=4, fontsize=16)
    save(fig, out, "one_hot_softmax", "Left, four horizontal lines: adding a number to every logit changes "
         "no probability; right, a factor spreads the four from a quarter each to one near 1")
