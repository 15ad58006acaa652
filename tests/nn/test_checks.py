"""Checks: what cannot be used is refused, and the message says what to write instead."""

from fractions import Fraction
from math import inf, nan

import pytest

from engine import Value
from nn.checks import fraction, functions, known, not_negative, pair, positive, real, samples, several, whole


# --- single numbers -------------------------------------------------------------------------------

@pytest.mark.parametrize("check, good", [
    (positive, [1e-300, 1, Fraction(1, 3)]), (not_negative, [0, 0.0, 2.5]), (fraction, [0, 0.5, 0.999]),
    (real, [-1, 0.5, inf, Fraction(1, 3)])])
def test_what_fits_is_given_back_as_it_is(check, good):
    assert all(check(x, "it") is x for x in good)


@pytest.mark.parametrize("check, bad", [
    (positive, [0, -1.0, nan, inf]), (not_negative, [-1e-300, nan, inf]), (fraction, [-0.1, 1, 1.0, nan])])
def test_what_is_out_of_range_is_named_with_a_common_choice(check, bad):
    for x in bad:
        with pytest.raises(ValueError, match=f"^the rate must be .*and got {x!r}: .*"):
            check(x, "the rate")


@pytest.mark.parametrize("check", [positive, not_negative, fraction, real])
@pytest.mark.parametrize("x", ["0.1", None, True, 1j, [0.1], Value(0.1)])
def test_what_is_no_number_is_told_from_one_out_of_range(check, x):
    with pytest.raises(TypeError, match=f"^the rate must be a number, not {type(x).__name__} .*write 0.1"):
        check(x, "the rate")


@pytest.mark.parametrize("n", [0, -1, 2.0, "3", None, True])
def test_a_count_is_a_whole_number_of_at_least_1(n):
    assert whole(1, "epochs") == 1
    with pytest.raises(ValueError, match="^epochs must be a whole number of at least 1, not "):
        whole(n, "epochs")


# --- names, functions, pairs ----------------------------------------------------------------------

@pytest.mark.parametrize("name", ["c", "", 3, None, ["a"]])
def test_an_unknown_name_is_answered_with_the_known_ones(name):
    assert known("a", {"a": 1, "b": 2}, "letter") == 1
    with pytest.raises(ValueError, match="^unknown letter .*: write one of a, b, or draw one$"):
        known(name, {"a": 1, "b": 2}, "letter", ", or draw one")


@pytest.mark.parametrize("fs", [print, "print", [1], None])
def test_functions_come_in_a_list(fs):
    assert functions((print, len), "callbacks") == [print, len] and functions([], "callbacks") == []
    with pytest.raises(TypeError, match=r"callbacks is a list of functions, .*write callbacks=\[f\]"):
        functions(fs, "callbacks")


@pytest.mark.parametrize("validation", [[[1.0]], ([1.0], [1.0], [1.0]), 3, "XY"])
def test_validation_is_a_pair(validation):
    assert pair(([1.0], [2.0])) == ([1.0], [2.0])
    with pytest.raises(TypeError, match=r"write validation=\(X_test, Y_test\)"):
        pair(validation)


# --- parameters -----------------------------------------------------------------------------------

def test_parameters_may_come_from_anything_that_can_be_iterated():
    p, q = Value(1.0), Value(2.0)
    assert several(v for v in (p, q)) == [p, q]


@pytest.mark.parametrize("parameters, error, says", [
    (Value(1.0), TypeError, r"write model\.parameters\(\), or \[w\]"), (3, TypeError, "a list of parameters"),
    ([Value(1.0), 2.0], TypeError, "a parameter is a Value, not float 2.0"),
    ([], ValueError, "there are no parameters to move")])
def test_parameters_that_cannot_be_moved(parameters, error, says):
    with pytest.raises(error, match=says):
        several(parameters)


# --- samples --------------------------------------------------------------------------------------

def test_samples_are_lists_of_numbers_of_one_length_or_single_numbers():
    x = Value(1.0)
    assert samples([[1, 2.0], (x, Fraction(1, 2))], "X") == [[1, 2.0], (x, Fraction(1, 2))]
    assert samples((0, 1, 1), "Y") == [0, 1, 1]


def test_arrays_become_lists():
    np = pytest.importorskip("numpy")
    assert samples(np.array([[1.0, 2.0]]), "X") == [[1.0, 2.0]] == samples([np.array([1.0, 2.0])], "X")


@pytest.mark.parametrize("X, error, says", [
    ("12", TypeError, "X is a list with one entry per sample, not str"),
    (range(3), TypeError, r"write list\(\.\.\.\)"), ([], ValueError, "X is empty"),
    ([[1.0], ["a"]], TypeError, r"X\[1\] holds str 'a'"),
    ([[1.0], [None]], TypeError, r"X\[1\] holds NoneType"),
    ([[1.0], [nan]], ValueError, r"X\[1\] holds nan: remove the sample, or replace the value"),
    ([[1.0], [Value(inf)]], ValueError, r"X\[1\] holds inf"),
    ([[1.0], [1.0, 2.0]], ValueError, r"X\[1\] has 2 numbers and X\[0\] has 1 numbers"),
    ([[1.0], 1.0], ValueError, r"X\[1\] has a single number and X\[0\] has 1 numbers")])
def test_samples_that_cannot_be_used_are_found_by_their_place(X, error, says):
    with pytest.raises(error, match=says):
        samples(X, "X")
