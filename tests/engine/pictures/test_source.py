"""Source: the DOT text of a fold."""

import re

import pytest

from engine import Graph, Value, draw
from engine.graphs.folds import Fold
from engine.pictures.source import arrangement, clusters, dot_source, shown_links, total_length
from engine.pictures.style import HASTY
from nn import MLP


def source(fold):
    return dot_source(fold, (), None, None)


def chain(n, far=False):
    x = z = Value(0.1, "x")
    for _ in range(n):
        z = z * 1.01 + (x if far else 1)
    return Fold(Graph(z))


def network(view="scalar"):
    return Fold(Graph(MLP(2, [3, 1], hidden="tanh", seed=3)([1.0, 2.0])), view)


def test_the_same_graph_gives_the_same_bytes():
    assert source(network()) == source(network())


def test_every_box_and_arrow_is_written_once():
    fold = network()
    text = source(fold)
    assert sorted(re.findall(r"^\t+(n\d+) \[", text, re.MULTILINE)) == sorted(map(fold.id, fold.boxes))
    assert len(re.findall(r"-> n\d+ \[.*\bid=e", text)) == len(shown_links(fold))


def test_a_layer_is_a_cluster_and_what_is_in_none_stands_outside():
    fold = network()
    assert {name for name, _ in clusters(fold)} == {"", "layer 1", "layer 2"}
    assert re.findall(r'subgraph "cluster (.*?)"', source(fold)) == ["layer 1", "layer 2"]
    assert [name for name, _ in clusters(network("layer"))] == [""]


def test_the_order_of_boxes_is_told_by_arrows_that_are_not_seen_and_have_no_id():
    x, w, b = Value(0.5, "x"), Value(-1.0, "w"), Value(2.0, "b")
    text = source(Fold(Graph(w * x + b)))
    assert "invis" not in text and text.count("ordering=in") == 2
    hidden = [line for line in source(network()).split("\n") if "style=invis" in line]
    assert len(hidden) == 1 + (9 - 1) + 2 + (4 - 1) and not any("id=" in line for line in hidden)


@pytest.mark.parametrize("n, far, length", [(1, False, 0), (5, False, 0), (2, True, 4), (5, True, 25)])
def test_how_many_columns_the_arrows_pass_over(n, far, length):
    assert total_length(shown_links(chain(n, far))) == length


def test_longer_arrows_get_a_rougher_layout_and_then_none():
    links = {n: shown_links(chain(n, far=True)) for n in (10, 60, 250)}
    assert not HASTY.items() <= arrangement("scalar", links[10]).items()
    assert HASTY.items() <= arrangement("scalar", links[60]).items()
    with pytest.raises(ValueError, match="the arrows of the scalar view of this graph cross .* columns"):
        arrangement("scalar", links[250])


def test_what_is_drawn_is_this_text():
    fold = network()
    assert draw(fold.graph, "scalar").source == source(fold)
