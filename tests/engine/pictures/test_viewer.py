"""The viewer: the page of a picture, in text and in a real browser."""

import re
from html.parser import HTMLParser

import pytest

from engine import Value, dot, draw
from engine.pictures.viewer import State, as_script, page
from nn import MLP


class Cells(HTMLParser):
    """The tags of a page, and the texts of its table."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.cells = [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag == "td":
            self.cells.append("")

    def handle_data(self, data):
        if self.tags and self.tags[-1] == "td" and data.strip():
            self.cells[-1] += data


def simple(text, rows):
    return page([State((), "<svg></svg>", {}, [], {}, ["n0"])], [text], text, rows)


def network(*sizes):
    J = (MLP(2, [*sizes, 1], "tanh", seed=3)([1.0, -2.0]) - 1.0) ** 2
    J.backward()
    return J


def pairs(n=64):
    J = dot(*([Value(k / 10, f"{name}{k}") for k in range(1, n + 1)] for name in "wx"))
    J.backward()
    return J


# --- the page as text -----------------------------------------------------------------------------

def test_a_page_has_the_picture_and_the_same_as_a_table():
    found = Cells(simple("a graph", [["w", "2"], ["J", "5"]]))
    assert found.cells == ["w", "2", "J", "5"] and found.tags.count("svg") == found.tags.count("table") == 1


def test_no_cell_no_name_and_no_description_adds_a_tag():
    nasty = '</td></script><script>alert(1)</script>"'
    calm, found = [Cells(simple(text, [[text]])) for text in ("calm", nasty)]
    assert found.tags == calm.tags and found.cells == [nasty]


def test_no_text_ends_the_script():
    assert as_script(["</script>"]) == '["\\u003c/script>"]'


def test_each_state_was_laid_out_when_the_page_was_written():
    states = draw(network(4), "layer").states()
    titles = [state.titles for state in states]
    assert titles[0] == () and ("layer 1",) in titles and len(titles) == len(set(titles))
    opened = states[titles.index(("layer 1",))]
    assert "W1[1,1]" in opened.svg and set(opened.held.values()) == {"layer 1"}
    assert all(len(state.holder) == len(states[0].holder) for state in states)


def test_a_box_that_was_opened_can_be_closed_again():
    states = draw(network(4), "layer", unfold=["layer 1"]).states()
    assert states[0].titles == ("layer 1",) and () in [state.titles for state in states]


def test_what_has_changed_since_it_was_drawn_is_not_opened():
    """A drawing shows the numbers of its time: other layouts would show those of now."""
    J = network(4)
    drawing = draw(J, "layer")
    J.data = 99.0
    assert len(drawing.states()) == 1 and "data 99" not in drawing.html()


def test_the_same_graph_gives_the_same_page():
    assert draw(network(3), "layer").html() == draw(network(3), "layer").html()


# --- in a browser ---------------------------------------------------------------------------------

def camera(page):
    return page.evaluate("[camera.s, camera.x, camera.y]")


def test_the_whole_picture_is_seen_at_first(opened):
    page = opened(draw(network(3), "unit"))
    assert not page.is_visible(".hint")
    frame, inside = page.evaluate("""[picture, svg].map(e => { const r = e.getBoundingClientRect();
        return [r.left, r.top, r.right, r.bottom] })""")
    assert frame[0] <= inside[0] and frame[1] <= inside[1] and frame[2] >= inside[2] and frame[3] >= inside[3]


LARGE = {"980 values": lambda: draw(pairs(980), fit=(16, 9), unfold=["w1 ... w980"]),
         "a layer":    lambda: draw(network(16, 16), "layer", unfold=["layer 2"]),
         "scalar":     lambda: draw(network(16, 16), "scalar")}


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("case", LARGE)
def test_of_a_picture_too_large_for_its_window_the_beginning_is_seen_in_letters_that_can_be_read(
        opened, case, width):
    """Class: pictures fitted to a window that they are too large for. Letters were 2 to 7 pixels high, and on
    a phone the window was empty."""
    page = opened(LARGE[case](), width=width, height=800)
    assert page.evaluate("12 * camera.s") == pytest.approx(9)
    frame = page.locator(".picture").bounding_box()
    seen  = page.evaluate("""[...svg.querySelectorAll('.node')].filter(node => {
        const box = node.getBoundingClientRect(), frame = picture.getBoundingClientRect();
        return box.left >= frame.left && box.right <= frame.right && box.top >= frame.top
            && box.bottom <= frame.bottom }).map(node => node.querySelector('text').textContent)""")
    assert len(seen) >= 3 and frame["width"] <= width
    assert page.text_content(".hint") == "drag to see the rest" and page.is_visible(".hint")
    page.get_by_role("button", name="Show the whole picture").click()
    assert not page.is_visible(".hint") and page.evaluate("12 * camera.s") < 9


def test_the_wheel_zooms_at_the_pointer(opened):
    page = opened(draw(network(3)))
    box  = page.locator("#n3").bounding_box()
    page.evaluate("picture.addEventListener('wheel', () => document.body.id = 'wheeled')")
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.wheel(0, -400)
    page.wait_for_selector("#wheeled")
    after = page.locator("#n3").bounding_box()
    assert after["width"] > 2 * box["width"]
    assert after["x"] + after["width"] / 2 == pytest.approx(box["x"] + box["width"] / 2, abs=2)


def test_dragging_pans(opened):
    page = opened(draw(network(3)))
    s, x, y = camera(page)
    frame = page.locator(".picture").bounding_box()
    page.mouse.move(frame["x"] + 300, frame["y"] + 200)
    page.mouse.down()
    page.mouse.move(frame["x"] + 360, frame["y"] + 230, steps=4)
    page.mouse.up()
    assert camera(page) == pytest.approx([s, x + 60, y + 30])


def test_two_fingers_pinch(opened):
    page = opened(draw(network(3)))
    before = camera(page)[0]
    page.evaluate("""const at = (type, id, x) => picture.dispatchEvent(new PointerEvent(type,
        {pointerId: id, clientX: x, clientY: 300, bubbles: true}));
        picture.setPointerCapture = () => {};
        at("pointerdown", 1, 300); at("pointerdown", 2, 400); at("pointermove", 2, 500);
        at("pointerup", 1, 300); at("pointerup", 2, 500);""")
    assert camera(page)[0] == pytest.approx(2 * before)


def test_buttons_and_keys_zoom_and_pan(opened):
    page = opened(draw(network(3), "unit"))
    start = camera(page)
    page.get_by_role("button", name="Zoom in").click()
    assert camera(page)[0] == pytest.approx(1.25 * start[0])
    page.get_by_role("button", name="Show the whole picture").click()
    assert camera(page) == pytest.approx(start)
    page.focus(".picture")
    page.keyboard.press("-")
    assert camera(page)[0] == pytest.approx(.8 * start[0])
    page.keyboard.press("0")
    page.keyboard.press("ArrowRight")
    assert camera(page) == pytest.approx([start[0], start[1] - 60, start[2]])


def test_a_box_opens_in_place_and_closes_again(opened):
    page = opened(draw(network(6, 6), "layer"))
    box  = page.get_by_role("button", name="Open layer 2").bounding_box()
    page.get_by_role("button", name="Open layer 2").click()
    assert "W2[1,1]" in page.text_content(".picture")
    inside = page.evaluate("middle(boxes(Object.keys(states[now].held).map(id => Number(id.slice(1)))))")
    frame  = page.locator(".picture").bounding_box()
    assert [frame["x"] + inside[0], frame["y"] + inside[1]] == pytest.approx(
        [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2], abs=3)
    page.get_by_role("button", name="close layer 2").click()
    assert page.get_by_role("button", name="Open layer 2").bounding_box() == pytest.approx(box, abs=2)


def test_a_bracket_opens_with_the_keyboard(opened):
    page = opened(draw(pairs(), fit=(16, 9)))
    page.get_by_role("button", name="Open w1 ... w64").focus()
    page.keyboard.press("Enter")
    assert "slope 1.7" in page.text_content(".picture")
    assert page.evaluate("document.activeElement.textContent") == "close w1 ... w64"


def test_a_layer_of_units_opens_as_a_whole(opened):
    page = opened(draw(network(5, 5), "unit"))
    assert page.get_by_role("button", name="Open layer 2").count() == 6   # one of them is a button
    page.get_by_role("button", name="open layer 2", exact=True).first.click()
    assert "b2[" in page.text_content(".picture")
    assert page.get_by_role("button", name="close layer 2").count() == 1


def test_a_name_is_searched_and_found_also_inside_a_box(opened):
    page = opened(draw(network(6, 6), "layer"))
    page.keyboard.press("/")
    page.keyboard.type("W2[3,4]")
    assert page.text_content("output") == "1 of 1: W2[3,4], inside the marked box"
    assert "layer 2" in page.text_content(".found")
    box, frame = page.locator(".found").bounding_box(), page.locator(".picture").bounding_box()
    assert box["x"] + box["width"] / 2 == pytest.approx(frame["x"] + frame["width"] / 2, abs=3)
    page.keyboard.press("Escape")
    assert page.locator(".found").count() == 0
    page.fill("input", "z1[")
    page.keyboard.press("Enter")
    assert page.text_content("output").startswith("2 of 6: ")
    page.fill("input", "nothing of that name")
    assert page.text_content("output") == "no such name"


@pytest.mark.parametrize("scheme, dark", [("light", False), ("dark", True)])
def test_the_picture_is_in_the_readers_theme(opened, scheme, dark):
    """Every text on its box has a contrast of 4.5 at least."""
    page = opened(draw(network(3), legend=True), color_scheme=scheme)
    light = page.evaluate("""(() => { const c = document.createElement('canvas').getContext('2d');
        const rgb = s => { c.fillStyle = s;
            return c.fillStyle.match(/\\w\\w/g).map(h => parseInt(h, 16) / 255) };
        window.light = s => rgb(s).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
            .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
        return light(getComputedStyle(document.body).backgroundColor) })()""")
    assert (light < .05) == dark
    ratios = page.evaluate("""[...document.querySelectorAll('.node')].flatMap(node => {
        const box = node.querySelector('path[fill]:not([fill=none]), polygon[fill]:not([fill=none])');
        const fill = box ? getComputedStyle(box).fill : 'none';
        const back = ['rgba(0, 0, 0, 0)', 'none'].includes(fill)
            ? getComputedStyle(document.body).backgroundColor : fill;
        return [...node.querySelectorAll('text')].map(text => {
            const [a, b] = [light(getComputedStyle(text).fill), light(back)];
            return (Math.max(a, b) + .05) / (Math.min(a, b) + .05) }) })""")
    assert len(ratios) > 40 and min(ratios) >= 4.5


def test_980_values_are_read_when_their_box_is_opened(opened):
    """Opened in place, the texts of a box of 980 values are at least 9 pixels high, none over another."""
    page = opened(draw(pairs(980), fit=(16, 9)))
    page.get_by_role("button", name="Open w1 ... w980").click()
    page.fill("input", "w777")
    text = page.locator(".found text").first
    assert text.text_content() == "w777" and "slope 77.7" in page.text_content(".found")
    assert page.evaluate("12 * camera.s") >= 9
    over = page.evaluate("""(() => { const boxes = [...svg.querySelectorAll('.node')].map(n => n.getBBox());
        return boxes.filter((a, i) => boxes.slice(i + 1).some(b =>
            a.x < b.x + b.width - 1 && b.x < a.x + a.width - 1
            && a.y < b.y + b.height - 1 && b.y < a.y + a.height - 1)).length })()""")
    assert over == 0 and page.locator(".node").count() == 982


def test_on_a_phone_nothing_leaves_the_page_and_letters_can_be_read(opened):
    page = opened(draw(network(16, 16), "layer"), width=390, height=844)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate("12 * camera.s") >= 9


def test_without_the_script_the_picture_stands_there(browser, tmp_path):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(draw(network(3)).save(tmp_path / "page.html").as_uri())
    assert page.locator(".picture svg").bounding_box()["width"] > 200 and not page.is_visible(".tools")
    context.close()


def test_the_page_is_one_file_under_its_policy():
    text = draw(network(3), "layer").html()
    assert re.search("default-src 'none'; style-src 'sha256-[^;]*; script-src 'sha256-[^;]*; base-uri", text)
    assert "src=" not in text and "@import" not in text
