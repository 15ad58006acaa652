"""The strategies keep to their domains and reach the points where gradients go wrong."""

import math

import pytest
from engine import Value, grad
from engine.primitives import TABLE
from engine.testing import datasets, deterministic, networks, numbers, operands, values
from engine.testing.random_programs.strategies import interval
from hypothesis import find, given, settings
from hypothesis import strategies as st

DOMAINS  = sorted({domain for row in TABLE.values() for domain in row.domain})
thorough = settings(max_examples=2000, derandomize=True, database=None)


@deterministic(200)
@given(st.sampled_from(DOMAINS).flatmap(lambda domain: st.tuples(st.just(domain), numbers(domain))))
def test_numbers_lie_in_their_domain(drawn):
    domain, x = drawn
    assert interval(domain)[2](x) and math.isfinite(x)


@pytest.mark.parametrize("wanted", [lambda x: x == 0, lambda x: x == 700, lambda x: x == 5e-324,
                                    lambda x: abs(x) == 1e300, lambda x: 3 < x < 4,
                                    lambda x: str(x) == "-0.0"])
def test_zeros_tails_and_subnormals_are_found(wanted):
    assert wanted(find(numbers(), wanted, settings=thorough))


def test_the_ends_of_a_domain_and_their_neighbours_are_found():
    for x in (1.0, -1.0, 0.9999999999999999):
        assert find(numbers("[-1, 1]"), lambda y, x=x: y == x, settings=thorough) == x


@deterministic(200)
@given(numbers(tails=False, subnormals=False))
def test_tails_and_subnormals_can_be_left_out(x):
    assert abs(x) <= 10 and (x == 0 or abs(x) >= 2.0 ** -1022)


@deterministic(30)
@given(values("(0, inf)"), values(engine=lambda x: [x]))
def test_values_are_objects_of_the_engine_asked_for(x, y):
    assert isinstance(x, Value) and x.data > 0 and isinstance(y, list)


def test_operands_lie_in_their_domains_and_tie():
    assert len(find(operands("maximum"), lambda xs: len(set(xs)) == 2 and 0 not in xs,
                    settings=thorough)) == 3
    assert len(find(operands("/"), lambda xs: True)) == 2 and find(operands("/"), lambda xs: True)[1] != 0
    assert len(find(operands("total", count=5), lambda xs: True)) == 5
    with pytest.raises(ValueError, match="no row 'cube'"):
        operands("cube")


@pytest.mark.parametrize("domain", ["", "positive", "(1, 0)", "0, 1", "[a, b]"])
def test_a_domain_that_cannot_be_read_is_refused(domain):
    with pytest.raises(ValueError, match="is no domain: write"):
        numbers(domain)


@deterministic(40)
@given(networks(), datasets(3, classes=2))
def test_networks_run_on_floats_and_on_values_alike(network, data):
    for x in data.xs:
        x = x[:network.sizes[0]]
        units = [[Value(w) for w in unit] for unit in network.weights]
        assert network(x, units).data == network(x)
    assert set(data.ys) <= {0, 1}


@deterministic(20)
@given(networks(max_layers=1))
def test_a_single_layer_has_its_inputs_as_slopes(network):
    x = [0.5, -2.0, 3.0][:network.sizes[0]]
    slopes = grad(lambda unit: network(x, [unit]))(list(network.weights[0]))
    assert slopes == [*x, 1]


def test_datasets_repeat_samples():
    data = find(datasets(), lambda data: len(data.xs) > 1 and data.xs[0] == data.xs[-1], settings=thorough)
    assert len(data.xs) == len(data.ys) > 1


def test_runs_are_derandomised():
    assert deterministic(7).derandomize and deterministic(7).max_examples == 7
