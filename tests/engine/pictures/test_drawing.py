"""draw: DOT, SVG, files."""

from xml.etree import ElementTree

import pytest

from engine import Value, compare, draw, total
from engine.pictures.graphviz import render
from engine.show.numbers import digits
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


def test_numpy_scalars_are_drawn_as_numbers():
    numpy = pytest.importorskip("numpy")
    x = Value(numpy.float64(0.5), "x")
    J = x * x
    J.backward()
    assert {"data 0.5", "data 0.25", "grad 1"} <= {item.strip() for item in texts(draw(J).svg())}


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


# --- views, highlights, media ---------------------------------------------------------------------

def network(seed=3):
    model = MLP(2, [3, 1], hidden="relu", seed=seed)
    J = 0.5 * (model([1.0, 2.0]) - 1.5) ** 2
    J.backward()
    return J, model


def test_units_stand_in_their_order_from_top_to_bottom():
    for view in ("unit", "neuron"):
        model = MLP(2, [16, 5, 3], hidden="tanh")
        drawing = draw(total((a - 1) ** 2 for a in model([Value(1.0), Value(2.0)])), view)
        nodes, fold = drawing.layout["nodes"], drawing.fold
        for k, size in enumerate((16, 5, 3), 1):
            ys = [nodes[fold.id(fold.box_of[drawing.graph.find(f"z{k}[{i}]")])][1]
                  for i in range(1, size + 1)]
            assert ys == sorted(ys)
        above, below = (nodes[drawing.graph.id(drawing.graph.find(name))][1] for name in ("x[1]", "x[2]"))
        assert above < below


def test_the_unit_view_is_drawn_above_150_nodes_and_fits_a_slide():
    drawing = draw((MLP(2, [16, 16, 1], hidden="tanh")([1.0, 2.0]) - 1.0) ** 2)
    assert drawing.fold.view == "unit" and "layer 2" in drawing.source
    assert drawing.layout["width"] < 1200 and drawing.layout["height"] < 1200


def test_refusal_is_immediate_and_names_a_view():
    z = total([Value(0.0) * 2 for _ in range(2000)])
    with pytest.raises(ValueError, match='the scalar view of this graph has 6001 boxes.*view="layer"'):
        draw(z, "scalar")
    with pytest.raises(ValueError, match="more than the 5 that can be drawn"):
        draw(network()[0], max_nodes=5)
    x = z = Value(0.1)
    for _ in range(900):
        z = z * 1.01 + x
    with pytest.raises(ValueError, match="cross .* columns"):
        draw(z, "scalar")


def test_path_to_lights_the_path():
    J, model = network()
    source = draw(J, path_to=model.layers[0].neurons[1].weights[0]).source
    lit = [line for line in source.split("\n") if "->" in line and "#D55E00" in line]
    assert len(lit) == 6
    assert draw(J, path_to="W1[2,1]").source == source


def test_touches_lights_all_that_depends_on_a_parameter():
    J, _ = network()
    drawing = draw(J, touches="x[1]")
    lit = [line for line in drawing.source.split("\n") if "->" in line and "#D55E00" in line]
    assert len(lit) == 3 + 3 + 3 + 3


def test_edge_width_shows_the_gradient():
    J, _ = network()
    shown  = [line for line in draw(J, edge_width="gradient").source.split("\n") if "-> n" in line]
    widths = {line.split("penwidth=")[1].split()[0] for line in shown if "style=invis" not in line}
    found = sorted(float(w.strip("]")) for w in widths)
    assert len(found) > 3 and found[0] < 1 and found[-1] == 7
    with pytest.raises(ValueError, match="edge_width"):
        draw(J, edge_width="data")


def test_an_arrow_of_slope_0_is_dashed():
    J, _ = network()
    assert any("dashed" in line and '" 0 "' in line for line in draw(J).source.split("\n"))


@pytest.mark.parametrize("ending, start", [("png", b"\x89PNG"), ("pdf", b"%PDF"),
                                           ("html", b"<!DOCTYPE html>"),
                                           ("tex", b"\\documentclass"),
                                           ("txt", b"Computation graph of J")])
def test_every_medium(tmp_path, ending, start):
    pytest.importorskip("matplotlib")
    assert draw(network()[0]).save(tmp_path / f"graph.{ending}").read_bytes().startswith(start)


def test_the_sizes_of_print(tmp_path):
    pytest.importorskip("matplotlib")
    pypdf = pytest.importorskip("pypdf", reason="pip install pypdf")
    drawing = draw(network()[0], "unit")
    assert 'width="17.000cm"' in drawing.save(tmp_path / "J.svg", size="page").read_text()
    assert 'width="8.500cm"' in drawing.save(tmp_path / "J.html", size="column").read_text()
    page = pypdf.PdfReader(drawing.save(tmp_path / "J.pdf", size="slide")).pages[0]
    assert float(page.mediabox.width) == pytest.approx(30 * 72 / 2.54, rel=1e-3)
    png = drawing.save(tmp_path / "J.png", size="column").read_bytes()
    assert int.from_bytes(png[16:20], "big") == pytest.approx(8.5 / 2.54 * 300, abs=1)


@pytest.mark.parametrize("name, options, said", [
    ("J.dot", {"size": "page"}, ".dot has no size: leave size='page' out"),
    ("J.txt", {"size": "page"}, ".txt has no size"),
    ("J.svg", {"size": "poster"}, "there is no size 'poster': write one of \"column\""),
    ("J.tex", {"size": "poster"}, "there is no size 'poster'"),
    ("J.svg", {"standalone": False}, "standalone=False is for .tex files: leave it out for .svg")])
def test_what_cannot_be_done_is_said_and_nothing_written(tmp_path, name, options, said):
    with pytest.raises(ValueError, match=said):
        draw(neuron()).save(tmp_path / name, **options)
    assert not list(tmp_path.iterdir())


def test_png_without_matplotlib_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "matplotlib.figure", None)
    with pytest.raises(ModuleNotFoundError, match="pip install"):
        draw(neuron()).save(tmp_path / "graph.png")
    assert not list(tmp_path.iterdir())


def test_the_page_needs_no_network():
    page = draw(neuron()).html()
    assert page.count("<script>") == 1 and "script-src 'sha256-" in page and "src=" not in page
    assert {part.split('"')[0] for part in page.split("http://")[1:]} <= {"www.w3.org/2000/svg",
                                                                          "www.w3.org/1999/xlink"}


def test_a_batch_in_one_picture():
    model = MLP(2, [3, 1], hidden="relu")
    J = sum((model([float(i), 1.0]) - 1.0) ** 2 for i in range(4))
    J.backward()
    shown = " ".join(texts(draw(J, "layer").svg()))
    assert "layer 1: 3 units x 4 samples, ReLU" in shown


def test_a_drawing_keeps_the_numbers_of_its_time():
    J, model = network()
    before = draw(J)
    source = before.source
    model.layers[0].neurons[0].weights[0].data = 99.0
    assert before.source == source and "data 99" not in before.svg()


def test_before_and_after_a_step():
    J, model = network()
    before = draw(J, "unit")
    for p in model.parameters():
        p.data -= 0.1 * p.grad
    after = 0.5 * (model([1.0, 2.0]) - 1.5) ** 2
    after.backward()
    both = compare(before, after)
    shown = " ".join(texts(both.svg()))
    assert f"data {digits(J.data)} → {digits(after.data)}" in shown
    assert "data 1 →" not in shown                                              # the inputs did not change
    ids = [item.get("id") for item in ElementTree.fromstring(both.svg()).iter() if item.get("id")]
    assert len(ids) == len(set(ids))
    with pytest.raises(ValueError, match="only the numbers may differ"):
        compare(before, after * 2)
    with pytest.raises(TypeError, match="drawing made before"):
        compare(J, after)


# --- Graphviz -------------------------------------------------------------------------------------

def test_a_dot_on_the_path_is_used_first(tmp_path, monkeypatch):
    program = tmp_path / "dot"
    program.write_text("#!/bin/sh\ncat > /dev/null\necho \"drawn with $1\"\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert render("digraph {}", "svg") == "drawn with -Tsvg\n"
    program.write_text("#!/bin/sh\necho 'line 1: no' >&2\nexit 1\n")
    with pytest.raises(RuntimeError, match="dot refused the graph: line 1: no"):
        render("digraph {}", "svg")


def test_what_graphviz_cannot_read_or_write_is_refused_and_leaves_it_working(monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(ValueError, match="svg, json0 only"):
        render("digraph {}", "png")
    with pytest.raises(RuntimeError, match="Graphviz could not draw"):
        render("digraph { a -> ")
    assert "<svg" in render("digraph { a -> b }")


# --- for PowerPoint and Word ----------------------------------------------------------------------

@pytest.mark.parametrize("size", [None, "slide"])
@pytest.mark.parametrize("make", [
    lambda: draw(network()[0], legend=True), lambda: draw(network()[0], "layer", edge_width="gradient"),
    lambda: draw(network()[0], "unit", path_to="z1[1]"),
    lambda: compare(draw(network()[0], "unit"), network(seed=4)[0])])
def test_an_svg_is_of_what_office_programs_read(make, size, tmp_path):
    """They know no style sheets, no variables of CSS, no HTML inside: attributes and plain shapes alone, and
    fonts that every machine has one of."""
    root  = ElementTree.fromstring(make().save(tmp_path / "J.svg", size=size).read_text(encoding="utf-8"))
    items = list(root.iter())
    assert {item.tag.removeprefix(SVG) for item in items} <= {
        "svg", "g", "title", "a", "path", "polygon", "polyline", "text"}
    said = [value for item in items for value in item.attrib.values()]
    assert not [value for value in said if "var(" in value or "url(" in value or "currentColor" in value]
    assert not [item for item in items if "style" in item.attrib]
    fonts = {item.get("font-family") for item in items if item.tag == SVG + "text"}
    assert fonts == {"Helvetica,Arial,sans-serif"}
    assert root.get("width") and root.get("height") and root.get("viewBox")
