"""Maps of how much pixels count: side by side, on scales of their own, framed where they look."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from explorer.core.network.effective import Box
from explorer.drawing.network.heat import LARGEST, LEGEND, TITLE, Heat, draw_heats, lay
from explorer.drawing.palette import THEMES, Palette

PLACE = QRectF(0, 0, 520, 260)
PAPER = np.zeros((28, 28), np.uint8)


@given(
    st.integers(1, 3),
    st.tuples(st.integers(1, 250), st.integers(1, 250)),
    st.integers(200, 1200),
    st.integers(100, 700),
)
def test_the_maps_stay_in_their_place(count: int, size: tuple[int, int], width: int, height: int):
    place = QRectF(0, 0, width, height)
    boards = lay(count, size, place)
    room = place.adjusted(-1, TITLE - 1, 1, 1 - LEGEND)
    for i, board in enumerate(boards):
        assert room.contains(board.rect) and board.cell <= LARGEST
        assert not any(board.rect.intersects(other.rect) for other in boards[i + 1 :])


def drawn(palette: Palette, *heats: Heat, under: np.ndarray = PAPER) -> QImage:
    image = QImage(int(PLACE.width()), int(PLACE.height()), QImage.Format.Format_RGB32)
    image.fill(QColor(palette.surface))
    painter = QPainter(image)
    draw_heats(painter, heats, under, palette, PLACE)
    painter.end()
    return image


@pytest.mark.parametrize("palette", THEMES.values(), ids=THEMES)
def test_each_map_has_a_scale_of_its_own(qtbot: QtBot, palette: Palette):
    weak = np.zeros((28, 28), np.float32)
    weak[5, 6] = 1e-6
    image = drawn(palette, Heat("a", weak), Heat("b", weak * 1e9))
    for board in lay(2, (28, 28), PLACE):
        centre = board.cell_rect(5, 6).center().toPoint()
        assert image.pixelColor(centre) == QColor(palette.map_signed[-1])
        beside = board.cell_rect(5, 8).center().toPoint()
        assert image.pixelColor(beside) == QColor(palette.map_signed[3])


def test_frames_lie_around_what_they_frame(qtbot: QtBot):
    palette = THEMES["light"]
    box = Box(4, 8, 11, 19)
    image = drawn(palette, Heat("a", np.zeros((28, 28), np.float32), box))
    (board,) = lay(1, (28, 28), PLACE)
    place = board.cell_rect(4, 8, 8, 12)
    on = [place.topLeft(), place.center()]
    assert image.pixelColor(on[0].toPoint()) == QColor(palette.focus_window)
    assert image.pixelColor(on[1].toPoint()) != QColor(palette.focus_window)


def test_the_digit_is_seen_through_and_nothing_is_no_error(qtbot: QtBot):
    palette = THEMES["dark"]
    under = PAPER.copy()
    under[10, 10] = 255
    image = drawn(palette, Heat("a", np.zeros((28, 28), np.float32)), under=under)
    (board,) = lay(1, (28, 28), PLACE)
    ink, paper = (image.pixelColor(board.cell_rect(row, 10).center().toPoint()) for row in (10, 14))
    assert ink.lightness() > paper.lightness() + 20
    assert drawn(palette, Heat("a", None, note="silent")) != drawn(palette, Heat("a", None))
