"""The kernels of a layer side by side."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from explorer.drawing.colour import levels, ramp
from explorer.drawing.kernels import CAPTION, draw_kernels, gallery
from explorer.drawing.palette import THEMES, Palette


@given(
    st.integers(1, 40),
    st.tuples(st.integers(1, 11), st.integers(1, 11)),
    st.floats(20, 1500),
    st.floats(20, 1500),
)
def test_the_boards_fill_the_place_and_stay_in_it(
    count: int, kernel: tuple[int, int], width: float, height: float
):
    boards = gallery(count, kernel, width, height)
    assert len(boards) == count
    assert {board.shape for board in boards} == {kernel}
    assert len({board.cell for board in boards}) == 1
    if boards[0].cell <= 0:
        return  # there is no room at all
    place = QRectF(0, 0, width, height).adjusted(-1e-6, -1e-6, 1e-6, 1e-6)
    for i, board in enumerate(boards):
        assert place.contains(board.rect.adjusted(0, 0, 0, CAPTION))
        assert not any(board.rect.intersects(other.rect) for other in boards[i + 1 :])


@pytest.mark.parametrize("palette", THEMES.values(), ids=THEMES)
def test_all_kernels_are_on_one_scale(qtbot: QtBot, palette: Palette):
    weight = np.linspace(-1, 2, 4 * 9, dtype=np.float32).reshape(4, 1, 3, 3)
    image = QImage(400, 150, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    draw_kernels(painter, weight, palette, QRectF(0, 0, 400, 150))
    painter.end()
    for number, board in enumerate(gallery(4, (3, 3), 400, 150)):
        for row, column in np.ndindex(3, 3):
            corner = board.cell_rect(row, column).topLeft().toPoint()
            place = levels(weight[number, 0, row, column], -2, 2)
            seen = image.pixelColor(corner.x() + 3, corner.y() + 3)
            assert seen == QColor(*ramp(palette.map_weight)[int(place)].tolist())


def test_there_may_be_no_room(qtbot: QtBot):
    image = QImage(10, 10, QImage.Format.Format_RGB32)
    image.fill(0)
    painter = QPainter(image)
    draw_kernels(
        painter, np.zeros((10, 1, 5, 5), np.float32), THEMES["light"], QRectF(0, 0, 10, 10)
    )
    painter.end()
    assert image.pixelColor(5, 5) == QColor("black")
