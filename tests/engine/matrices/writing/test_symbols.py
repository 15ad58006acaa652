"""Lines have the names that the documents give them, parameters their own, and no two lines share one."""

import pytest

from engine import Value, affine, dot, tanh, total
from engine.matrices.vectorization import derived
from engine.matrices.writing.symbols import RESERVED, Symbol, names_of, statements, symbols_of

from ..graphs import matrix, regression, samples


def named(loss, X, parameters):
    """(the names of the parameters, those of all lines that are written down, in order)."""
    found = derived(loss, X, [], parameters, (), False)
    names = [str(symbol) for symbol in symbols_of(found).values()]
    assert len(set(names)) == len(names)
    return names_of(found), [str(symbol) for _, symbol in statements(found)]


def test_the_names_of_a_network():
    """V1, the difference that is squared, is read by the loss and by delta."""
    found = regression()[0].derived
    assert names_of(found) == ["W1", "b1", "W2", "b2"]
    assert [str(symbol) for _, symbol in statements(found)] == [
        "Z1", "A1", "Z2", "V1", "J", "delta2", "delta1", "dW1", "db1", "dW2", "db2"]
    assert {str(symbol) for symbol in symbols_of(found).values()} >= {"X", "Y"}


def layer(label, bias):
    x, w, b = samples(1, 2)[0], matrix(3, 2, 0, label), [Value(0.1 * k, bias) for k in range(3)]
    loss    = total([tanh(affine(row, x, bk)) for row, bk in zip(w, b)])
    return named(loss, x, [p for row in w for p in row] + b)[0]


@pytest.mark.parametrize("label, bias, names", [
    ("", "", ["W1", "b1"]), ("theta", "", ["theta", "b1"]), ("U7", "c", ["U7", "c"]),
    ("W1", "W1", ["W1", "W_1"]), ("two words", "", ["W1", "b1"])])
def test_parameters_have_the_name_of_their_labels_where_these_agree_else_of_their_layer(label, bias, names):
    assert layer(label, bias) == names


@pytest.mark.parametrize("label", sorted(RESERVED))
def test_no_parameter_is_called_as_what_the_source_uses_itself(label):
    assert layer(label, "")[0] == label + "_"


def test_parameters_without_a_layer():
    """Two arrays, as they do different things."""
    w, x = [Value(1.0), Value(2.0)], Value(3.0)
    assert named(tanh(w[0] * x) + w[1].exp(), [x], w)[0] == ["p", "p_"]


def test_a_line_that_is_read_once_is_written_where_it_is_read():
    """w x and its tanh are read by the slope of tanh, too; e^x is not."""
    x, w = Value(3.0), Value(0.5)
    assert named((w * x).tanh() * 2 + x.exp(), [x], [w])[1] == ["V1", "V2", "J", "dV1", "dp"]


def test_a_symbol_in_parts():
    assert [str(Symbol(*parts)) for parts in (("W",), ("W", 2), ("b", 1, True), ("J", None, True))] == [
        "W", "W2", "db1", "dJ"]


def test_shared_weights_are_one_name_and_a_product_more():
    x, w = samples(1, 2)[0], matrix(2, 2, 0)
    h    = [tanh(dot(row, x)) for row in w]
    names, lines = named(total([tanh(dot(row, h)) for row in w]), x, [p for row in w for p in row])
    assert names == ["W1"] and {"Z1", "A1", "Z2", "dW1"} <= set(lines)
