"""Room for numbers starts on a cache line, so that vectors of them are read whole."""

import numpy as np
import pytest

from engine.matrices.data import aligned


@pytest.mark.parametrize("count", [1, 7, 8, 9, 1000])
def test_room_is_for_so_many_numbers_and_starts_on_a_cache_line(count):
    rooms = [aligned(count) for _ in range(5)]                        # each elsewhere in memory
    for room in rooms:
        assert room.shape == (count,) and room.dtype == np.float64 and not room.any()
        assert room.ctypes.data % 64 == 0 and room.flags.c_contiguous and room.flags.writeable


def test_rooms_share_no_memory():
    a, b = aligned(3), aligned(3)
    a[:] = 1
    assert not np.shares_memory(a, b) and not b.any()
