"""Shows the kernels of a convolution as they change."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from explorer.drawing.palette import GRID
from explorer.training.reports import Kernels
from explorer.ui.training.views.aims import Aim, KernelOf
from explorer.ui.widgets.awaited import Awaited
from explorer.ui.widgets.help import set_help
from explorer.ui.widgets.kernel_board import KernelBoard


class KernelView(Awaited):
    """The board, which scrolls where it is too long; says what to do while there is nothing.

    Attributes
    ----------
    aimed
        Emitted when `aim` returns something else.

    Parameters
    ----------
    layer : str
        Name of the convolution.
    name : str
        Object name of the board.
    """

    aimed = Signal()

    def __init__(self, layer: str, name: str, parent: QWidget | None = None) -> None:
        scrolled = QScrollArea()
        super().__init__("", scrolled, parent)
        self.setMinimumSize(24 * GRID, 8 * GRID)
        self.board = KernelBoard(name)
        self.layer = layer
        scrolled.setObjectName(f"{name}.scroll")
        scrolled.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scrolled.setWidgetResizable(True)
        scrolled.setFrameShape(QFrame.Shape.NoFrame)
        scrolled.setWidget(self.board)
        self._scrolled = scrolled
        self.say(self.tr("Press Start: the kernels appear here."))
        self.board.setAccessibleName(self.tr("Kernels of {layer}").format(layer=layer))
        set_help(
            self.tr(
                "The kernels that a layer has learned so far, all on one scale. A layer with "
                "several input channels has one for each pair: a row per output channel, a column "
                "per input channel. Click one to read it; a double click opens it in the Lab."
            ),
            self.board,
        )
        # It would lie over the kernels; F1 shows it.
        self.board.setToolTip("")
        # What is moved would take the numbers above it along.
        scrolled.verticalScrollBar().valueChanged.connect(self.board.update)
        self.board.aimed.connect(self.aimed)
        self.board.aimed.connect(self._bring_into_sight)

    def show_kernels(self, kernels: Kernels | None) -> None:
        """Show the kernels, or the empty state for None."""
        if kernels is None:
            self.board.clear()
            self.setCurrentIndex(0)
        else:
            self.board.show_kernels(kernels)
            self.set_there(True)

    def aim(self) -> Aim:
        """Return what is chosen and pointed at."""
        kernels = self.board.kernels() if self.currentIndex() else None
        if kernels is None:
            return Aim()
        has_sources = kernels.values.shape[1] > 1
        hint = (
            self.tr("rows: out channel · columns: in channel")
            if has_sources
            else self.tr("Click a kernel to take it apart.")
        )
        chosen, pointed = (
            None if kernel is None else KernelOf(self.layer, kernel, has_sources)
            for kernel in (self.board.chosen(), self.board.pointed())
        )
        return Aim(hint, chosen, pointed)

    @Slot()
    def _bring_into_sight(self) -> None:
        kernel, place = self.board.chosen(), self.board.lying()
        if kernel is not None and place is not None and self.board.hasFocus():
            box = place.box(*kernel).center().toPoint()
            self._scrolled.ensureVisible(box.x(), box.y(), 4 * GRID, 4 * GRID)
