"""What a page is told, and what it makes of it: the numbers and sentences that it computes are Python's,
of every row of the table at many points, and of random programs."""

import json
from random import Random

import pytest

from engine import Value, mask, maximum, minimum, relu, softmax
from engine.explaining.gates import CONDITIONS, GATES, SLOTS
from engine.lectures.assets import asset
from engine.lectures.recording import record
from engine.lectures.page_data import computing, recorded, structure
from engine.primitives import TABLE, apply
from engine.value import Constant
from tests.engine.lectures.test_javascript import count, grown, points

SAID = """told => {
  indexed(told);
  const graph = calculus.graph(told.numbers.graph);
  const now   = computed(told, graph, told.numbers.whole, graph.forward());
  const sent  = ["partial", "upstream", "product", "before", "after", "exact"];
  return {values: told.nodes.map((_, i) => now.value(i)), grads: told.nodes.map((_, i) => now.grad(i)),
          edges: told.edges.map((edge, e) => edge && sent.map(k => now.edge(e)[k])),
          best: told.nodes.map((_, i) => now.best(i)), shares: told.nodes.map((_, i) => now.share(i)),
          sentences: told.nodes.map((_, i) => sentence(told, now, i)),
          slopes: told.edges.map((edge, e) => edge && now.parts(told.headOf[e], e))};
}"""


@pytest.fixture(scope="module")
def asked(browser):
    """asked(root): what a page says of the graph, and what Python says."""
    def answers(root):
        recording     = record(root)
        numbers, code = computing(recording)
        tab = browser.new_page()
        tab.add_script_tag(content=code + asset("sentences.js") + asset("numbers.js"))
        told  = json.dumps({**structure(recording), "numbers": numbers}, allow_nan=False)
        found = json.loads(tab.evaluate(f"text => JSON.stringify(({SAID})(JSON.parse(text)))", told))
        tab.close()
        slopes = [c and c.slope for c in recording.sent]
        return found, {**json.loads(json.dumps(recorded(recording))), "slopes": slopes}
    return answers


def compared(found, wanted):
    for what, right in wanted.items():
        assert found[what] == right, what


def at_many_points(row):
    """The row at points where it has a value, with plain operands among them, joined to one result."""
    rng, ends = Random(row.name), []
    for xs in points(row, count(row))[:300]:
        if not all(abs(x) < 1e6 for x in xs):
            continue
        operands = [Constant(x) if k and rng.random() < 0.3 else Value(x, f"in{k}") for k, x in enumerate(xs)]
        try:
            z = apply(row.name, *operands)
        except (ArithmeticError, ValueError):
            continue
        if all(abs(float(p)) < 1e9 for p in z.partials) and abs(z.data) < 1e9:
            ends.append(apply("*", z, rng.choice([-1.5, 2, 0.25, Value(3, "n")])))
    assert len(ends) > 20
    return apply("total", *ends[:60])


@pytest.mark.parametrize("row", list(TABLE.values()), ids=lambda row: row.name)
def test_every_row_says_the_same(asked, row):
    compared(*asked(at_many_points(row)))


@pytest.mark.parametrize("seed", range(4))
def test_a_random_program_says_the_same(asked, seed):
    """Numbers, gradients, sums so far, strongest paths, sentences, slopes as formulas: each text; a gradient
    that cancels may differ in its last digit."""
    found, wanted = asked(grown(seed))
    for what, right in wanted.items():
        pairs = list(zip(found[what], right, strict=True))
        equal = sum(a == b for a, b in pairs)
        assert equal >= 0.93 * len(pairs), (what, [pair for pair in pairs if pair[0] != pair[1]][:3])


def test_gates_closed_shared_and_plain(asked):
    x, y = Value(-1.0, "x"), Value(2.0, "y")
    compared(*asked(relu(x) * y + maximum(x, y, y) + minimum(x, 3) + mask(y, 0) + mask(x, 1) - 5 * x ** 2))


def test_plain_numbers_with_and_without_names(asked):
    x, t, n = Value(2.0, "x"), Constant(-3.0), Constant(2.0)
    t.label, n.label = "t", "n"
    found, wanted = asked((x - t) * (x / n) * t + x ** n + softmax(x, t, -2)[0] + maximum(x, t))
    assert found["sentences"] == wanted["sentences"] and found["values"] == wanted["values"]


def test_whole_numbers_are_written_without_a_point(asked):
    x, y = Value(12345, "x"), Value(3, "y")
    found, wanted = asked(x * 20000 + y * x - y)
    compared(found, wanted)
    assert ["246900000", "246900000"] in found["values"]


def test_both_have_the_same_vocabulary():
    text = asset("sentences.js")
    for name in [*CONDITIONS, *SLOTS]:
        assert f'"{name}":' in text
    assert all(condition in CONDITIONS for cases in GATES.values() for condition, _ in cases if condition)
