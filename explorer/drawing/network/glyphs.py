"""Small signs beside the names of layers, drawn as lines so that they take any colour."""

from math import cos, pi, sin
from typing import Final, Literal

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

Glyph = Literal["open", "closed", "frozen", "off", "edited", "warning"]

SIDE: Final = 10.0
"""Of the square that a sign is drawn in."""


def draw_glyph(painter: QPainter, glyph: Glyph, middle: QPointF, colour: str) -> None:
    """Draw a sign around a point."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(middle)
    pen = QPen(QColor(colour), 1.0 if glyph == "frozen" else 1.4)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(_PATHS[glyph])
    painter.restore()


def _chevron(turned: bool) -> QPainterPath:
    path = QPainterPath()
    points = [(-3.0, -1.5), (0.0, 1.5), (3.0, -1.5)]
    for number, (x, y) in enumerate(points):
        at = QPointF(y, x) if turned else QPointF(x, y)
        path.lineTo(at) if number else path.moveTo(at)
    return path


def _snowflake() -> QPainterPath:
    path = QPainterPath()
    for turn in range(6):
        angle = pi / 6 + turn * pi / 3
        path.moveTo(0, 0)
        path.lineTo(5.0 * cos(angle), 5.0 * sin(angle))
        for side in (-0.5, 0.5):
            path.moveTo(3.0 * cos(angle), 3.0 * sin(angle))
            path.lineTo(4.6 * cos(angle + side), 4.6 * sin(angle + side))
    return path


def _switched_off() -> QPainterPath:
    path = QPainterPath()
    path.addEllipse(QPointF(), 4.2, 4.2)
    path.moveTo(-2.97, -2.97)
    path.lineTo(2.97, 2.97)
    return path


def _pencil() -> QPainterPath:
    path = QPainterPath(QPointF(-4.2, 4.2))
    path.lineTo(-3.4, 1.4)
    path.lineTo(2.0, -4.0)
    path.lineTo(4.0, -2.0)
    path.lineTo(-1.4, 3.4)
    path.closeSubpath()
    return path


def _warning() -> QPainterPath:
    path = QPainterPath(QPointF(0, -4.6))
    path.lineTo(5.0, 4.2)
    path.lineTo(-5.0, 4.2)
    path.closeSubpath()
    path.moveTo(0, -1.4)
    path.lineTo(0, 1.2)
    path.addRect(QRectF(-0.1, 2.6, 0.2, 0.2))
    return path


_PATHS: Final[dict[Glyph, QPainterPath]] = {
    "open": _chevron(False),
    "closed": _chevron(True),
    "frozen": _snowflake(),
    "off": _switched_off(),
    "edited": _pencil(),
    "warning": _warning(),
}
