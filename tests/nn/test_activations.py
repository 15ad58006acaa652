"""Activations by name: values and slopes of the documents' table, unknown names."""

from math import isclose

import pytest

from engine import Value
from nn.activations import ACTIVATIONS, activation

GH = {                                                   # x: sigmoid, its slope, tanh, its slope
    -4.0: (0.0179862099621, 0.0176627062133, -0.999329299739, 0.00134095068303),
    -1.0: (0.26894142137, 0.196611933241, -0.761594155956, 0.419974341614),
    -0.5: (0.377540668798, 0.235003712202, -0.46211715726, 0.786447732966),
    0.0:  (0.5, 0.25, 0.0, 1.0),
    0.5:  (0.622459331202, 0.235003712202, 0.46211715726, 0.786447732966),
    1.0:  (0.73105857863, 0.196611933241, 0.761594155956, 0.419974341614),
    4.0:  (0.982013790038, 0.0176627062133, 0.999329299739, 0.00134095068303),
}


def value_and_slope(name, x):
    z = Value(x)
    a = activation(name)(z)
    a.backward()
    return a.data, z.grad


@pytest.mark.parametrize("x", GH)
def test_the_table_gh(x):
    computed = value_and_slope("sigmoid", x) + value_and_slope("tanh", x)
    assert all(isclose(c, e, rel_tol=1e-11) for c, e in zip(computed, GH[x]))
    assert value_and_slope("relu", x) == (max(0.0, x), int(x > 0))
    assert value_and_slope("leaky_relu", x) == (x if x > 0 else 0.01 * x, 1 if x > 0 else 0.01)


def test_linear_adds_no_node():
    z = Value(1.0)
    assert activation("linear")(z) is z is activation("identity")(z)


def test_every_name_is_a_function_of_one_value():
    for name in ACTIVATIONS:
        assert isinstance(activation(name)(Value(0.3)), Value)


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(ValueError, match="unknown activation 'Tanh': write one of .*tanh.*maxout.*lambda z"):
        activation("Tanh")
