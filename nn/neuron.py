"""Neuron, Layer, MLP: Values composed as the documents compose them.

    x          the inputs of a unit
    w, b       its weights, one per input, and its bias
    z          its pre-activation, b + w1*x1 + w2*x2 + ...
    a          its activation, f(z)
    delta      dJ/dz: after loss.backward() it is z.grad

Weights are stored per unit, (out, in): layer.neurons[k].weights[j] is the documents' W[k+1, j+1].
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from random import Random
from typing import Any, NamedTuple

from engine import Value, maximum
from engine.functions import affine_node, lift
from engine.value import Number, Operand

from .activations import Activation, activation, initializer_for, linear
from .checks import whole
from .initializers import Initializer, as_random, initializer
from .module import Module
from .signals import Output


class Neuron(Module):
    """a = f(b + w1*x1 + ... + wn*xn) (D0-02, D0-03).

    Args:
        n_in: the number of inputs.
        f: the activation, a name of nn.activations.ACTIVATIONS or a function of one Value.
        init: the initializer of the weights; the bias starts at 0.
        seed: an int, or a Random to draw from.
        elementwise: single products and sums in place of one affine node; the numbers are the same.
        fan_out: units in the layer, for initializers that ask.

    Raises:
        ValueError: n_in is not at least 1, or a name is unknown.
    """

    def __init__(self, n_in: int, f: str | Activation = "relu", *, init: str | float | Initializer = "he",
                 seed: int | Random = 0, elementwise: bool = False, fan_out: int = 1) -> None:
        whole(n_in, "a Neuron's number of inputs")
        draw, rng = initializer(init), as_random(seed)
        self.weights     = [Value(draw(n_in, fan_out, rng), f"w[{j}]") for j in range(1, n_in + 1)]
        self.bias        = Value(0.0, "b")
        self.f           = activation(f)
        self.elementwise = elementwise

    @property
    def n_in(self) -> int:
        """The number of inputs."""
        return len(self.weights)

    def __call__(self, x: Sequence[Operand]) -> Value:
        """The activation a for one input."""
        return self.f(self.z(inputs(x, self.n_in)))

    def z(self, x: Sequence[Value], numbers: Sequence[Number] | None = None) -> Value:
        """The pre-activation, for inputs that are Values already; numbers: those in x, if the caller has
        them."""
        if not self.elementwise:
            return affine_node(self.weights, x, self.bias,
                               [xj.data for xj in x] if numbers is None else numbers)
        z = self.bias
        for w, xj in zip(self.weights, x):
            z = z + w * xj
        return z

    def parameters(self) -> list[Value]:
        """The weights, then the bias."""
        return [*self.weights, self.bias]

    def __repr__(self) -> str:
        return f"Neuron({self.n_in})"

    def name_parameters(self, layer: str, unit: str) -> None:
        """Label the parameters as the documents do: W1[2,3] is layer 1, unit 2, input 3."""
        self.bias.label = f"b{layer}[{unit}]"
        for j, w in enumerate(self.weights, 1):
            w.label = f"W{layer}[{unit},{j}]"


class Maxout(Module):
    """a = z = max over its pieces of b + w1*x1 + ... + wn*xn, each piece with weights of its own (D2-22).

    Args:
        n_in, init, seed, elementwise, fan_out: as for Neuron.
        pieces: how many affine pieces compete; the gradient goes to the winner.

    Raises:
        ValueError: n_in or pieces is not at least 1.
    """

    f = staticmethod(linear)

    def __init__(self, n_in: int, pieces: int = 2, *, init: str | float | Initializer = "he",
                 seed: int | Random = 0, elementwise: bool = False, fan_out: int = 1) -> None:
        whole(pieces, "a Maxout's number of pieces")
        rng = as_random(seed)
        self.pieces = [Neuron(n_in, "linear", init=init, seed=rng, elementwise=elementwise, fan_out=fan_out)
                       for _ in range(pieces)]

    @property
    def n_in(self) -> int:
        """The number of inputs."""
        return self.pieces[0].n_in

    def __call__(self, x: Sequence[Operand]) -> Value:
        """The largest piece for one input."""
        return self.z(inputs(x, self.n_in))

    def z(self, x: Sequence[Value], numbers: Sequence[Number] | None = None) -> Value:
        """The largest piece, for inputs that are Values already."""
        largest: Value = maximum([piece.z(x, numbers) for piece in self.pieces])
        return largest

    def __repr__(self) -> str:
        return f"Maxout({self.n_in}, {len(self.pieces)})"

    def name_parameters(self, layer: str, unit: str) -> None:
        """Label the parameters: W1.2[3,4] belongs to layer 1, piece 2, unit 3, input 4."""
        for p, piece in enumerate(self.pieces, 1):
            piece.name_parameters(f"{layer}.{p}", unit)


class Layer(Module):
    """n_out units that share their inputs (D0-05): called on n_in numbers, it gives a list of n_out
    activations.

    Args:
        n_in, f, init, seed, elementwise: as for Neuron; f="maxout" makes Maxout units.
        n_out: the number of units.

    Raises:
        ValueError: n_in or n_out is not at least 1, or a name is unknown.
    """

    def __init__(self, n_in: int, n_out: int, f: str | Activation = "relu", *,
                 init: str | float | Initializer = "he", seed: int | Random = 0,
                 elementwise: bool = False) -> None:
        whole(n_in, "a Layer's number of inputs")
        whole(n_out, "a Layer's number of units")
        rng = as_random(seed)
        unit: Any = Maxout if f == "maxout" else partial(Neuron, f=f)    # (a Maxout is used as a Neuron is)
        self.neurons: list[Neuron] = [unit(n_in, init=init, seed=rng, elementwise=elementwise, fan_out=n_out)
                                      for _ in range(n_out)]
        self.name_parameters("")

    @property
    def n_in(self) -> int:
        """The number of inputs."""
        return self.neurons[0].n_in

    @property
    def n_out(self) -> int:
        """The number of units."""
        return len(self.neurons)

    def __call__(self, x: Sequence[Operand]) -> list[Value]:
        """The activations of all units, always as a list."""
        return self.trace(x).a

    def z(self, x: Sequence[Operand]) -> list[Value]:
        """The pre-activations of all units."""
        values = inputs(x, self.n_in)
        numbers = [xj.data for xj in values]             # read once for all units
        return [neuron.z(values, numbers) for neuron in self.neurons]

    def trace(self, x: Sequence[Operand]) -> LayerTrace:
        """The pre-activations z and the activations a."""
        z = self.z(x)
        return LayerTrace(z, [neuron.f(zk) for neuron, zk in zip(self.neurons, z)])

    def parameters(self) -> list[Value]:
        """Unit by unit, the weights and then the bias."""
        return [p for neuron in self.neurons for p in neuron.parameters()]

    def __repr__(self) -> str:
        return f"Layer({self.n_in}, {self.n_out})"

    def name_parameters(self, layer: str) -> None:
        """Label the parameters as the documents do: W1[2,3] is layer 1, unit 2, input 3."""
        for k, neuron in enumerate(self.neurons, 1):
            neuron.name_parameters(layer, str(k))


class LayerTrace(NamedTuple):
    """One layer's pre-activations and activations, one Value per unit."""

    z: list[Value]
    a: list[Value]


class Trace(NamedTuple):
    """A forward pass, layer by layer: trace.z[0] is the documents' z of layer 1."""

    x: list[Value]
    z: list[list[Value]]
    a: list[list[Value]]
    output: Output


class MLP(Module):
    """Layers one after the other: a[0] = x, a[k] = f_k(W_k a[k-1] + b_k) (D1-09).

    Args:
        n_in: the number of inputs.
        sizes: the units of each layer; the last layer is the output.
        hidden: the activation of the hidden layers, one for all or a list with one each; "maxout" is one too.
        output: the activation of the last layer; linear, as the documents advise (D2-28).
        init: the initializer; by default He for ReLU layers and Xavier for all others (D1-46).
        seed, elementwise: as for Neuron.

    Raises:
        ValueError: a size is not at least 1, sizes is empty, or a name is unknown.
    """

    def __init__(self, n_in: int, sizes: Sequence[int],
                 hidden: str | Activation | Sequence[str | Activation] = "relu",
                 output: str | Activation = "linear", *, init: str | float | Initializer | None = None,
                 seed: int | Random = 0, elementwise: bool = False) -> None:
        if isinstance(sizes, int) or not list(sizes):
            raise ValueError(f"MLP needs the units of each layer as a list, and got {sizes!r}: "
                             "write MLP(2, [16, 16, 1]), the last number being the outputs")
        rng = as_random(seed)
        alike = not isinstance(hidden, (list, tuple))
        activations = [hidden] * (len(sizes) - 1) if alike else list(hidden)         # type: ignore[arg-type]
        if alike and hidden != "maxout":
            activation(hidden)  # type: ignore[arg-type]  # a wrong name is wrong without a hidden layer too
        if len(activations) != len(sizes) - 1:
            raise ValueError(f"{len(activations)} hidden activations were given for {len(sizes) - 1} hidden "
                             "layers: give one for all, or a list with one per hidden layer")
        self.layers = [
            Layer(a, b, f, init=initializer_for(f) if init is None else init, seed=rng,
                  elementwise=elementwise)
            for a, b, f in zip([n_in, *sizes], sizes, [*activations, output])]
        for k, layer in enumerate(self.layers, 1):
            layer.name_parameters(str(k))

    @property
    def n_in(self) -> int:
        """The number of inputs."""
        return self.layers[0].n_in

    def __call__(self, x: Sequence[Operand]) -> Output:
        """The output for one input: a Value if there is one output, else a list."""
        return self.trace(x).output

    def trace(self, x: Sequence[Operand]) -> Trace:
        """The forward pass with every layer's z and a; after loss.backward(), delta = z.grad."""
        values = inputs(x, self.n_in)
        zs, activations, a = [], [], values
        for layer in self.layers:
            z, a = layer.trace(a)
            zs.append(z)
            activations.append(a)
        return Trace(values, zs, activations, a[0] if len(a) == 1 else a)

    def parameters(self) -> list[Value]:
        """Layer by layer, unit by unit, the weights and then the bias."""
        return [p for layer in self.layers for p in layer.parameters()]

    def __repr__(self) -> str:
        return f"MLP({self.n_in}, {[layer.n_out for layer in self.layers]})"


def inputs(x: Sequence[Operand], n_in: int) -> list[Value]:
    """The inputs as Values, n_in of them.

    Raises:
        TypeError: x is not a list of numbers or Values.
        ValueError: there are not n_in of them.
    """
    if isinstance(x, (Value, str, dict, set)) or not hasattr(x, "__len__"):
        raise TypeError(f"the network takes a list of {n_in} numbers or Values, and got {type(x).__name__} "
                        f"{x!r:.60}: write model([x]) for a single number")
    if len(x) != n_in:
        raise ValueError(f"{n_in} inputs expected, {len(x)} given: a network's first size is the number of "
                         "features")
    return [lift(xj) for xj in x]
