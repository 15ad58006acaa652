"""draw: DOT, SVG, files."""

from xml.etree import ElementTree

import pytest

from engine import Value, draw
from nn import MLP

SVG = "{http://www.w3.org/2000/svg}"


def texts(svg):
    return ["".join(item.itertext()) for item in ElementTree.fromstring(svg).iter(SVG + "text")]


def neuron():
    x, w, b = Value(0.5, "x"), Value(-1.0, "w"), Value(2.0, "b")
    return (w * x + b).tanh()


def test_x_times_x_draws_two_edges():
    x = Value(3.0, "x")
    assert draw(x * x).source.count("n0 -> n1") == 2


def test_equal_numbers_draw_three_nodes():
    assert len(draw(Value(2.0) * Value(2.0)).layout["nodes"]) == 3


def test_the_same_graph_gives_the_same_bytes():
    assert draw(neuron()).source == draw(neuron()).source


def test_the_picture_shows_name_number_gradient_and_partial():
    J = neuron()
    assert "grad -" in texts(draw(J).svg())
    J.backward()
    shown = [item.strip() for item in texts(draw(J).svg())]
    assert {"w", "data -1", "grad 0.09035", "J = tanh", "0.1807"} <= set(shown)


def test_inputs_stand_left_of_the_loss():
    drawing = draw((MLP(2, [3, 1], hidden="tanh")([1.0, 2.0]) - 1.0) ** 2)
    graph, nodes = drawing.graph, drawing.layout["nodes"]
    assert all(nodes[graph.id(e.operand)][0] < nodes[graph.id(e.z)][0] for e in graph.edges)


@pytest.mark.parametrize("name", ["graph.svg", "graph.dot", "GRAPH.SVG"])
def test_save(tmp_path, name):
    path = draw(neuron()).save(tmp_path / name)
    assert path.read_text(encoding="utf-8").startswith("<svg" if name.lower().endswith("svg") else "digraph")


def test_an_unknown_ending_is_refused_and_nothing_written(tmp_path):
    with pytest.raises(ValueError, match="must end in"):
        draw(neuron()).save(tmp_path / "graph.docx")
    assert not list(tmp_path.iterdir())


def test_too_large_a_graph_is_refused():
    z = sum([Value(0.0) for _ in range(3001)])
    with pytest.raises(ValueError, match='write draw.root, view="unit", or view="layer"'):
        draw(z, "scalar")


def test_jupyter_shows_a_small_graph_and_always_text():
    bundle = neuron()._repr_mimebundle_()
    assert bundle["image/svg+xml"].startswith("<svg") and bundle["text/plain"].startswith("Value(")
    assert set(sum([Value(0.0) for _ in range(200)])._repr_mimebundle_()) == {"text/plain"}
