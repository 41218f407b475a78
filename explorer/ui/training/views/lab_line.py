"""The line below kernels and maps: reads what is pointed at, opens what is chosen in the Lab."""

from dataclasses import replace

import numpy as np
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from explorer.core.cell import number
from explorer.core.layers import Array
from explorer.core.network.in_lab import Opened
from explorer.core.network.naming import network_named
from explorer.core.network.presets import PRESETS
from explorer.core.scene import Visit
from explorer.core.text import Text
from explorer.drawing.palette import GRID
from explorer.training.in_lab import Moment, Spot, in_lab, strongest
from explorer.training.reports import Answer, Kernels
from explorer.ui.sentences import translated
from explorer.ui.training.views.aims import INPUT, Aim, KernelOf, Target
from explorer.ui.widgets.buttons import push_button
from explorer.ui.widgets.help import set_help
from explorer.ui.widgets.label import Label


class LabLine(QWidget):
    """Two lines of text, and a button behind the second."""

    lab_wanted = Signal(object)
    """The `LabState` to be opened."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kernels: tuple[Kernels, ...] = ()
        self._moment: Moment | None = None
        self._aim = Aim()

        self._words = Label("", "caption")
        self._words.setObjectName("train.pointed")
        self._value = Label("", "caption")
        self._value.setObjectName("train.pointed.value")
        self._open = push_button("train.open_in_lab", self.tr("Open in the Lab"))
        self._open.setProperty("kind", "small")
        for label in (self._words, self._value):
            # What is long in another language must not widen the panel.
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout()
        row.setSpacing(GRID // 2)
        row.addWidget(self._value, 1)
        row.addWidget(self._open)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, GRID, 0, 0)
        column.setSpacing(GRID // 4)
        column.addWidget(self._words)
        column.addLayout(row)

        self._open.clicked.connect(self.open)

    def show_network(self, kernels: tuple[Kernels, ...], moment: Moment | None) -> None:
        """Take what is newest; `show_aim` shows it."""
        self._kernels, self._moment = kernels, moment

    def show_aim(self, aim: Aim) -> None:
        """Say what is pointed at, or else chosen, or else how to choose."""
        self._aim = aim
        self._refresh()

    @Slot()
    def open(self) -> None:
        """Ask for the Lab to show what is chosen, if it can."""
        spot = self._spot(self._aim.chosen)
        opened = self._opened()
        if spot is None or not isinstance(opened, Opened):
            return
        title = self._told(spot, self._network if self._network in PRESETS else "")
        note = "" if opened.note is None else translated(opened.note)
        visit = Visit("training", title, note)
        self.lab_wanted.emit(replace(opened.state, visit=visit))

    @property
    def _network(self) -> str:
        return "" if self._moment is None else self._moment.network

    def _opened(self) -> Opened | Text | None:
        """Return the Lab with what is chosen, or why there is none; None where nothing is."""
        spot = self._spot(self._aim.chosen)
        return None if self._moment is None or spot is None else in_lab(self._moment, spot)

    def _spot(self, target: Target | None) -> Spot | None:
        """Return the cell that is opened: of a kernel the one where it answers most strongly."""
        if not isinstance(target, KernelOf):
            return target
        if self._moment is None:
            return None
        out, into = target.kernel
        return strongest(self._moment, target.layer, out, into)

    def _refresh(self) -> None:
        here = self._aim.pointed or self._aim.chosen
        if isinstance(here, KernelOf):
            words, value = self._of_kernel(here)
        elif here is not None:
            words, value = self._of_spot(here)
        else:
            words, value = self._aim.hint, ""
        self._words.setText(words)
        self._value.setText(value)
        self._offer()

    def _of_kernel(self, target: KernelOf) -> tuple[str, str]:
        out, into = target.kernel
        found = next((one.values for one in self._kernels if one.layer == target.layer), None)
        if found is None:
            return self._aim.hint, ""
        kernel: Array = found[out, into]
        values = {
            "out": out,
            "into": into,
            "norm": _short(float(np.linalg.norm(kernel))),
        }
        words = (
            self.tr("out channel {out}, in channel {into}, norm {norm}")
            if target.has_sources
            else self.tr("out channel {out}, norm {norm}")
        )
        # With a digit more they would not fit beside the button of a small window.
        ends = " … ".join(number(float(f"{end:.2g}")) for end in (kernel.min(), kernel.max()))
        return words.format(**values), ends

    def _of_spot(self, spot: Spot) -> tuple[str, str]:
        value = None if self._moment is None else _value(self._moment.answer, spot)
        return self._told(spot), "" if value is None else number(value)

    def _told(self, spot: Spot, network: str = "") -> str:
        """Return the place of a spot in words, with the name of the network where it has one."""
        row, column = spot.cell
        if spot.stage == INPUT:
            words = self.tr("input, row {row}, column {column}")
        elif network:
            words = self.tr("{layer} of {network}, channel {channel}, row {row}, column {column}")
        else:
            words = self.tr("{layer}, channel {channel}, row {row}, column {column}")
        values = {"layer": spot.stage, "network": network, "channel": spot.channel}
        return words.format(**values, row=row, column=column)

    def _offer(self) -> None:
        """Say on the button what it opens, and why where it cannot."""
        text, why = self.tr("Open in the Lab"), ""
        opened = None
        if self._aim.chosen is None:
            why = self.tr("Click a kernel or a pixel first.")
        elif isinstance(self._aim.chosen, Spot) and self._aim.chosen.stage == INPUT:
            why = self.tr("The picture itself is made by no layer: choose a pixel of a map.")
        elif self._moment is None:
            why = self.tr("A layer needs something to work on: draw a digit, or choose one below.")
        else:
            opened = self._opened()
            if isinstance(opened, Opened):
                text, why = self._promise(opened)
            elif opened is not None:
                why = translated(opened)
        self._open.setEnabled(isinstance(opened, Opened))
        if text != self._open.text():
            self._open.setText(text)
            self._open.setAccessibleName(text)
        if why != self._open.accessibleDescription():
            set_help(why, self._open)

    def _promise(self, opened: Opened) -> tuple[str, str]:
        """Return the button's text and explanation for a state that it will open."""
        spot = self._spot(self._aim.chosen)
        assert spot is not None
        layer = network_named(self._network).names[opened.place]
        text = self.tr("Open in the Lab")
        if layer != spot.stage:
            text = self.tr("Open {layer} in the Lab").format(layer=layer)
        why = self.tr("Take {layer} apart with these weights and this input.").format(layer=layer)
        return text, why if opened.note is None else f"{why} {translated(opened.note)}"


def _value(answer: Answer, spot: Spot) -> float | None:
    """Return the number at a spot, or None where there is none any more."""
    if spot.stage == INPUT:
        return float(answer.picture[spot.cell])
    maps = next((one.values for one in answer.maps if one.layer == spot.stage), None)
    return None if maps is None else float(maps[spot.channel][spot.cell])


def _short(value: float) -> str:
    """Write a number that changes all the time: three digits that count."""
    return number(float(f"{value:.3g}"))
