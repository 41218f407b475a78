"""Which layers learn: a frozen one keeps its weights while the others go on."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QIcon, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from explorer.drawing.palette import GRID, RADIUS, SMALL
from explorer.ui.icons import icon
from explorer.ui.theme import font, theme
from explorer.ui.widgets.fold import Fold
from explorer.ui.widgets.help import set_help
from explorer.ui.widgets.label import Label

GLYPH = 2 * GRID
HEIGHT = 4 * GRID


class FreezeChip(QAbstractButton):
    """A layer that can be frozen: down, with a snowflake and the word, while it is.

    Parameters
    ----------
    layer : str
        Its name.
    count : int
        How many parameters it has.
    """

    def __init__(self, layer: str, count: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.layer, self.count = layer, count
        self._frozen, self._learning = icon("snowflake", "accent"), icon("training", "muted")
        self.setObjectName(f"train.freeze.{layer}")
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        set_help(
            self.tr(
                "A frozen layer keeps its weights; the gradient goes through it to the layers "
                "before. Can be changed while it trains."
            ),
            self,
        )
        self.toggled.connect(self._name)
        self._name()

    def sizeHint(self) -> QSize:
        """Return one line."""
        return QSize(20 * GRID, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the glyph and the name on the left, how many and the word on the right."""
        palette = theme.current()
        down, usable = self.isChecked(), self.isEnabled()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fill = palette.hover if self.underMouse() and usable else palette.surface
        painter.setBrush(QColor(palette.accent_soft if down else fill))
        if self.hasFocus():
            painter.setPen(QPen(QColor(palette.accent), 2))
        else:
            painter.setPen(QColor(palette.accent if down and usable else palette.border))
        place = self.rect().adjusted(1, 1, -1, -1)
        painter.drawRoundedRect(place.toRectF().adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)

        inside = place.adjusted(GRID, 0, -GRID, 0)
        square = QRect(inside.left(), (self.height() - GLYPH) // 2, GLYPH, GLYPH)
        mode = QIcon.Mode.Normal if usable else QIcon.Mode.Disabled
        (self._frozen if down else self._learning).paint(painter, square, mode=mode)
        inside.setLeft(square.right() + GRID)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(QColor(palette.text if usable else palette.disabled))
        painter.setFont(font(weight=600 if down else 400))
        name = painter.boundingRect(inside, middle | Qt.AlignmentFlag.AlignLeft, self.layer)
        painter.drawText(inside, middle | Qt.AlignmentFlag.AlignLeft, self.layer)
        inside.setLeft(name.right() + GRID)
        painter.setPen(QColor(palette.muted if usable else palette.disabled))
        painter.setFont(font(SMALL))
        painter.drawText(inside, middle | Qt.AlignmentFlag.AlignRight, self._state())
        painter.end()

    def _state(self) -> str:
        text = self.tr("{count:,} frozen") if self.isChecked() else self.tr("{count:,} learn")
        return text.format(count=self.count)

    @Slot()
    def _name(self) -> None:
        text = self.tr("Freeze {layer}: {state}")
        self.setAccessibleName(text.format(layer=self.layer, state=self._state()))


class Freezing(Fold):
    """A chip for every layer with parameters, and how many of the parameters learn."""

    changed = Signal(object)
    """The names of the layers that are frozen now, a frozenset, when the user has changed them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        content = QWidget()
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(GRID // 2)
        self._line = Label("", "caption", wrap=True)
        self._line.setObjectName("train.freeze.count")
        self._column.addWidget(self._line)
        super().__init__("train.freezing", self.tr("Frozen layers"), content, parent)
        self._chips: list[FreezeChip] = []
        self._say()

    def set_layers(self, layers: Sequence[tuple[str, int]]) -> None:
        """Offer other layers, without a signal; those of the same name stay frozen.

        Parameters
        ----------
        layers : sequence of (str, int)
            Of each layer with parameters the name and how many it has, the first one first.
        """
        if list(layers) == [(chip.layer, chip.count) for chip in self._chips]:
            return
        frozen = self.frozen()
        for chip in self._chips:
            self._column.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self._chips = [FreezeChip(name, count) for name, count in layers]
        before: QWidget = self.button
        for place, chip in enumerate(self._chips):
            self._column.insertWidget(place, chip)
            chip.show()
            # What is new would come last of all in the window.
            self.setTabOrder(before, chip)
            chip.clicked.connect(self._on_clicked)
            before = chip
        self.set_frozen(frozen)

    def frozen(self) -> frozenset[str]:
        """Return the names of the layers that do not learn."""
        return frozenset(chip.layer for chip in self._chips if chip.isChecked())

    def set_frozen(self, frozen: frozenset[str]) -> None:
        """Freeze these layers and let all others learn, without a signal."""
        for chip in self._chips:
            chip.setChecked(chip.layer in frozen)
        self._say()

    @Slot()
    def _on_clicked(self) -> None:
        self._say()
        self.changed.emit(self.frozen())

    def _say(self) -> None:
        every = sum(chip.count for chip in self._chips)
        learning = sum(chip.count for chip in self._chips if not chip.isChecked())
        frozen = self.frozen()
        if learning or not every:
            text = self.tr("{learning:,} of {every:,} parameters learn.")
        else:
            text = self.tr("Nothing learns: all {every:,} parameters are frozen. Free a layer.")
        self._line.setText(text.format(learning=learning, every=every))
        if not frozen:
            words = self.tr("none")
        elif len(frozen) == len(self._chips):
            words = self.tr("all")
        else:
            words = self.tr("{frozen} of {every}").format(
                frozen=len(frozen), every=len(self._chips)
            )
        self.summarise(words)
