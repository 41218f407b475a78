"""Chooses a kernel of a layer, shows its numbers, replaces it and brings it back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from PySide6.QtCore import QSignalBlocker, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer.core.cell import number
from explorer.core.layers import Array
from explorer.core.network import operations
from explorer.core.network.operations import Opened, Target
from explorer.core.network.state import NetworkState
from explorer.core.network.surgery import LEARNED, REPLACEMENTS, kernels_of, offered, standing
from explorer.drawing.palette import GRID
from explorer.training.reports import Kernels
from explorer.ui.network.document import NetworkDocument
from explorer.ui.network.surgery.numbers import KernelNumbers
from explorer.ui.network.surgery.picker import KernelPicker, KernelShelf
from explorer.ui.sentences import translated
from explorer.ui.widgets.buttons import tool_button
from explorer.ui.widgets.choice import Choice
from explorer.ui.widgets.field_row import FieldRow
from explorer.ui.widgets.help import set_help
from explorer.ui.widgets.label import Label
from explorer.ui.widgets.number_box import DecimalBox
from explorer.ui.widgets.toggle import Toggle

LARGEST_SIDE: Final = 11
"""Of a kernel whose numbers are shown."""
LARGEST_BIAS: Final = 1e4
OWN: Final = "own"
"""Stands in the list where somebody has set numbers."""


class KernelEditor(QWidget):
    """Works on the kernels of the chosen layer; everything goes through the document."""

    def __init__(self, document: NetworkDocument, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._opened: Opened | None = None
        self._place = -1

        self.picker = KernelPicker()
        self._shelf = KernelShelf(self.picker)
        self._which = Label("", "group")
        self._which.setObjectName("network.kernel.which")
        self.numbers = KernelNumbers()
        self._here = Label("", "caption")
        self._here.setObjectName("network.kernel.number")
        self.replace = Choice("network.replace", self.tr("What stands in the place of the kernel"))
        self._replace_row = FieldRow(self.tr("Kernel"), self.replace, label_width=6 * GRID)
        self.whole = Toggle(
            "network.replace.whole",
            "",
            self.tr("Replace and bring back all kernels of the output channel together."),
        )
        self.bias = DecimalBox(-LARGEST_BIAS, LARGEST_BIAS)
        self.bias.setObjectName("network.bias")
        self._bias_row = FieldRow(
            self.tr("Bias"),
            self.bias,
            self.tr("The number that is added to every cell of the output channel."),
            stretch=False,
            label_width=6 * GRID,
        )
        self._back = Label(self.tr("Reset"), "caption")
        self.restore = tool_button(
            "network.restore", self.tr("Bring the kernel back"), "undo", text=" ", size=16
        )
        self.restore_layer = tool_button(
            "network.restore_layer",
            self.tr("Bring the layer back"),
            "reset",
            self.tr("Bring all weights of the layer back, as they were learned"),
            text=self.tr("Layer"),
            size=16,
        )
        self._place_all()

        self.picker.aimed.connect(self._on_aimed)
        self.picker.opened.connect(self._go_to_numbers)
        self.numbers.typed.connect(self._type)
        self.numbers.pointed.connect(self._say_number)
        self.replace.changed.connect(self._replace)
        self.whole.changed.connect(self._show_target)
        self.bias.valueChanged.connect(self._set_bias)
        self.restore.clicked.connect(self._restore)
        self.restore_layer.clicked.connect(self._restore_layer)

    def _place_all(self) -> None:
        back = QHBoxLayout()
        back.setSpacing(GRID // 2)
        back.addWidget(self._back, 1)
        back.addWidget(self.restore)
        back.addWidget(self.restore_layer)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID // 2)
        layout.addWidget(self._shelf)
        layout.addSpacing(GRID // 2)
        layout.addWidget(self._which)
        layout.addWidget(self.numbers)
        layout.addWidget(self._here)
        layout.addSpacing(GRID // 2)
        layout.addWidget(self._replace_row)
        layout.addWidget(self.whole)
        layout.addWidget(self._bias_row)
        layout.addLayout(back)

    def target(self) -> Target:
        """Return what is worked on."""
        out, into = self.picker.chosen() or (0, 0)
        return Target(self._place, out, None if self.whole.value() else into)

    def show_state(self, state: NetworkState, opened: Opened) -> None:
        """Show the kernels of the chosen layer, `opened`."""
        assert state.chosen is not None
        is_other = self._opened is None or (
            self._place != state.chosen or self._opened.where.shape != opened.where.shape
        )
        self._opened, self._place = opened, state.chosen
        self.picker.show_kernels(Kernels(opened.name, state.step or 0, opened.kernels))
        self.picker.mark(opened.changed)
        self._shelf.fit()
        if is_other:
            self.whole.set_value(False)
        if is_other or self.picker.chosen() is None:
            self.picker.choose((0, 0))
        self._show_target()

    def clear(self) -> None:
        """Let go of all weights: no layer is chosen that has kernels."""
        self._opened = None
        self.picker.show_kernels(None)

    def follow(self, out: int) -> None:
        """Choose the kernels that make an output channel."""
        if self._opened is not None and out < len(self._opened.where):
            _, into = self.picker.chosen() or (0, 0)
            self.picker.choose((out, into))
            self._shelf.bring_into_sight()

    @Slot()
    def _on_aimed(self) -> None:
        if self._opened is None:
            return
        if self.picker.chosen() is None:  # there is always one that is worked on
            self.picker.choose((0, 0))
            return
        if self.picker.hasFocus():
            self._shelf.bring_into_sight()
        self._show_target()

    @Slot()
    def _go_to_numbers(self) -> None:
        if self.numbers.isVisible():
            self.numbers.setFocus()

    @Slot()
    def _show_target(self) -> None:
        opened, target = self._opened, self.target()
        if opened is None:
            return
        state = self._document.state
        self._which.setText(self._words(opened, target))
        self._show_numbers(opened)
        self._show_replacement(opened, target, state.seed)
        ins = opened.where.shape[1]
        self.whole.setVisible(ins > 1)
        self.whole.setText(self.tr("All {count} of output {out}").format(count=ins, out=target.out))
        self.whole.setAccessibleName(self.whole.text())
        self._show_bias(opened, target)
        self._show_ways_back(opened, target)
        self._say_number()

    def _show_numbers(self, opened: Opened) -> None:
        at = self.picker.chosen() or (0, 0)
        is_small = max(opened.kernel_size) <= LARGEST_SIDE
        self.numbers.setVisible(is_small)
        self._here.setVisible(is_small)
        if is_small:
            now, learned = (
                kernels_of(weight, opened.where[at]) for weight in (opened.now, opened.learned)
            )
            finite = np.abs(opened.now[np.isfinite(opened.now)])
            self.numbers.show_kernel(now, learned, float(finite.max(initial=0.0)))

    def _show_replacement(self, opened: Opened, target: Target, seed: int) -> None:
        names = offered(opened.layer, opened.kernel_size)
        stands = standing(
            names, opened.learned, opened.now, opened.where, target.out, target.into, seed
        )
        items = [(LEARNED, self.tr("as learned"))]
        items += [(name, translated(REPLACEMENTS[name].title)) for name in names]
        if stands is None:
            items.append((OWN, self.tr("own numbers")))
        self.replace.set_items(items)
        self.replace.set_value(stands or OWN)
        about = (
            self.tr("Zeros, an edge detector or something else in the place of what was learned.")
            if stands not in REPLACEMENTS
            else translated(REPLACEMENTS[stands].help)
        )
        set_help(about, self.replace, self._replace_row.label)
        whole = target.into is None
        self._replace_row.label.setText(self.tr("Kernels") if whole else self.tr("Kernel"))

    def _show_bias(self, opened: Opened, target: Target) -> None:
        self._bias_row.setVisible(opened.bias is not None)
        if opened.bias is not None:
            with QSignalBlocker(self.bias):
                self.bias.setValue(float(opened.bias[target.out]))

    def _show_ways_back(self, opened: Opened, target: Target) -> None:
        changed = opened.changed
        whole = target.into is None
        here = bool(changed[target.out].any() if whole else changed[target.out, target.into])
        moved = _differ(opened.bias, opened.learned_bias)
        biased = whole and bool(moved[target.out : target.out + 1].any())
        self.restore.setText(self.tr("Output") if whole else self.tr("Kernel"))
        set_help(
            self.tr("Bring the output channel back, as it was learned, with its bias")
            if whole
            else self.tr("Bring the kernel back, as it was learned"),
            self.restore,
        )
        self.restore.setEnabled(here or biased)
        self.restore_layer.setEnabled(bool(changed.any() or moved.any()))

    def _words(self, opened: Opened, target: Target) -> str:
        out, into = self.picker.chosen() or (0, 0)
        if opened.where.shape[1] == 1:
            return self.tr("Output {out}").format(out=out)
        source = opened.source(Target(target.place, out, into))
        words = (
            self.tr("Output {out} from map {into}")
            if opened.layer.wants == "row"
            else self.tr("Output {out} from input {into}")
        )
        return words.format(out=out, into=source)

    @Slot()
    def _say_number(self) -> None:
        opened, cell = self._opened, self.numbers.cell()
        at = self.picker.chosen() or (0, 0)
        if opened is None:
            return
        where = opened.where[at]
        if cell is None or cell[0] >= where.shape[0] or cell[1] >= where.shape[1]:
            self._here.setText(self.tr("Double-click a number to change it."))
            return
        now, learned = (
            number(float(weight.flat[where[cell]])) for weight in (opened.now, opened.learned)
        )
        words = self.tr("({row}, {column}): {value}")
        if now != learned:
            words = self.tr("({row}, {column}): {value}, learned {learned}")
        self._here.setText(words.format(row=cell[0], column=cell[1], value=now, learned=learned))

    @Slot(object, object)
    def _type(self, at: tuple[int, int], block: Array) -> None:
        out, into = self.picker.chosen() or (0, 0)
        target = Target(self._place, out, into)
        self._edit(self.tr("Number of a kernel"), operations.with_numbers, target, at, block)

    @Slot(str)
    def _replace(self, value: str) -> None:
        if value == LEARNED:
            self._restore()
        elif value in REPLACEMENTS:
            what = self.tr("Replace a kernel")
            self._edit(what, operations.with_replacement, self.target(), value)

    @Slot(float)
    def _set_bias(self, value: float) -> None:
        self._edit(self.tr("Bias"), operations.with_bias, self.target(), value)

    @Slot()
    def _restore(self) -> None:
        self._edit(self.tr("Bring back"), operations.with_learned, self.target())

    @Slot()
    def _restore_layer(self) -> None:
        self._edit(self.tr("Bring the layer back"), operations.with_layer_learned, self._place)

    def _edit(self, what: str, change: Callable[..., NetworkState], *args: Any) -> None:
        """Change the state as a step of its own: it is undone alone."""
        self._document.end_gesture()
        self._document.edit(what, change, *args)


def _differ(one: Array | None, other: Array | None) -> np.ndarray:
    if one is None or other is None or one is other:
        return np.zeros(0, bool)
    return np.asarray((one != other) & ~(np.isnan(one) & np.isnan(other)))
