"""The board of changes: signs and colours say the same, and nothing is cut off."""

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter
from pytestqt.qtbot import QtBot

from explorer.drawing.confusion import Layout
from explorer.drawing.difference import _fitting, draw_difference, signed
from explorer.drawing.palette import THEMES, Palette


def test_changes_are_written_with_their_sign():
    assert [signed(n) for n in (0, 7, -7, 412, -1234)] == ["", "+7", "−7", "+412", "−1.2k"]


@pytest.mark.parametrize("palette", THEMES.values(), ids=THEMES)
def test_more_and_fewer_have_the_two_ends_of_the_colours(qtbot: QtBot, palette: Palette):
    cells = np.zeros((10, 10), np.int64)
    cells[4, 9], cells[4, 4] = 300, -300
    layout = Layout(300, 280)
    image = QImage(300, 280, QImage.Format.Format_RGB32)
    image.fill(QColor(palette.surface))
    painter = QPainter(image)
    draw_difference(painter, cells, palette, layout, (2, 3))
    painter.end()

    def colour(true: int, answer: int) -> QColor:
        corner = layout.cell(true, answer).topLeft()
        return image.pixelColor(int(corner.x()) + 1, int(corner.y()) + 1)

    assert colour(4, 9) == QColor(palette.map_signed[-1])
    assert colour(4, 4) == QColor(palette.map_signed[0])
    middle = QColor(palette.map_signed[3])
    assert abs(colour(0, 1).lightness() - middle.lightness()) <= 3


@pytest.mark.parametrize("side", [214, 266, 400])
def test_the_longest_change_fits_into_its_cell(qtbot: QtBot, side: int):
    cells = np.array([[-412, 412], [0, 7]], np.int64)
    layout = Layout(side, side, 10)
    wide = QFontMetricsF(_fitting(cells, layout)).horizontalAdvance("−412")
    assert wide <= layout.cell(0, 0).width() + 1


def test_a_crowded_board_has_colours_only(qtbot: QtBot):
    cells = np.ones((62, 62), np.int64)
    image = QImage(300, 300, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    draw_difference(painter, cells, THEMES["light"], Layout(300, 300, 62))
    painter.end()
    assert QRectF(0, 0, 300, 300).contains(Layout(300, 300, 62).cell(61, 61))
