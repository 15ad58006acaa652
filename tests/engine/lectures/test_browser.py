"""The lecture page in a real browser: its numbers, its keys, its limits."""

import re
import time

import pytest

from engine import Value, lecture
from engine.show.numbers import short
from engine.value import Constant
from nn import MLP

def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def text(page, selector):
    return page.text_content(selector)


def card(page, lecture, name, slot):
    """What the card of a node says, in the scalar view."""
    return text(page, f"#scalar-c{lecture.recording.names.index(name)} .{slot}")


def network(*sizes, seed=3):
    model = MLP(2, list(sizes), hidden="tanh", seed=seed)
    return (model([1.0, -2.0]) - 1) ** 2


@pytest.mark.parametrize("make", [lambda: (Value(2.0, "x") * Value(-3.0, "w") + 10) ** 2,
                                  lambda: network(3, 1)])
def test_the_numbers_after_the_last_step_are_the_engines(opened, make):
    root = make()
    page, talk = opened(lecture(root)), lecture(root)
    press(page, "1", "End")
    root.backward()
    for i, v in enumerate(talk.recording.values):
        assert text(page, f"#scalar-c{i} .v") == short(v.data)
        if type(v) is not Constant:
            assert text(page, f"#scalar-c{i} .g") == "grad " + short(v.grad)
    exact = page.evaluate("nodes.map(n => n[7])")
    assert [e and float(e) for e in exact] == [v.grad if type(v) is not Constant else ""
                                               for v in talk.recording.values]


def test_stepping_fills_in_one_number_at_a_time_and_back_takes_it_away(opened, shared):
    talk = lecture(shared)
    page = opened(talk)
    assert card(page, talk, "x", "v") == "0.5" and card(page, talk, "L", "v") == ""
    press(page, "ArrowRight")
    assert "compute" in text(page, "#phase") and "= −0.5" in text(page, "#lines")
    press(page, "End")
    assert card(page, talk, "x", "g") == "grad 0.4877"
    press(page, *["ArrowLeft"] * 4)
    assert card(page, talk, "x", "g") == "grad 0.9051" and card(page, talk, "x", "m") == "1/2"
    press(page, "Home")
    assert card(page, talk, "L", "v") == "" and card(page, talk, "x", "g") == ""


def test_any_order_of_jumps_shows_the_same_as_walking_there(opened, shared):
    page = opened(lecture(shared))
    steps = page.evaluate("view.steps.length")
    def shown():
        return page.evaluate("view.svg.outerHTML.replace(/ style=\"[^\"]*\"/g, '').replace('glide', '')")
    def tidy(s):
        return re.sub(r'class="([^"]*)"', lambda m: 'class="' + " ".join(sorted(m[1].split())) + '"', s)
    walked = []
    for _ in range(steps):
        walked.append(tidy(shown()))
        press(page, "ArrowRight")
    for at in [7, 2, steps - 1, 0, 11, 5, 12]:
        page.evaluate(f"show({at}, true)")
        assert tidy(shown()) == walked[at], at


def test_the_layout_never_moves(opened, shared):
    page = opened(lecture(shared))
    def places():
        return page.evaluate("""[...view.svg.querySelectorAll('.c .b'), $('step'), $('stage')].map(b => {
            const r = b.getBoundingClientRect();
            return [r.x, r.y, r.width, r.height].map(Math.round) })""")
    first = places()
    for _ in range(page.evaluate("view.steps.length")):
        press(page, "ArrowRight")
        assert places() == first


def test_a_shared_node_lists_its_running_sum(opened, shared):
    page = opened(lecture(shared))
    press(page, "End", "ArrowLeft")
    assert "use 2 of 2: 0.9051 + (−0.4175) = 0.4877, complete" in text(page, "#lines")


def test_predict_hides_the_number_everywhere_until_it_is_revealed(opened, shared):
    page = opened(lecture(shared))
    press(page, "p", "ArrowRight")
    assert "−0.5" not in text(page, "#lines") and "−0.5" not in text(page, "#live")
    assert "−0.5" not in text(page, "#stage") and page.is_visible("#reveal")
    press(page, "r")
    assert "−0.5" in text(page, "#lines") and not page.is_visible("#reveal")
    press(page, "ArrowRight", "ArrowRight")                  # the next step hides, the same key reveals
    assert "1.5" in text(page, "#lines") and "3 / 15" in text(page, "#count")
    press(page, "p")
    assert page.get_attribute("#predict", "aria-pressed") == "false"


def test_a_negative_base_stands_in_brackets(opened):
    page = opened(lecture(Value(-3.0, "x") ** 2))
    press(page, "ArrowRight")
    assert "= (−3)^2 = 9" in text(page, "#lines")


def test_every_number_fits_its_card_and_no_card_lies_under_the_buttons(opened):
    a, y = Value(0.5, "a"), Value(-0.04349, "y")
    page = opened(lecture((a * y * a + y * a * 1e-4 * a) * y))
    inside = """[...document.querySelectorAll('#svg-scalar .c:not(.constant)')].every(c => {
        const [b, g, m] = ['.b', '.g', '.m'].map(s => c.querySelector(s).getBoundingClientRect());
        return [...c.querySelectorAll('text')].every(t => t.getBoundingClientRect().right < b.right)
            && !(m.width && g.right > m.left)})"""
    while True:
        assert page.evaluate(inside), text(page, "#phase")
        if text(page, "#phase") == "Complete":
            break
        press(page, "ArrowRight")
    top = page.evaluate("document.querySelector('.zoom').getBoundingClientRect().top")
    assert all(page.evaluate("[...document.querySelectorAll('#svg-scalar .b')].map(b => "
                             "b.getBoundingClientRect().bottom)")[k] < top
               for k in range(10))


def test_buttons_slider_and_space(opened, shared):
    page = opened(lecture(shared))
    for button, k in [("next", 1), ("next", 2), ("back", 1), ("last", 14), ("first", 0)]:
        page.click("#" + button)
        assert page.evaluate("k") == k
    page.evaluate("document.activeElement.blur()")
    page.fill("#slider", "6")
    assert page.evaluate("k") == 6 and "6 / 15" not in text(page, "#count")
    page.evaluate("document.activeElement.blur()")
    press(page, "Space")
    assert text(page, "#play") == "Pause"
    press(page, "Space")
    assert text(page, "#play") == "Play"


def test_playing_goes_on_by_itself_and_stops_at_the_end(opened, shared):
    page = opened(lecture(shared))
    page.clock.install()
    press(page, "Space")
    page.clock.run_for(4000)
    assert page.evaluate("k") == 2
    page.clock.run_for(60_000)
    assert page.evaluate("k") == 14 and text(page, "#play") == "Play"


def test_a_click_explains_a_node_and_marks_its_paths(opened, shared):
    page = opened(lecture(shared))
    press(page, "End")
    page.click("#scalar-c1 .b")                              # x
    about = text(page, "#about")
    assert "0.48766233689549415" in about and "A sum over its 2 uses" in about and "4 paths to L" in about
    assert page.locator(".a.path").count() == 9
    press(page, "Escape")
    assert not page.is_visible("#about") and page.locator(".a.path").count() == 0


def test_everything_by_keyboard_with_visible_focus(opened, shared):
    page = opened(lecture(shared))
    seen = set()
    for _ in range(20):
        press(page, "Tab")
        seen.add(page.evaluate("document.activeElement.id || document.activeElement.tagName"))
        if page.evaluate("document.activeElement !== document.body && document.activeElement.tagName === "
                         "'BUTTON'"):
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    assert {"predict", "theme", "help", "first", "back", "play", "next", "last", "slider"} <= seen
    assert any(s.startswith("scalar-c") for s in seen), "the graph itself can be reached"
    page.evaluate("document.activeElement.blur()")
    press(page, "ArrowDown", "ArrowUp", "Enter")
    assert page.is_visible("#about")
    press(page, "Escape", "?")
    assert page.is_visible("#keys")
    press(page, "Escape")
    assert not page.is_visible("#keys")


def test_a_screen_reader_hears_the_step(opened, shared):
    page = opened(lecture(shared))
    press(page, "ArrowRight", "ArrowRight")
    assert page.get_attribute("#live", "aria-live") == "polite"
    assert text(page, "#live").startswith("Step 3 of 15. Forward: compute v2. v2 = v1 + b")
    assert page.get_attribute("#scalar-c1", "aria-label") == "x, input: number 0.5"
    assert "Computation graph of L" in page.get_attribute("#svg-scalar", "aria-label")
    assert page.get_attribute("#slider", "aria-valuetext") == "step 3 of 15, Forward"
    buttons = "[...document.querySelectorAll('button')]"
    assert page.evaluate(f"{buttons}.every(b => b.textContent.trim() || b.ariaLabel)")


@pytest.mark.parametrize("width, height", [(1280, 800), (390, 844)])
@pytest.mark.parametrize("make", [lambda: network(3, 1), lambda: network(16, 24, 1)])
def test_no_horizontal_scroll(opened, make, width, height):
    page = opened(lecture(make(), title="a long title " * 12), width, height)
    for key in ["ArrowRight", "End", "ArrowLeft", "p"]:
        press(page, key)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate("$('step').scrollWidth <= $('step').clientWidth")
        assert page.evaluate("document.querySelector('nav').getBoundingClientRect().bottom") <= height


def test_both_themes_and_the_switch(opened, shared):
    def ground(page):
        return page.evaluate("getComputedStyle(document.body).backgroundColor")
    light, dark = opened(lecture(shared), color_scheme="light"), opened(lecture(shared), color_scheme="dark")
    assert ground(light) == "rgb(246, 247, 249)" and ground(dark) == "rgb(18, 21, 26)"
    press(dark, "t")
    press(light, "t")
    assert ground(dark) == "rgb(246, 247, 249)" and ground(light) == "rgb(18, 21, 26)"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_contrast(opened, shared, scheme):
    page = opened(lecture(shared), color_scheme=scheme)
    ratios = page.evaluate("""() => {
        const rgb = c => c.match(/[\\d.]+/g).map(Number);
        const linear = v => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
        const lum = ([r, g, b]) => [r, g, b].map(linear)
                                             .reduce((s, v, i) => s + v * [.2126, .7152, .0722][i], 0);
        const style = v => { const e = document.createElement('i');
                             e.style.color = `var(${v})`; document.body.append(e);
                             const c = rgb(getComputedStyle(e).color); e.remove(); return c; };
        const ratio = (a, b) => (Math.max(lum(a), lum(b)) + .05) / (Math.min(lum(a), lum(b)) + .05);
        return ['--ink', '--soft', '--data', '--grad', '--part'].flatMap(
            v => ['--panel', '--bg'].map(b => ratio(style(v), style(b))));
    }""")
    assert min(ratios) >= 4.5, ratios


def test_reduced_motion_stops_every_movement(opened, shared):
    page = opened(lecture(shared), reduced_motion="reduce")
    press(page, "ArrowRight")
    assert page.evaluate("getComputedStyle(document.querySelector('.a.on')).animationName") == "none"


def test_1000_values_stay_small_and_a_step_repaints_little(opened, tmp_path):
    """Counted in changes of the page, which no busy machine changes; how long they take is printed."""
    talk = lecture(network(28, 26, 1))
    assert 950 <= len(talk.recording.values) <= 1100
    page = opened(talk)
    assert (tmp_path / "page.html").stat().st_size < 2_000_000
    press(page, "1")
    page.evaluate("place(fit())")                            # the hardest case: everything in sight
    times = page.evaluate("""async () => {
        const times = [], changes = [], frame = () => new Promise(requestAnimationFrame);
        const observer = new MutationObserver(() => {});
        observer.observe(document.body, {subtree: true, childList: true, attributes: true,
                                         characterData: true});
        for (let s = 1; s < view.steps.length; s += 1) {
            if (s % 10 === 0) await frame();
            const start = performance.now();
            show(s, true);
            view.svg.getBoundingClientRect();                // style and layout, not only the script
            times.push(performance.now() - start);
            changes.push(observer.takeRecords().length);
        }
        return [times, changes].map(numbers => numbers.sort((a, b) => a - b));
    }""")
    times, changes = times
    print(f"changes: median {changes[len(changes) // 2]}, most {changes[-1]}")
    print(f"repaint: median {times[len(times) // 2]:.1f} ms, 95% {times[len(times) * 95 // 100]:.1f} ms")
    assert changes[len(changes) // 2] < 150 and changes[len(changes) * 95 // 100] < 500


def test_printing_gives_one_step_per_page(opened, shared, tmp_path):
    pypdf = pytest.importorskip("pypdf")
    page = opened(lecture(shared))
    press(page, "ArrowRight")
    page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True)
    pages = [p.extract_text() for p in pypdf.PdfReader(tmp_path / "page.pdf").pages]
    assert len(pages) == page.evaluate("view.steps.length") == 15
    assert all(f"{i} / 15" in p for i, p in enumerate(pages, 1))
    assert page.locator("#sheets").count() == 0


def test_the_page_opens_quickly(opened):
    start = time.perf_counter()
    page = opened(lecture(network(28, 26, 1)))
    page.wait_for_function("view !== undefined")
    assert time.perf_counter() - start < 60
