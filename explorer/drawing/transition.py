"""On the way from one layout to the next: where everything lies in between."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import zip_longest

from PySide6.QtCore import QPointF, QRectF

from explorer.drawing.grid import SMALLEST_CELL, Board
from explorer.drawing.layout import Layout


def between(old: Layout, new: Layout, share: float) -> Layout:
    """Return where the boards of `new` lie when they have gone `share` of the way from `old`.

    A real cell of the input stays that cell: padding around it is uncovered as the board grows.
    A board that `old` does not have grows where it will be. A sum of other parts is there at once.

    Parameters
    ----------
    old
        May be such a layout itself.
    share
        From 0 to 1.
    """
    if share >= 1:
        return new
    moved = replace(
        new,
        input=_boards(old.input, new.input, share),
        output=_board(old.output, new.output, share),
        thumbs=tuple(_whole(start, end, share) for start, end in _pairs(old.thumbs, new.thumbs)),
    )
    if _parts(old) != _parts(new):
        return moved
    return replace(
        moved,
        window=_boards(old.window, new.window, share),
        kernel=_boards(old.kernel, new.kernel, share),
        partial=tuple(_rect(*ends, share) for ends in zip(old.partial, new.partial, strict=True)),
        result=_rect(old.result, new.result, share),
        stamp=_boards(old.stamp, new.stamp, share),
        total=_board(old.total, new.total, share),
        large=_board(old.large, new.large, share),
    )


def _parts(layout: Layout) -> tuple[int, ...]:
    """Return how many places of each kind the sum has, and how its weights are turned."""
    counts = len(layout.window), len(layout.kernel), len(layout.partial), len(layout.stamp)
    return (*counts, layout.large is not None, *(board.pitch[0] for board in layout.kernel[:1]))


def _pairs(old: tuple[Board, ...], new: tuple[Board, ...]) -> Iterator[tuple[Board, Board]]:
    """Yield where each board of `new` comes from, and the board."""
    for start, end in zip_longest(old[: len(new)], new):
        yield start or _seed(end), end


def _seed(board: Board) -> Board:
    """Return a board with hardly any size in the middle of `board`."""
    middle = board.whole.center()
    return replace(board, x=middle.x(), y=middle.y(), cell=SMALLEST_CELL)


def _boards(old: tuple[Board, ...], new: tuple[Board, ...], share: float) -> tuple[Board, ...]:
    return tuple(_moved(start, end, share) for start, end in _pairs(old, new))


def _board(old: Board | None, new: Board | None, share: float) -> Board | None:
    return None if new is None else _moved(old or _seed(new), new, share)


def _moved(old: Board, new: Board, share: float) -> Board:
    """Return `new` with its cell (0, 0) on the way from that of `old`."""
    cell = _number(old.cell, new.cell, share)
    origin = _point(old.cell_rect(0, 0).topLeft(), new.cell_rect(0, 0).topLeft(), share)
    x = origin.x() + new.first[1] / new.pitch[1] * cell
    y = origin.y() + new.first[0] / new.pitch[0] * cell
    return Board(x, y, cell, new.shape, new.first, new.pitch, _rect(old.place, new.place, share))


def _whole(old: Board, new: Board, share: float) -> Board:
    """Return a thumbnail, which is seen as a whole, on its way."""
    place = _rect(old.whole, new.whole, share)
    return Board(place.x(), place.y(), place.width() / new.shape[1], new.shape)


def _rect(old: QRectF, new: QRectF, share: float) -> QRectF:
    return QRectF(
        _point(old.topLeft(), new.topLeft(), share),
        _point(old.bottomRight(), new.bottomRight(), share),
    )


def _point(old: QPointF, new: QPointF, share: float) -> QPointF:
    return old + (new - old) * share


def _number(old: float, new: float, share: float) -> float:
    return old + (new - old) * share
