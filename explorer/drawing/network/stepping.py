"""Where the arrows lead from a cell: through its map, on into the next one, and to other layers."""

from __future__ import annotations

from explorer.core.geometry import Pair
from explorer.core.network.state import Spot
from explorer.drawing.network.boxes import Boxes
from explorer.drawing.network.layout import FlowLayout


def beside(layout: FlowLayout, spot: Spot, step: Pair, by_map: bool = False) -> Spot:
    """Return the cell that lies one step (down, across) further.

    At its edge a map goes on in the one beside it, and a column in the next one that is unfolded.

    Parameters
    ----------
    by_map
        Whether whole maps are stepped over.
    """
    boxes = layout.column(spot.place).boxes
    if boxes is None:
        return spot
    h, w = boxes.shape
    row, column = spot.row + step[0], spot.column + step[1]
    if not by_map and 0 <= row < h and 0 <= column < w:
        return Spot(spot.place, spot.channel, row, column)
    at = boxes.row_and_column(min(spot.channel, boxes.count - 1))
    down, across = at[0] + step[0], at[1] + step[1]
    if 0 <= down < boxes.rows and 0 <= across < boxes.columns:
        channel = boxes.index(down, across)
        if channel < boxes.count:
            kept = (spot.row, spot.column) if by_map else (row % h, column % w)
            return Spot(spot.place, channel, *kept)
    return spot if step[0] else _in_next(layout, spot, boxes, step[1])


def _in_next(layout: FlowLayout, spot: Spot, boxes: Boxes, side: int) -> Spot:
    """Return the cell at the same height in the next column that holds any."""
    height = boxes.cell(spot.channel, spot.row, spot.column).center().y()
    place = spot.place + side
    while -1 <= place < len(layout.columns) - 1:
        there = layout.column(place).boxes
        if there is not None:
            return _nearest(there, place, height, side)
        place += side
    return spot


def _nearest(boxes: Boxes, place: int, height: float, side: int) -> Spot:
    row = int((height - boxes.y) / boxes.steps[0])
    row = min(max(row, 0), boxes.rows - 1)
    column = 0 if side > 0 else boxes.columns - 1
    channel = min(boxes.index(row, column), boxes.count - 1)
    h, w = boxes.shape
    box = boxes.box(channel)
    inner = int((height - box.top()) / box.height() * h)
    return Spot(place, channel, min(max(inner, 0), h - 1), 0 if side > 0 else w - 1)
