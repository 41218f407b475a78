"""The card that reads what the pointer is on, and opens it in the Lab."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from explorer.core.cell import number
from explorer.core.layers import Array
from explorer.core.network.state import PICTURE, NetworkState, Spot
from explorer.core.network.tracing import Region, trace_back
from explorer.ui.network.document import NetworkDocument
from explorer.ui.widgets.buttons import push_button
from explorer.ui.widgets.card import Card
from explorer.ui.widgets.help import set_help
from explorer.ui.widgets.label import Label


class HereCard(Card):
    """Four lines that never change their number: the cards below stay where they are."""

    open_wanted = Signal()
    """The pinned cell is to be opened in the Lab."""

    def __init__(self, document: NetworkDocument, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Under the pointer"), parent)
        self._document = document
        self._pointed: Spot | None = None

        self.where = Label("", "body", wrap=True)
        self.where.setObjectName("network.where")
        self.value = Label("", "heading")
        self.value.setObjectName("network.value")
        self.sees = Label("", "caption", wrap=True)
        self.sees.setObjectName("network.sees")
        self.map = Label("", "caption", wrap=True)
        self.map.setObjectName("network.map")
        self.open = push_button("network.open_in_lab", self.tr("Open in the Lab"))
        for label in (self.where, self.value, self.sees, self.map):
            self.body.addWidget(label)
        two_lines = 2 * self.sees.fontMetrics().lineSpacing()
        for label in (self.sees, self.map):
            label.setMinimumHeight(two_lines)
        self.body.addWidget(self.open)

        self.open.clicked.connect(self.open_wanted)
        document.changed.connect(self._on_changed)
        document.computed.connect(self._show)
        self._show()

    @Slot(object)
    def point_at(self, spot: Spot | None) -> None:
        """Tell of a whole map, which is no cell: its name, its extremes."""
        self._pointed = spot
        self._show()

    @Slot(object, object)
    def _on_changed(self, new: NetworkState, old: NetworkState) -> None:
        if new.spot != old.spot or not new.computes_as(old):
            self._show()

    @Slot()
    def _show(self) -> None:
        state = self._document.state
        spot = state.spot
        self._offer(state)
        about = spot or self._pointed
        values = None if about is None else self._map(state, about)
        if about is None or values is None:
            self.where.setText(self.tr("Point at a map, or at one of its pixels."))
            for label in (self.value, self.sees, self.map):
                label.setText("")
            return
        self.where.setText(self._words(state, about, values))
        self.map.setText(self._summary(values))
        if spot is None:
            self.value.setText("")
            self.sees.setText(self.tr("Point at a pixel to see what it sees; click to hold it."))
            return
        shown = values[spot.row, spot.column] if values.ndim == 2 else values[spot.channel]
        self.value.setText(number(float(shown)))
        self.sees.setText(self._seen(state, spot))

    def _map(self, state: NetworkState, spot: Spot) -> Array | None:
        """Return the map that a spot is in, (h, w), or the row of numbers, (F,)."""
        outputs = (*self._document.outputs, state.picture.astype(np.float32))  # at PICTURE, too
        values = outputs[spot.place] if spot.place < len(outputs) - 1 else None
        # The pointer is still where another network was.
        if values is None:
            return None
        at = zip(spot.index(values.ndim), values.shape, strict=True)
        if any(index >= side for index, side in at):
            return None
        if values.ndim == 1:
            return values
        row_or_map: Array = np.atleast_2d(values[spot.channel])
        return row_or_map

    def _words(self, state: NetworkState, spot: Spot, values: Array) -> str:
        name = self.tr("picture") if spot.place == PICTURE else state.network.names[spot.place]
        if values.ndim == 1:
            return self.tr("{layer}, number {index}").format(layer=name, index=spot.channel)
        if spot is not state.spot:
            return self.tr("{layer}, channel {channel}").format(layer=name, channel=spot.channel)
        words = self.tr("{layer}, channel {channel}, row {row}, column {column}")
        return words.format(layer=name, channel=spot.channel, row=spot.row, column=spot.column)

    def _summary(self, values: Array) -> str:
        known = values[np.isfinite(values)]
        if not known.size:
            return self.tr("No finite number in this map.")
        words = self.tr("min {min}   max {max}   mean {mean}\n{zeros} of it are zeros")
        zeros = float((values == 0).mean())
        return words.format(
            min=_short(known.min()),
            max=_short(known.max()),
            mean=_short(known.mean()),
            zeros=f"{100 * zeros:.0f} %",
        )

    def _seen(self, state: NetworkState, spot: Spot) -> str:
        if spot.place == PICTURE:
            return self.tr("A pixel of the picture, from 0 to 255.")
        region = trace_back(state.places, spot.place, spot.at)[0]
        return self._region(region)

    def _region(self, region: Region) -> str:
        rows, columns = region.rows, region.columns
        if not rows or not columns:
            return self.tr("It sees nothing of the picture: padding only.")
        words = self.tr(
            "It sees {h} × {w} pixels: rows {top} to {bottom}, columns {left} to {right}."
        )
        return words.format(
            h=len(rows),
            w=len(columns),
            top=rows[0],
            bottom=rows[-1],
            left=columns[0],
            right=columns[-1],
        )

    def _offer(self, state: NetworkState) -> None:
        pinned = state.pinned
        why = ""
        if pinned is None:
            why = self.tr("Click a pixel of a map first: it is held, and can be opened.")
        elif pinned.place == PICTURE:
            why = self.tr("The picture itself is made by no layer: choose a pixel of a map.")
        self.open.setEnabled(not why)
        set_help(why or self.tr("Take this very number apart in the Lab (Enter)."), self.open)


def _short(value: float) -> str:
    return number(float(f"{float(value):.3g}"))
