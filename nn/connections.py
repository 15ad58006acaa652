"""Connections: parts one after the other, and signals that take a way around layers.

    a1         what enters
    z          the pre-activation of the last layer: what comes around is added to it, before its activation f
    layers     all but the last lead from a1 to a2; the last, a Layer, has z = b + W a2

The documents add before f (D4-40 to D4-42), so that f' still scales what comes around. The usual
residual block, y = x + F(x), adds at the very end: write after=True. The usual highway layer,
T H(x) + (1 - T) x, gates both ways; here, as in D4-42, only the carried signal is gated.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Any, TypeAlias

from engine import Value, dot
from engine.functions import lift
from engine.libraries import Quantity
from engine.value import Operand

from .activations import Activation, activation
from .initializers import Initializer, as_random, initializer
from .module import Module
from .neuron import MLP, Layer
from .signals import Output, as_list

Part: TypeAlias = Callable[[Any], Output]                # a Module, or any function of a list of Values


class Sequential(Module):
    """Parts one after the other; a part is anything that can be called on a list of Values.

    Raises:
        TypeError: a part cannot be called.
        ValueError: there are no parts.
    """

    def __init__(self, *parts: Part) -> None:
        if not parts:
            raise ValueError("Sequential needs at least one part: write Sequential(Layer(2, 8), Layer(8, 1))")
        for part in parts:
            if not callable(part):
                raise TypeError(f"a part of a Sequential is a layer or a function, not {type(part).__name__} "
                                f"{part!r:.60}: write Sequential(a, b), not Sequential([a, b])")
        self.parts = list(parts)
        for k, layer in enumerate((layer for part in parts for layer in layers_of(part)), 1):
            layer.name_parameters(str(k))

    def __call__(self, x: Sequence[Operand]) -> Output:
        """The output for one sample: a Value if there is one, else a list."""
        return single(through(self.parts, x))

    def batch(self, X: Sequence[Sequence[Operand]]) -> list[Output]:
        """The outputs for several samples, part by part, so that a BatchNorm inside sees them together."""
        for part in self.parts:
            X = [as_list(y) for y in (part.batch(X) if isinstance(part, Module) else map(part, X))]
        return [single(y) for y in X]


class Elementwise(Module):
    """An activation on its own: [f(z1), f(z2), ...]; for a layer whose z goes through a BatchNorm first
    (D0-08).

    Raises:
        ValueError: the name of the activation is unknown.
    """

    def __init__(self, f: str | Activation) -> None:
        self.f = activation(f)

    def __call__(self, z: Sequence[Quantity]) -> list[Value]:
        return [self.f(zk) for zk in z]


class Around(Module):
    """What the three connections share: a = f(b + W a2 + around(a1)); with after=True a = f(b + W a2) +
    around(a1).

    Raises:
        TypeError: the last part is not a Layer.
        ValueError: the widths do not fit.
    """

    def __init__(self, *layers: Part, after: bool = False) -> None:
        if not layers or not isinstance(layers[-1], Layer):
            raise TypeError(f"{type(self).__name__} adds to the pre-activation of its last part, which must "
                            f"be a Layer: write {type(self).__name__}(Layer(8, 8), Layer(8, 8))")
        self.layers = list(layers)
        self.after  = after

    def around(self, a1: Sequence[Value]) -> list[Value]:
        """What is added to each z."""
        raise NotImplementedError(f"{type(self).__name__} has no way around: define around(self, a1)")

    def __call__(self, x: Sequence[Operand]) -> list[Value]:
        """a for one sample, always as a list."""
        a1   = [lift(xj) for xj in x]
        a2   = through(self.layers[:-1], a1)
        last = self.layers[-1]
        assert isinstance(last, Layer)
        around = self.around(a1)
        if self.after:
            return [a + extra for a, extra in zip(last(a2), around)]
        return [neuron.f(zk + extra) for neuron, zk, extra in zip(last.neurons, last.z(a2), around)]


class Residual(Around):
    """z = b + W a2 + a1: delta reaches a1 also unchanged (D4-41). Equal widths are needed.

    Residual(Layer(n, n, f)) alone is z = b + W a1 + a1.

    Raises:
        TypeError: the last part is not a Layer.
        ValueError: called on a sample whose width is not that of the last layer.
    """

    def around(self, a1: Sequence[Value]) -> list[Value]:
        return equally_wide(a1, last_width(self.layers))


class WeightedSkip(Around):
    """z = b + W a2 + U a1, with trainable U[k][j]: any widths (D4-40).

    Args:
        layers: the parts on the main way; the last is a Layer.
        n_in: the width of a1; needed only where the first part is neither a Layer nor an MLP.
        init: the initializer of U.
        seed: an int, or a Random to draw from.
        after: whether U a1 is added after the last activation f, not before it.

    Raises:
        TypeError: the last part is not a Layer.
        ValueError: n_in is needed and not given, or the initializer is unknown.
    """

    def __init__(self, *layers: Part, n_in: int | None = None, init: str | float | Initializer = "xavier",
                 seed: int | Random = 0, after: bool = False) -> None:
        super().__init__(*layers, after=after)
        widths, rng, draw = (first_width(layers, n_in),
                             last_width(layers)), as_random(seed), initializer(init)
        self.weights = [Value(draw(*widths, rng), f"U[{k},{j}]") for k in range(1, widths[1] + 1)
                        for j in range(1, widths[0] + 1)]
        self.n_in = widths[0]

    def around(self, a1: Sequence[Value]) -> list[Value]:
        return [dot(self.weights[k:k + self.n_in], a1) for k in range(0, len(self.weights), self.n_in)]


class Highway(Around):
    """g = sigmoid(b_g + G a1); z = b + W a2 + g * a1 (D4-42). Near g = 1 it is Residual, near g = 0 the plain
    layers.

    Args:
        layers, n_in, seed, after: as for WeightedSkip.
        gate_bias: the first value of every b_g; positive lets signals pass at the start.

    Raises:
        TypeError: the last part is not a Layer.
        ValueError: n_in is needed and not given; or, when it is called, a1 has not the width of the last
        layer.
    """

    def __init__(self, *layers: Part, n_in: int | None = None, gate_bias: float = 0.0, seed: int | Random = 0,
                 after: bool = False) -> None:
        super().__init__(*layers, after=after)
        self.gate = Layer(first_width(layers, n_in), last_width(layers), "sigmoid", init="xavier", seed=seed)
        self.gate.name_parameters("g")
        for neuron in self.gate.neurons:
            neuron.bias.data = gate_bias

    def around(self, a1: Sequence[Value]) -> list[Value]:
        return [g * aj for g, aj in zip(self.gate(a1), equally_wide(a1, self.gate.n_out))]


# --- widths and names -----------------------------------------------------------------------------

def layers_of(part: Part) -> list[Layer]:
    """The Layers of a part, in the order in which they are passed."""
    if isinstance(part, Layer):
        return [part]
    inside = part.parts if isinstance(part, Sequential) else getattr(part, "layers", [])
    return [layer for inner in inside for layer in layers_of(inner)]


def first_width(layers: Sequence[Part], n_in: int | None) -> int:
    if n_in is not None:
        return n_in
    if not isinstance(layers[0], (Layer, MLP)):
        raise ValueError("the width of what comes in cannot be read off the first part: give n_in")
    return layers[0].n_in


def last_width(layers: Sequence[Part]) -> int:
    last = layers[-1]
    assert isinstance(last, Layer)
    return last.n_out


def equally_wide(a1: Sequence[Value], width: int) -> list[Value]:
    if len(a1) != width:
        raise ValueError(f"{len(a1)} signals come around and the last layer has {width} units: use equal "
                         "widths, or WeightedSkip")
    return list(a1)


def through(parts: Sequence[Part], x: Sequence[Operand]) -> Sequence[Operand]:
    for part in parts:
        x = as_list(part(x))
    return x


def single(y: Output) -> Output:
    return y[0] if isinstance(y, (list, tuple)) and len(y) == 1 else y
