"""The light on what a cell is made of: its region on every stage, and a veil over the rest."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from explorer.core.network.field import Region
from explorer.core.network.state import PICTURE, Spot
from explorer.drawing.network.layout import Column
from explorer.drawing.network.links import draw_lines_to
from explorer.drawing.network.reading import Channels, read
from explorer.drawing.network.sheet import Sheet
from explorer.drawing.network.strips import ROOM_FOR_A_NUMBER, strips
from explorer.drawing.network.words import short, width, write
from explorer.drawing.palette import GRID, SMALL

VEIL = 0.62
SEEN = 7.0
"""Pixels that the frame around a cell is wide at least."""
MOST_BLOCKS = 64
"""With more rectangles than that in a map, only what is around them is drawn."""
TAG = 2.0 * GRID
"""Height of what a number is written on."""


def draw_light(sheet: Sheet) -> None:
    """Draw all that depends on where a hand points, over the still picture."""
    scene = sheet.scene
    spot = scene.spot
    if spot is not None:
        channels = _channels(sheet, spot.place, spot.channel)
        if scene.regions:
            _draw_stages(sheet, spot, channels)
        if channels and spot.place != PICTURE:
            draw_lines_to(sheet, spot.place, spot.channel, channels[spot.place])
        _frame_map(sheet, spot.place, spot.channel)
        _frame_spot(sheet, spot, held=spot == scene.pin)
        _tag(sheet, spot)
    elif scene.map is not None:
        place, channel = scene.map
        channels = _channels(sheet, place, channel)
        if channels and place != PICTURE:
            _frame_read(sheet, place - 1, channels[place])
            draw_lines_to(sheet, place, channel, channels[place])
        _frame_map(sheet, place, channel)
    if scene.pin is not None and scene.pin != spot:
        _frame_spot(sheet, scene.pin, held=True)


def _channels(sheet: Sheet, place: int, channel: int) -> tuple[Channels, ...]:
    return () if place == PICTURE else read(sheet.scene.places, place, channel)


def _draw_stages(sheet: Sheet, spot: Spot, channels: tuple[Channels, ...]) -> None:
    """Light the region on the picture and on each stage before the spot."""
    veil, outlines = QPainterPath(), QPainterPath()
    veil.setFillRule(Qt.FillRule.OddEvenFill)
    for number, region in enumerate(sheet.scene.regions[: spot.place + 1]):
        column = sheet.layout.columns[number]
        seen = sheet.seen
        if column.boxes is None or column.x > seen.right() or column.x + column.width < seen.left():
            continue
        read_here = channels[number] if number < len(channels) else frozenset()
        _add_stage(sheet, column, region, read_here, veil, outlines)
    painter = sheet.painter
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    cover = QColor(sheet.palette.surface)
    cover.setAlphaF(VEIL)
    painter.fillPath(veil, cover)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(sheet.palette.focus_window), 1))
    painter.drawPath(outlines)


def _add_stage(
    sheet: Sheet,
    column: Column,
    region: Region,
    channels: Channels,
    veil: QPainterPath,
    outlines: QPainterPath,
) -> None:
    boxes = column.boxes
    assert boxes is not None
    shape = sheet.scene.shape(column.place)
    if shape is None:
        return
    if len(shape) != 3:
        _add_numbers(sheet, column, region, veil, outlines)
        return
    whole = len(region.rows) == shape[1] and len(region.columns) == shape[2]
    if whole and all(index in channels for index in range(boxes.count)):
        outlines.addRect(QRectF(sheet.sharp(boxes.rect)).adjusted(-2, -2, 2, 2))
        return
    blocks = [] if whole else _blocks(region)
    for index, there in sheet.boxes(boxes):
        rect = QRectF(there)
        if index not in channels:
            veil.addRect(rect)
            continue
        if whole:
            outlines.addRect(rect)
            continue
        veil.addRect(rect)
        for row, last_row, left, last_left in blocks:
            first = boxes.cell(index, row, left)
            area = first.united(boxes.cell(index, last_row, last_left))
            lit = QRectF(sheet.sharp(area))
            veil.addRect(lit)
            outlines.addRect(lit)


def _blocks(region: Region) -> list[tuple[int, int, int, int]]:
    """Return the rectangles of a region: first and last row, first and last column."""
    rows, columns = runs(region.rows), runs(region.columns)
    if len(rows) * len(columns) > MOST_BLOCKS:
        rows, columns = [(rows[0][0], rows[-1][1])], [(columns[0][0], columns[-1][1])]
    return [(*row, *column) for row in rows for column in columns]


def runs(numbers: tuple[int, ...]) -> list[tuple[int, int]]:
    """Return the first and the last of those that follow each other, in order."""
    found: list[tuple[int, int]] = []
    for value in numbers:
        if found and found[-1][1] == value - 1:
            found[-1] = (found[-1][0], value)
        else:
            found.append((value, value))
    return found


def _add_numbers(
    sheet: Sheet, column: Column, region: Region, veil: QPainterPath, outlines: QPainterPath
) -> None:
    boxes = column.boxes
    assert boxes is not None
    lit = [index for index in region.rows if index < boxes.count]
    areas = [QRectF(sheet.sharp(strip)) for strip in strips(column)]
    if len(lit) == boxes.count:
        for area in areas:
            outlines.addRect(area)
        return
    for area in areas:
        veil.addRect(area)
    for index in lit:
        area = QRectF(sheet.sharp(boxes.box(index)))
        veil.addRect(area)
        outlines.addRect(area)


def _frame_read(sheet: Sheet, place: int, channels: Channels) -> None:
    """Frame the maps that a map is made of."""
    boxes = sheet.layout.column(place).boxes
    if boxes is None or sheet.layout.column(place).content.kind == "numbers":
        return
    painter = sheet.painter
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(sheet.palette.focus_window), 1))
    areas = [boxes.box(index) for index in sorted(channels) if index < boxes.count]
    painter.drawRects([QRectF(sheet.sharp(area)) for area in areas])


def _frame_map(sheet: Sheet, place: int, channel: int) -> None:
    area = sheet.layout.map_rect(place, channel)
    if area is None:
        return
    painter = sheet.painter
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(sheet.palette.focus_window), 2))
    painter.drawRect(QRectF(sheet.sharp(area)))


def _frame_spot(sheet: Sheet, spot: Spot, held: bool) -> None:
    """Frame a cell in its colour on a ground that sets it off, larger than a small cell is."""
    area = sheet.layout.spot_rect(spot)
    if area is None:
        return
    cell = sheet.view.rect(area)
    frame = QRectF(0, 0, max(cell.width(), SEEN), max(cell.height(), SEEN))
    frame.moveCenter(cell.center())
    frame = QRectF(frame.toRect())
    painter, palette = sheet.painter, sheet.palette
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(palette.surface), 4))
    painter.drawRect(frame)
    painter.setPen(QPen(QColor(palette.focus_window), 2))
    painter.drawRect(frame)
    if held:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(palette.surface), 1))
        painter.setBrush(QColor(palette.focus_window))
        painter.drawEllipse(QPointF(frame.right(), frame.top()), 4, 4)


def _tag(sheet: Sheet, spot: Spot) -> None:
    """Write the number of a cell beside it, where it is not written in it."""
    area = sheet.layout.spot_rect(spot)
    if area is None or sheet.scene.values(spot.place) is None:
        return
    cell = sheet.view.rect(area)
    if min(cell.width(), cell.height()) >= ROOM_FOR_A_NUMBER:
        return
    words = short(sheet.scene.number(spot))
    wide = width(words) + GRID
    tag = QRectF(cell.center().x() + SEEN, cell.center().y() - SEEN - TAG, wide, TAG)
    room = sheet.body.adjusted(2, 2, -2, -2)
    if tag.right() > room.right():
        tag.moveRight(cell.center().x() - SEEN)
    if tag.top() < room.top():
        tag.moveTop(cell.center().y() + SEEN)
    painter, palette = sheet.painter, sheet.palette
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(palette.text))
    painter.drawRoundedRect(tag, 4, 4)
    write(painter, tag, words, palette.surface, SMALL)
