"""What is veiled and what is lit: together a map, and never both."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRect

from explorer.core.network.tracing import Region
from explorer.drawing.network.veils import _around, blocks_of, within

SPANS = st.tuples(st.integers(0, 20), st.integers(1, 20))


@given(SPANS, SPANS, st.integers(1, 40), st.integers(1, 40))
def test_around_a_part_lies_all_the_rest(
    across: tuple[int, int], down: tuple[int, int], more_w: int, more_h: int
):
    area = QRect(5, 7, sum(across) + more_w - 1, sum(down) + more_h - 1)
    part = QRect(5 + across[0], 7 + down[0], across[1], down[1])
    rest = _around(area, part)
    assert all(area.contains(rect) and not rect.intersects(part) for rect in rest)
    assert not any(a.intersects(b) for a, b in combinations(rest, 2))
    sizes = sum(rect.width() * rect.height() for rect in [part, *rest])
    assert sizes == area.width() * area.height()


@given(st.sets(st.integers(0, 30), min_size=1), st.sets(st.integers(0, 30), min_size=1))
def test_blocks_cover_a_region(rows: set[int], columns: set[int]):
    region = Region(tuple(sorted(rows)), tuple(sorted(columns)))
    cells = {
        (row, column)
        for top, bottom, left, right in blocks_of(region)
        for row in range(top, bottom + 1)
        for column in range(left, right + 1)
    }
    assert cells >= {(row, column) for row in rows for column in columns}
    if len(blocks_of(region)) > 1:
        assert cells == {(row, column) for row in rows for column in columns}


def test_a_region_of_padding_alone_lights_nothing():
    assert blocks_of(Region((), ())) == []


def test_a_block_lies_within_its_map():
    area = QRect(10, 20, 50, 50)
    assert within(area, (0, 27, 0, 27), (28, 28)) == area
    assert within(area, (0, 0, 0, 0), (224, 224)).width() == 1
