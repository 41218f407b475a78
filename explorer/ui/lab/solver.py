"""The formula backwards: a wanted output size, and the settings that give it, one click away."""

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSignalBlocker,
    QSize,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPen,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from explorer.core.geometry import written
from explorer.core.layers import Layer
from explorer.core.scene import LabState
from explorer.core.solver import Answer, Solution, others, solve
from explorer.core.source import source
from explorer.drawing.palette import GRID, HUES, RADIUS, SMALL
from explorer.ui.icons import icon
from explorer.ui.lab.writing import translate
from explorer.ui.sentences import translated
from explorer.ui.theme import font, theme
from explorer.ui.widgets.help import set_help
from explorer.ui.widgets.label import Label
from explorer.ui.widgets.number_box import NumberBox

REFRESH_MS = 50
"""The list follows the sliders at most this often: the picture comes first."""
LARGEST_WISH = 9999
"""Cells that may be asked for: more than any setting makes of the largest input."""
LINES = 4
"""Solutions that can be seen at least without scrolling."""

_CODE = 12
_MARK = 2 * GRID
_SOLUTION = Qt.ItemDataRole.UserRole
_IN_FORCE = Qt.ItemDataRole.UserRole + 1


class Solver(QWidget):
    """Lists the settings of the present operation that give a wanted output size.

    The wish follows the output of the Lab until somebody types one.
    """

    chosen = Signal(object)
    """The `Layer` to take instead, when the user has picked one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state: LabState | None = None
        self._asked: object = None
        """What the list answers."""
        self._has_wish = False
        """Whether the user has typed a size, which the output must not overwrite."""
        self._later = QTimer(self, interval=REFRESH_MS, singleShot=True)

        self._input = Label("", "muted")
        self._input.setObjectName("solver.input")
        self._input.setAccessibleName(self.tr("Input size"))
        self.h, self.w = (NumberBox(1, LARGEST_WISH) for _ in "hw")
        names = (self.tr("Wanted output, height"), self.tr("Wanted output, width"))
        for box, axis, name in zip((self.h, self.w), "hw", names, strict=True):
            box.setObjectName(f"solver.{axis}")
            box.setAccessibleName(name)
        set_help(
            self.tr(
                "The size that you want. Papers often leave stride and padding out: the list shows "
                "which settings make it of this input."
            ),
            self._input,
            self.h,
            self.w,
        )
        self._list = _Solutions()
        self._count = Label("", "muted", wrap=True)
        self._count.setObjectName("solver.count")

        size = QHBoxLayout()
        size.setSpacing(GRID // 2)
        size.addWidget(self._input, 1)
        size.addWidget(self.h)
        size.addWidget(Label("×", "muted"))
        size.addWidget(self.w)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addLayout(size)
        layout.addWidget(self._count)
        layout.addWidget(self._list, 1)
        # Keeps the rest at the top while there is no list.
        layout.addStretch(0)

        self._later.timeout.connect(self._answer)
        self.h.valueChanged.connect(self._wish)
        self.w.valueChanged.connect(self._wish)
        self._list.picked.connect(self.chosen)

    @property
    def is_behind(self) -> bool:
        """Whether the list is still to be written."""
        return self._later.isActive()

    def show_state(self, state: LabState) -> None:
        """Answer for another layer or input, soon, and only if it can be seen."""
        before, self._state = self._state, state
        same = before is not None and (before.layer, before.size) == (state.layer, state.size)
        if not same and self.isVisible() and not self._later.isActive():
            self._later.start()

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened meanwhile."""
        super().showEvent(event)
        self._answer()

    @Slot()
    def follow(self) -> None:
        """Forget the wish that somebody has typed: something else is looked at."""
        if self._has_wish:
            self._has_wish = False
            if self.isVisible():
                self._later.start()

    @Slot()
    def _wish(self) -> None:
        self._has_wish = True
        self._answer()

    @Slot()
    def _answer(self) -> None:
        state = self._state
        if state is None:
            return
        if not self._has_wish and state.fits:
            for box, cells in zip((self.h, self.w), state.output_size, strict=True):
                with QSignalBlocker(box):
                    box.setValue(cells)
        wanted = (self.h.value(), self.w.value())
        kept = others(state.layer)
        asked = (type(state.layer), kept, state.size, wanted)
        if asked != self._asked:
            self._asked = asked
            answer = solve(type(state.layer), state.size, wanted, **kept)
            h, w = state.size
            self._input.setText(f"{h} × {w} →")
            self._count.setText(self._said(answer))
            self._list.show_solutions(answer.solutions)
            self._list.setVisible(bool(answer.solutions))
        self._list.mark(state)

    def _said(self, answer: Answer) -> str:
        if answer.reason is not None:
            return translated(answer.reason)
        listed = len(answer.solutions)
        if listed < answer.found:
            return self.tr("The most common {listed} of {found} settings:").format(
                listed=listed, found=answer.found
            )
        if listed == 1:
            return self.tr("One setting does:")
        return self.tr("{found} settings do, common ones first:").format(found=answer.found)


class _Solutions(QListWidget):
    """One line for each solution; a click or Enter picks it."""

    picked = Signal(object)
    """The layer of the line."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("solver.list")
        self.setAccessibleName(self.tr("Settings that give the wanted size"))
        set_help(self.tr("A click or Enter takes a setting over."), self)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.setItemDelegate(_Line(self))
        self.setMinimumHeight(LINES * 6 * GRID)
        self.viewport().setAutoFillBackground(False)
        self.itemClicked.connect(self._pick)

    def show_solutions(self, solutions: tuple[Solution, ...]) -> None:
        """Show these in place of the lines before, whose items are used again.

        Not by ``clear()``: PySide looks up a Python object for the address of each item there, and
        has crashed where that had belonged to something else before.
        """
        while self.count() > len(solutions):
            self.takeItem(self.count() - 1)
        while self.count() < len(solutions):
            QListWidgetItem(self)
        for row, solution in enumerate(solutions):
            self.item(row).setData(_SOLUTION, solution)
        self.scrollToTop()

    def mark(self, state: LabState) -> None:
        """Mark the line that is in force, and go there unless somebody is reading the list."""
        found = -1
        for row in range(self.count()):
            item = self.item(row)
            solution = item.data(_SOLUTION)
            in_force = _is_in_force(solution.layer, state)
            item.setData(_IN_FORCE, in_force)
            item.setText(_spoken(solution, in_force))
            item.setToolTip(_explained(solution))
            if in_force:
                found = row
        if not self.hasFocus():
            self.setCurrentRow(found)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pick with Enter on every system; on some it would mean to edit."""
        item = self.currentItem()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and item is not None:
            self._pick(item)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the lines anew."""
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()

    @Slot(QListWidgetItem)
    def _pick(self, item: QListWidgetItem) -> None:
        # A double click is two clicks; the second has nothing left to change.
        if not item.data(_IN_FORCE):
            self.picked.emit(item.data(_SOLUTION).layer)


class _Line(QStyledItemDelegate):
    """Paints a setting in torch's words, each value in the colour of its slider, and its cost."""

    def __init__(self, view: _Solutions) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Return the room for the words, which go on in the next line where they are long."""
        width = self._view.viewport().width()
        rows = self._place(index.data(_SOLUTION), width)[-1][0].y() // self._leading() + 1
        height = rows * self._leading() + QFontMetrics(font(SMALL)).height() + 2 * GRID
        return QSize(width, height)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint the line, its ground and the mark of the setting in force."""
        colours = theme.current()
        solution: Solution = index.data(_SOLUTION)
        rect: QRect = option.rect
        state = option.state
        selected = bool(state & QStyle.StateFlag.State_Selected)
        over = bool(state & QStyle.StateFlag.State_MouseOver)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = colours.accent_soft if selected else colours.hover
        focused = selected and self._view.hasFocus()
        painter.setPen(QPen(QColor(colours.accent), 2) if focused else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(ground) if selected or over else Qt.BrushStyle.NoBrush)
        if selected or over:
            painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), RADIUS - 2, RADIUS - 2)

        origin = rect.topLeft() + QPoint(GRID, GRID - 2)
        words = self._place(solution, rect.width())
        for at, word, value_font, colour in words:
            painter.setFont(value_font)
            painter.setPen(QColor(getattr(colours, colour)))
            where = origin + at + QPoint(0, QFontMetrics(value_font).ascent())
            painter.drawText(where, word)
        small = font(SMALL)
        painter.setFont(small)
        painter.setPen(QColor(colours.muted))
        below = origin + QPoint(0, words[-1][0].y() + self._leading())
        metrics = QFontMetrics(small)
        room = rect.right() - GRID - below.x()
        if index.data(_IN_FORCE):
            mark = QRect(0, 0, _MARK, _MARK)
            mark.moveBottomRight(rect.bottomRight() - QPoint(GRID, GRID))
            icon("check", "accent").paint(painter, mark)
            room -= _MARK
        cost = _cost(solution)
        if metrics.horizontalAdvance(cost) > room:
            cost = _cost(solution, brief=True)
        cost = metrics.elidedText(cost, Qt.TextElideMode.ElideRight, room)
        painter.drawText(below + QPoint(0, metrics.ascent() + 2), cost)
        painter.restore()

    def _place(self, solution: Solution, width: int) -> list[tuple[QPoint, str, QFont, str]]:
        """Return every word with where it stands from the first one, its font and its colour."""
        plain, bold = font(_CODE, mono=True), font(_CODE, 600, mono=True)
        placed: list[tuple[QPoint, str, QFont, str]] = []
        x, row = 0, 0
        for name, value in solution.settings:
            hue = name if name in HUES else "text"
            pieces = [(f"{name}=", plain, "muted"), (written(value), bold, hue)]
            widths = [QFontMetrics(drawn).horizontalAdvance(word) for word, drawn, _ in pieces]
            if x and x + sum(widths) > width - 2 * GRID:
                x, row = 0, row + 1
            for (word, drawn, colour), advance in zip(pieces, widths, strict=True):
                placed.append((QPoint(x, row * self._leading()), word, drawn, colour))
                x += advance
            x += GRID
        return placed

    @staticmethod
    def _leading() -> int:
        return QFontMetrics(font(_CODE, mono=True)).height()


def _is_in_force(layer: Layer, state: LabState) -> bool:
    """Tell whether a layer does what the present one does, in whatever words that is set."""
    now = state.layer
    same_kind = state.fits and type(layer) is type(now) and others(layer) == others(now)
    return same_kind and layer.axes(state.size) == now.axes(state.size)


def _cost(solution: Solution, brief: bool = False) -> str:
    h, w = solution.receptive_field
    whole = translate("lab", "receptive field {h} × {w}")
    field = (translate("lab", "field {h} × {w}") if brief else whole).format(h=h, w=w)
    if solution.layer.weight_shape is None:
        return field
    count = translate("lab", "parameters: {count}").format(count=solution.parameters)
    return f"{count} · {field}"


def _explained(solution: Solution) -> str:
    """Return what else is to be known about a line."""
    h, w = solution.receptive_field
    lines = [
        source(solution.layer),
        translate("lab", "Receptive field of an output cell: {h} × {w}").format(h=h, w=w),
    ]
    if solution.layer.weight_shape is not None:
        multiplied = translate("lab", "Multiply-adds (MACs) for one picture: {count}")
        lines.append(multiplied.format(count=f"{solution.multiply_adds:,}"))
    return "\n".join(lines)


def _spoken(solution: Solution, in_force: bool) -> str:
    """Return a line as a screen reader says it."""
    settings = ", ".join(f"{name}={written(value)}" for name, value in solution.settings)
    now = translate("lab", "In force: ") if in_force else ""
    return f"{now}{settings}. {_cost(solution)}"
