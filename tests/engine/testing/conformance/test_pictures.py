"""Pictures of a finding: the right graph and the given one as text and as DOT, the difference marked."""

import pytest

from engine.testing.conformance.pictures import agree, described, dot_source, drawn_svg, drawn_text, same

NODES = [{"name": "x", "op": "",  "right": ["2.0", "4.0"], "given": ["2.0", "2.0"]},
         {"name": "",  "op": "*", "right": ["4.0", "1.0"], "given": ["4.0", "1.0"]}]
GRAPH = {"nodes": NODES, "edges": [[0, 1, 0], [0, 1, 1]], "marked": [0, 1, 1]}


def test_as_text_the_output_is_first_and_what_differs_is_marked():
    assert [" ".join(line.split()) for line in drawn_text(GRAPH)] == [
        "graph right: data, grad given: data, grad", "(*) 4, 1 4, 1", "from x",
        "from x <== the first differing edge", "x 2, 4 2, 2 *"]
    assert drawn_text({}) == []


def test_as_dot_the_given_graph_shows_what_is_wrong_and_the_right_one_what_should_be():
    right, given = dot_source(GRAPH, "right"), dot_source(GRAPH, "given")
    assert right.count("should be") == given.count("differs here") == 1
    assert "dashed" in given and "dashed" not in right
    assert right.count("->") == given.count("->") == 2                  # an operand used twice has two edges


def test_the_picture_is_told_in_words_for_who_cannot_see_it():
    assert described(GRAPH, "given") == ("the given graph: x: data 2, grad 2; (*): data 4, grad 1; "
                                         "first differing edge: x to (*)")
    assert 'aria-label="the right graph: x: data 2, grad 4;' in drawn_svg(GRAPH, "right")


def test_labels_cannot_break_the_picture():
    nodes = [{**NODES[0], "name": '"<&>\\'}]
    svg   = drawn_svg({"nodes": nodes, "edges": [], "marked": None}, "right")
    assert '"<&' not in svg and "&lt;&amp;&gt;" in svg


@pytest.mark.parametrize("right, given, yes", [
    ("2.0", "2.0000000000000004", True), ("2.0", "2.1", False), ("nan or an error", "nan or an error", True),
    ("any", "3.0", False), ("-", "3.0", True), ("2.0", "None", False)])
def test_two_texts_agree_as_numbers_where_they_are_numbers(right, given, yes):
    assert same(right, given) is yes
    assert agree({"right": ["1", right], "given": ["1.0", given]}) is yes
