"""Datasets: the documents' tables, shapes that can be measured, determinism."""

import cmath
import math
from hashlib import sha256
from math import hypot, isclose, sin

import pytest

from nn import (binary_to_one_hot, circles, digits, grid, logic_gate, moons, noisy_curve, one_hot, signs,
                spirals, split)


def test_gates_are_their_truth_tables():
    truths = {"and":  lambda a, b: a and b,       "or":  lambda a, b: a or b,
              "xor":  lambda a, b: a != b,
              "nand": lambda a, b: not (a and b), "NOR": lambda a, b: not (a or b),
              "xnor": lambda a, b: a == b}
    for name, truth in truths.items():
        X, Y = logic_gate(name)
        assert X == [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
        assert Y == [int(truth(bool(a), bool(b))) for a, b in X]


def test_the_grid_in_both_readings():
    X, A = grid()
    assert len(X) == len(A) == 16 and X[:5] == [[0.0, 0.0], [0.0, 0.3], [0.0, 0.7], [0.0, 1.0], [0.3, 0.0]]
    assert [x for x, y in zip(X, A) if y] == [[0.3, 0.3], [0.3, 0.7], [0.7, 0.3], [0.7, 0.7]]  # ERR-D4-3, A
    X, B = grid("B")
    assert [x for x, y in zip(X, B) if y] == [[0.3, 0.7], [0.3, 1.0], [0.7, 0.7], [0.7, 1.0]]  # ERR-D4-3, B


def test_binary_to_one_hot_of_d4():
    X, Y = binary_to_one_hot()
    assert ["".join(map(str, row)) for row in one_hot(Y, 4)] == ["0001", "0010", "0100", "1000"]     # D4-29
    assert [int(2 * a + b) for a, b in X] == [0, 1, 2, 3] == binary_to_one_hot("right")[1]


def test_moons_circles_spirals_and_curves_without_noise_lie_on_their_curves():
    for (x1, x2), y in zip(*moons(51, noise=0)):
        assert isclose(hypot(x1, x2) if y == 0 else hypot(x1 - 1, x2 - 0.5), 1)
        assert x2 >= 0 if y == 0 else x2 <= 0.5
    for x, y in zip(*circles(50, noise=0, inner=0.25)):
        assert isclose(hypot(*x), 1.0 if y == 0 else 0.25)
    for x in spirals(60, classes=3, noise=0)[0]:
        assert 0.1 - 1e-12 <= hypot(*x) <= 1 + 1e-12
    assert all(y == sin(x) for (x,), y in zip(*noisy_curve(noise=0)))


@pytest.mark.parametrize("classes, turns", [(2, 1.0), (3, 1.5), (5, 0.25)])
def test_the_arms_of_spirals_start_evenly_around_and_wind_as_often_as_told(classes, turns):
    X, Y = spirals(40 * classes, classes=classes, turns=turns, noise=0)
    for k in range(classes):
        arm = [complex(*x) for x, y in zip(X, Y) if y == k]
        start = cmath.rect(1.0, 2 * math.pi * k / classes)
        assert arm[0] / abs(arm[0]) == pytest.approx(start, abs=1e-12)
        wound = sum(cmath.phase(after / before) for before, after in zip(arm, arm[1:]))
        assert wound == pytest.approx(2 * math.pi * turns * (len(arm) - 1) / len(arm), rel=0.03)


@pytest.mark.parametrize("make", [moons, circles, spirals, noisy_curve])
def test_the_seed_decides_and_the_size_is_kept(make):
    for n in (1, 2, 7, 100):
        X, Y = make(n=n, noise=0.1, seed=3)
        assert len(X) == len(Y) == n and (X, Y) == make(n=n, noise=0.1,
                                                        seed=3) != make(n=n, noise=0.1, seed=4)


def test_two_points_of_a_curve_are_its_ends():
    assert noisy_curve(n=2, noise=0.0, low=-1.0, high=3.0)[0] == [[-1.0], [3.0]]
    assert [math.hypot(*x) for x in spirals(4, noise=0.0)[0]] == pytest.approx([0.1, 0.1, 1.0, 1.0])
    assert noisy_curve(n=1, noise=0.0, low=-1.0)[0] == [[-1.0]] and len(moons(1)[0]) == 1


def test_classes_take_turns():
    assert moons(5)[1] == [0, 1, 0, 1, 0] and spirals(6, classes=3)[1] == [0, 1, 2, 0, 1, 2]


def test_the_digits_are_those_of_uci():
    X, Y = digits()
    assert len(X) == len(Y) == 1797 and {len(x) for x in X} == {64}
    assert Y[:10] == list(range(10))
    assert [Y.count(k) for k in range(10)] == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert [round(16 * p) for p in X[0][:16]] == [0, 0, 5, 13, 9, 1, 0, 0, 0, 0, 13, 15, 10, 15, 5, 0]
    pixels = bytes(round(16 * p) for x in X for p in x) + bytes(Y)
    assert sum(map(sum, X)) * 16 == 561718  # the sum of all pixels in scikit-learn's copy
    assert sha256(pixels).hexdigest() == "87ff0c9e40dc7e2c0e34e7257799c2e3f3aec1a016363bb11cad869ec428a826"


def test_split_divides_at_random_and_loses_nothing():
    X, Y = [[float(i)] for i in range(10)], list(range(10))
    X_train, Y_train, X_test, Y_test = split(X, Y, 0.7, seed=1)
    assert (len(X_train), len(X_test)) == (7, 3) and sorted(Y_train + Y_test) == Y
    assert all(x == [float(y)] for x, y in zip(X_train + X_test, Y_train + Y_test))
    assert split(X, Y, 0.7, seed=1)[1] == Y_train != split(X, Y, 0.7, seed=2)[1]
    assert list(map(len, split([1, 2], [1, 2], 0.5))) == [1, 1, 1, 1]


def test_one_hot_has_its_1_in_the_place_of_the_class():
    """Counted from the left, and one column per class, seen or not."""
    assert one_hot([1, 0, 1], 4) == [[0, 1, 0, 0], [1, 0, 0, 0], [0, 1, 0, 0]]
    assert one_hot([2], 3) == [[0, 0, 1]] and one_hot([0], 1) == [[1]] and one_hot([], 3) == []


def test_signs_for_the_hinge():
    assert signs([0, 1, 1]) == [-1, 1, 1]


@pytest.mark.parametrize(("call", "says"), [
    (lambda: logic_gate("xro"), "unknown gate 'xro': write one of and, or, xor"),
    (lambda: logic_gate(3), "unknown gate 3"),
    (lambda: grid("C"), "unknown reading"),
    (lambda: binary_to_one_hot("top"), '"left" or the "right"'),
    (lambda: moons(0), "at least 1"),
    (lambda: moons(2.5), "whole number"),
    (lambda: moons(noise=-0.1), "noise.*must be 0 or above"),
    (lambda: spirals(classes=0), "classes must be a whole number"),
    (lambda: one_hot([0, 3], 3), "label 3 is not one of the 3 classes"),
    (lambda: one_hot([-1], 3), "label -1"),
    (lambda: signs([0, 2]), "label 2 is neither 0 nor 1"),
    (lambda: split([1, 2], [1]), "one target per sample"),
    *[(lambda fraction=fraction: split([1, 2], [1, 2], fraction), "leaves one part empty")
      for fraction in (1.5, 1.0, 0.0, -0.5)],
    (lambda: split([1], [1]), "leaves one part empty"),
])
def test_a_clear_error(call, says):
    with pytest.raises(ValueError, match=says):
        call()
