"""Output channels small, and indices in the cells of a maximum."""

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF

from explorer.core.layers import MaxPool2d
from explorer.drawing.grid import Board
from explorer.drawing.layout import arrange
from explorer.drawing.thumbs import thumbnail_at
from tests.drawing.states import a_preset, a_state
from tests.drawing.test_frame import a_frame, painted


@pytest.fixture(autouse=True)
def fonts(qapp: Any) -> None:
    """Text is drawn, so there has to be an application."""


def test_a_thumbnail_is_found_where_it_lies():
    layout = arrange(a_preset("channels"), 800, 600)
    assert len(layout.thumbs) == 10
    for channel, board in enumerate(layout.thumbs):
        assert thumbnail_at(layout, board.rect.center()) == channel
    assert thumbnail_at(layout, QPointF(1, 1)) is None


def test_below_the_thumbnails_stands_what_they_are_for():
    frame = a_frame(a_preset("channels"))
    last = frame.layout.thumbs[-1].rect
    strip = QRectF(frame.layout.thumbs[0].x, last.bottom() + 4, 80, 16).toAlignedRect()
    seen = painted(frame).copy(strip)
    assert len({seen.pixel(i, j) for i in range(80) for j in range(16)}) > 4


def test_indices_stand_in_the_cells_where_torch_returns_them():
    x = np.arange(16, dtype=np.float32).reshape(1, 4, 4)

    def corner(layer: MaxPool2d) -> list[int]:
        frame = a_frame(a_state(layer, x, step=3.0), size=(1000, 800))
        board = frame.layout.output
        assert isinstance(board, Board)
        place = board.cell_rect(0, 0).toAlignedRect()
        seen = painted(frame).copy(
            place.adjusted(place.width() // 2, place.height() * 3 // 4, -3, 0)
        )
        return [seen.pixel(i, j) for i in range(seen.width()) for j in range(seen.height())]

    assert corner(MaxPool2d((2, 2))) != corner(MaxPool2d((2, 2), return_indices=True))
