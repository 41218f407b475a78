"""Grids of numbers: cells in colour, digits that can be read on them, padding, legends."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, floor, inf
from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontMetricsF,
    QGuiApplication,
    QImage,
    QLinearGradient,
    QPainter,
    QPen,
)

from explorer.core.cell import number
from explorer.core.geometry import Pair
from explorer.core.layers import Array
from explorer.drawing.colour import LEVELS, faint_ink, ink, levels, picture, ramp
from explorer.drawing.grid import Board
from explorer.drawing.palette import GRID, HEADING, SMALL, Palette

SMALLEST_WITH_NUMBERS: Final = 20.0
SMALLEST_WITH_GRID: Final = 6.0
BAR_IN_LINE: Final = 6.0 * GRID
"""Width of a legend's colours between words."""
TITLE_UP: Final = 26
"""How far above a board the base line of its title lies."""
READABLE: Final = 5
"""Characters in a cell that are never too many."""
SHORT_FORMS: Final = (".3f", ".2f", ".1f", ".0f", ".1e", ".0e")
"""How a number may be written in short, from long to short."""
VEIL_OPACITY: Final = 0.62
"""Of what lies over all cells that have nothing to do with the one that is traced."""
HATCH_OPACITY: Final = 0.45
COPY_OPACITY: Final = 0.55
"""Of a number that padding copies, over the hatch."""
MOST_WIDTHS: Final = 4096
"""So many widths of texts are kept."""

_widths: dict[tuple[str, str], float] = {}
"""By the text, and what tells a typeface from others."""


@dataclass(frozen=True)
class Scale:
    """How numbers become colours: a ramp and the range that it spans."""

    anchors: tuple[str, ...]
    low: float
    high: float


def font(pixels: float, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """Return the application's typeface at a size in pixels, with digits of one width."""
    return QFont(_made(max(1, round(pixels)), weight, QGuiApplication.font().family()))


@lru_cache(maxsize=128)
def _made(pixels: int, weight: QFont.Weight, family: str) -> QFont:
    """Return a typeface whose letters Qt has to look for but once; its copies share them."""
    made = QFont()
    made.setPixelSize(pixels)
    made.setWeight(weight)
    if hasattr(made, "setFeature"):
        made.setFeature(QFont.Tag("tnum"), 1)
    return made


@contextmanager
def uncovered(painter: QPainter, board: Board) -> Iterator[None]:
    """Draw no more of `board` than is uncovered of it."""
    if board.shown is None:
        yield
        return
    painter.save()
    painter.setClipRect(board.rect, Qt.ClipOperation.IntersectClip)
    yield
    painter.restore()


def draw_values(
    painter: QPainter,
    board: Board,
    values: Array,
    scale: Scale,
    visible: QRectF,
    mask: np.ndarray | None = None,
) -> None:
    """Draw `values`, of the shape of `board`, with numbers where there is room for them.

    Only what lies in `visible` is drawn, and of cells smaller than a pixel only some. Where `mask`
    is False nothing is.
    """
    seen = board.seen(visible)
    if not seen[0] or not seen[1]:
        return
    thin = max(1, int(1 / board.cell))
    (top, left), rows, columns = board.first, seen[0], seen[1]
    part = np.s_[
        rows.start - top : rows.stop - top : thin, columns.start - left : columns.stop - left : thin
    ]
    shown, where = values[part], None if mask is None else mask[part]
    place = board.cell_rect(rows.start, columns.start, len(rows), len(columns))
    with uncovered(painter, board):
        painter.drawImage(place, picture(shown, scale.anchors, scale.low, scale.high, where))
        if board.cell >= SMALLEST_WITH_NUMBERS:
            first = rows.start, columns.start
            _draw_numbers(painter, board, first, shown, scale, where, ink(scale.anchors))


def draw_faint(
    painter: QPainter,
    board: Board,
    values: Array,
    scale: Scale,
    visible: QRectF,
    mask: np.ndarray,
    palette: Palette,
) -> None:
    """Write the numbers of `draw_values` once more, over the veil that hides them.

    Faint, but so that they can be made out; only where `mask` is True.
    """
    rows, columns = board.seen(visible)
    if board.cell < SMALLEST_WITH_NUMBERS or not rows or not columns:
        return
    top, left = board.first
    part = np.s_[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
    colours = faint_ink(scale.anchors, palette.surface, VEIL_OPACITY)
    first = rows.start, columns.start
    with uncovered(painter, board):
        _draw_numbers(painter, board, first, values[part], scale, mask[part], colours)


def _draw_numbers(
    painter: QPainter,
    board: Board,
    first: Pair,
    values: Array,
    scale: Scale,
    mask: np.ndarray | None,
    colours: tuple[QColor, ...],
) -> None:
    places = levels(values, scale.low, scale.high)
    texts = _cell_texts(values.tolist())
    longest = max(len(t) for row in texts for t in row)
    painter.setFont(font(min(board.cell * 0.42, board.cell * 1.45 / max(longest, 2), 17)))
    for (row, column), place in np.ndenumerate(places):
        if mask is None or mask[row, column]:
            painter.setPen(colours[place])
            rect = board.cell_rect(first[0] + row, first[1] + column)
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, texts[row][column])


def _cell_texts(rows: list[list[float]]) -> list[list[str]]:
    """Return the numbers of cells, the few that are far longer than the others in short.

    All have one size of letters, which the longest decides.
    """
    texts = [[_brief(number(value)) for value in row] for row in rows]
    lengths = sorted(len(text) for row in texts for text in row)
    usual = max(lengths[(len(lengths) - 1) * 3 // 4], READABLE)
    if lengths[-1] <= usual:
        return texts
    return [
        [
            text if len(text) <= usual else _shortened(value, usual)
            for text, value in zip(shown, row, strict=True)
        ]
        for shown, row in zip(texts, rows, strict=True)
    ]


def _brief(text: str) -> str:
    """Return a number without what is empty in a power of ten: 1.0e+09 is 1e9."""
    if "e" not in text:
        return text
    digits, _, power = text.partition("e")
    return f"{digits.removesuffix('.0')}e{int(power.replace('−', '-'))}".replace("-", "−")


def _shortened(value: float, room: int) -> str:
    """Return what is nearest to a number in at most `room` characters, if that can be."""
    forms = [_brief(f"{value:{form}}".replace("-", "−")) for form in SHORT_FORMS]
    fitting = [text for text in forms if len(text) <= room] or forms[-1:]
    return min(fitting, key=lambda text: abs(float(text.replace("−", "-")) - value))


def draw_grid(painter: QPainter, board: Board, palette: Palette, visible: QRectF) -> None:
    """Draw the frame of `board`, and the lines between its cells where there is room for them."""
    draw_lines(painter, board, palette, visible)
    painter.setPen(QPen(QColor(palette.control), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(board.rect)


def draw_lines(painter: QPainter, board: Board, palette: Palette, visible: QRectF) -> None:
    """Draw the lines between the cells of `board`, where there is room for them."""
    if board.cell >= SMALLEST_WITH_GRID and board.rect.intersects(visible):
        line = QColor(palette.border)
        line.setAlphaF(min(1.0, board.cell / 24))
        _draw_inner(painter, board, line, visible)


def _draw_inner(painter: QPainter, board: Board, line: QColor, visible: QRectF) -> None:
    """Draw the inner lines one pixel wide; without antialiasing they are sharp, and fast."""
    board = board.counted
    rect, (rows, columns) = board.rect.intersected(visible), board.seen(visible)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    for i in rows[1:]:
        y = board.cell_rect(i, 0).top()
        painter.fillRect(QRectF(rect.left(), y - 0.5, rect.width(), 1), line)
    # Upright lines are painted row by row, which takes Qt 50 times as long. So all of them are one
    # row of pixels, drawn out to the height of the board.
    ratio = painter.device().devicePixelRatio()
    left, right = floor(rect.left() * ratio), ceil(rect.right() * ratio)
    row = QImage(right - left, 1, QImage.Format.Format_ARGB32_Premultiplied)
    row.fill(Qt.GlobalColor.transparent)
    for j in columns[1:]:
        at = round(board.cell_rect(0, j).left() * ratio) - left
        if 0 <= at < row.width():
            row.setPixelColor(at, 0, line)
    place = QRectF(left / ratio, rect.top(), (right - left) / ratio, rect.height())
    painter.drawImage(place, row)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)


def draw_padding(painter: QPainter, board: Board, palette: Palette, inside: QRectF) -> None:
    """Fill `board` as padding up to `inside` and as overhang beyond it, each with its hatch."""
    _hatch(painter, board.rect, palette, palette.control, Qt.BrushStyle.DiagCrossPattern)
    hatch_padding(painter, inside.intersected(board.rect), palette)


def hatch_padding(painter: QPainter, place: QRectF, palette: Palette) -> None:
    """Fill a cell, or many, as padding."""
    _hatch(painter, place, palette, palette.padding, Qt.BrushStyle.BDiagPattern)


def _hatch(
    painter: QPainter, place: QRectF, palette: Palette, name: str, pattern: Qt.BrushStyle
) -> None:
    painter.fillRect(place, QColor(palette.sunken))
    hatch = QColor(name)
    hatch.setAlphaF(HATCH_OPACITY)
    painter.fillRect(place, QBrush(hatch, pattern))


def draw_fillers(
    painter: QPainter,
    board: Board,
    where: np.ndarray,
    sign: str,
    palette: Palette,
    visible: QRectF,
    colour: str = "",
) -> None:
    """Write `sign` pale into the cells of padding that `where` tells, shape (h, w)."""
    if board.cell < SMALLEST_WITH_NUMBERS or not where.any():
        return
    painter.setFont(font(min(board.cell * 0.36, 17)))
    painter.setPen(QColor(colour or palette.muted))
    counted = board.counted
    rows, columns = counted.seen(visible)
    with uncovered(painter, board):
        for row, column in np.argwhere(where).tolist():
            if row in rows and column in columns:
                place = counted.cell_rect(row, column)
                painter.drawText(place, Qt.AlignmentFlag.AlignCenter, sign)


def draw_caption(painter: QPainter, board: Board, caption: str, colour: str) -> None:
    """Write a small line right above `board`."""
    painter.setFont(font(SMALL))
    painter.setPen(QColor(colour))
    painter.drawText(board.place.topLeft() - QPointF(0, 4), caption)


def size_text(size: Pair) -> str:
    """Return (h, w) as it is written in titles."""
    return f"{size[0]} × {size[1]}"


def width_of(text: str, typeface: QFont) -> float:
    """Return how many pixels a text is wide; the same are asked for with every repaint."""
    key = text, typeface.key()
    if key not in _widths:
        if len(_widths) >= MOST_WIDTHS:
            _widths.clear()
        _widths[key] = QFontMetricsF(typeface).horizontalAdvance(text)
    return _widths[key]


def fitting_text(texts: tuple[str, ...], typeface: QFont, room: float) -> str:
    """Return the first of `texts` that is not wider than `room`, or the last one."""
    return next((text for text in texts if width_of(text, typeface) <= room), texts[-1])


def draw_title(
    painter: QPainter, board: Board, title: str, note: str, palette: Palette, room: float = inf
) -> None:
    """Write a title above `board`, and its sizes in a smaller line below the title.

    What is wider than `room` ends in dots.
    """
    corner = board.place.topLeft()
    for text, typeface, colour, up in (
        (title, font(HEADING, QFont.Weight.DemiBold), palette.text, TITLE_UP),
        (note, font(12), palette.muted, 9),
    ):
        painter.setFont(typeface)
        painter.setPen(QColor(colour))
        shown = text
        if width_of(text, typeface) > room:
            shown = QFontMetricsF(typeface).elidedText(text, Qt.TextElideMode.ElideRight, room)
        painter.drawText(corner - QPointF(0, up), shown)


def legend_width(board: Board) -> float:
    """Return how wide the legend below `board` is."""
    return min(max(board.place.width(), 96.0), 176.0)


def draw_legend(
    painter: QPainter, board: Board, scale: Scale, palette: Palette, visible: QRectF
) -> None:
    """Draw the colours below `board` with their smallest number, zero and largest number.

    Wider than a small board, they do not leave `visible` where the board does not.
    """
    rect, width = board.place, legend_width(board)
    left = min(rect.left(), max(visible.right() - GRID, rect.right()) - width)
    bar = QRectF(left, rect.bottom() + 1.25 * GRID, width, GRID)
    _draw_bar(painter, bar, scale, palette)
    painter.setFont(font(SMALL))
    painter.setPen(QColor(palette.muted))
    below = QRectF(bar.left(), bar.bottom() + 2, bar.width(), 2 * GRID)
    painter.drawText(below, Qt.AlignmentFlag.AlignLeft, _brief(number(scale.low)))
    painter.drawText(below, Qt.AlignmentFlag.AlignRight, _brief(number(scale.high)))
    if scale.low < 0 < scale.high and bar.width() > 100:
        painter.drawText(below, Qt.AlignmentFlag.AlignHCenter, "0")


def draw_legend_in_line(
    painter: QPainter, start: QPointF, scale: Scale, palette: Palette, room: float
) -> None:
    """Draw the colours between their numbers in a line of words, where there is `room` for them.

    `start` is where the words would begin, on their base line.
    """
    typeface = font(SMALL)
    low, high = _brief(number(scale.low)), _brief(number(scale.high))
    before, behind = (width_of(text, typeface) + GRID / 2 for text in (low, high))
    if before + BAR_IN_LINE + behind > room:
        return
    bar = QRectF(start.x() + before, start.y() - 1.1 * GRID, BAR_IN_LINE, GRID)
    _draw_bar(painter, bar, scale, palette)
    painter.setFont(typeface)
    painter.setPen(QColor(palette.muted))
    painter.drawText(start, low)
    painter.drawText(QPointF(bar.right() + GRID / 2, start.y()), high)


def _draw_bar(painter: QPainter, bar: QRectF, scale: Scale, palette: Palette) -> None:
    gradient = QLinearGradient(bar.topLeft(), bar.topRight())
    table = ramp(scale.anchors)
    for i in range(0, LEVELS, 15):
        gradient.setColorAt(i / (LEVELS - 1), QColor(*(int(c) for c in table[i])))
    painter.setPen(QPen(QColor(palette.border), 1))
    painter.setBrush(QBrush(gradient))
    painter.drawRoundedRect(bar, 3, 3)
