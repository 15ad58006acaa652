"""Dice: the same seed gives the same numbers, in Python and in the page, and they are fair."""

import json
import shutil
import subprocess
from itertools import islice

import pytest

from engine.lectures.assets import asset
from engine.lectures.dice import jolt, rolled, shuffled


def test_numbers_are_those_of_mulberry32():
    """From state 0, what the published generator gives for the seed 0."""
    assert list(islice(rolled(0, -1), 3)) == [0.26642920868471265, 0.0003297457005828619, 0.2232720274478197]


def test_an_order_has_each_point_once_and_is_another_for_each_seed_and_epoch():
    orders = [tuple(shuffled(50, seed, epoch)) for seed in range(4) for epoch in range(4)]
    assert all(sorted(order) == list(range(50)) for order in orders) and len(set(orders)) == 16
    assert shuffled(0, 1, 1) == [] and shuffled(1, 1, 1) == [0]


def test_jolts_are_normal():
    moves = [x for k in range(4000) for x in jolt(3, k)]
    mean  = sum(moves) / len(moves)
    assert abs(mean) < 0.05 and abs(sum(x * x for x in moves) / len(moves) - 1) < 0.06
    assert 0.66 < sum(abs(x) < 1 for x in moves) / len(moves) < 0.71


def test_the_page_has_the_same():
    """trainer.js in node, for seeds up to the largest."""
    if shutil.which("node") is None:
        pytest.skip("no node: apt-get install -y nodejs")
    seeds = [0, 1, 7, 2 ** 31 - 1]
    asked = (f"{asset('trainer.js')}; console.log(JSON.stringify({json.dumps(seeds)}.map("
             "s => [shuffled(30, s, 0), shuffled(30, s, 12345), jolt(s, 0), jolt(s, 999)])))")
    done = subprocess.run(["node", "-e", asked], capture_output=True, text=True, check=True)
    for seed, (first, later, near, far) in zip(seeds, json.loads(done.stdout), strict=True):
        assert first == shuffled(30, seed, 0) and later == shuffled(30, seed, 12345)
        assert near == pytest.approx(jolt(seed, 0), rel=1e-12)
        assert far == pytest.approx(jolt(seed, 999), rel=1e-12)
