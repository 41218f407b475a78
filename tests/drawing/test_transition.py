"""The way from one layout to the next."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF

from explorer.core.layers import Conv2d
from explorer.core.scene import LabState
from explorer.drawing.frame import Frame
from explorer.drawing.grid import Board
from explorer.drawing.layout import Layout, arrange
from explorer.drawing.palette import LIGHT
from explorer.drawing.transition import between
from tests.drawing.states import a_preset, a_state, boards, evaluated, states
from tests.drawing.test_frame import painted

SIZE = (640, 480)
SHARES = (0.0, 0.3, 0.8)


@pytest.fixture(autouse=True)
def fonts(qapp: Any) -> None:
    """Text is drawn, so there has to be an application."""


def layout_of(**changes: Any) -> Layout:
    state = a_preset("numbers")
    return arrange(a_state(state.layer.with_(**changes), state.input), *SIZE)


def corners(board: Board, cell: tuple[int, int] = (0, 0)) -> tuple[float, ...]:
    rect = board.cell_rect(*cell)
    return rect.left(), rect.top(), rect.right(), rect.bottom()


@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize("cell", [(0, 0), (2, 3), (4, 4)])
def test_a_real_cell_goes_straight_while_padding_is_uncovered(share: float, cell: tuple[int, int]):
    old, new = layout_of(), layout_of(padding=(2, 2))
    (before,), (behind,) = old.input, new.input
    (board,) = between(old, new, share).input
    assert (board.shape, board.first) == (behind.shape, behind.first)
    ends = zip(corners(before, cell), corners(behind, cell), strict=True)
    assert corners(board, cell) == pytest.approx([a + share * (b - a) for a, b in ends])
    assert board.rect == board.place
    ring = (board.rect.width() / board.cell - before.shape[1]) / 2
    assert ring == pytest.approx(0) if share == 0 else 0 < ring < 2


def test_the_way_ends_where_the_new_layout_is():
    old, new = layout_of(), layout_of(padding=(2, 2))
    assert between(old, new, 1.0) is new


def test_a_way_can_begin_on_the_way():
    old, half = layout_of(), between(layout_of(), layout_of(padding=(3, 3)), 0.5)
    for end in (old, layout_of(padding=(1, 1))):
        start = between(half, end, 0.0)
        assert corners(start.input[0]) == pytest.approx(corners(half.input[0]))
        assert start.input[0].place == half.input[0].place


def test_what_was_not_there_grows_in_its_place_and_another_sum_is_there_at_once():
    x = a_preset("numbers").input
    old = arrange(a_state(Conv2d(1, 1, (3, 3)), x), *SIZE)
    new = arrange(a_state(Conv2d(3, 2, (3, 3)), x.repeat(3, axis=0)), *SIZE)
    way = between(old, new, 0.1)
    for board, end in zip(way.input[1:], new.input[1:], strict=True):
        assert board.cell < end.cell / 5
        assert end.whole.contains(board.whole)
    assert (way.window, way.kernel, way.partial) == (new.window, new.kernel, new.partial)
    assert len(way.thumbs) == len(new.thumbs)


@given(states() | states(stamping=True), states(), st.floats(0, 1))
def test_any_way_can_be_drawn(old: LabState, new: LabState, share: float):
    way = between(arrange(old, *SIZE), arrange(new, *SIZE), share)
    assert boards(way).keys() == boards(arrange(new, *SIZE)).keys()
    frame = Frame(new, evaluated(new), way, LIGHT, QRectF(0, 0, *SIZE))
    assert not painted(frame).isNull()
