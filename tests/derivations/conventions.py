"""How each document writes a network: one MLP and one forward pass of it, in five notations.

    D0       columns   W[l][i][j]  (in, out), applied transposed    z pre-, a post-activation
    D1, D2   columns   W[k][i][j]  (out, in), applied as it is      z pre-, a post-activation
    D3       columns   W[l][j][k]  (in, out), applied transposed    a PRE-, z POST-activation;
                       no b: the bias is row 0 of W[1], the input carries a leading 1
    D4       rows      W[l][j][k]  from unit j to unit k, z = b + a W

Layers are counted as the documents count them: W[1] is the first layer and a[0] (D3: z[0]) the
input. Entries are the engine's Values; numbers() and grads() read the two numbers of each. What a
document claims is computed from the numbers by plain loops and compared with the grads one by one.
"""

from random import Random

from hypothesis import settings
from hypothesis import strategies as st

from engine import Value
from nn import MLP
from tests.conventions import numbers as numbers

examples = settings(max_examples=20, derandomize=True, deadline=None, database=None)


# --- the five notations ---------------------------------------------------------------------------

class Pass:
    """An MLP at one input. W, b: the parameters; z, a: the pass; output: what the MLP returns."""

    def __init__(self, net, x):
        trace = net.trace([Value(xj) for xj in x])
        self.net, self.output, self.L = net, trace.output, len(net.layers)
        self.W = [None, *[self.oriented(weights(layer)) for layer in net.layers]]
        self.b = [None, *[[neuron.bias for neuron in layer.neurons] for layer in net.layers]]
        self.z = [None, *trace.z]
        self.a = [trace.x, *trace.a]

    @classmethod
    def of(cls, W, b, x, hidden="tanh", output="linear"):
        """The network whose layers have the weights W, written as the document writes them."""
        net = MLP(len(x), [len(bl) for bl in b], hidden, output)
        for layer, Wl, bl in zip(net.layers, W, b):
            put(weights(layer), cls.oriented(Wl))
            put([neuron.bias for neuron in layer.neurons], bl)
        return cls(net, x)


class D0(Pass):
    """Introduction to fully connected networks: (in, out), columns."""

    oriented = staticmethod(lambda W: transposed(W))


class D1(Pass):
    """Course book, chapter 4: (out, in), columns."""

    oriented = staticmethod(lambda W: W)


class D2(D1):
    """CS231n, part 1: (out, in), columns."""


class D4(D0):
    """Deep-learning tutorial, topic 3: W[j][k] from unit j to unit k, rows."""


class D3(D0):
    """Blog post: (in, out), a before and z after the activation, the bias inside W[1]."""

    def __init__(self, net, x):
        super().__init__(net, x)
        self.W[1] = [self.b[1], *self.W[1]]                        # row 0 meets the leading 1
        self.a, self.z = self.z, [[Value(1.0), *self.a[0]], *self.a[1:]]
        del self.b

    @classmethod
    def of(cls, W, x, hidden="tanh", output="linear"):
        """W[0] has 1 + len(x) rows, the first for the leading 1; later layers have no bias."""
        (bias, *first), *rest = W
        return super().of([first, *rest], [bias, *[[0.0] * len(Wl[0]) for Wl in rest]], x, hidden, output)


def weights(layer):
    """The layer's weights as the project stores them, (out, in)."""
    return [neuron.weights for neuron in layer.neurons]


def transposed(W):
    return [list(column) for column in zip(*W)]


# --- reading and writing lists of lists of Values -------------------------------------------------

def grads(values):
    """The gradients, in the same shape."""
    return [grads(v) for v in values] if isinstance(values, list) else values.grad


def put(values, data):
    """Write data into Values of the same shape."""
    if isinstance(values, list):
        assert len(values) == len(data)
        for v, d in zip(values, data):
            put(v, d)
    else:
        values.data = data


def elements(values, place=()):
    """(place, value) for each entry of nested lists."""
    if not isinstance(values, list):
        yield place, values
    else:
        for k, v in enumerate(values):
            yield from elements(v, (*place, k))


def agree(given, expected, tolerance=1e-12):
    """Both have the same shape, and each pair of numbers agrees to `tolerance`, relative above 1."""
    given, expected = list(elements(given)), list(elements(expected))
    assert [place for place, _ in given] == [place for place, _ in expected], "the shapes differ"
    for (place, g), (_, e) in zip(given, expected):
        assert abs(g - e) <= tolerance * max(1, abs(e)), f"at {list(place)}: {g!r} given, {e!r} expected"


def shape(values):
    return (len(values), *shape(values[0])) if isinstance(values, list) else ()


# --- random networks, inputs and targets ----------------------------------------------------------

def random_network(n_in, sizes, hidden="tanh", output="linear", seed=0, biases=True):
    """N(0, 1) weights and biases, so that no pre-activation is exactly 0."""
    rng = Random(seed)
    net = MLP(n_in, sizes, hidden, output)
    for p in net.parameters():
        p.data = rng.gauss(0, 1) if biases or "W" in p.label else 0.0
    return net


@st.composite
def networks(draw, layers=(1, 5), widths=(1, 4), outputs=(1, 3), hidden="tanh", output="linear", biases=True):
    """(network, input, target): random sizes, N(0, 1) parameters."""
    size   = st.integers(*widths)
    depth  = draw(st.integers(*layers))
    n_in   = draw(size)
    sizes  = [*[draw(size) for _ in range(depth - 1)], draw(st.integers(*outputs))]
    seed   = draw(st.integers(0, 2**32 - 1))
    rng    = Random(seed + 1)
    return (random_network(n_in, sizes, hidden, output, seed, biases),
            [rng.gauss(0, 1) for _ in range(n_in)], [rng.gauss(0, 1) for _ in range(sizes[-1])])


def vectors(size, low=-3.0, high=3.0):
    """Lists of `size` floats; size may be a pair (smallest, largest)."""
    smallest, largest = size if isinstance(size, tuple) else (size, size)
    return st.lists(st.floats(low, high), min_size=smallest, max_size=largest)


def outputs(net_pass):
    """The output as a list, also where there is one."""
    return net_pass.output if isinstance(net_pass.output, list) else [net_pass.output]


# --- slopes by differences ------------------------------------------------------------------------

def difference(f, x, h=1e-5):
    """df/dx of a function of one number, by the central difference: error about h^2."""
    return (f(x + h) - f(x - h)) / (2 * h)


def nudged(loss, p, h=1e-5):
    """d loss()/dp for a parameter of a network; loss() runs the forward pass."""
    kept = p.data
    def at(x):
        p.data = x
        return loss().data
    try:
        return difference(at, kept, h)
    finally:
        p.data = kept
