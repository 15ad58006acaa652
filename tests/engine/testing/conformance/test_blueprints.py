"""Blueprints: large graphs of about the size that was asked, the same each time, whose answers are exact."""

import pytest

from engine.testing.conformance.blueprints import LAYERS, SHAPES, plan

OPS = ["+", "-", "*", "neg"]


@pytest.mark.parametrize("shape", SHAPES)
def test_a_plan_has_about_so_many_steps_and_is_the_same_each_time(shape):
    for nodes in (10, 300, 2_000):
        drawn = plan(shape, "salt", nodes, OPS)
        assert nodes / 2 <= len(drawn.steps) <= 4 * nodes and drawn == plan(shape, "salt", nodes, OPS)
    assert plan(shape, "salt", 300, OPS) != plan(shape, "pepper", 300, OPS)
    assert {step.op for step in plan(shape, "", 300, ["+"]).steps} == {"+"}


@pytest.mark.parametrize("shape", SHAPES)
def test_floats_lose_nothing_whatever_the_order(shape):
    drawn = plan(shape, "exact", 120, OPS)
    assert drawn.numbers(float) == drawn.numbers()
    assert drawn.derivatives(range(len(drawn.inputs)), kind=float) == drawn.gradient()


def test_no_path_is_long_but_that_of_a_chain():
    def depth(drawn):
        depths = [0] * len(drawn.inputs)
        for step in drawn.steps:
            depths.append(1 + max(depths[x] for x in step.nodes))
        return max(depths)
    assert depth(plan("random", "", 5_000, OPS)) < LAYERS + 20 and depth(plan("wide", "", 5_000, OPS)) < 20
    assert depth(plan("long", "", 500, OPS)) == 500


def test_one_leaf_is_used_as_often_as_all_others():
    for shape in SHAPES:
        drawn = plan(shape, "", 1_000, ["+", "*"])
        uses  = [x for step in drawn.steps for x in step.nodes]
        assert uses.count(0) >= 0.4 * sum(x < len(drawn.inputs) for x in uses)
