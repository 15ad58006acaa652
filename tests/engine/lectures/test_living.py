"""A page that computes: another number in a leaf, and everything on it is the engine's for that number."""

import re
from fractions import Fraction

import pytest

from engine import Value, lecture, log, tanh
from engine.lectures.page_data import LIMIT
from engine.show.numbers import short
from engine.value import Constant
from nn import MLP


def small(w=-1.0):
    x, w, b = Value(0.5, "x"), Value(w, "w"), Value(2.0, "b")
    a = tanh(w * x + b)
    L = a * a + x * a
    L.label = "L"
    return L


def values(page):
    return page.evaluate("chainrule.values()")


def place(page, name):
    return page.evaluate("name => data.nodes.findIndex(n => n[0] === name)", name)


def card(page, name, slot):
    return page.text_content(f"#scalar-c{place(page, name)} .{slot}")


def until(page, condition):
    """Wait for what the page does after a while; wait_for_function would need eval, which no page allows."""
    for _ in range(200):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"never {condition}")


def tune(page, name):
    """The controls of a leaf, opened as a user does."""
    page.click(f"#scalar-c{place(page, name)} .b")
    return page.locator("#tune")


# --- another number -------------------------------------------------------------------------------

def test_a_page_with_another_number_is_the_page_of_that_number(opened):
    """Every card, every line, every sentence, at every step, as on the page that was made for w = 0.3."""
    changed, made = opened(lecture(small())), opened(lecture(small(0.3)), name="other.html")
    changed.evaluate("chainrule.set('w', 0.3)")
    shown = """() => view.steps.map((_, s) => { show(s, true); return [
        $("lines").textContent, $("sentence").textContent,
        ...view.box.map(b => [".v", ".g", ".m"].map(s => b.querySelector(s).textContent)),
        ...view.partial.map(t => t?.textContent)]; })"""
    changed.evaluate("ghosts = null")
    assert changed.evaluate(shown) == made.evaluate(shown)
    assert values(changed) == values(made)


@pytest.mark.parametrize("view", ["unit", "layer"])
def test_folded_views_are_computed_too(opened, view):
    """Cards of several nodes, and the slopes on arrows through them."""
    def made(bias):
        model = MLP(2, [3, 2, 1], hidden="tanh", seed=3)
        model.layers[0].neurons[0].bias.data = bias
        return lecture((model([Value(1.0, "x1"), Value(-2.0, "x2")]) - 1) ** 2)
    changed, other = opened(made(0.0)), opened(made(0.7), name="other.html")
    assert changed.evaluate("chainrule.set('b1[1]', 0.7)") is None
    shown = """name => { choose(views.find(v => v.name === name)); ghosts = null; show(1e9, true);
        return [...view.box.map(b => [".v", ".g"].map(s => b.querySelector(s)?.textContent)),
                view.arrows.map((_, a) => partial(a)), ...view.steps.map(told)]; }"""
    assert changed.evaluate(shown, view) == other.evaluate(shown, view)


def test_what_is_shown_is_the_engines(opened):
    page = opened(lecture(small()))
    page.evaluate("chainrule.set('w', 0.3); chainrule.set('x', -2.5); chainrule.step(99)")
    x, w, b = Value(-2.5), Value(0.3), Value(2.0)
    a = tanh(w * x + b)
    L = a * a + x * a
    L.backward()
    for name, v in {"x": x, "w": w, "b": b, "L": L}.items():
        assert card(page, name, "v") == short(v.data) and card(page, name, "g") == f"grad {short(v.grad)}"
        assert values(page)[name] == {"data": pytest.approx(v.data, rel=1e-15),
                                      "grad": pytest.approx(v.grad, rel=1e-13)}


def test_numbers_of_the_data_can_be_changed_too(opened):
    """An input and a target of nn are plain numbers, of which no gradient is kept."""
    page = opened(lecture((MLP(2, [2, 1], seed=1)([1.0, -2.0]) - 1) ** 2))
    page.evaluate("chainrule.set('x[1]', 0.25)")
    assert values(page)["x[1]"] == {"data": 0.25, "grad": None}
    tune(page, "x[1]").get_by_label("Nudge x[1] up").click()
    assert "plain number" in page.text_content(".nudged")
    assert page.evaluate("steered.every(i => ['weight', 'bias'].includes(nodes[i][1]))")


def test_the_old_number_stays_beside_the_new_one_until_the_next_change(opened):
    page = opened(lecture(small()))
    page.evaluate("chainrule.step(99); chainrule.set('w', 0.3)")
    assert card(page, "w", "o") == "−1" and card(page, "w", "v") == "0.3"
    page.keyboard.press("ArrowLeft")
    assert card(page, "w", "o") == "−1"
    page.evaluate("chainrule.set('x', 0.75)")
    assert card(page, "w", "o") == "" and card(page, "x", "o") == "0.5"


def test_the_layout_never_moves_and_no_text_leaves_its_card(opened):
    page = opened(lecture(small()))
    page.evaluate("chainrule.step(99)")
    places = """[...view.svg.querySelectorAll('.c .b'), $('step'), $('stage')].map(b => {
        const r = b.getBoundingClientRect(); return [r.x, r.y, r.width, r.height].map(Math.round) })"""
    inside = """view.box.every(c => [...c.querySelectorAll('text')].filter(t => t.textContent).every(t =>
        t.getBoundingClientRect().right <= c.querySelector('.b').getBoundingClientRect().right + 1))"""
    apart = """view.box.every(c => [...c.querySelectorAll('.o')].filter(t => t.textContent).every(t =>
        [...c.querySelectorAll('.v, .g')].filter(n => n.getAttribute('y') === t.getAttribute('y')).every(n =>
            n.getBoundingClientRect().right < t.getBoundingClientRect().left)))"""
    first = page.evaluate(places)
    for name, x in [("x", -1.2345e-105), ("w", -12345.678), ("b", -1.234e-5), ("x", -0.01234), ("w", 1e300)]:
        page.evaluate("([name, x]) => chainrule.set(name, x)", [name, x])
        assert page.evaluate(places) == first and page.evaluate(inside) and page.evaluate(apart), (name, x)


def test_300_values_are_computed_and_painted_within_a_frame(opened):
    """Counted in changes of the page, which no busy machine changes; how long they take is printed."""
    talk = lecture((MLP(3, [12, 14, 1], hidden="tanh", seed=1)([1.0, 0.5, -2.0]) - 1) ** 2)
    assert 290 <= len(talk.recording.values) <= 320
    page = opened(talk)
    times, most = page.evaluate("""async () => {
        const times = [], observer = new MutationObserver(() => {});
        let most = 0;
        observer.observe(document.body, {subtree: true, childList: true, attributes: true,
                                         characterData: true});
        for (let n = 0; n < 40; n++) {
            await new Promise(requestAnimationFrame);
            const i = leaves[n % leaves.length], start = performance.now();
            setLeaf(i, values[i] * 1.01 + .001);
            view.svg.getBoundingClientRect();
            times.push(performance.now() - start);
            most = Math.max(most, observer.takeRecords().length);
        }
        return [times.sort((a, b) => a - b), most]; }""")
    print(f"a change: median {times[20]:.1f} ms, least {times[0]:.1f} ms; {most} changes of the page")
    assert most < 1000


# --- what there is no value for -------------------------------------------------------------------

def test_a_value_outside_the_domain_is_refused_in_the_engines_words(opened):
    page = opened(lecture(log(Value(2.0, "x")) * Value(3.0, "w")))
    page.evaluate("chainrule.step(99)")
    before = values(page)
    said   = page.evaluate("() => { try { chainrule.set('x', -1); } catch (e) { return e.message; } }")
    with pytest.raises(ValueError) as wanted:
        log(-1.0)
    assert said == str(wanted.value) and page.text_content("#notice") == said + "."
    assert values(page) == before and card(page, "x", "v") == "2"
    assert page.locator(".c.refused").count() == 1
    page.evaluate("chainrule.set('x', 4)")
    assert not page.is_visible("#notice") and page.locator(".c.refused").count() == 0


@pytest.mark.parametrize("typed", ["", "two", "1e999", "nan", "0x10z"])
def test_what_is_no_number_is_refused_in_the_field(opened, typed):
    page = opened(lecture(small()))
    tune(page, "w").get_by_label("Number of w").fill(typed)
    page.keyboard.press("Enter")
    assert "is no number" in page.text_content("#notice") and values(page)["w"]["data"] == -1


# --- the controls ---------------------------------------------------------------------------------

def test_click_and_type(opened):
    page = opened(lecture(small()))
    tune(page, "w")
    page.keyboard.type("0.3")
    page.keyboard.press("Enter")
    assert values(page)["w"]["data"] == 0.3 and page.text_content("#live").startswith("L = ")
    for key, x in [("ArrowUp", 0.31), ("ArrowDown", 0.3), ("PageDown", 0.2)]:
        page.keyboard.press(key)
        assert values(page)["w"]["data"] == x
    page.keyboard.press("Escape")
    assert not page.is_visible("#about")


@pytest.mark.parametrize("text, x", [("-2", -2), ("−2,5", -2.5), ("1e-5", 1e-5), (" .5 ", 0.5)])
def test_numbers_as_they_are_typed(opened, text, x):
    page = opened(lecture(small()))
    assert page.evaluate("text => parsed(text)", text) == x


def test_dragging_the_number_on_a_card(opened):
    page = opened(lecture(small()))
    box  = page.locator("#scalar-c0 .v").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for k in range(1, 11):
        page.mouse.move(x + 4 * k, y)
    page.mouse.up()
    assert values(page)["w"]["data"] == 0 and card(page, "w", "o") == "−1", "ten steps of a tenth"
    assert not page.is_visible("#about")
    page.mouse.click(x, y)
    assert page.is_visible("#tune")


def test_the_slider_is_one_gesture(opened):
    page = opened(lecture(small()))
    tune(page, "w").get_by_label("w, by a slider").focus()
    page.evaluate("""() => {
        for (const x of [-.5, 0, .5]) {
            tuner.slide.value = x;
            tuner.slide.dispatchEvent(new Event("input"));
        }
        tuner.slide.dispatchEvent(new Event("change")); }""")
    assert values(page)["w"]["data"] == 0.5 and card(page, "w", "o") == "−1"


def test_nudge_tells_what_the_gradient_promised_and_what_came(opened):
    page = opened(lecture(small()))
    controls = tune(page, "w")
    controls.get_by_label("Nudge by, Δw").fill("0.1")
    before = values(page)
    controls.get_by_label("Nudge w up").click()
    after = values(page)
    assert after["w"]["data"] == -0.9
    promised, came = before["w"]["grad"] * 0.1, after["L"]["data"] - before["L"]["data"]
    assert page.text_content(".nudged") == (
        f"Δw · dL/dw = 0.1 · {short(before['w']['grad'])} = {short(promised)}true ΔL = {short(came)}")


def test_descend_is_gradient_descent(opened):
    page = opened(lecture(small()))
    controls = tune(page, "w")
    w, b = -1.0, 2.0
    for _ in range(3):
        x, W, B = Value(0.5), Value(w), Value(b)
        a = tanh(W * x + B)
        (a * a + x * a).backward()
        w, b = w - 0.1 * W.grad, b - 0.1 * B.grad
        controls.get_by_role("button", name="Descend once").click()
    assert values(page)["w"]["data"] == pytest.approx(w, rel=1e-13)
    assert values(page)["b"]["data"] == pytest.approx(b, rel=1e-13) and values(page)["x"]["data"] == 0.5
    assert page.text_content(".curve").startswith("3 steps: L 1.272 → ")
    assert page.get_attribute(".curve polyline", "points").count(" ") == 3
    controls.get_by_role("button", name="All numbers as").click()
    assert values(page)["w"]["data"] == -1 and "w −= η · dL/dw for w, b" in page.text_content(".curve")


def test_descent_runs_and_pauses_and_ends_with_the_panel(opened):
    page = opened(lecture(small()))
    page.clock.install()
    controls = tune(page, "w")
    run = controls.get_by_role("button", name="Descend, step after step")
    run.click()
    page.clock.run_for(600)
    run.click()
    steps = page.evaluate("descent.length")
    assert steps > 5 and page.text_content("#live").startswith("L = ")
    page.clock.run_for(600)
    assert page.evaluate("descent.length") == steps
    run.click()
    page.keyboard.press("Escape")
    page.clock.run_for(600)
    assert page.evaluate("running") == 0


def test_without_weights_the_inputs_descend(opened):
    page = opened(lecture((Value(3.0, "x") - 1) ** 2))
    tune(page, "x")
    assert page.text_content(".curve") == "there are no weights: w −= η · dJ/dw for x"


def test_every_control_is_reached_by_keyboard_and_has_a_name(opened):
    page = opened(lecture(small()))
    tune(page, "w")
    names = page.evaluate("[...document.querySelectorAll('#tune input, #tune button')].map(e => e.ariaLabel)")
    assert all(names) and len(names) == 10
    seen = set()
    for _ in range(12):
        page.keyboard.press("Tab")
        seen.add(page.evaluate("document.activeElement.ariaLabel"))
    assert set(names) - {"Number of w"} <= seen


def test_a_weight_inside_of_a_unit(opened):
    page = opened(lecture((MLP(2, [3, 1], seed=3)([1.0, -2.0]) - 1) ** 2))
    page.keyboard.press("2")
    page.evaluate("explain(view.inside.findIndex(list => list.length), true)")
    page.locator(".handle").first.click()
    page.keyboard.type("0.125")
    page.keyboard.press("Enter")
    assert values(page)["W1[1,1]"]["data"] == 0.125


# --- the address ----------------------------------------------------------------------------------

def test_the_address_holds_the_state(opened):
    page = opened(lecture(small()))
    page.evaluate("chainrule.set('w', 0.3); chainrule.set('b', -1e-7); chainrule.step(12)")
    until(page, "location.hash === '#w=0.3&b=-1e-7&k=12'")
    before = values(page)
    page.reload()
    assert values(page) == before and page.evaluate("k") == 12
    page.evaluate("location.hash = '#w=2&k=3'")
    until(page, "k === 3")
    assert values(page)["w"]["data"] == 2 and values(page)["b"]["data"] == 2, "b as it was recorded"


@pytest.mark.parametrize("label", ["k", "view", "a&b=c", "100%", "größe", "x y", "</b>", "%41"])
def test_any_name_comes_back_from_the_address(opened, label):
    page = opened(lecture(Value(2.0, label) * Value(3.0, "w")))
    page.evaluate("label => chainrule.set(label, 7)", label)
    link = page.evaluate("address()")
    page.goto("about:blank")
    page.goto(link)
    assert values(page)[label] == {"data": 7, "grad": 3}


def test_two_leaves_of_one_name_have_two(opened):
    page = opened(lecture(Value(2.0, "x") * Value(3.0, "x")))
    assert list(values(page))[:2] == ["x", "x.1"]


def test_what_the_address_has_no_place_for_is_left_out_with_a_word(opened):
    page = opened(lecture(small()))
    page.goto(page.url + "#q=3&w=0.3&b=zwei")
    page.reload()
    assert "q=3, b=zwei" in page.text_content("#notice") and values(page)["w"]["data"] == 0.3


def test_the_link_is_shown_with_its_code(opened):
    page = opened(lecture(small()))
    page.evaluate("chainrule.set('w', 0.3)")
    tune(page, "w").get_by_role("button", name="A link").click()
    assert page.input_value("#url").endswith("page.html#w=0.3") and page.locator("#code path").count() == 1


# --- for scripts ----------------------------------------------------------------------------------

@pytest.mark.parametrize("call, why", [
    ("chainrule.set('q', 1)", "no leaf q to set: write one of w, x, b"),
    ("chainrule.set('v1', 1)", "no leaf v1"), ("chainrule.set('w', NaN)", "finite number, and NaN"),
    ("chainrule.set('w', '1')", "finite number, and 1 is none")])
def test_a_script_is_told_what_is_wrong(opened, call, why):
    page = opened(lecture(small()))
    assert why in page.evaluate(f"() => {{ try {{ {call}; }} catch (error) {{ return error.message; }} }}")


# --- pages that do not compute --------------------------------------------------------------------

def late():
    x = Value(2.0, "x")
    z = x * 3
    x.data = 5.0
    return z


@pytest.mark.parametrize("root, why", [
    (lambda: Value(Fraction(1, 3), "a") * Value(Fraction(2, 7), "b"), "computes in floats"),
    (late, "changed after it was recorded"),
    (lambda: MLP(2, [30, 30, 1])([1.0, 2.0]) ** 2, f"computes at most {LIMIT}")])
def test_a_page_that_cannot_compute_replays_and_says_why(opened, root, why):
    page = opened(lecture(root()))
    page.keyboard.press("1")
    page.keyboard.press("End")
    page.evaluate("explain(view.main.findIndex(i => !data.operands[i].length), true)")
    assert why in page.text_content("#about .why") and page.locator("#tune, .leaf").count() == 0
    assert page.text_content("#phase") == "Complete" and page.evaluate("nodes.every(n => n[2])")


def test_a_page_that_is_not_to_compute_shows_the_same(opened):
    """live=False: the recorded numbers in the same places, at every step, and no script that computes."""
    alive, still = opened(lecture(small())), opened(lecture(small(), live=False), name="still.html")
    shown = """() => view.steps.map((_, s) => { show(s, true); return [$("step").textContent,
        ...view.box.map(b => [".v", ".g", ".m"].map(s => b.querySelector(s).textContent))]; })"""
    assert alive.evaluate(shown) == still.evaluate(shown)
    assert "const calculus" not in lecture(small(), live=False).html()
    still.evaluate("explain(0, true)")
    assert still.locator("#tune, .why").count() == 0


def test_a_page_that_computes_stays_small():
    """A small page was 49 kB without any of this; a large one is smaller than one that replays, for it brings
    no numbers but those of the leaves."""
    assert len(lecture(small()).html().encode()) < 49_312 + 60_000
    root = (MLP(3, [12, 14, 1], seed=1)([1.0, 0.5, -2.0]) - 1) ** 2
    assert len(lecture(root).html()) < len(lecture(root, live=False).html())
    assert len(re.findall("<script", lecture(small()).html())) == 2


def test_plain_numbers_in_a_formula_stay(opened):
    page = opened(lecture(Value(3.0, "x") ** 2 * 4))
    assert page.evaluate("leaves.length") == 1
    assert [v for v in lecture(Value(3.0, "x") ** 2).recording.values if type(v) is Constant]
