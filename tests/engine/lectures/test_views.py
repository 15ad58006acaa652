"""views: a recording as cards, arrows and scenes; where they stand, and what each scene writes."""


import pytest

from engine import Value, total
from engine.lectures.recording import record
from engine.lectures.views import LABELLED, joint, middle, scalar_view
from engine.value import Constant


@pytest.fixture
def view(shared):
    return scalar_view(record(shared))


# --- cards and arrows -----------------------------------------------------------------------------

def test_a_card_for_each_value_with_its_symbol_and_role(view):
    assert [(c.name, c.symbol, c.role) for c in view.cards] == [
        ("w", "", "weight"), ("x", "", "input"), ("v1", "w·x", "operation"), ("b", "", "bias"),
        ("v2", "v1 + b", "operation"), ("v3", "tanh(v2)", "operation"), ("v4", "v3·v3", "operation"),
        ("v5", "x·v3", "operation"), ("L", "v4 + v5", "root")]
    assert view.nodes == list(range(9)) and view.inside == [[]] * 9


def test_a_formula_that_would_widen_its_card_gives_way_to_the_sign():
    long = Value(2.0, "a_long_name") * Value(3.0, "another")
    assert scalar_view(record(long)).cards[-1].symbol == "·"
    assert scalar_view(record(Value(2.0, "x") - -1)).cards[-1].symbol == "x − (−1)"


def test_a_live_view_has_room_for_other_numbers_and_the_same_cards(shared):
    still, live = scalar_view(record(shared)), scalar_view(record(shared), live=True)
    assert [card.name for card in live.cards] == [card.name for card in still.cards]
    assert min(card.width for card in live.cards) > min(card.width for card in still.cards)


def test_an_arrow_for_each_use_with_its_slope(view):
    """a*a has two, in the same place of the graph and with places of their own."""
    uses = [arrow for arrow in view.arrows if (arrow.tail, arrow.head) == (5, 6)]
    assert [arrow.partial for arrow in uses] == ["0.9051", "0.9051"] and len(view.arrows) == 11
    first, second = [k for k, arrow in enumerate(view.arrows) if arrow in uses]
    assert view.labels[first] != view.labels[second]


def test_a_plain_number_is_a_small_card_without_a_slope():
    view = scalar_view(record(Value(3.0, "x") * 2))
    small = next(i for i, card in enumerate(view.cards) if card.role == "constant")
    assert view.cards[small].height < view.cards[0].height
    assert [arrow.partial for arrow in view.arrows] == ["2", ""]


# --- scenes ---------------------------------------------------------------------------------------

def test_forward_writes_each_number_once_and_backward_each_gradient_when_it_is_complete(view, shared):
    recording, last = record(shared), {}
    for scene in view.scenes:
        for i, slot, _, full, note in scene.changes:
            assert not (slot == "v" and (i, slot) in last)
            last[i, slot] = full, note
    for i, v in enumerate(recording.values):
        assert last[i, "v"] == (repr(v.data), "")
        assert float(last[i, "g"][0]) == recording.grads[i] and last[i, "g"][1] == ""


def test_numbers_flow_along_the_arrows_of_the_step(view):
    for scene in view.scenes:
        moving = scene.phase in ("forward", "backward")
        assert all(view.arrows[k].head == scene.card for k in scene.arrows) and bool(scene.arrows) == moving
    assert [scene.phase for scene in view.scenes] == [
        "given", *["forward"] * 6, "seed", *["backward"] * 6, "done"]


def test_a_gradient_that_is_not_complete_says_how_many_of_its_uses_are_in(view):
    changes = [change for scene in view.scenes for change in scene.changes]
    assert [note for i, slot, _, _, note in changes if (i, slot) == (5, "g")] == ["1/3", "2/3", ""]


# --- places ---------------------------------------------------------------------------------------

def test_no_two_cards_overlap_and_all_are_inside(view):
    boxes = [(x - c.width / 2, y - c.height / 2, x + c.width / 2, y + c.height / 2)
             for (x, y), c in zip(view.places, view.cards)]
    for k, (left, top, right, bottom) in enumerate(boxes):
        assert -1 <= left and -1 <= top and right <= view.width + 1 and bottom <= view.height + 1
        assert all(right <= l or r <= left or bottom <= t or b <= top for l, t, r, b in boxes[k + 1:])


def test_operands_stand_to_the_left(view):
    assert all(view.places[arrow.tail][0] < view.places[arrow.head][0] for arrow in view.arrows)


def test_a_card_has_room_for_its_longest_number():
    short, long = (scalar_view(record(-Value(x, "x"))).cards[0].width for x in (2.0, -1.234e-105))
    assert long > short


@pytest.mark.parametrize("uses, labelled", [(LABELLED, True), (LABELLED + 1, False)])
def test_with_many_arrows_slopes_show_in_their_step_only(uses, labelled):
    view = scalar_view(record(total([Value(1.0, f"x{k}") for k in range(uses)])))
    assert len(view.arrows) == uses and view.labelled == labelled and len(view.labels) == uses


def test_the_same_recording_has_the_same_places(shared):
    assert scalar_view(record(shared)) == scalar_view(record(shared))


def test_curves_joined_and_halved():
    line = [(0.0, 0.0), (1.0, 1.0), (2.0, 1.0), (3.0, 0.0)]
    more = [(5.0, 0.0), (6.0, 0.0), (7.0, 0.0), (8.0, 0.0)]
    assert joint(line, None) is line and middle(line) == (1.5, 0.75)
    both = joint(line, more)
    assert both == [*line, (3.0, 0.0), (5.0, 0.0), *more] and middle(both) == (4.0, 0.0)


def test_a_constant_gets_no_gradient_written(shared):
    recording = record(shared * 2)
    view = scalar_view(recording)
    constant = next(i for i, v in enumerate(recording.values) if type(v) is Constant)
    assert [slot for scene in view.scenes for i, slot, *_ in scene.changes if i == constant] == ["v"]
