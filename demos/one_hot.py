"""From two bits to one of four outputs: a single softmax layer learns the decoder (D4).

What there is to see: zero weights start at loss ln 4; one step is enough to be right; a decoder
built by hand does the same with weights K (2 bit - 1).
"""

from __future__ import annotations

from math import log
from pathlib import Path

from engine import softmax
from nn import MLP, SGD, fit
from nn.datasets import binary_to_one_hot

from .common import BLUE, figure, save, table, two_colours

POSITION  = 130
DOCUMENTS = ["D4-08", "D4-28", "D4-29", "ERR-D4-16"]


def run(out: Path) -> None:
    """Train the layer, print the decoder built by hand, draw the weights and the loss."""
    X, Y = binary_to_one_hot()
    net  = MLP(2, [4], init="zeros")
    history = fit(net, X, Y, "cross_entropy_with_logits", SGD(net.parameters(), lr=1.0), epochs=500,
                  metrics=["accuracy"], progress=False)
    first = next(k for k, share in enumerate(history.accuracies, 1) if share == 1)
    print(f"loss: {history.losses[0]:.6f} at the start (ln 4 = {log(4):.6f}), {history.losses[-1]:.6f} after "
          f"500 steps; all four right after {first - 1} steps\n")
    table(["bits", "target", "y1", "y2", "y3", "y4"],
          [(f"{x[0]:.0f}{x[1]:.0f}", "".join("1" if k == t else "0" for k in range(4)),
            *(y.data for y in softmax(net(x))))
           for x, t in zip(X, Y)])

    K = 10
    built = MLP(2, [4], init="zeros")
    for code, neuron in enumerate(built.layers[0].neurons):
        bits = X[3 - code]
        for w, bit in zip(neuron.weights, bits):
            w.data = 2 * K * (2 * bit - 1)
        neuron.bias.data = -2 * K * sum(bits)
    worst = max(abs(y.data - (k == t)) for x, t in zip(X, Y) for k, y in enumerate(softmax(built(x))))
    print(f"\nbuilt by hand with K = {K}: one-hot to within {worst:.0e}")

    fig, axes = figure(1, 2, width=6.5, height=4.8)
    axes[0].plot(range(1, 501), history.losses, color=BLUE)
    axes[0].axhline(log(4), color="black", linestyle=":")
    axes[0].text(490, log(4) - 0.03, r"$\ln 4$", ha="right", va="top")
    axes[0].set(xlabel="step", ylabel="cross-entropy $E$", title="loss")
    rows  = [[w.data for w in neuron.weights] + [neuron.bias.data] for neuron in net.layers[0].neurons]
    image = axes[1].imshow(rows, cmap=two_colours(), vmin=-8, vmax=8, aspect="auto")
    for i, row in enumerate(rows):
        for j, number in enumerate(row):
            axes[1].text(j, i, f"{number:.1f}", ha="center", va="center", fontsize=16)
    axes[1].set_xticks([0, 1, 2], ["$w_1$", "$w_2$", "$b$"])
    axes[1].set_yticks(range(4), [f"$y_{k}$" for k in range(1, 5)])
    axes[1].set_title("learned weights")
    axes[1].grid(False)
    fig.colorbar(image, ax=axes[1])
    save(fig, out, "one_hot", "Left, the loss falls from ln 4; right, the twelve learned parameters, whose "
         "signs follow the bits")
