"""All maps of every layer for the picture that is looked at, as they change."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from explorer.drawing.maps import Layer, arrange, draw_maps
from explorer.training.reports import Answer
from explorer.ui.theme import theme
from explorer.ui.training.awaited import Awaited
from explorer.ui.widgets.help import set_help


def layers_of(answer: Answer, name_of_input: str) -> list[Layer]:
    """Return the picture and the maps of an answer; what came through a ReLU is not signed."""
    layers = [Layer(name_of_input, answer.picture[None].astype("float32"), signed=False)]
    signed = True
    for maps in answer.maps:
        signed = not maps.layer.startswith("relu") and (signed or maps.layer.startswith("conv"))
        layers.append(Layer(maps.layer, maps.values, signed))
    return layers


class MapBoards(QWidget):
    """As high as its layers; paints those that can be seen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("train.maps")
        self.setAccessibleName(self.tr("Maps of every layer"))
        # The scroll area around it gets the arrow keys.
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._layers: list[Layer] = []

    def layers(self) -> list[Layer]:
        """Return what is shown, from the picture on."""
        return self._layers

    def show_layers(self, layers: list[Layer]) -> None:
        """Show other layers."""
        named = [(layer.name, layer.shape) for layer in layers]
        if named != [(layer.name, layer.shape) for layer in self._layers]:
            spoken = ", ".join(f"{name} {shape}" for name, shape in named)
            self.setAccessibleName(self.tr("Maps: {layers}").format(layers=spoken))
        self._layers = layers
        self._fit()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        width = self.width()
        draw_maps(painter, self._layers, theme.current(), width, QRectF(event.rect()))
        if self.hasFocus():
            painter.setPen(QPen(QColor(theme.current().accent), 2))
            painter.drawRect(self.visibleRegion().boundingRect().adjusted(1, 1, -1, -1))
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()

    def _fit(self) -> None:
        places = arrange([len(layer.values) for layer in self._layers], self.width())
        height = round(places[-1].bottom) + 2 if places else 0
        if height != self.minimumHeight():
            self.setMinimumHeight(height)


class MapView(Awaited):
    """The boards, which scroll where they are too long."""

    def __init__(self, parent: QWidget | None = None) -> None:
        scrolled = QScrollArea()
        super().__init__("", scrolled, parent)
        self._boards = MapBoards()
        scrolled.setObjectName("train.maps.scroll")
        scrolled.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scrolled.setWidgetResizable(True)
        scrolled.setFrameShape(QFrame.Shape.NoFrame)
        scrolled.setWidget(self._boards)
        # What is moved would take its frame along.
        scrolled.verticalScrollBar().valueChanged.connect(self._boards.update)
        set_help(
            self.tr(
                "What every layer makes of the picture that is looked at. All maps of a layer have "
                "one scale; its ends are beside its name."
            ),
            self._boards,
        )
        self.show_answer(None)

    def show_answer(self, answer: Answer | None) -> None:
        """Show the maps of an answer, or say what to do where there is none."""
        if answer is None:
            self.say(
                self.tr("Press Start and draw a digit, or choose a test digit: its maps come here.")
            )
        else:
            self._boards.show_layers(layers_of(answer, self.tr("input")))
            self.set_there(True)
