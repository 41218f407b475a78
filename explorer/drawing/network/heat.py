"""How much each pixel moves a unit, as colours over the digit; several such maps side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen

from explorer.core.geometry import Pair
from explorer.core.layers import Array
from explorer.core.network.effective import Box
from explorer.drawing.boards import font
from explorer.drawing.colour import picture
from explorer.drawing.grid import Board
from explorer.drawing.palette import BODY, GRID, SMALL, Palette

TITLE: Final = 3 * GRID
"""Room for the title of a map."""
LEGEND: Final = 3 * GRID
"""Room for the legend below the maps."""
BETWEEN: Final = 3 * GRID
INK: Final = 0.3
"""How much of the digit is seen over the colours."""
LARGEST: Final = 12.0
"""Pixels that a pixel of the picture is wide at most."""
DASHES: Final = (3.0, 2.0)
SAMPLE: Final = GRID + GRID // 2
"""Pixels that a sample in the legend is high."""
APART: Final = 6
"""Pixels from a sample to its words, and half of those to the next one."""

translate = QCoreApplication.translate

Grey = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Heat:
    """A map of how much the pixels of a picture count.

    Attributes
    ----------
    values
        (H, W), none below 0; None as long as it is not there.
    region
        What the unit sees in theory; None where that is nothing.
    square
        Where nearly all of it is; None where all is 0.
    note
        What stands on the map where there is nothing to see, or an empty text.
    """

    title: str
    values: Array | None
    region: Box | None = None
    square: Box | None = None
    note: str = ""


def lay(count: int, size: Pair, place: QRectF) -> list[Board]:
    """Lay so many maps of `size` (h, w) out side by side in a place, from its left edge on."""
    h, w = size
    across = (place.width() - (count - 1) * BETWEEN) / count / w
    down = (place.height() - TITLE - LEGEND) / h
    cell = max(min(across, down, LARGEST), 0.01)
    if cell >= 1:
        cell = floor(cell)  # all pixels of the picture of one size
    step = w * cell + BETWEEN
    return [
        Board(round(place.left() + i * step), round(place.top() + TITLE), cell, size)
        for i in range(count)
    ]


def width_for(count: int, size: Pair, height: float) -> float:
    """Return how wide so many maps of `size` (h, w) are in a place of a height."""
    last = lay(count, size, QRectF(0, 0, 1e6, height))[-1]
    return last.rect.right() + 1


def draw_heats(
    painter: QPainter, heats: Sequence[Heat], under: Grey, palette: Palette, place: QRectF
) -> None:
    """Draw maps side by side, each on a scale of its own, over a picture (H, W).

    Colours grow with the square root, or a single pixel would outshine all others.
    """
    boards = lay(len(heats), (under.shape[0], under.shape[1]), place)
    for heat, board in zip(heats, boards, strict=True):
        _draw_title(painter, heat.title, board, palette)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.fillRect(board.rect, QColor(palette.ghost))
        if heat.values is not None:
            _draw_map(painter, heat.values, board, palette)
            painter.drawImage(board.rect, _ink(under, QColor(palette.text)))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(palette.border), 1))
        painter.drawRect(board.rect.adjusted(-1, -1, 0, 0))
        _draw_frames(painter, heat, board, palette)
        if heat.note:
            _draw_note(painter, heat.note, board, palette)
    if boards:
        start = QPointF(boards[0].x, boards[0].rect.bottom())
        _draw_legend(painter, palette, start, place.right() - start.x())


def _draw_map(painter: QPainter, values: Array, board: Board, palette: Palette) -> None:
    most = float(values.max(initial=0.0))
    shares = np.sqrt(np.maximum(values, 0) / most) if most > 0 else np.zeros_like(values)
    painter.drawImage(board.rect, picture(shares, _ramp(palette), 0.0, 1.0))


def _ramp(palette: Palette) -> tuple[str, ...]:
    """Return the colours from nothing to the most: those of numbers above zero."""
    return palette.map_signed[len(palette.map_signed) // 2 :]


def _frame(board: Board, box: Box) -> QRectF:
    return board.cell_rect(box.top, box.left, *box.size)


def _draw_frames(painter: QPainter, heat: Heat, board: Board, palette: Palette) -> None:
    if heat.region is not None:
        painter.setPen(_solid(palette))
        painter.drawRect(_frame(board, heat.region).adjusted(0, 0, -1, -1))
    if heat.square is not None:
        painter.setPen(_dashed(palette))
        painter.drawRect(_frame(board, heat.square).adjusted(0, 0, -1, -1))


def _solid(palette: Palette) -> QPen:
    pen = QPen(QColor(palette.focus_window), 2)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    return pen


def _dashed(palette: Palette) -> QPen:
    pen = QPen(QColor(palette.text), 2)
    pen.setDashPattern(DASHES)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    return pen


def _draw_title(painter: QPainter, title: str, board: Board, palette: Palette) -> None:
    painter.setFont(font(BODY, QFont.Weight.DemiBold))
    painter.setPen(QColor(palette.text))
    line = QRectF(board.x, board.y - TITLE, board.whole.width() + BETWEEN - GRID, TITLE - GRID // 2)
    metrics = QFontMetricsF(painter.font())
    words = metrics.elidedText(title, Qt.TextElideMode.ElideRight, line.width())
    painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)


def _draw_note(painter: QPainter, note: str, board: Board, palette: Palette) -> None:
    painter.setFont(font(SMALL))
    inside = board.rect.adjusted(GRID, GRID, -GRID, -GRID)
    flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
    around = painter.boundingRect(inside, flags, note).adjusted(-4, -2, 4, 2)
    painter.fillRect(around, QColor(palette.surface))
    painter.setPen(QColor(palette.text))
    painter.drawText(inside, flags, note)


def _ink(under: Grey, colour: QColor) -> QImage:
    """Return a picture as ink of a colour on glass, so that what is below is seen through it."""
    h, w = under.shape
    alpha = under.astype(np.float32) * INK
    solid = np.array([colour.blue(), colour.green(), colour.red(), 255], np.float32) / 255
    pixels = (alpha[:, :, None] * solid).astype(np.uint8)
    return QImage(pixels.data, w, h, 4 * w, QImage.Format.Format_ARGB32_Premultiplied).copy()


def _draw_legend(painter: QPainter, palette: Palette, start: QPointF, room: float) -> None:
    """Draw what colours and frames mean in a line, as many of the three as have room."""
    painter.setFont(font(SMALL))
    metrics = QFontMetricsF(painter.font())
    middle, x = start.y() + LEGEND / 2, start.x()
    for sample, wide, words in (
        (_sample_colours, 3 * GRID, translate("network", "least … most")),
        (_sample_region, 3 * GRID, translate("network", "in theory")),
        (_sample_square, 3 * GRID, translate("network", "95 %")),
    ):
        width = wide + APART + metrics.horizontalAdvance(words)
        if x + width > start.x() + room:
            return
        sample(painter, QRectF(x, middle - SAMPLE / 2, wide, SAMPLE), palette)
        painter.setPen(QColor(palette.muted))
        line = QRectF(x + wide + APART, middle - GRID, width, 2 * GRID)
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
        x += width + 2 * APART


def _sample_colours(painter: QPainter, place: QRectF, palette: Palette) -> None:
    steps = np.linspace(0, 1, 64, dtype=np.float32)[None, :]
    painter.drawImage(place, picture(steps, _ramp(palette), 0.0, 1.0))
    painter.setPen(QPen(QColor(palette.border), 1))
    painter.drawRect(place)


def _sample_region(painter: QPainter, place: QRectF, palette: Palette) -> None:
    painter.setPen(_solid(palette))
    painter.drawRect(place)


def _sample_square(painter: QPainter, place: QRectF, palette: Palette) -> None:
    painter.setPen(_dashed(palette))
    painter.drawRect(place)
