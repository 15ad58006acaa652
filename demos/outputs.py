"""The output layer and the loss define the task: a number, yes or no, one of several (D0, D2, D3, D4).

What there is to see: the same hidden layer under three heads, each with its last sums above and its
outputs below; one neuron as a classifier, by sigmoid, by softmax and as a support vector machine; what
softmax takes from the rest when the target rises; and how long squared error leaves a unit that is sure
and wrong where it is, while cross-entropy has turned it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import cos, exp, log
from pathlib import Path
from random import Random
from typing import Any, NamedTuple, TypeAlias

from engine import Value, sigmoid, softmax
from engine.value import number as plain
from nn import MLP, SGD, Adam, bce_with_logits, cross_entropy_with_logits, fit, half_mse, squared_error
from nn.datasets import one_hot, signs
from nn.regularization import l2, weights

from .common import BLACK, BLUE, GREY, ORANGE, PURPLE, decision_boundary, figure, save, table

POSITION  = 55
DOCUMENTS = ["D0-09", "D0-10", "D0-11", "D0-12", "D0-13", "D0-23", "D1-08", "D2-08", "D2-09", "D2-10",
             "D2-28", "D3-27", "D3-28", "D4-46", "D4-47", "ERR-D0-11", "ERR-D4-11"]

COLOURS = [BLUE, ORANGE, PURPLE]                         # of the three classes,
LINES   = ["-", "--", "-."]                              # each with a line and
SIGNS   = ["o", "^", "s"]                                # a sign of its own
XS      = [-3 + 6 * i / 35 for i in range(36)]           # where the three tasks have their samples
STARTS  = (-3.0, -5.0, -7.0)                             # logits that are wrong for target 1
Runs: TypeAlias = dict[tuple[str, float], list[float]]   # (which loss, start or seed) -> error at each step
STEPS   = 1200
CLOUDS  = 5


class Task(NamedTuple):
    """A task: its targets at XS, and the loss that goes with its last layer."""

    name: str
    targets: list[Any]
    loss: str
    outputs: Callable[[Any], list[Any]]                  # what is made of the last sums
    net: MLP


def tasks(seed: int = 0) -> list[Task]:
    """Three tasks over the same x; the networks start with the same hidden layer."""
    rng    = Random(seed)
    number = [3 * cos(1.5 * x) + rng.gauss(0, 0.4) for x in XS]
    inside = [int(abs(x + rng.gauss(0, 0.6)) < 1.5) for x in XS]
    third  = [sum(x + rng.gauss(0, 0.6) > cut for cut in (-1, 1)) for x in XS]
    found  = [Task("a number", number, "half_mse",                  lambda z: [z],          network(1)),
              Task("yes or no", inside, "bce_with_logits",          lambda z: [sigmoid(z)], network(1)),
              Task("one of 3", third, "cross_entropy_with_logits",  softmax,                network(3))]
    return found


def network(outputs: int) -> MLP:
    """A 1-8-n network; its hidden layer is the same for every n."""
    net, other = MLP(1, [8, outputs], "tanh", seed=0), MLP(1, [8, 1], "tanh", seed=0)
    for p, same in zip(net.layers[0].parameters(), other.layers[0].parameters()):
        p.data = same.data
    return net


def run(out: Path) -> None:
    """Print the slopes that the three heads share; draw five pictures."""
    three = tasks()
    show_slopes(three)
    losses = [fit(task.net, [[x] for x in XS], task.targets, task.loss, Adam(task.net.parameters(), lr=0.03),
                  epochs=400, engine="vectorized", progress=False).losses for task in three]
    print("\nthe same hidden layer learns under each head (D0-13):\n")
    table(["task", "loss", "before", "after"],
          [(task.name, task.loss, course[0], course[-1]) for task, course in zip(three, losses)])
    draw_tasks(three, out)
    show_one_sample(three[2])
    draw_risk(three[2], out)
    draw_neurons(out)
    draw_rest(out)
    draw_slow(out)


# --- three heads ----------------------------------------------------------------------------------

def slopes(task: Task) -> list[tuple[float, float]]:
    """(dL/dz, (y - t)/m) for every last sum z of every sample."""
    sums = [task.net([x]) for x in XS]
    loss = {"half_mse": half_mse, "bce_with_logits": bce_with_logits,
            "cross_entropy_with_logits": cross_entropy_with_logits}[task.loss]
    loss(sums, task.targets).backward()
    found = []
    for z, t in zip(sums, task.targets):
        several = z if isinstance(z, list) else [z]
        wanted  = [float(k == t) for k in range(len(several))] if len(several) > 1 else [t]
        found  += [(s.grad, (y.data - tk) / len(XS)) for s, y, tk in zip(several, task.outputs(z), wanted)]
    return found


def show_slopes(three: Sequence[Task]) -> None:
    """The three heads, and the one slope that they have in common."""
    last = ("y = z (D0-09, D1-08)", "y = sigma(z) (D0-10)", "y = softmax(z) (D0-11, D3-27)")
    print(f"the last sums z = W^T h + b (D0-12) and what is made of them; the slope dL/dz is (y - t)/m under "
          f"each\nhead (D0-13); over all of the {len(XS)} samples, before training:\n")
    rows = []
    for task, head in zip(three, last):
        pairs = slopes(task)
        rows.append((task.name, head, task.loss, max(abs(slope) for slope, _ in pairs),
                     max(abs(slope - formula) for slope, formula in pairs)))
    table(["task", "output", "loss", "largest |dL/dz|", "furthest from (y - t)/m"], rows)
    z, t   = 2.0, 1
    once   = plain(bce_with_logits(z, t))
    twice  = plain(bce_with_logits(plain(sigmoid(z)), t))
    print(f"\na loss from logits takes the sum itself: z = {z:g}, t = {t} costs {once:.4f}; sigmoid twice "
          f"(ERR-D0-11) costs {twice:.4f},\nand never less than {log(1 + exp(-1)):.4f}")


def draw_tasks(three: Sequence[Task], out: Path) -> None:
    """The last sums above, the outputs below."""
    fine = [-3 + 6 * i / 120 for i in range(121)]
    sums = [[listed(task.net([x])) for x in fine] for task in three]
    fig, axes = figure(2, 3, width=5.4, height=3.9, sharex=True)
    heads = ("a number: $y = z$\n(D0-09, D1-08)", r"yes or no: $y = \sigma(z)$" "\n(D0-10)",
             "one of three: $y =$ softmax$(z)$\n(D0-11, D3-27)")
    for column, (task, zs, head) in enumerate(zip(three, sums, heads)):
        top, bottom = axes[0][column], axes[1][column]
        ys = [[plain(y) for y in task.outputs(z if len(z) > 1 else z[0])] for z in zs]
        for k in range(len(zs[0])):
            name = f"class {k}" if len(zs[0]) > 1 else "sum"
            top.plot(fine, [z[k] for z in zs], LINES[k], color=COLOURS[k], label=name)
            bottom.plot(fine, [y[k] for y in ys], LINES[k], color=COLOURS[k], label=name)
        top.axhline(0, color=GREY, linewidth=1, zorder=0)
        top.set(title=head)
        bottom.set(xlabel="$x$")
    level(axes[0])
    draw_targets(three, axes[1])
    for column in (1, 2):
        axes[1][column].set_ylim(-0.16, 1.16)
        axes[1][column].set_yticks([0, 0.5, 1])
    for k in range(3):
        surest = max(fine, key=lambda x: plain(softmax(three[2].net([x]))[k]))
        axes[1][2].text(min(max(surest, -2.4), 2.4), 1.05, f"class {k}", ha="center", fontsize=15)
        side = -1 if k == 1 else 1
        axes[0][2].text(-2.95, sums[2][0][k] + 0.6 * side, f"class {k}", fontsize=15,
                        va="bottom" if side > 0 else "top")
    axes[0][0].set_ylabel("last sum $z$:\nno activation (D2-28)")
    axes[1][0].set_ylabel("output $y$: a number")
    axes[1][1].set_ylabel("a probability")
    axes[1][2].set_ylabel("three that add to 1")
    axes[0][1].text(0.5, 0.04, "one logit (D0-12)", ha="center", transform=axes[0][1].transAxes, fontsize=15)
    axes[0][2].text(0.5, 0.04, "three logits (D0-12)", ha="center", transform=axes[0][2].transAxes,
                    fontsize=15)
    fig.suptitle("Same hidden layer: the last layer and the loss define the task (D0-13)", fontsize=19)
    save(fig, out, "outputs_tasks", "Three columns, one per task. Above, the last sums, which run freely "
         "below 0 and above 1; below, the outputs with the targets as points: a curve through numbers, one "
         "probability that is high in the middle, three probabilities of which one is high at a time")


def listed(z: Any) -> list[float]:
    return [plain(each) for each in (z if isinstance(z, list) else [z])]


def level(row: Sequence[Any]) -> None:
    """The same heights for a row of pictures."""
    low  = min(axes.get_ylim()[0] for axes in row)
    high = max(axes.get_ylim()[1] for axes in row)
    for axes in row:
        axes.set_ylim(low - 0.12 * (high - low), high + 0.12 * (high - low))


def draw_targets(three: Sequence[Task], row: Sequence[Any]) -> None:
    """The samples: at their number, at 0 or 1, at the foot of the picture of classes."""
    number, inside, third = (task.targets for task in three)
    row[0].scatter(XS, number, color=BLACK, s=22, zorder=3)
    row[1].scatter(XS, inside, color=BLACK, s=22, zorder=3)
    for k in range(3):
        mine = [x for x, t in zip(XS, third) if t == k]
        row[2].scatter(mine, [-0.08] * len(mine), color=COLOURS[k], marker=SIGNS[k], s=36, edgecolors=BLACK,
                       zorder=3)


# --- the risk -------------------------------------------------------------------------------------

def target_shares(task: Task) -> list[float]:
    """The probability that each sample's own class has."""
    return [plain(softmax(task.net([x]))[t]) for x, t in zip(XS, task.targets)]


def show_one_sample(task: Task) -> None:
    """One sample from logits to loss, and the mean over all of them."""
    x, t   = XS[20], task.targets[20]
    logits = listed(task.net([x]))
    y      = [plain(each) for each in softmax(logits)]
    total  = sum(map(exp, logits))
    print(f"\none sample, x = {x:.4g} of class {t} (D0-11, D3-27): e^z over their sum {total:.4g}\n")
    table(["class", "logit z", "e^z", "y = e^z / sum", "-t ln y"],
          [(k, z, exp(z), yk, -log(yk) if k == t else 0.0) for k, (z, yk) in enumerate(zip(logits, y))])
    risk = plain(cross_entropy_with_logits([task.net([x]) for x in XS], task.targets))
    mean = sum(-log(p) for p in target_shares(task)) / len(XS)
    print(f"\nthe risk R (D3-28) by the engine {risk:.6f}, the mean of -ln y_t (D0-23) {mean:.6f}")


def draw_risk(task: Task, out: Path) -> None:
    """Every sample on the curve -ln y, and their mean."""
    p     = target_shares(task)
    costs = [-log(share) for share in p]
    risk  = sum(costs) / len(costs)
    curve = [k / 200 for k in range(4, 201)]
    top   = max(*costs, 3.0) + 0.4
    fig, axes = figure(width=9, height=5.2)
    axes.plot(curve, [-log(y) for y in curve], color=GREY, linewidth=1.5, zorder=1)
    for k in range(3):
        mine = [(y, cost) for y, cost, t in zip(p, costs, task.targets) if t == k]
        axes.scatter([y for y, _ in mine], [cost for _, cost in mine], color=COLOURS[k], marker=SIGNS[k],
                     s=80, edgecolors=BLACK, label=f"a sample of class {k}", zorder=3)
    axes.axhline(risk, color=BLACK, linestyle="--", label=f"their mean: the risk $R$ = {risk:.3f} (D3-28)")
    axes.set(xlim=(0, 1.02), ylim=(-0.1, top), xlabel="probability $y_t$ of the right class",
             ylabel=r"its cost $-\ln y_t$",
             title="Cross-entropy: the surer of the wrong class, the dearer (D0-23)")
    axes.legend(loc="upper right")
    save(fig, out, "outputs_risk", "The samples on the curve of minus the logarithm: most sit at its foot, "
         "near probability 1, a few high up on the left; a dashed line marks their mean, the risk")


# --- one neuron -----------------------------------------------------------------------------------

def clouds(seed: int = 3) -> tuple[list[list[float]], list[int]]:
    """Two clouds of 14 points that touch."""
    rng = Random(seed)
    Y   = [i % 2 for i in range(28)]
    return [[rng.gauss(2.4 * y - 1.2, 0.75), rng.gauss(1.2 * y - 0.6, 0.75)] for y in Y], Y


def two_logits(zs: Any, ts: Any) -> Any:
    """The loss of softmax over two logits, the first of which is 0."""
    return cross_entropy_with_logits([[0.0, z] for z in zs], ts)


def neuron(loss: Any, targets: Sequence[Any]) -> MLP:
    """One neuron, trained on the clouds in ever smaller steps."""
    net = MLP(2, [1], init="zeros")
    for lr in (0.3, 0.03, 0.003):
        fit(net, clouds()[0], targets, loss, SGD(net.parameters(), lr=lr), epochs=600, engine="vectorized",
            penalty=lambda net: l2(weights(net), 0.05), progress=False)
    return net


def draw_neurons(out: Path) -> None:
    """The same neuron with three losses."""
    X, Y = clouds()
    nets = [neuron("bce_with_logits", Y), neuron(two_logits, one_hot(Y, 2)), neuron("hinge", signs(Y))]
    names = ("sigmoid (D2-08)", "softmax of (0, z) (D2-09)", "SVM (D2-10)")
    rows  = [(name, *(p.data for p in net.parameters())) for name, net in zip(names, nets)]
    print("\none neuron, the same samples and penalty, three losses:\n")
    table(["neuron", "w1", "w2", "b"], rows)
    apart = max(abs(p.data - q.data) for p, q in zip(nets[0].parameters(), nets[1].parameters()))
    print(f"\nsigmoid and softmax of (0, z) differ by {apart:.0e}: logistic regression either way (D2-09)")

    fig, axes = figure(1, 3, width=5.6, height=5.4, sharex=True, sharey=True)
    titles = ("sigmoid of one sum\n= a probability (D2-08)",
              f"softmax of $(0, z)$: the same\nto {apart:.0e} (D2-09)",
              "support vector machine\n= a margin (D2-10)")
    scores = (lambda x: plain(sigmoid(nets[0](x))), lambda x: plain(softmax([0.0, nets[1](x)])[1]),
              lambda x: plain(nets[2](x)))
    sure = {log(0.1 / 0.9): "$P = 0.1$", log(0.9 / 0.1): "$P = 0.9$"}
    wide = {-1.0: "$s = -1$", 1.0: "$s = 1$"}
    for panel, title, net, score, line, limits, levels in zip(
            axes, titles, nets, scores, (0.5, 0.5, 0.0), ((0, 1), (0, 1), (-1, 1)), (sure, sure, wide)):
        decision_boundary(panel, score, X, Y, line, limits, steps=41, margin=0.9)
        limits = panel.get_xlim()
        level_lines(panel, net, levels)
        panel.set(title=title, xlim=limits)
    pulling = [x for x, y in zip(X, signs(Y)) if y * plain(nets[2](x)) <= 1 + 1e-2]
    axes[2].scatter([x[0] for x in pulling], [x[1] for x in pulling], s=260, facecolors="none",
                    edgecolors=BLACK, linewidths=2, zorder=4)
    print(f"the SVM (D2-10) is held by {len(pulling)} of the {len(X)} samples: y s <= 1; the slope of the "
          "others is 0")
    fig.supxlabel(f"black line: $z = 0$; ringed: the {len(pulling)} of {len(X)} samples with $y s \\leq 1$, "
                  "which alone pull on the SVM", fontsize=16)
    save(fig, out, "outputs_neuron", "Two clouds of points and a neuron's plane three times: the planes of "
         "sigmoid and softmax are the same, with level lines at 0.1 and 0.9; the third has a margin from -1 "
         "to 1 and rings around the points in it or on the wrong side")


def level_lines(axes: Any, net: MLP, levels: dict[float, str]) -> None:
    """Where the sum is at each level: dashed, named at the top (below 0) or at the bottom of the plane."""
    w1, w2, b = (p.data for p in net.parameters())
    low, high = axes.get_ylim()
    for level, name in levels.items():
        axes.plot([(level - b - w2 * y) / w1 for y in (low, high)], [low, high], "--", color=BLACK,
                  linewidth=1.8, label=name)
        y = high - 1.4 if level < 0 else low + 1.3
        axes.text((level - b - w2 * y) / w1 + (-0.1 if level < 0 else 0.1), y, name, fontsize=15,
                  ha="right" if level < 0 else "left")
    axes.set_ylim(low, high)


# --- what the rest loses --------------------------------------------------------------------------

def after_a_step(z: Sequence[float], t: int, lr: float = 1.0) -> list[float]:
    """How much each probability grows in one step of descent on -ln y_t."""
    logits = [Value(each) for each in z]
    before = [plain(y) for y in softmax(list(z))]
    cross_entropy_with_logits(logits, t).backward()
    SGD(logits, lr).step()
    return [plain(y.data) - old for y, old in zip(softmax(logits), before)]


def draw_rest(out: Path) -> None:
    """The target's logit rises: every other falls. One step moves every logit: their sum falls."""
    others = (1.5, 0.0)
    zs     = [-5 + 10 * i / 100 for i in range(101)]
    ys     = [[plain(y) for y in softmax([z, *others])] for z in zs]
    start  = [-2.0, 3.0, -2.0]
    fig, axes = figure(1, 2, width=7.6, height=5.2)
    names = ("target $y_t$", "rest", "rest")
    for k in range(3):
        axes[0].plot(zs, [y[k] for y in ys], LINES[k], color=COLOURS[k], label=f"class {k}",
                     linewidth=4 if k == 0 else 2.5)
    axes[0].text(4.9, ys[-1][0] + 0.02, names[0], ha="right", va="bottom")
    axes[0].text(-4.9, ys[0][1] + 0.02, names[1], va="bottom")
    axes[0].text(-4.9, ys[0][2] + 0.02, names[2], va="bottom")
    axes[0].set(xlabel="logit $z_t$ of the target, the others stay", ylabel="probability", ylim=(-0.03, 1.08),
                title="only the target's logit moves:\nit goes up, each of the rest down (D4-47)")

    change, found = after_a_step(start, 0), count_the_rest()
    before = [plain(y) for y in softmax(start)]
    axes[1].axhline(0, color=BLACK, linewidth=1)
    for k, (d, hatch) in enumerate(zip(change, ("", "//", "xx"))):
        axes[1].bar(k, d, 0.6, color=COLOURS[k], edgecolor=BLACK, hatch=hatch)
        axes[1].text(k, d + (0.002 if d > 0 else -0.002), f"{d:+.3f}", ha="center", fontsize=16,
                     va="bottom" if d > 0 else "top")
    axes[1].set_xticks(range(3), [f"{name}\n$y$ = {y:.3f}" for name, y in zip(("target", "rest", "rest"),
                                                                              before)])
    axes[1].set(ylabel="change of the probability", ylim=(1.25 * min(change), 1.25 * max(change)),
                title=f"a step moves all logits: each of the rest falls\nfrom {found.each} of {found.starts} "
                      f"starts, their sum from {found.sum} (D4-47)")
    save(fig, out, "outputs_rest", "Left, three probabilities against the target's logit: its own rises, "
         "both others fall. Right, one step of descent from a sure and wrong start: the target rises, the "
         "wrong winner falls, and the third rises a little")


class Falls(NamedTuple):
    """From how many starts a step lowers the sum of the rest, and each of the rest."""

    starts: int
    sum:    int
    each:   int


def count_the_rest(starts: int = 1000) -> Falls:
    """A step of descent from each of many starts."""
    rng = Random(0)
    found = [after_a_step([rng.gauss(0, 2) for _ in range(3)], 0) for _ in range(starts)]
    falls = Falls(starts, sum(change[1] + change[2] < 0 for change in found),
                  sum(max(change[1:]) < 0 for change in found))
    print(f"\none step of descent on -ln y_t from {starts} random starts, three classes (D4-47):\n")
    table(["what falls", "starts"], [("the rest in sum", falls.sum), ("each of the rest", falls.each)])
    print("\na step lowers the logit of a wrong class by rate * y: the surest most. What it gives up goes to "
          "all the\nothers, so that a wrong class that was small can rise; raising z_t alone lowers each.")
    return falls


# --- a slow descent -------------------------------------------------------------------------------

def square(z: Any, t: Any) -> Any:
    """Squared error behind a sigmoid."""
    return squared_error(sigmoid(z), t)


def descent(loss: Callable[[Any, Any], Any], start: float, steps: int = STEPS) -> list[float]:
    """The squared error (y - 1)^2 at each step of rate 1 on a loss of one logit."""
    z, found = Value(start), []
    rule = SGD([z], 1.0)
    for _ in range(steps):
        found.append(plain(sigmoid(z.data) - 1) ** 2)
        rule.zero_grad()
        loss(z, 1).backward()
        rule.step()
    return found


def turned_neuron(loss: str, seed: int, steps: int = STEPS) -> list[float]:
    """The mean squared error of a neuron that begins with large weights of the wrong sign, step by step."""
    X, Y  = clouds(seed)
    net   = MLP(2, [1], init="zeros")
    for p, number in zip(net.parameters(), (-6.0, -3.0, 0.0)):
        p.data = number
    w1, w2, b = net.parameters()
    found = []
    def watch(*_: Any) -> None:
        found.append(sum((1 / (1 + exp(-(w1.data * x[0] + w2.data * x[1] + b.data))) - y) ** 2
                         for x, y in zip(X, Y)) / len(X))
    watch()
    how: Any = mean_square if loss == "square" else "bce_with_logits"
    fit(net, X, Y, how, SGD(net.parameters(), lr=1.0), epochs=steps - 1, engine="vectorized",
        callbacks=[watch], progress=False)
    return found


def mean_square(zs: Any, ts: Any) -> Any:
    """The mean squared error of sigmoid outputs."""
    return squared_error([sigmoid(z) for z in zs], ts, "mean")


def steps_to_right(course: Sequence[float]) -> int:
    """Steps until the error is below 1/4: what an answer of 1/2 costs."""
    return next(k for k, error in enumerate(course) if error < 0.25)


def draw_slow(out: Path) -> None:
    """Squared error against steps, whichever loss is descended."""
    left: Runs  = {(name, z): descent(loss, z) for z in STARTS
                   for name, loss in (("cross-entropy", bce_with_logits), ("squared error", square))}
    right: Runs = {(name, seed): turned_neuron(how, seed) for seed in range(CLOUDS)
                   for name, how in (("cross-entropy", "bce"), ("squared error", "square"))}
    print("\nsteps of rate 1 until the squared error is below 1/4, from a wrong, saturated start (D4-46):\n")
    starts  = [(f"one logit at {z:g}", left, z) for z in STARTS]
    starts += [(f"a neuron turned round, clouds {seed}", right, seed) for seed in range(CLOUDS)]
    table(["start", "by cross-entropy", "by squared error"],
          [(what, steps_to_right(runs["cross-entropy", key]), steps_to_right(runs["squared error", key]))
           for what, runs, key in starts])
    mild = [steps_to_right(descent(loss, -0.1)) for loss in (bce_with_logits, square)]
    print(f"\nwrong, but not saturated (ERR-D4-11): from z = -0.1 it takes {mild[0]} step by cross-entropy, "
          f"{mild[1]} by squared error")

    fig, axes = figure(1, 2, width=7.4, height=5.6, sharex=True, sharey=True)
    titles = (f"one logit, {len(STARTS)} starts (target 1)", f"a neuron turned round, {CLOUDS} clouds")
    for panel, runs, title in zip(axes, (left, right), titles):
        for (name, key), course in runs.items():
            colour, dash = (BLUE, "-") if name == "cross-entropy" else (ORANGE, "--")
            panel.plot(range(len(course)), course, dash, color=colour, label=f"{name}, {key}")
        panel.set_xscale("symlog", linthresh=1)
        panel.set(xlabel="step", title=title, xlim=(0, 3 * STEPS), ylim=(-0.03, 1.08))
    for z in STARTS:
        axes[0].text(1.12 * steps_to_right(left["squared error", z]), 0.5, f"$z$ = {z:g}", fontsize=15)
    axes[0].set_ylabel("squared error, mean of $(y - t)^2$")
    lines = [axes[0].get_lines()[k] for k in (0, 1)]
    fig.legend(lines, ["descent on cross-entropy", "descent on squared error"], loc="outside lower center",
               ncols=2, fontsize=16)
    fig.suptitle("Sure and wrong: squared error hardly moves, cross-entropy turns at once (D4-46)",
                 fontsize=19)
    fast, slow = (max(steps_to_right(course) for runs in (left, right) for (name, _), course in runs.items()
                      if name == which) for which in ("cross-entropy", "squared error"))
    save(fig, out, "outputs_slow", "Squared error against steps on a logarithmic axis: the runs that descend "
         f"cross-entropy are below a quarter after at most {fast} steps, those that descend the squared "
         f"error itself stay at the top for up to {slow}")
