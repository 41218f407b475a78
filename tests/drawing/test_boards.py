"""Numbers in cells: as large as they can be read, whatever one cell among them holds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.drawing.boards import READABLE, _cell_texts


def texts(*values: float) -> list[str]:
    return _cell_texts([list(values)])[0]


@pytest.mark.parametrize(
    ("large", "shown"),
    [
        (1e9, "1e9"),
        (-1.2e9, "−1e9"),
        (123456.0, "1.2e5"),
        (-1234.5, "−1234"),
        (0.00123, "0.001"),
        (-12.34, "−12.3"),
    ],
)
def test_one_long_number_does_not_shrink_the_others(large: float, shown: str):
    assert texts(*range(8), large) == [*map(str, range(8)), shown]


def test_where_most_are_long_all_of_them_stay():
    assert texts(1234.25, -1000.5, 2.0, 10000.25) == ["1234.2", "−1000.5", "2", "10000.2"]
    assert texts(1.23e9, -1e9, 1e-5, 2e12) == ["1.2e9", "−1e9", "1e−5", "2e12"]


@given(st.lists(st.floats(width=32), min_size=1, max_size=20))
def test_what_is_short_stays_and_nothing_grows(values: list[float]):
    shown, few = texts(*values), len(values) // 4
    alone = [texts(value)[0] for value in values]
    assert all(len(a) <= len(b) for a, b in zip(shown, alone, strict=True))
    assert all(a == b for a, b in zip(shown, alone, strict=True) if len(b) <= READABLE)
    longest = sorted(map(len, alone))[-1 - few]
    assert max(map(len, shown)) <= max(longest, READABLE + 2)


def test_a_board_keeps_its_shape():
    rows = np.arange(6.0).reshape(2, 3).tolist()
    assert [len(row) for row in _cell_texts(rows)] == [3, 3]
