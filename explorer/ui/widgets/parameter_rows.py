"""A row for each parameter of a module, whichever it is."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.core.geometry import Pair
from explorer.core.layers import Module, Parameter
from explorer.core.layers.module import LARGEST
from explorer.drawing.palette import GRID, HUES
from explorer.ui.sentences import translated
from explorer.ui.widgets.choice import Choice
from explorer.ui.widgets.decimal_row import DecimalRow
from explorer.ui.widgets.field_row import FieldRow
from explorer.ui.widgets.layouts import contents
from explorer.ui.widgets.number_row import ParameterRow
from explorer.ui.widgets.pair_row import PairRow
from explorer.ui.widgets.real_row import RealRow
from explorer.ui.widgets.slider import Slider
from explorer.ui.widgets.toggle import Toggle


class ParameterRows(QWidget):
    """Shows the parameters of a module and tells what is wished for; knows no module by name.

    Parameters
    ----------
    prefix : str
        What the object names begin with.
    channels : int
        What the sliders for channels reach, where that is more than `Parameter.maximum`.
    typed : int
        What may be typed for a whole number, where that is more than its slider reaches.
    """

    changed = Signal(object, object)
    """The `Parameter` and its new value, when the user has changed it."""

    def __init__(
        self,
        prefix: str = "",
        *,
        channels: int = 0,
        typed: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._prefix, self._channels, self._typed = prefix, channels, typed
        self._module: Module | None = None
        self._size: Pair = (1, 1)
        self._show: list[Callable[[Module], None]] = []

        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(GRID)

    def set_kind(self, kind: type[Module]) -> None:
        """Make the rows for a kind of module; `show_values` fills them."""
        self._show = []
        for row in contents(self._rows):
            if isinstance(row, QWidget):
                self._rows.removeWidget(row)
                row.hide()
                row.deleteLater()
        for about in kind.parameters():
            {
                "pair": self._pair_row,
                "number": self._number_row,
                "channels": self._number_row,
                "decimal": self._decimal_row,
                "real": self._real_row,
                "share": self._real_row,
                "flag": self._flag_row,
                "choice": self._choice_row,
            }[about.kind](about)

    def show_values(self, module: Module, size: Pair) -> None:
        """Show a module of the kind without a signal.

        Parameters
        ----------
        size
            (h, w) of its input, which None stands for in one place of a pair.
        """
        self._module, self._size = module, size
        for show in self._show:
            show(module)

    def _numbers(self, module: Module, about: Parameter) -> Pair:
        """Return the numbers in force of a pair."""
        value = module.setting(about.name)
        h, w = (side if one is None else one for one, side in zip(value, self._size, strict=True))
        return h, w

    def _set_range(
        self, row: ParameterRow | PairRow, about: Parameter, value: int, sliders: Sequence[Slider]
    ) -> None:
        """Let the sliders of `row` reach `value`, and no less than before while one is held."""
        reach = max(about.maximum, value, self._channels if about.kind == "channels" else 0)
        if any(slider.isSliderDown() for slider in sliders):
            reach = max(reach, *(slider.maximum() for slider in sliders))
        row.set_range(about.minimum, reach, max(reach, self._typed))

    def _automatic(self, about: Parameter, fallback: Callable[[Module], Any]) -> None:
        """Add the switch that leaves an optional parameter to torch."""
        assert about.optional is not None
        switch = Toggle(
            f"{self._prefix}{about.name}.auto", translated(about.optional), translated(about.help)
        )
        self._rows.addWidget(switch)

        def choose(on: bool) -> None:
            assert self._module is not None
            self.changed.emit(about, None if on else fallback(self._module))

        def show(module: Module) -> None:
            switch.set_value(getattr(module, about.name) is None)

        switch.changed.connect(choose)
        self._show.append(show)

    def _pair_row(self, about: Parameter) -> None:
        row = PairRow(
            f"{self._prefix}{about.name}",
            translated(about.label),
            about.minimum,
            about.maximum,
            translated(about.help),
            about.name if about.name in HUES else "",
            note=self.tr("(h, w): down first") if about.name == "stride" else "",
        )
        if about.words:
            row.add_to_heading(self._word_field(about))
        self._rows.addWidget(row)
        if about.optional is not None:
            self._automatic(about, lambda module: module.setting(about.name))

        def choose(h: int, w: int) -> None:
            self.changed.emit(about, (h, w))

        def show(module: Module) -> None:
            value = self._numbers(module, about)
            # What None stands for may lie beyond: a stride that follows a large kernel.
            self._set_range(row, about, max(value), (row.h.slider, row.w.slider))
            row.set_value(value)

        row.changed.connect(choose)
        self._show.append(show)

    def _word_field(self, about: Parameter) -> Choice:
        """Return the list in which a word stands in for the numbers, as in ``padding='same'``."""
        field = Choice(
            f"{self._prefix}{about.name}.word",
            translated(about.label),
            [("", self.tr("numbers")), *((word, f"'{word}'") for word in about.words)],
            translated(about.help),
        )
        field.setMaximumWidth(13 * GRID)

        def choose(word: str) -> None:
            assert self._module is not None
            self.changed.emit(about, word or self._numbers(self._module, about))

        def show(module: Module) -> None:
            value = getattr(module, about.name)
            field.set_value(value if isinstance(value, str) else "")

        field.changed.connect(choose)
        self._show.append(show)
        return field

    def _decimal_row(self, about: Parameter) -> None:
        self._add_decimal(
            about,
            DecimalRow(
                f"{self._prefix}{about.name}",
                translated(about.label),
                about.minimum,
                about.maximum,
                2,
                explanation=translated(about.help),
            ),
        )

    def _real_row(self, about: Parameter) -> None:
        self._add_decimal(
            about,
            RealRow(
                f"{self._prefix}{about.name}",
                translated(about.label),
                about.minimum,
                about.maximum,
                about.maximum if about.kind == "share" else LARGEST,
                explanation=translated(about.help),
            ),
        )

    def _add_decimal(self, about: Parameter, row: DecimalRow) -> None:
        self._rows.addWidget(row)

        def choose(value: float) -> None:
            self.changed.emit(about, value)

        def show(module: Module) -> None:
            row.set_value(getattr(module, about.name))

        row.changed.connect(choose)
        self._show.append(show)

    def _number_row(self, about: Parameter) -> None:
        row = ParameterRow(
            f"{self._prefix}{about.name}",
            translated(about.label),
            about.minimum,
            about.maximum,
            translated(about.help),
        )
        if about.optional is not None:
            # The switch unlocks the slider, and stands above it.
            self._automatic(about, lambda module: row.value())
        self._rows.addWidget(row)

        def choose(value: int) -> None:
            self.changed.emit(about, value)

        def show(module: Module) -> None:
            value = getattr(module, about.name)
            # What was typed may lie beyond.
            self._set_range(row, about, value or 0, (row.slider,))
            row.set_value(about.minimum if value is None else value)
            row.setEnabled(value is not None)

        row.changed.connect(choose)
        self._show.append(show)

    def _flag_row(self, about: Parameter) -> None:
        row = Toggle(f"{self._prefix}{about.name}", translated(about.label), translated(about.help))
        self._rows.addWidget(row)

        def choose(value: bool) -> None:
            self.changed.emit(about, value)

        def show(module: Module) -> None:
            row.set_value(getattr(module, about.name))

        row.changed.connect(choose)
        self._show.append(show)

    def _choice_row(self, about: Parameter) -> None:
        field = Choice(
            f"{self._prefix}{about.name}",
            translated(about.label),
            [(value, value) for value in about.choices],
            translated(about.help),
        )
        self._rows.addWidget(FieldRow(translated(about.label), field, label_width=12 * GRID))

        def choose(value: str) -> None:
            self.changed.emit(about, value)

        def show(module: Module) -> None:
            field.set_value(getattr(module, about.name))

        field.changed.connect(choose)
        self._show.append(show)
