"""The training view: what a recorded page keeps are the engine's numbers; one chosen point links its parts.

A page that trains by itself is the rule (test_living_training.py)."""

from fractions import Fraction
from math import cos, pi, sin
from random import Random

import pytest

from engine import Value, training_lecture
from engine.lectures.training_page import contour
from engine.show.numbers import short
from engine.value import number
from nn import MLP, bce_with_logits


def moons(n=20, seed=1):
    rng, data = Random(seed), []
    for i in range(n):
        a, up = rng.uniform(0, pi), i % 2
        data.append(([cos(a), sin(a)] if up else [1 - cos(a), .5 - sin(a)], up))
    return data


def square(y, t):
    return (y - t) ** 2


def network(seed=2):
    return MLP(2, [3, 1], hidden="tanh", output="sigmoid", seed=seed)


@pytest.fixture(scope="module")
def run():
    return training_lecture(network(), moons(), square, epochs=30, rate=2.0, snapshots=6, live=False)


def test_the_curve_is_gradient_descent_on_the_mean_loss(run):
    model, data = network(), moons()
    for epoch in range(31):
        losses = [square(model(x), t) for x, t in data]
        assert run.curve[epoch] == pytest.approx(sum(v.data for v in losses) / 20)
        for p in model.parameters():
            p.grad = 0
        for v in losses:
            (v / 20).backward()
        for p in model.parameters():
            p.data -= 2.0 * p.grad
    assert run.curve[-1] < run.curve[0]


def test_snapshots_hold_the_engines_numbers_of_every_point(run):
    model, data = network(), moons()
    first = run.snapshots[0]
    assert [s.epoch for s in run.snapshots] == [0, 6, 12, 18, 24, 30]
    for i, (x, t) in enumerate(data):
        trace = model.trace(x)
        loss  = square(trace.output, t)
        loss.backward()
        names = [card.name for card in run.view.cards]
        shown = (dict(zip(names, first.numbers[i])) | {f"d{n}": g
                                                       for n, g in zip(names, first.numbers[i][len(names):])})
        assert shown["z1[2]"] == short(trace.z[0][1].data) and shown["dz1[2]"] == short(trace.z[0][1].grad)
        assert shown["loss"] == short(loss.data) and first.losses[i] == loss.data
        assert first.outputs[i] == trace.output.data


def test_the_models_gradients_are_left_alone_by_looking():
    model = network()
    seen  = []
    def step():
        seen.append([p.grad for p in model.parameters()])
        for p in model.parameters():
            p.grad = 5
    training_lecture(model, moons(4), square, step=step, epochs=3, snapshots=4)
    assert seen[1] == seen[2] == [5] * len(model.parameters())


def test_training_without_a_step_of_its_own_leaves_the_gradients_alone_too():
    """Weights move by slopes that are nobody's `.grad`: what stood there, stands there."""
    model = network()
    for p in model.parameters():
        p.grad = 5
    before = [p.data for p in model.parameters()]
    training_lecture(model, moons(4), square, epochs=3, snapshots=4)
    assert [p.grad for p in model.parameters()] == [5] * len(before)
    assert all(p.data != start for p, start in zip(model.parameters(), before))


def test_the_contour_lies_where_the_output_is_the_threshold():
    grid = [[float(i) for i in range(36)] for _ in range(36)]  # rises to the right: 17.25 is a vertical line
    xs = {part.split()[0] for part in contour(grid, 17.25).replace("M", " ").replace("L", " ").split("  ")
          if part}
    assert xs == {"17.75"} or all(abs(float(x) - 17.75) < .01 for x in xs)


def test_one_chosen_point_links_the_three_parts(opened, run):
    page = opened(run, name="training.html")
    assert "Point 1" in page.text_content("#point")
    line = page.get_attribute("#curve .one", "d")
    page.keyboard.press("ArrowDown")
    assert "Point 2" in page.text_content("#point") and page.get_attribute("#curve .one", "d") != line
    page.keyboard.press("End")
    last = run.snapshots[-1]
    assert page.text_content("#epoch") == "epoch 30"
    n = len(run.view.cards)
    assert [page.text_content(f"#{run.view.name}-c{i} .v") for i in range(n)] == last.numbers[1][:n]
    page.locator(".dot").nth(4).click(force=True)
    assert "Point 5" in page.text_content("#point") and short(last.losses[4]) in page.text_content("#point")


def test_playing_goes_on_from_where_it_stands_and_from_the_end_begins_again(opened, run):
    page = opened(run, name="training.html")
    page.clock.install()
    page.evaluate("show(2)")
    for press in ("play", "pause"):
        page.keyboard.press("Space")
        page.clock.run_for(600 if press == "play" else 0)
    assert page.evaluate("k") == 3
    page.evaluate("show(snapshots.length - 1)")
    page.keyboard.press("Space")
    assert page.evaluate("k") == 0


@pytest.mark.parametrize("width, height", [(1280, 800), (390, 844)])
def test_no_horizontal_scroll(opened, run, width, height):
    page = opened(run, width, height, name="training.html")
    page.keyboard.press("End")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_small_and_keyboard_and_screen_reader(opened, run, tmp_path):
    page = opened(run, name="training.html")
    assert (tmp_path / "training.html").stat().st_size < 2_000_000
    page.keyboard.press("ArrowRight")
    assert page.text_content("#live").startswith("Epoch 6, mean loss")
    assert "target" in page.get_attribute(".dot.chosen", "aria-label")


def test_training_that_diverges_still_gives_a_page():
    model = MLP(2, [2, 1], hidden="relu", seed=1)
    talk = training_lecture(model, moons(6), square, epochs=12, rate=50.0, snapshots=5, live=False)
    assert "null" in talk.html() or max(talk.curve) > 1e6


@pytest.mark.parametrize("change, message", [
    (dict(data=[]), "needs data"), (dict(data=([[1.0, 2.0], [0.0, 1.0], [2.0, 0.0]], [1, 0, 1])),
                                    r"write list\(zip\(X, Y\)\)"),
    (dict(data=([[1.0, 2.0], [0.0, 1.0]], [1, 0])), r"write list\(zip\(X, Y\)\)"),
    (dict(data=[([1.0, 2.0, 3.0], 1)]), "2 features"), (dict(epochs=0), "at least 1"),
    (dict(data=moons(2000), snapshots=50, epochs=60, live=False), "more than a page"),
    (dict(batch=0), "batch is how many points"), (dict(noise=-1.0), "noise is how far"),
    (dict(seed=2 ** 31), "seed must be"), (dict(test=[([1.0], 1)]), "2 features")])
def test_what_cannot_be_shown_is_refused_with_a_way_out(change, message):
    with pytest.raises(ValueError, match=message):
        training_lecture(**(dict(model=network(), data=moons(4), loss=square) | change))


@pytest.mark.parametrize("change, message",
                         [(dict(loss=lambda y, t: [y]), "the loss must be one Value, and is list"),
                          (dict(model=MLP(2, [2])),
                           "the model's output must be one Value, and is list")])
def test_what_is_not_one_number(change, message):
    with pytest.raises(TypeError, match=message):
        training_lecture(**(dict(model=network(), data=moons(4), loss=square) | change))


def test_a_loss_with_shortcuts_for_targets_0_and_1_has_one_graph_for_all_points():
    model = MLP(2, [3, 1], hidden="tanh", seed=2)
    talk  = training_lecture(model, moons(), bce_with_logits, epochs=4, snapshots=2, threshold=0,
                             live=False)
    model = MLP(2, [3, 1], hidden="tanh", seed=2)
    assert talk.snapshots[0].losses == pytest.approx([bce_with_logits(model(x), t).data for x, t in moons()])
    assert talk.curve[-1] < talk.curve[0]


def test_a_notebook_shows_the_loss_curve(run):
    bundle = run._repr_mimebundle_()
    assert bundle["image/svg+xml"].count(",") >= 31 and short(run.curve[-1]) in bundle["image/svg+xml"]


def test_only_pages_are_written(run, tmp_path):
    with pytest.raises(ValueError, match=r"training\.html"):
        run.save(tmp_path / "t.pdf")


@pytest.mark.parametrize("make, options, why", [
    (network, {"step": lambda: None}, "step is a function of Python"),
    (lambda: Halves(), {}, "Fraction"), (lambda: Jumping(), {}, "has another graph than the first point")])
def test_a_page_that_cannot_train_shows_what_python_recorded_and_says_why(opened, make, options, why):
    """A step of your own, numbers that JavaScript has not, another graph for each point."""
    talk = training_lecture(make(), moons(4), square, epochs=2, **options)
    page = opened(talk, name="training.html")
    assert talk.living is None and why in talk.why and why in page.text_content("#why")
    page.keyboard.press("End")
    assert page.text_content("#epoch") == "epoch 2"


def test_a_page_that_only_shows_by_wish_gives_no_reason(opened, run):
    assert opened(run, name="training.html").locator("#why").is_hidden()


class Halves:
    """A model of fractions."""

    def __init__(self):
        self.w = [Value(Fraction(1, 2), "w1"), Value(Fraction(1, 3), "w2")]

    def __call__(self, x):
        return self.w[0] * x[0] + self.w[1] * x[1]

    def parameters(self):
        return self.w


class Jumping(Halves):
    """A model that asks for the numbers of a point outside of the graph."""

    def __init__(self):
        self.w = [Value(0.5, "w1"), Value(-0.25, "w2")]

    def __call__(self, x):
        return self.w[0] * float(number(x[0])) + self.w[1] * x[1]


@pytest.mark.parametrize("live", [True, False])
def test_the_page_prints(opened, live):
    """The rule that hides a lecture for its sheets outranked the one that shows this page."""
    page = opened(training_lecture(network(), moons(), square, epochs=3, live=live), name="training.html")
    page.emulate_media(media="print")
    for selector in ("h1", "#field", "#curve", "#graph"):
        box = page.locator(selector).bounding_box()
        assert box and box["width"] > 100 and box["height"] > 20, selector
    assert page.locator("nav").is_hidden()
