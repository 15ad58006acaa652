"""Columns: parameters, inputs, units and numbered leaves stand in their order, and operands too."""

from random import Random

import pytest

from engine import Graph, Value, draw, softmax, total
from engine.graphs.folds import Fold
from engine.pictures.columns import columns, in_order, ordered
from nn import MLP, Layer, Neuron


def heights(drawing):
    """How far down each named box stands."""
    return {drawing.graph.symbol(box.outputs[-1]): drawing.layout["nodes"][drawing.fold.id(box)][1]
            for box in drawing.fold.boxes}


def downwards(drawing, names):
    found = heights(drawing)
    return sorted(names, key=lambda name: found[name]) == names


def parameters(layer, units, inputs):
    return [name for i in range(1, units + 1) for name in
            [*(f"W{layer}[{i},{j}]" for j in range(1, inputs + 1)), f"b{layer}[{i}]"]]


@pytest.mark.parametrize("elementwise", [False, True])
@pytest.mark.parametrize("sizes", [(2, 3, 1), (3, 2, 2), (1, 2, 1, 2), (2, 2)])
def test_the_scalar_view_of_a_network_is_in_order_from_top_to_bottom(sizes, elementwise):
    """Class: leaves that Graphviz places by its crossings alone. W1[2,1] was above W1[1,1], b1[1] too."""
    first, *units = sizes
    model   = MLP(first, units, hidden="tanh", seed=1, elementwise=elementwise)
    outputs = model([0.5 * k for k in range(first)])
    outputs = outputs if isinstance(outputs, list) else [outputs]
    drawing = draw(total([(a - 1.0) ** 2 for a in outputs]), "scalar", fit=None)
    for k, (before, here) in enumerate(zip(sizes, units), 1):
        assert downwards(drawing, parameters(k, here, before))
        assert downwards(drawing, [f"z{k}[{i}]" for i in range(1, here + 1)])
    assert downwards(drawing, [f"x[{j}]" for j in range(1, first + 1)])
    assert downwards(drawing, [f"y[{j}]" for j in range(1, units[-1] + 1)])


@pytest.mark.parametrize("elementwise", [False, True])
@pytest.mark.parametrize("n", [2, 3, 5])
def test_the_bias_of_a_neuron_stands_last(n, elementwise):
    drawing = draw(Neuron(n, seed=1, elementwise=elementwise)([Value(0.1 * k, f"x{k}") for k in range(n)]))
    assert downwards(drawing, [*(f"w[{k}]" for k in range(1, n + 1)), "b"])
    assert downwards(drawing, [f"x{k}" for k in range(n)])


def test_the_samples_of_a_batch_stand_one_below_the_other():
    model   = MLP(2, [2, 1], seed=1)
    drawing = draw(total([(model([float(k), 1.0]) - 1.0) ** 2 for k in range(3)]), "scalar", fit=None)
    for letter in ("x", "z1"):
        assert downwards(drawing, [f"{letter}[{i}]({k})" for k in (1, 2, 3) for i in (1, 2)])
    assert downwards(drawing, [f"W1[{i},{j}]" for i in (1, 2) for j in (1, 2)])


def test_what_comes_in_later_stands_further_to_the_right():
    """The inputs of a recurrent network: no column of all times."""
    model, h = MLP(2, [1], "tanh", "tanh", seed=2), Value(0.0, "h")
    for t in range(4):
        h = model([Value(float(t), f"x{t}"), h])
    drawing = draw(h)
    nodes   = drawing.layout["nodes"]
    lefts   = [nodes[drawing.graph.id(drawing.graph.find(f"x{t}"))][0] for t in range(4)]
    assert lefts == sorted(set(lefts))


def test_numbered_leaves_of_one_operation_are_in_order_and_w2_comes_before_w10():
    """softmax lists its own z first: the numbers of the names tell the order."""
    z = [Value(0.1 * k, f"z{k}") for k in range(1, 13)]
    assert downwards(draw(softmax(z)[1], fit=None), [f"z{k}" for k in range(1, 13)])


def test_the_left_operand_stands_above_the_right_one():
    x, w, b = Value(0.5, "x"), Value(-1.0, "w"), Value(2.0, "b")
    for J, names in ((w * x + b, ["w", "x", "b"]), (x * w + b, ["x", "w", "b"]), (b + x * w, ["b", "x", "w"]),
                     (x.tanh() - (w - b), ["x", "w", "b"])):
        assert downwards(draw(J), names)


def test_what_has_two_uses_follows_the_arrows():
    """To hold the order there an arrow would have to cross another."""
    x, y = Value(2.0, "x"), Value(3.0, "y")
    fold = Fold(Graph(x * y + x.sin()))
    assert ordered(fold, fold.links, []) == {fold.graph.id(fold.graph.root)}


def random_graph(rng):
    """Leaves of a few numbered names, used once or often, and sometimes a network."""
    pool = [Value(rng.random(), f"{stem}{k}") for stem in rng.sample("abcwx", 3) for k in range(1, 4)]
    rng.shuffle(pool)
    if rng.random() < 0.4:
        layer = Layer(2, 2, "tanh", seed=rng.randrange(99), elementwise=rng.random() < 0.5)
        pool += layer(pool[:2])
    for _ in range(rng.randint(3, 14)):
        one, other = rng.choice(pool), rng.choice(pool)
        pool.append(rng.choice([one * other, one + other, one - 2.0, one.tanh()]))
    return total(pool[-3:])


@pytest.mark.parametrize("seed", range(40))
def test_a_column_has_its_order_in_any_graph(seed):
    """Also where arrows have no labels: the order of a column and that of operands meet in the same boxes."""
    drawing = draw(random_graph(Random(seed)), "scalar", fit=None, partials=None if seed % 2 else False)
    fold, nodes = drawing.fold, drawing.layout["nodes"]
    for cluster in {box.cluster for box in fold.boxes}:
        boxes = [box for box in fold.boxes if box.cluster == cluster]
        for column in columns(fold, boxes, dict.fromkeys(map(fold.id, boxes), 0)):
            same = [nodes[fold.id(box)] for box in column]
            for one, other in zip(same, same[1:]):
                assert one[1] < other[1] or one[0] != other[0]


def test_in_order_is_sample_by_sample_with_the_bias_of_a_unit_after_its_weights():
    model = MLP(2, [11], seed=1)
    fold  = Fold(Graph(total(model([1.0, 2.0]))))
    found = [box.title for box in in_order(fold, [box for box in fold.boxes if box.title[:1] in "Wb"][::-1])]
    assert found == parameters(1, 11, 2)
