"""DOT: the statements as Graphviz reads them, and foreign text that stays text."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.pictures.graphviz import render
from engine.show.dot import Dot, below_each_other, escaped, lines


def test_a_graph_statement_by_statement():
    picture = Dot("graph", graph={"rankdir": "LR"}, node={"shape": "box", "color": "red"})
    layer = Dot("cluster layer 1")
    layer.own(label="layer 1", bgcolor="#EEEEEE")
    layer.node("n0", style="filled,rounded", label=lines("x", 2))
    picture.part(layer)
    picture.part(below_each_other(["n0", "n1"]))
    picture.edge("n0", "n1", color="red", label="0.5")
    picture.edge("n0", "n1")
    assert str(picture) == """digraph "graph" {
	graph [rankdir=LR]
	node [color=red shape=box]
	subgraph "cluster layer 1" {
		bgcolor="#EEEEEE" label="layer 1"
		n0 [label="x\\n2" style="filled,rounded"]
	}
	{
		graph [rank=same]
		n0 -> n1 [style=invis]
	}
	n0 -> n1 [label=0.5 color=red]
	n0 -> n1
}
"""


@pytest.mark.parametrize("text, written", [
    ("n0", "n0"), ("-1.5", "-1.5"), (".5", ".5"), ("", '""'), ("two words", '"two words"'), ("1e5", '"1e5"'),
    ("Node", '"Node"'), ("subgraph", '"subgraph"'), ("n0:e", '"n0:e"'), ("<b>", '"<b>"'),
    ('say "x"', '"say \\"x\\""')])
def test_words_and_numbers_stand_alone_and_all_else_in_quotes(text, written):
    picture = Dot()
    picture.node("n0", label=text)
    assert f"n0 [label={written}]" in str(picture)


@given(st.text(max_size=40))
def test_graphviz_reads_back_every_text(text):
    """As a label in JSON, where an escape sequence or an entity would show."""
    picture = Dot()
    picture.node("n0", label=escaped(text, 100))
    read = json.loads(render(str(picture), "json0"))["objects"][0]["label"]
    assert read == escaped(text, 100)
    assert not escaped(text).replace("\\\\", "").count("\\")


def test_the_same_attributes_in_another_order_are_the_same_bytes():
    one, other = Dot(), Dot()
    one.node("n", a="1", b="2", label="x")
    other.node("n", label="x", b="2", a="1")
    assert str(one) == str(other)
