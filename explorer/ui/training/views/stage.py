"""The middle of the page: the curves, or in their place the views, large."""

from dataclasses import dataclass
from typing import Self

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QApplication, QBoxLayout, QVBoxLayout, QWidget

from explorer.drawing.palette import GRID
from explorer.ui.training.views.card import Views
from explorer.ui.widgets.card import Card
from explorer.ui.widgets.layouts import holder, take_out


@dataclass(frozen=True)
class Home:
    """Where a widget belongs: a place in the layout of others."""

    layout: QBoxLayout
    index: int
    stretch: int

    @classmethod
    def of(cls, widget: QWidget) -> Self:
        """Return where a widget is now.

        Raises
        ------
        LookupError
            If it is in no row or column.
        """
        found = holder(widget)
        if not isinstance(found, QBoxLayout):
            raise LookupError("Put the widget into a row or column before it is moved.")
        index = found.indexOf(widget)
        return cls(found, index, found.stretch(index))

    def take(self, widget: QWidget) -> None:
        """Put a widget there."""
        take_out(widget)
        self.layout.insertWidget(self.index, widget, self.stretch)
        widget.show()


class Stage(QWidget):
    """Holds the curves; takes the views in as long as they are wanted large.

    Meanwhile the plot of the loss has the place of the views, and the time machine is below them.

    Parameters
    ----------
    curves : QWidget
        Belong here.
    views : Views
        Belong elsewhere, and tell when they are wanted here.
    time_machine, loss : QWidget
        Belong to the curves.
    """

    def __init__(
        self,
        curves: QWidget,
        views: Views,
        time_machine: QWidget,
        loss: QWidget,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._curves = curves
        self._views = views
        self._time_machine = time_machine
        self._loss = loss
        self._homes: tuple[Home, Home, Home] | None = None
        self._instead = Card(self.tr("Loss"))
        self._instead.hide()
        self._moments = Card()
        inside = self._moments.layout()
        assert inside is not None
        inside.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID)
        self._moments.hide()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(GRID + GRID // 2)
        self._column.addWidget(curves, 1)
        self._column.addWidget(self._moments)
        views.enlarged.connect(self.show_views)

    @Slot(bool)
    def show_views(self, large: bool) -> None:
        """Take the views in, or give them back."""
        if large == (self._homes is not None):
            return
        focused = QApplication.focusWidget()
        if large:
            self._take_in()
        else:
            self._give_back()
        if focused is not None and self.window().isAncestorOf(focused):
            # What changes its parent loses the keyboard.
            focused.setFocus()

    def _take_in(self) -> None:
        self._homes = Home.of(self._views), Home.of(self._time_machine), Home.of(self._loss)
        for widget in (self._views, self._time_machine, self._loss):
            take_out(widget)
        self._curves.hide()
        self._column.insertWidget(0, self._views, 1)
        self._views.show()
        self._moments.body.addWidget(self._time_machine)
        self._time_machine.show()
        self._moments.show()
        # Last: a column with both would be too high for a low window, and make it higher.
        self._instead.body.addWidget(self._loss)
        self._loss.show()
        self._homes[0].take(self._instead)

    def _give_back(self) -> None:
        assert self._homes is not None
        (home, below, above), self._homes = self._homes, None
        take_out(self._instead)
        self._instead.hide()
        home.take(self._views)
        above.take(self._loss)
        below.take(self._time_machine)
        self._moments.hide()
        self._curves.show()
