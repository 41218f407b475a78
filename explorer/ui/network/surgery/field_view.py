"""How far a unit looks: in theory, and by the gradient, before and after the training."""

from __future__ import annotations

from math import ceil
from typing import Final

import numpy as np
from PySide6.QtCore import QElapsedTimer, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from explorer.core.network.state import NetworkState, Pixels
from explorer.data.digits import Digits
from explorer.drawing.network.heat import LEGEND, TITLE, Grey, Heat, draw_heats, width_for
from explorer.drawing.palette import GRID
from explorer.ui.background import Background
from explorer.ui.network.document import NetworkDocument
from explorer.ui.network.surgery.field_words import name_of, sentence
from explorer.ui.network.surgery.looking import Look, Wish, look, looked_at, measured
from explorer.ui.theme import theme
from explorer.ui.widgets.awaited import Awaited
from explorer.ui.widgets.help import set_help
from explorer.ui.widgets.label import Label
from explorer.ui.widgets.toggle import Toggle

MANY: Final = 64
"""Test images that the mean is over."""
LEAST: Final = 4
"""Pixels that a pixel of a digit is wide at least."""
FOR_LEGEND: Final = 38 * GRID
"""Width that the legend needs."""
NARROWEST, WIDEST = 20 * GRID, 42 * GRID
"""Width of the words beside the maps."""
PATIENCE_MS: Final = 300
"""Half of the answer is shown only where the rest takes longer: the maps must not flicker."""


class HeatMaps(QWidget):
    """The maps side by side."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("network.field.maps")
        self.setAccessibleName(self.tr("How much each pixel moves the unit"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._heats: tuple[Heat, ...] = ()
        self._under: Grey = np.zeros((28, 28), np.uint8)

    def heats(self) -> tuple[Heat, ...]:
        """Return what is shown."""
        return self._heats

    def show_heats(self, heats: tuple[Heat, ...], under: Grey) -> None:
        """Show maps over a picture, (H, W)."""
        self._heats, self._under = heats, under
        self._fit()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """Return the room for two digits."""
        side = LEAST * 28
        return QSize(33 * GRID, side + TITLE + LEGEND)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        place = QRectF(self.rect()).adjusted(1, 0, -1, 0)
        draw_heats(painter, self._heats, self._under, theme.current(), place)
        painter.end()

    def _fit(self) -> None:
        """Be no wider than the maps can be at this height."""
        h, w = self._under.shape
        needed = ceil(width_for(2, (h, w), self.height())) + 2
        self.setMaximumWidth(max(needed, FOR_LEGEND))


class FieldView(Awaited):
    """Follows the unit that is pointed at or held, else the strongest of the chosen layer."""

    def __init__(self, document: NetworkDocument, parent: QWidget | None = None) -> None:
        content = QWidget()
        super().__init__("", content, parent)
        self._document = document
        self._digits: Digits | None = None
        self._wish: Wish | None = None
        self._found: Look | None = None
        """What is shown."""
        self._since = QElapsedTimer()
        self._background = Background(self)

        self.maps = HeatMaps()
        self._unit = Label("", "group", wrap=True)
        self._unit.setObjectName("network.field.unit")
        self.mean = Toggle(
            "network.field.mean",
            self.tr("Mean of {count} images").format(count=MANY),
            self.tr(
                "For a single picture a unit looks where its ReLUs let something through; the mean "
                "of many test images shows how far it looks in general."
            ),
        )
        self._words = Label("", "body", wrap=True)
        self._words.setObjectName("network.field.words")
        self._words.setAlignment(Qt.AlignmentFlag.AlignTop)
        set_help(
            self.tr(
                "The gradient of one unit: how much its number moves when a pixel does, as an "
                "absolute value. In theory it sees the whole frame; how much it listens to each "
                "pixel, the weights decide. Each map is on a scale of its own, and colours grow "
                "with the square root."
            ),
            self.maps,
        )
        self.maps.setToolTip("")

        words = QVBoxLayout()
        words.setSpacing(GRID)
        words.addWidget(self._unit)
        words.addWidget(self._words, 1)
        words.addWidget(self.mean)
        row = QHBoxLayout(content)
        row.setContentsMargins(0, GRID // 2, 0, 0)
        row.setSpacing(2 * GRID)
        # Nearly all, as far as the maps may be wide.
        row.addWidget(self.maps, 9)
        row.addLayout(words, 1)
        row.addStretch(0)
        for widget in (self._unit, self._words, self.mean):
            widget.setMinimumWidth(NARROWEST)
            widget.setMaximumWidth(WIDEST)

        self.mean.changed.connect(self._refresh)
        document.changed.connect(self._on_changed)
        document.computed.connect(self._refresh)
        self._background.found.connect(self._take)
        self._background.failed.connect(self.say)
        self._refresh()

    def show_digits(self, digits: Digits) -> None:
        """Take the mean over images of this set from now on."""
        self._digits = digits
        self._wish = None
        self._refresh()

    def shut_down(self) -> None:
        """Return when nothing runs any more."""
        self._background.shut_down()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh()

    @Slot(object, object)
    def _on_changed(self, new: NetworkState, old: NetworkState) -> None:
        self._refresh()

    @Slot()
    def _refresh(self) -> None:
        """Look again, if there is something else to look at and somebody who sees it."""
        state = self._document.state
        if not self.isVisible():
            if self._wish is not None and not state.computes_as(self._wish.state):
                # It would hold on to all weights of another network.
                self._forget()
            return
        self.mean.setEnabled(self._digits is not None and state.takes_digits)
        spot = looked_at(state, self._document.outputs)
        if spot is None or not state.is_complete:
            self._forget()
            self.say(
                self.tr("Point at a pixel of a map, or choose a layer: how far it looks is here.")
            )
            return
        wish = Wish(state, spot, self._pictures(state))
        if not wish.is_as(self._wish):
            self._wish = wish
            self._since.start()
            self._background.ask(lambda: look(wish))

    def _forget(self) -> None:
        self._background.give_up()
        self._wish = self._found = None

    def _pictures(self, state: NetworkState) -> Pixels:
        if self._digits is None or not self.mean.isEnabled() or not self.mean.value():
            return state.picture[None]
        return self._digits.test_images[:MANY, None]

    @Slot(object)
    def _take(self, found: Look) -> None:
        wish = found.wish
        if found.now is None or found is self._found:
            return
        if not found.is_complete and self._since.elapsed() < PATIENCE_MS:
            return
        self._found = found
        names = self.tr("Untrained"), self.tr("Now")
        heats = tuple(
            self._heat(title, values, found)
            for title, values in zip(names, (found.untrained, found.now), strict=True)
        )
        is_mean = len(wish.pictures) > 1
        under = wish.pictures[0].mean(axis=0).astype(np.uint8)
        self.maps.show_heats(heats, np.zeros_like(under) if is_mean else under)
        self._unit.setText(name_of(wish))
        self._words.setText(sentence(found))
        self.maps.setAccessibleDescription(self._words.text())
        self.set_there(True)

    def _heat(self, title: str, values: np.ndarray | None, found: Look) -> Heat:
        measure = measured(values, found.region)
        note = ""
        if values is not None and measure is None:
            note = (
                self.tr("Padding only")
                if found.region is None
                else self.tr("No pixel moves it: a ReLU keeps it at 0")
            )
        return Heat(title, values, found.region, None if measure is None else measure.square, note)
