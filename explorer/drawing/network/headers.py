"""The line of headers: it stays above the columns while they move and zoom."""

from __future__ import annotations

from math import inf

from PySide6.QtCore import QCoreApplication, QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPen

from explorer.core.layers import Shape
from explorer.core.network.state import PICTURE
from explorer.drawing.network.contents import size_of
from explorer.drawing.network.glyphs import SIDE, Glyph, draw_glyph
from explorer.drawing.network.hit import header_rect, toggle_rect
from explorer.drawing.network.layout import HEADER, Column
from explorer.drawing.network.sheet import Sheet
from explorer.drawing.network.words import Typed, fitting, type_of, width, write
from explorer.drawing.palette import GRID, SMALL

translate = QCoreApplication.translate

NAME = 12
LINE = 14.0
FIRST = 2.0 * GRID
"""Where the first of the three lines begins."""
INSET = 3.0
ROOM_FOR_A_NAME = 38.0
"""Width of a header that has room for a short name; where one has not, names stand upright"""
UPRIGHT_BELOW = 60.0
"""in all headers that are narrower than that."""


def draw_headers(sheet: Sheet) -> None:
    """Draw the headers of all columns that can be seen, on a ground of their own."""
    painter, palette = sheet.painter, sheet.palette
    painter.fillRect(QRectF(0, 0, sheet.size.width(), HEADER), QColor(palette.surface))
    painter.setPen(QPen(QColor(palette.border), 1))
    painter.drawLine(QLineF(0, HEADER - 0.5, sheet.size.width(), HEADER - 0.5))
    whole = [header_rect(sheet.layout, sheet.view, column, inf) for column in sheet.layout.columns]
    narrowest = min(
        (
            rect.width()
            for rect, column in zip(whole, sheet.layout.columns, strict=True)
            if column.content.kind != "slim"
        ),
        default=inf,
    )
    upright = UPRIGHT_BELOW if narrowest < ROOM_FOR_A_NAME else 0.0
    for column, all_of_it in zip(sheet.layout.columns, whole, strict=True):
        rect = header_rect(sheet.layout, sheet.view, column, sheet.size.width())
        if rect.width() > 2 * INSET:
            is_upright = column.content.kind == "slim" or all_of_it.width() < upright
            _draw_header(sheet, column, rect, is_upright)


def _draw_header(sheet: Sheet, column: Column, rect: QRectF, upright: bool) -> None:
    palette, scene = sheet.palette, sheet.scene
    chosen = column.place == scene.chosen
    if chosen:
        line = QRectF(rect.left() + 1, HEADER - 3, rect.width() - 2, 3)
        sheet.painter.fillRect(line, QColor(palette.accent))
    if column.place != PICTURE and rect.width() >= SIDE:
        sign: Glyph = "closed" if column.content.kind == "slim" else "open"
        draw_glyph(sheet.painter, sign, toggle_rect(rect).center(), palette.control)
    colour = palette.accent if chosen else palette.text
    if scene.shape(column.place) is None:
        colour = palette.warning if column.place == scene.breaks else palette.muted
    name = _name(sheet, column.place)
    if upright:
        _write_upright(sheet, rect, name, colour)
        return
    inside = rect.adjusted(INSET, 0, -INSET, 0)
    line = QRectF(inside.left(), FIRST - 1, inside.width(), LINE)
    write(sheet.painter, line, name, colour, NAME, bold=True)
    above, below = _in_lines(scene.shape(column.place) or (), line.width())
    line.translate(0, LINE)
    if above[0] and not _signs(sheet, column.place):
        write(sheet.painter, line, above[0], palette.muted, above[1])
    else:
        _draw_marks(sheet, column.place, line)
    write(sheet.painter, line.translated(0, LINE), below[0], palette.muted, below[1])


def _in_lines(shape: Shape, room: float) -> tuple[Typed, Typed]:
    """Return a shape in one line, the second, or in two where one has no room for it."""
    full = size_of(shape)
    if len(shape) < 3 or width(full) <= room:
        return ("", SMALL), (full, SMALL)
    sides = size_of(shape[1:])
    short = (f"{shape[1]}²",) if shape[1] == shape[2] else ()
    below = fitting((sides, sides.replace(" ", ""), *short), room)
    return (f"{shape[0]} ×", below[1]), below


def _name(sheet: Sheet, place: int) -> str:
    if place == PICTURE:
        return translate("network", "picture")
    return sheet.scene.places[place].name


def _write_upright(sheet: Sheet, rect: QRectF, text: str, colour: str) -> None:
    painter = sheet.painter
    painter.save()
    painter.translate(rect.center().x(), HEADER - 4)
    painter.rotate(-90)
    long = HEADER - 4 - FIRST
    type_ = type_of(SMALL, bold=True)
    shown = QFontMetricsF(type_).elidedText(text, Qt.TextElideMode.ElideRight, long)
    painter.setFont(type_)
    painter.setPen(QColor(colour))
    side = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
    painter.drawText(QRectF(0, -LINE / 2, long, LINE), side, shown)
    painter.restore()


def _draw_marks(sheet: Sheet, place: int, line: QRectF) -> None:
    """Draw what was done to a layer, with words where there is room, or what kind it is."""
    palette, scene = sheet.palette, sheet.scene
    signs = _signs(sheet, place)
    if not signs:
        kind = translate("network", "input")
        if place != PICTURE:
            kind = type(scene.places[place].layer).__name__
        text, size = fitting((kind,), line.width())
        write(sheet.painter, line, text, palette.muted, size)
        return
    full = sum(SIDE + 4 + width(word) for _, word, _ in signs)
    full += GRID * (len(signs) - 1)
    spelled = full <= line.width()
    wide = full if spelled else SIDE * len(signs) + 4 * (len(signs) - 1)
    x = line.center().x() - wide / 2
    for glyph, word, colour in signs:
        draw_glyph(sheet.painter, glyph, QPointF(x + SIDE / 2, line.center().y()), colour)
        x += SIDE + 4
        if spelled:
            place_ = QRectF(x, line.top(), width(word) + 1, line.height())
            sheet.painter.setFont(type_of(SMALL))
            sheet.painter.setPen(QColor(colour))
            sheet.painter.drawText(place_, Qt.AlignmentFlag.AlignVCenter, word)
            x += width(word) + GRID


def _signs(sheet: Sheet, place: int) -> list[tuple[Glyph, str, str]]:
    """Return the signs of a layer, with a word and a colour for each."""
    palette, scene = sheet.palette, sheet.scene
    mark = scene.mark(place)
    found: list[tuple[Glyph, str, str]] = []
    if place == scene.breaks:
        found.append(("warning", translate("network", "does not fit"), palette.warning))
    if mark.frozen:
        found.append(("frozen", translate("network", "frozen"), palette.accent))
    if mark.off is not None:
        words = {
            "identity": translate("network", "identity"),
            "zeros": translate("network", "zeros"),
        }
        found.append(("off", words[mark.off], palette.muted))
    if mark.edited:
        found.append(("edited", translate("network", "edited"), palette.accent))
    return found
