"""All maps of every layer for the picture that is looked at, as they change."""

from PySide6.QtCore import QEvent, QRectF, Qt, Signal, Slot
from PySide6.QtGui import (
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from explorer.core.geometry import Pair
from explorer.drawing.maps import Layer, Mark, Place, arrange, cell_rect, draw_maps, mark_at
from explorer.drawing.palette import GRID
from explorer.training.in_lab import Moment, Spot
from explorer.training.stages import stages_of
from explorer.ui.theme import theme
from explorer.ui.training.views.aims import INPUT, Aim
from explorer.ui.widgets.awaited import Awaited
from explorer.ui.widgets.help import set_help
from explorer.ui.widgets.keys import ENTER, STEPS


def boards_of(
    moment: Moment,
    name_of_input: str,
    frozen: frozenset[str] = frozenset(),
    note_of_frozen: str = "",
) -> list[Layer]:
    """Return the picture and the maps of an answer; what came through a ReLU is not signed."""
    answer = moment.answer
    layers = [Layer(name_of_input, answer.picture[None].astype("float32"), signed=False)]
    signs = {stage.name: stage.layer.signed for stage in stages_of(moment.network)}
    signed = True
    for maps in answer.maps:
        made = signs.get(maps.layer)
        signed = signed if made is None else made
        note = note_of_frozen if maps.layer in frozen else ""
        layers.append(Layer(maps.layer, maps.values, signed, note))
    return layers


class MapBoards(QWidget):
    """As high as its layers; paints those that can be seen. A click or the arrows choose a cell."""

    aimed = Signal()
    """Another cell is pointed at, or chosen."""
    opened = Signal()
    """A double click, or Enter, on the chosen one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("train.maps")
        self.setAccessibleName(self.tr("Maps of every layer"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self._layers: list[Layer] = []
        self._chosen: Mark | None = None
        self._pointed: Mark | None = None
        self._seen_height = 0

    def chosen(self) -> Mark | None:
        """Return the cell that a click or a key has chosen."""
        return self._chosen

    def pointed(self) -> Mark | None:
        """Return the cell under the pointer."""
        return self._pointed

    def layers(self) -> list[Layer]:
        """Return what is shown, from the picture on."""
        return self._layers

    def show_layers(self, layers: list[Layer]) -> None:
        """Show other layers."""
        named = [(layer.name, layer.shape) for layer in layers]
        if named != [(layer.name, layer.shape) for layer in self._layers]:
            spoken = ", ".join(f"{name} {shape}" for name, shape in named)
            self.setAccessibleName(self.tr("Maps: {layers}").format(layers=spoken))
            self.clear()
        self._layers = layers
        self._fit()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        width = self.width()
        visible = QRectF(event.rect())
        marks = self._chosen, self._pointed
        draw_maps(painter, self._layers, theme.current(), width, visible, *marks, self._seen_height)
        painter.end()

    def clear(self) -> None:
        """Let go of what is chosen and pointed at."""
        self._choose(None)
        self._point_at(None)

    def cell(self, mark: Mark) -> QRectF:
        """Return where a cell lies."""
        return cell_rect(self._layers, self.width(), mark, self._seen_height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point_at(self._at(event))

    def leaveEvent(self, event: QEvent) -> None:
        self._point_at(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._choose(self._at(event))
        else:
            super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._chosen is not None:
            self.opened.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move by cells, with Ctrl by maps; the scroll area gets the other keys."""
        key = Qt.Key(event.key())
        if key in STEPS and self._layers:
            by_map = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            self._choose(self._beside(STEPS[key], by_map))
        elif key in ENTER and self._chosen is not None:
            self.opened.emit()
        elif key == Qt.Key.Key_Escape and self._chosen is not None:
            self._choose(None)
        else:
            super().keyPressEvent(event)

    def _beside(self, step: Pair, by_map: bool) -> Mark:
        """Return the cell that an arrow leads to: at its edge a map goes on in the next one."""
        if self._chosen is None:
            return Mark(min(1, len(self._layers) - 1), 0, (0, 0))
        here = self._chosen
        count, h, w = self._layers[here.layer].values.shape
        row, column = here.cell[0] + step[0], here.cell[1] + step[1]
        if not by_map and 0 <= row < h and 0 <= column < w:
            return Mark(here.layer, here.channel, (row, column))
        columns = self._places()[here.layer].columns
        channel = here.channel + step[0] * columns + step[1]
        if 0 <= channel < count:
            return Mark(here.layer, channel, here.cell if by_map else (row % h, column % w))
        layer = here.layer + step[0]
        if step[0] == 0 or not 0 <= layer < len(self._layers):
            return here
        count, h, _ = self._layers[layer].values.shape
        below = step[0] > 0
        return Mark(layer, 0 if below else count - 1, (0 if below or by_map else h - 1, 0))

    def _choose(self, mark: Mark | None) -> None:
        if mark != self._chosen:
            self._chosen = mark
            self.aimed.emit()
            self.update()

    def _point_at(self, mark: Mark | None) -> None:
        if mark != self._pointed:
            self._pointed = mark
            self.aimed.emit()
            self.update()

    def set_seen_height(self, height: int) -> None:
        """Take how much of it can be seen at once."""
        self._seen_height = height
        self._fit()
        self.update()

    def _at(self, event: QMouseEvent) -> Mark | None:
        return mark_at(self._layers, self.width(), event.position(), self._seen_height)

    def _places(self) -> list[Place]:
        counts = [len(layer.values) for layer in self._layers]
        return arrange(counts, self.width(), self._seen_height)

    def _fit(self) -> None:
        places = self._places()
        height = round(places[-1].bottom) + 2 if places else 0
        if height != self.minimumHeight():
            self.setMinimumHeight(height)


class MapView(Awaited):
    """The boards, which scroll where they are too long."""

    aimed = Signal()
    """`aim` returns something else."""

    def __init__(self, parent: QWidget | None = None) -> None:
        scrolled = QScrollArea()
        super().__init__("", scrolled, parent)
        self.boards = MapBoards()
        self._scrolled = scrolled
        scrolled.setObjectName("train.maps.scroll")
        scrolled.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scrolled.setWidgetResizable(True)
        scrolled.setFrameShape(QFrame.Shape.NoFrame)
        scrolled.setWidget(self.boards)
        set_help(
            self.tr(
                "What every layer makes of the picture that is looked at. All maps of a layer have "
                "one scale; its ends are beside its name. Click a pixel to read it; a double click "
                "opens it in the Lab. The arrows go from pixel to pixel, with Ctrl from map to map."
            ),
            self.boards,
        )
        # It would lie over the maps; F1 shows it.
        self.boards.setToolTip("")
        self.boards.aimed.connect(self.aimed)
        self.boards.aimed.connect(self._bring_into_sight)
        self.show_moment(None)

    def show_moment(self, moment: Moment | None, frozen: frozenset[str] = frozenset()) -> None:
        """Show the maps of a network, or say what to do where there are none.

        Parameters
        ----------
        moment : Moment or None
            What is shown.
        frozen : frozenset of str
            Layers that do not learn, which is written beside their names.
        """
        if moment is None:
            self.boards.clear()
            self.say(
                self.tr("Press Start and draw a digit, or choose a test digit: its maps come here.")
            )
        else:
            named = self.tr("input"), frozen, self.tr("frozen")
            self.boards.show_layers(boards_of(moment, *named))
            self.set_there(True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.boards.set_seen_height(self.height())

    def aim(self) -> Aim:
        """Return what is chosen and pointed at."""
        if not self.currentIndex():
            return Aim()
        chosen, pointed = (self._spot(m) for m in (self.boards.chosen(), self.boards.pointed()))
        return Aim(self.tr("Click a pixel to take it apart."), chosen, pointed)

    def _spot(self, mark: Mark | None) -> Spot | None:
        if mark is None:
            return None
        layer = self.boards.layers()[mark.layer].name if mark.layer else INPUT
        return Spot(layer, mark.channel, mark.cell)

    @Slot()
    def _bring_into_sight(self) -> None:
        mark = self.boards.chosen()
        if mark is not None and self.boards.hasFocus():
            place = self.boards.cell(mark).center().toPoint()
            self._scrolled.ensureVisible(place.x(), place.y(), GRID, 2 * GRID)
