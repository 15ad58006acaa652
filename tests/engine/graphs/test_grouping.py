"""Grouping: which nodes share a key in each view."""

import pytest

from engine import Graph, Value, sigmoid, softplus, total
from engine.graphs.grouping import BANDS, LOSS_LIMIT, Grouping
from engine.value import Constant
from nn import MLP


def network(**options):
    return MLP(2, [3, 1], hidden=options.pop("hidden", "tanh"), seed=3, **options)([Value(1.0), Value(2.0)])


def together(J, view):
    """The names of the nodes of each group."""
    graph = Graph(J)
    found = {}
    for v, key in Grouping(graph, view).keys.items():
        found.setdefault(key, []).append(graph.name(v) or v.op)
    return {key: sorted(names) for key, names in found.items()}


def test_in_the_scalar_view_every_node_stands_alone():
    grouping = Grouping(Graph(network()), "scalar")
    assert not grouping.keys and not grouping.hidden


@pytest.mark.parametrize("elementwise", [False, True])
def test_a_unit_is_its_products_and_sums_and_its_parameters_go_unseen(elementwise):
    graph    = Graph(network(elementwise=elementwise))
    grouping = Grouping(graph, "unit")
    inside   = [v for v in graph.nodes if grouping.keys.get(v, ("", ""))[0] == "z"]
    assert len({grouping.keys[v] for v in inside}) == 4
    assert all(graph.place(v).part == "affine" for v in inside)
    assert {graph.role(v) for v in grouping.hidden} == {"weight", "bias"}


def test_a_neuron_goes_from_z_to_a_also_where_a_takes_several_steps():
    groups = together(network(hidden=lambda z: z * sigmoid(z)), "neuron")
    assert ["a1[2]", "sigmoid", "z1[2]"] in groups.values()


def test_a_layer_holds_all_its_samples():
    model  = MLP(2, [3, 1], seed=1)
    groups = together(total([model([float(k), 1.0]) for k in range(4)]), "layer")
    assert len(groups["layer", (1, "1")]) == 3 * 4 * 2


@pytest.mark.parametrize("n, whole", [(LOSS_LIMIT // 2, False), (LOSS_LIMIT, True)])
def test_what_follows_the_last_layer_is_one_box_where_it_is_large(n, whole):
    z = network()
    for _ in range(n):
        z = z * 0.5 + Value(1.0)
    assert (("loss", 0) in together(z, "unit")) == whole


def test_a_penalty_is_computed_from_parameters_and_plain_numbers_alone():
    model = MLP(2, [1], seed=1)
    J = model([1.0, 2.0]) + 0.01 * total([p * p for p in model.parameters()])
    assert together(J, "unit")["penalty", ""].count("*") == 4            # three squares, and 0.01 times all
    z, t = MLP(2, [1], seed=1)([1.0, 2.0]), Constant(1.0)
    assert ("penalty", "") not in together((1 - t) * softplus(z) + t * softplus(-z), "unit")


def test_a_graph_without_layers_has_at_most_so_many_bands():
    z = Value(0.5, "x")
    for _ in range(50):
        z = z + 1
    grouping = Grouping(Graph(z), "layer")
    bands    = {band for _, band in grouping.keys.values()}
    assert len(bands - {0}) <= BANDS and grouping.band_height == 7
    assert grouping.band_title(2) == "levels 8-14"


def test_a_plain_number_is_in_the_box_of_what_alone_uses_it():
    x = Value(2.0, "x")
    assert list(together((x + 1) * 2, "unit").values()) == [["+", "1", "2", "J"]]
    two, y = Constant(2.0), x * x
    assert "2" not in sum(together(y * two + (y + two), "unit").values(), [])          # two boxes use it
