"""The light on what a cell is made of: its region on every stage, and a veil over the rest."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from explorer.core.network.state import PICTURE, Spot
from explorer.core.network.tracing import Region
from explorer.drawing.network.boxes import Boxes
from explorer.drawing.network.layout import Column
from explorer.drawing.network.links import draw_lines_to
from explorer.drawing.network.reading import Channels, read
from explorer.drawing.network.sheet import Sheet
from explorer.drawing.network.strips import ROOM_FOR_A_NUMBER, strips
from explorer.drawing.network.veils import Veils, blocks_of, within
from explorer.drawing.network.words import short, width, write
from explorer.drawing.palette import GRID, SMALL

SEEN = 7.0
"""Pixels that the frame around a cell is wide at least."""
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
    elif scene.map is not None and scene.has(Spot(*scene.map)):
        place, channel = scene.map
        channels = _channels(sheet, place, channel)
        if channels and place != PICTURE:
            _frame_read(sheet, place - 1, channels[place])
            draw_lines_to(sheet, place, channel, channels[place])
        _frame_map(sheet, place, channel)
    if scene.pin is not None and scene.pin != spot and scene.has(scene.pin):
        _frame_spot(sheet, scene.pin, held=True)


def _channels(sheet: Sheet, place: int, channel: int) -> tuple[Channels, ...]:
    return () if place == PICTURE else read(sheet.scene.places, place, channel)


def _draw_stages(sheet: Sheet, spot: Spot, channels: tuple[Channels, ...]) -> None:
    """Light the region on the picture and on each stage before the spot."""
    light, seen = Veils(), sheet.seen
    stages = zip(sheet.scene.regions, channels, sheet.layout.columns, strict=False)
    for region, read_here, column in list(stages)[: spot.place + 1]:
        if column.x <= seen.right() and column.x + column.width >= seen.left():
            _light_stage(sheet, column, region, read_here, light)
    light.draw(sheet.painter, sheet.palette)


def _light_stage(
    sheet: Sheet, column: Column, region: Region, channels: Channels, light: Veils
) -> None:
    boxes, shape = column.boxes, sheet.scene.shape(column.place)
    if boxes is None or shape is None:
        return
    if len(shape) == 1:
        _light_numbers(sheet, column, boxes, region, light)
        return
    if len(shape) == 2:
        # Its rows are what elsewhere are channels; how far it goes across is not told apart.
        channels, region = frozenset(region.rows), Region((0,), tuple(range(shape[1])))
    whole = (len(region.rows), len(region.columns)) == boxes.shape
    if whole and all(index in channels for index in range(boxes.count)):
        light.frame(sheet.sharp(boxes.rect).adjusted(-2, -2, 2, 2))
        return
    blocks = blocks_of(region)
    for index, there in sheet.boxes(boxes):
        if index not in channels:
            light.veil(there)
        elif whole:
            light.frame(there)
        else:
            light.veil(there, [within(there, block, boxes.shape) for block in blocks])


def _light_numbers(
    sheet: Sheet, column: Column, boxes: Boxes, region: Region, light: Veils
) -> None:
    lit = [index for index in region.rows if index < boxes.count]
    whole = len(lit) == boxes.count
    for number, strip in enumerate(strips(column)):
        if whole:
            light.frame(sheet.sharp(strip))
            continue
        here = [index for index in lit if index // boxes.rows == number]
        light.veil(sheet.sharp(strip), [sheet.sharp(boxes.box(index)) for index in here])


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
