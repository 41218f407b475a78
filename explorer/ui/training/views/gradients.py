"""How long the gradient of each layer is, now and before."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from explorer.drawing.gradients import Norms, draw_norms, height_of, length, said
from explorer.training.reports import GradientNorms
from explorer.ui.theme import theme
from explorer.ui.widgets.awaited import Awaited
from explorer.ui.widgets.help import set_help

POINTS = 240
"""Of the past of a layer: about as many as its picture can show."""


def gathered(past: Sequence[GradientNorms], frozen: frozenset[str]) -> Norms | None:
    """Return the newest norms and about `POINTS` of those before; None where there are none.

    Those of another network, from before the newest one, are left out.
    """
    if not past:
        return None
    names = tuple(name for name, _ in past[-1].norms)
    every = -(-len(past) // POINTS)
    # Counted from the end, so that the newest is always among them.
    taken = [one for one in past[::-every] if tuple(name for name, _ in one.norms) == names][::-1]
    steps = np.array([one.step for one in taken], np.int64)
    values = np.array([[value for _, value in one.norms] for one in taken], np.float64)
    return Norms(names, steps, values.reshape(len(taken), len(names)), frozen)


class NormBoard(QWidget):
    """A row per layer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("train.norms")
        # The scroll area around it gets the arrow keys, and a screen reader stops here.
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Gradient norms"))
        self._norms: Norms | None = None

    def norms(self) -> Norms | None:
        """Return what is shown."""
        return self._norms

    def text(self) -> str:
        """Return the present norms in words."""
        if self._norms is None:
            return ""
        norms = self._norms
        lines = []
        for index, name in enumerate(norms.names):
            words = [length(float(norms.present[index])), said(norms.verdict(index))]
            lines.append(f"{name}: {' '.join(word for word in words if word)}")
        return "\n".join(lines)

    def show_norms(self, norms: Norms) -> None:
        """Show other norms."""
        self._norms = norms
        self.setMinimumHeight(height_of(len(norms.names)))
        self.setAccessibleDescription(self.text())
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._norms is None:
            return
        painter = QPainter(self)
        draw_norms(painter, self._norms, theme.current(), self.width(), self.height())
        painter.end()


class NormView(Awaited):
    """The board, which scrolls where it is too long."""

    def __init__(self, parent: QWidget | None = None) -> None:
        scrolled = QScrollArea()
        super().__init__("", scrolled, parent)
        self.board = NormBoard()
        scrolled.setObjectName("train.norms.scroll")
        scrolled.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scrolled.setWidgetResizable(True)
        scrolled.setFrameShape(QFrame.Shape.NoFrame)
        scrolled.setWidget(self.board)
        set_help(
            self.tr(
                "How long the gradient of each layer is (the Euclidean norm), on a logarithmic "
                "scale, and beside it how it was before. A layer whose gradient is a thousand "
                "times shorter than another's hardly learns: it vanishes. One of 100 or more "
                "explodes: take a smaller learning rate. A frozen layer has none."
            ),
            self.board,
        )
        # It would lie over the numbers; F1 shows it.
        self.board.setToolTip("")
        self.show_norms((), frozenset())

    def show_norms(self, past: Sequence[GradientNorms], frozen: frozenset[str]) -> None:
        """Show the norms of a run, the newest last, or say what to do where there are none."""
        norms = gathered(past, frozen)
        if norms is None:
            self.say(self.tr("Press Start: how strongly each layer is pulled appears here."))
        else:
            self.board.show_norms(norms)
            self.set_there(True)
