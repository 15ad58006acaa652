"""A folded view shows the recorded numbers of the single values, for any network."""

from hypothesis import given, settings
from hypothesis import strategies as st

from engine import lecture, total
from engine.lectures.folded_views import folded_view
from engine.lectures.recording import record
from engine.show.numbers import exact
from engine.value import Constant
from nn import MLP


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(1, 4), min_size=1, max_size=3), st.sampled_from(["tanh", "relu", "silu"]),
       st.booleans(), st.integers(0, 99))
def test_every_card_ends_with_the_numbers_of_its_outputs(sizes, hidden, elementwise, seed):
    model = MLP(2, sizes, hidden=hidden, elementwise=elementwise, seed=seed)
    out   = model([0.3, -0.7])
    root  = (total(out if isinstance(out, list) else [out]) - 1) ** 2
    recording = record(root)
    root.backward()
    by_text = {}
    for name in ("unit", "layer"):
        view = folded_view(recording, name)
        if view is None:
            continue
        last = {}
        for scene in view.scenes:
            for i, slot, _, full, _ in scene.changes:
                last[i, slot] = full
        for i, node in enumerate(view.nodes):
            v = recording.values[node]
            assert last[i, "v"].split("; ")[-1] == exact(v.data)
            if type(v) is not Constant:
                assert last[i, "g"].split("; ")[-1] == exact(recording.grads[node])
                assert v.operands == () or recording.grads[node] == v.grad
        by_text[name] = len(view.cards)
    assert by_text.get("layer", 0) <= by_text.get("unit", 99)


def test_no_gradient_is_written_before_all_uses_have_passed_theirs_on():
    recording = record((MLP(2, [3, 2, 1], hidden="tanh")([1.0, 2.0]) - 1) ** 2)
    view, written = folded_view(recording, "unit"), set()
    users = {i: {a.head for a in view.arrows if a.tail == i} for i in range(len(view.cards))}
    passed = set()
    for scene in view.scenes:
        if scene.phase == "backward":
            assert scene.card in written
            passed.add(scene.card)
        for i, slot, *_ in scene.changes:
            if slot == "g":
                assert users[i] <= passed
                written.add(i)


def test_each_contribution_to_a_parameter_is_listed_once():
    recording = record((MLP(2, [3, 1], hidden="tanh")([1.0, 2.0]) - 1) ** 2)
    for name in ("unit", "layer"):
        sent = [c.operand for scene in folded_view(recording, name).scenes for _, c in scene.sent]
        weights = [i for i, role in enumerate(recording.roles) if role in ("weight", "bias")]
        assert sorted(i for i in sent if i in weights) == weights


def test_the_page_zooms_and_stays_at_the_same_moment(opened):
    page = opened(lecture((MLP(2, [3, 1], hidden="tanh", seed=3)([1.0, -2.0]) - 1) ** 2))
    page.keyboard.press("2")
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    assert page.text_content("#phase") == "Forward: compute a1[3]"
    page.keyboard.press("1")
    assert page.evaluate("view.name") == "scalar" and "a1[3]" in page.text_content("#phase")
    page.keyboard.press("3")
    assert page.text_content("#phase") == "Forward: compute layer 1"
    page.keyboard.press("End")
    assert page.evaluate("k") == page.evaluate("view.steps.length - 1")
