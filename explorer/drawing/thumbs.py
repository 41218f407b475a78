"""Every output channel small: one click makes it the large one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from explorer.drawing.boards import draw_caption, fitting_text, font, width_of
from explorer.drawing.colour import picture
from explorer.drawing.grid import Board
from explorer.drawing.layout import Layout
from explorer.drawing.palette import GRID, SMALL, Palette

if TYPE_CHECKING:
    from explorer.drawing.frame import Frame

translate = QCoreApplication.translate


def draw_thumbs(painter: QPainter, frame: Frame) -> None:
    """Draw every output channel small, with a frame around the one that is looked at."""
    values, scale, palette = frame.evaluation.output, frame.output_scale, frame.palette
    thumbs = frame.layout.thumbs
    for channel, board in enumerate(thumbs):
        painter.fillRect(board.rect, QColor(palette.ghost))
        if values is not None:
            shown = picture(values[channel], scale.anchors, scale.low, scale.high)
            painter.drawImage(board.rect, shown)
        chosen = channel == frame.state.channel
        if chosen:
            _outline(painter, board, palette.accent)
        else:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(palette.border), 1))
            painter.drawRect(board.rect)
        if chosen or width_of(str(channel), font(SMALL)) <= board.rect.width() + GRID / 2:
            draw_caption(painter, board, str(channel), palette.text if chosen else palette.muted)
    if thumbs:
        words = (
            translate("canvas", "Click a channel to see it large"),
            translate("canvas", "Click a channel"),
        )
        corner = QPointF(thumbs[0].x, thumbs[-1].rect.bottom() + 2 * GRID)
        painter.setFont(font(SMALL))
        painter.setPen(QColor(palette.muted))
        room = frame.viewport.right() - GRID - corner.x()
        painter.drawText(corner, fitting_text(words, font(SMALL), room))


def mark_thumbnail(painter: QPainter, layout: Layout, channel: int, palette: Palette) -> None:
    """Frame the thumbnail under the pointer."""
    if channel < len(layout.thumbs):
        _outline(painter, layout.thumbs[channel], palette.text)


def _outline(painter: QPainter, board: Board, colour: str) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(colour), 2))
    painter.drawRect(board.rect.adjusted(-1, -1, 1, 1))


def thumbnail_at(layout: Layout, point: QPointF) -> int | None:
    """Return the output channel whose thumbnail is under `point`, or None."""
    for channel, board in enumerate(layout.thumbs):
        if board.at(point) is not None:
            return channel
    return None
