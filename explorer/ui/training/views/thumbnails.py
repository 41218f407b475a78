"""Test digits as small pictures, each with what it is, what was answered and how surely."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from explorer.data.digits import Digits
from explorer.drawing.answer import percent
from explorer.drawing.colour import picture
from explorer.drawing.palette import GRID, RADIUS, SMALL
from explorer.training.events import Answered
from explorer.ui.class_words import numbered
from explorer.ui.theme import font, theme
from explorer.ui.widgets.label import width_in

SIDE, LARGE_SIDE = 42, 56
"""Points of a picture: one and a half, or two, for each of its pixels."""
WIDE = 50 * GRID
"""Pixels from which on there is room for the larger ones."""
MARGIN = 3
LINE = 14
WIDEST = 12 * GRID
"""Pixels that a name gets at most."""

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, eq=False)
class Thumbnail:
    """A test digit and the network's answer to it, and what the labels are called."""

    number: int
    image: npt.NDArray[np.uint8]
    label: int
    answer: int
    confidence: float
    names: Sequence[str]

    def words(self) -> tuple[str, ...]:
        """Return what stands below it: ``4 → 9``, or names in two lines, and the confidence."""
        if self.names[self.label] == str(self.label):
            return f"{self.label} → {self.answer}", percent(self.confidence)
        true, answer = self.names[self.label], self.names[self.answer]
        return true, f"→ {answer}", percent(self.confidence)


def thumbnails(digits: Digits, answered: Answered, numbers: Sequence[int]) -> list[Thumbnail]:
    """Return those of some test images, in the order of their numbers."""
    names = numbered(digits)
    return [
        Thumbnail(
            number,
            digits.test_images[number],
            int(digits.test_labels[number]),
            int(answered.answers[number]),
            float(answered.confidences[number]),
            names,
        )
        for number in numbers
    ]


class ThumbnailModel(QAbstractListModel):
    """A list of `Thumbnail`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.items: list[Thumbnail] = []

    def replace(self, items: list[Thumbnail]) -> None:
        """Show others."""
        self.beginResetModel()
        self.items = items
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt declares it
        return 0 if parent.isValid() else len(self.items)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        item = self.items[index.row()]
        if role == Qt.ItemDataRole.UserRole:
            return item
        if role in (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.AccessibleTextRole,
            Qt.ItemDataRole.ToolTipRole,
        ):
            text = self.tr("Test digit {number}: true {label}, answered {answer} with {share}")
            return text.format(
                number=item.number,
                label=item.names[item.label],
                answer=item.names[item.answer],
                share=percent(item.confidence),
            )
        return None


class Thumbnails(QListView):
    """The digits in rows; a click, Enter or Space chooses one.

    Parameters
    ----------
    name : str
        Object name.
    label : str
        Accessible name.
    """

    chosen = Signal(int)
    """The number of a test image."""

    def __init__(self, name: str, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(label)
        self._items = ThumbnailModel(self)
        self.setModel(self._items)
        self.setItemDelegate(_Painter(self))
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.side = SIDE
        """Of a picture, in pixels."""
        self.setGridSize(self._place())
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.clicked.connect(self._choose)

    def items(self) -> list[Thumbnail]:
        """Return what is shown."""
        return self._items.items

    def show_items(self, items: list[Thumbnail]) -> None:
        """Show others; the keyboard stays at its place."""
        row = self.currentIndex().row()
        self._items.replace(items)
        self._fit()
        if row >= 0 and self.hasFocus():
            self.setCurrentIndex(self._items.index(min(row, len(items) - 1)))

    def height_for(self, width: int) -> int:
        """Return how high it has to be for all of its rows."""
        place = self._place(_side(width))
        columns = max(width // place.width(), 1)
        return -(-len(self.items()) // columns) * place.height() + 2

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show larger pictures where there is more room."""
        self.side = _side(event.size().width())
        self._fit()
        super().resizeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose by Enter and Space too."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._choose(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def _fit(self) -> None:
        place = self._place(self.side)
        if place != self.gridSize():
            self.setGridSize(place)

    def _place(self, side: int = SIDE) -> QSize:
        """Return the place of a picture and its words."""
        words = [item.words() for item in self.items()]
        widest = max((width_in(line, "caption") for lines in words for line in lines), default=0)
        wide = max(side + 2 * MARGIN + 2, min(widest + 2 * MARGIN, WIDEST))
        count = max((len(lines) for lines in words), default=2)
        return QSize(wide, side + count * LINE + 2 * MARGIN)

    @Slot(QModelIndex)
    def _choose(self, index: QModelIndex) -> None:
        if index.isValid():
            self.chosen.emit(self.items()[index.row()].number)


def _side(width: int) -> int:
    """Return the side of the pictures in a list of so many pixels."""
    return LARGE_SIDE if width >= WIDE else SIDE


class _Painter(QStyledItemDelegate):
    """A picture, and its words below it."""

    def __init__(self, gallery: Thumbnails) -> None:
        super().__init__(gallery)
        self._gallery = gallery

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return self._gallery.gridSize()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        item: Thumbnail = index.data(Qt.ItemDataRole.UserRole)
        palette = theme.current()
        place = QRectF(option.rect).adjusted(1, 1, -1, -1)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        is_here = bool(option.state & QStyle.StateFlag.State_HasFocus)
        is_pointed = bool(option.state & QStyle.StateFlag.State_MouseOver)
        if is_here or is_pointed:
            painter.setPen(QPen(QColor(palette.accent), 2) if is_here else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(palette.hover))
            painter.drawRoundedRect(place, RADIUS / 2, RADIUS / 2)
            painter.setBrush(Qt.BrushStyle.NoBrush)
        side = self._gallery.side
        board = QRectF(0, place.top() + MARGIN - 1, side, side)
        board.moveLeft(round(place.center().x() - side / 2))
        painter.drawImage(
            board, picture(item.image.astype(np.float32), palette.map_picture, 0, 255)
        )
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QColor(palette.border))
        painter.drawRect(board)
        painter.setFont(font(SMALL))
        line = QRectF(place.left(), board.bottom() + 1, place.width(), LINE)
        middle = Qt.AlignmentFlag.AlignCenter
        *names, share = item.words()
        painter.setPen(QColor(palette.text))
        for name in names:
            cut = painter.fontMetrics().elidedText(
                name, Qt.TextElideMode.ElideRight, round(place.width())
            )
            painter.drawText(line, middle, cut)
            line.translate(0, LINE)
        painter.setPen(QColor(palette.muted))
        painter.drawText(line, middle, share)
        painter.restore()
