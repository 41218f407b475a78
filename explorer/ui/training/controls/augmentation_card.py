"""How far the training images may differ from those of the data set, with a preview."""

import functools
import random

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer.core.text import QT_TRANSLATE_NOOP
from explorer.data.digits import IMAGE_SIZE, bundled_test
from explorer.data.errors import DataError
from explorer.drawing.colour import picture
from explorer.drawing.palette import GRID
from explorer.training.augmentation import HIGHEST, Augmentation, examples
from explorer.ui.reader import Reader, Wish
from explorer.ui.sentences import translated
from explorer.ui.theme import theme
from explorer.ui.widgets.awaited import Awaited
from explorer.ui.widgets.buttons import tool_button
from explorer.ui.widgets.decimal_row import DecimalRow
from explorer.ui.widgets.fold import Fold
from explorer.ui.widgets.help import set_help
from explorer.ui.widgets.label import Label

ROWS, COLUMNS = 2, 4
GAP = GRID // 2
SEEDS = 2**31

Pictures = npt.NDArray[np.uint8]


class AugmentationStrip(QWidget):
    """One digit, several times, as a run may get to see it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("train.augmentation_preview")
        self.setAccessibleName(self.tr("Preview of the augmentation"))
        self._pictures: Pictures = np.zeros((ROWS * COLUMNS, *IMAGE_SIZE), np.uint8)
        set_help(self.tr("One digit as a run may get to see it in eight epochs."), self)

    def pictures(self) -> Pictures:
        """Return what is shown, uint8 (8, 28, 28)."""
        return self._pictures

    def show_pictures(self, pictures: Pictures) -> None:
        """Show uint8 (8, 28, 28)."""
        self._pictures = pictures
        self.update()

    def fit(self, width: int) -> None:
        """Take the height that the pictures have in a width."""
        side = (width - (COLUMNS - 1) * GAP) // COLUMNS
        self.setFixedHeight(ROWS * side + (ROWS - 1) * GAP)

    def paintEvent(self, event: QPaintEvent) -> None:
        palette = theme.current()
        side = (self.height() - (ROWS - 1) * GAP) // ROWS
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setPen(QColor(palette.border))
        for number, shown in enumerate(self._pictures.astype(np.float32)):
            row, column = divmod(number, COLUMNS)
            left, top = column * (side + GAP), row * (side + GAP)
            place = QRectF(left, top, side, side)
            painter.drawImage(place, picture(shown, palette.map_picture, 0, 255))
            painter.drawRect(place.adjusted(0, 0, -1, -1))
        painter.end()


class AugmentationCard(Fold):
    """Four sliders and a preview; the header says whether it is on."""

    changed = Signal(object)
    """The new `Augmentation`, when the user has changed it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        content = QWidget()
        self.shift = self._row(
            "shift",
            self.tr("Shift (pixels)"),
            1,
            self.tr("Each image moves by up to this much, to every side."),
        )
        self.rotate = self._row(
            "rotate",
            self.tr("Rotate (°)"),
            0,
            self.tr(
                "Each image turns by up to so many degrees, either way. Too far, and a 6 is a 9: "
                "10 or 15 help."
            ),
        )
        self.scale = self._row(
            "scale",
            self.tr("Scale (±)"),
            2,
            self.tr("Each image becomes larger or smaller by up to this share: 0.1 is 10 %."),
        )
        self.noise = self._row(
            "noise",
            self.tr("Noise"),
            2,
            self.tr(
                "The standard deviation of what is added to each pixel, where 1 is full ink: "
                "0.1 is a little grain."
            ),
        )
        self._rows = (self.shift, self.rotate, self.scale, self.noise)
        self._strip = AugmentationStrip()
        self._preview = Awaited("", self._strip)
        self._again = tool_button(
            "train.augmentation_again", self.tr("Draw others"), "random", size=16
        )
        super().__init__("train.augmentation", self.tr("Augmentation"), content, parent)
        self._digit: Pictures | None = None
        self._seed = 0
        self._reader = Reader(self)

        heading = QHBoxLayout()
        heading.addWidget(Label(self.tr("One digit, eight times"), "caption"), 1)
        heading.addWidget(self._again)
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        for row in self._rows:
            column.addWidget(row)
        column.addLayout(heading)
        column.addWidget(self._preview)

        for row in self._rows:
            row.changed.connect(self._on_changed)
        self._again.clicked.connect(self._draw_again)
        self.button.toggled.connect(self._renew)
        self._reader.opening.connect(self._ask_to_wait)
        self._ask_to_wait()
        self._summarise()

    def _row(self, name: str, label: str, decimals: int, explanation: str) -> DecimalRow:
        return DecimalRow(
            f"train.{name}", label, 0.0, HIGHEST[name], decimals, explanation=explanation
        )

    def value(self) -> Augmentation:
        """Return what is set, with what has been typed and not yet confirmed."""
        for row in self._rows:
            row.box.interpretText()
        return Augmentation(*(row.value() for row in self._rows))

    def set_value(self, augmentation: Augmentation) -> None:
        """Show `augmentation` without a signal."""
        for name in HIGHEST:
            row: DecimalRow = getattr(self, name)
            row.set_value(getattr(augmentation, name))
        self._summarise()
        self._renew()

    def set_open(self, is_open: bool) -> None:
        """Let it be changed or not; the preview goes on."""
        for row in self._rows:
            row.setEnabled(is_open)

    def show_digit(self, digit: Pictures) -> None:
        """Show another digit in the preview, uint8 (28, 28), than the first bundled test digit."""
        self._digit = digit
        self._renew()

    def shut_down(self) -> None:
        """Return when no preview is being made any more."""
        self._reader.wait()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._strip.fit(self.contentsRect().width() - 4 * GRID)

    @Slot()
    def _on_changed(self) -> None:
        self._summarise()
        self._renew()
        self.changed.emit(self.value())

    @Slot()
    def _draw_again(self) -> None:
        self._seed = random.randrange(SEEDS)
        self._renew()

    @Slot()
    def _renew(self) -> None:
        """Make the preview anew, where it is seen."""
        if not self.button.isChecked():
            return
        made = functools.partial(_made, self._digit, self.value(), self._seed)
        self._reader.begin(Wish("", made, self._take, self._refuse))

    def _take(self, pictures: Pictures) -> None:
        self._strip.show_pictures(pictures)
        self._preview.set_there(True)

    def _refuse(self, error: DataError) -> None:
        self._preview.say(translated(error.meaning))

    @Slot()
    def _ask_to_wait(self) -> None:
        self._preview.say(self.tr("The preview comes as soon as PyTorch is loaded."))

    def _summarise(self) -> None:
        self.summarise(self.tr("on") if self.value().is_on else self.tr("off"))


def _made(digit: Pictures | None, augmentation: Augmentation, seed: int) -> Pictures:
    """Return the preview; called in a thread, for torch may have to be loaded first."""
    if digit is None:
        digit = bundled_test()[0][0]
    try:
        return examples(digit, augmentation, ROWS * COLUMNS, seed)
    except ImportError as error:
        raise DataError(
            QT_TRANSLATE_NOOP(
                "data", "The preview needs PyTorch ({error}); run cnn-explorer doctor."
            ),
            error=error,
        ) from error
