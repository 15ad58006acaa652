"""What nobody reads any more becomes room for other lines of the same shape and kind."""

import numpy as np

from engine.matrices.algebra import simpler
from engine.matrices.lines import Lines
from engine.matrices.numpy.rooms import Rooms

SAMPLES = 4


def placed(lines, roots, wanted=None):
    """The rooms, and that of each line, freed after its last reader as a plan does it."""
    rooms, found = Rooms(lines, roots, SAMPLES, wanted or {}), []
    for place, z in enumerate(lines):
        rooms.free(z, place)                                          # an operand may be overwritten
        found.append(rooms.room(z))
    return found


def test_a_line_takes_the_place_of_what_is_read_no_more():
    """A where Z was, S in an array of its own, J where one of the two was."""
    lines = Lines(simpler)
    x = lines.new("input", (), (-1, 3))
    z = x + 1
    a = lines.call("tanh", z)
    s = a * a
    j = a + s
    root = lines.sum(j, (0, 1))
    Z, A, S, J, _ = placed([z, a, s, j, root], [root])
    assert A is Z and S is not A and (J is A or J is S) and Z.shape == (SAMPLES, 3)


def test_what_the_caller_wants_is_put_where_the_caller_has_room_and_is_never_overwritten():
    lines = Lines(simpler)
    x    = lines.new("input", (), (-1, 3))
    z    = x + 1
    a    = lines.call("tanh", z)
    room = np.empty((SAMPLES, 3))
    Z, A = placed([z, a], [z, a], {id(z): room})
    assert Z is room and A is not room


def test_a_view_keeps_the_memory_that_it_shows():
    lines = Lines(simpler)
    x    = lines.new("input", (), (-1, 3))
    z    = x + 1
    part = lines.new("slice", (z,), (-1, 2), (0, 2))
    y    = lines.call("exp", z)
    end  = lines.call("tanh", part)
    rooms = Rooms([z, part, y, end], [y, end], SAMPLES, {})
    Z = rooms.room(z)
    rooms.free(y, 2)                                                  # z is shown by part, which end reads
    assert rooms.room(y) is not Z
    rooms.free(end, 3)
    assert rooms.room(z * 2) is Z


def test_numbers_and_conditions_and_other_shapes_have_rooms_of_their_own():
    lines = Lines(simpler)
    x     = lines.new("input", (), (-1, 3))
    c, z  = x < 0, x + 1
    rooms = Rooms([c, z], [], SAMPLES, {})
    assert rooms.room(c).dtype == bool and rooms.room(z).dtype == float
    assert rooms.room(lines.sum(z, (0,))).shape == (3,)
