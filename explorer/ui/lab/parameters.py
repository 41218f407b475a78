"""The left side of the Lab: what is looked at, the operation, and its parameters."""

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.core.geometry import Pair
from explorer.core.layers import OPERATIONS, Layer, Parameter
from explorer.core.presets import DIGIT, KERNELS, PRESETS
from explorer.core.repair import LARGEST_INPUT
from explorer.core.scene import LabState
from explorer.drawing.palette import GRID, HUES
from explorer.ui.lab import edits
from explorer.ui.lab.document import LabDocument
from explorer.ui.lab.writing import translated
from explorer.ui.widgets.card import Card
from explorer.ui.widgets.choice import Choice
from explorer.ui.widgets.field_row import FieldRow
from explorer.ui.widgets.number_row import ParameterRow
from explorer.ui.widgets.pair_row import PairRow
from explorer.ui.widgets.tab_order import follow_layout
from explorer.ui.widgets.toggle import Toggle


class ParameterPanel(QWidget):
    """Sends wishes to the document and shows its state; knows no layer by name."""

    def __init__(self, document: LabDocument, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._kind: type[Layer] | None = None
        self._show: list[Callable[[LabState], None]] = []

        self._example = Card()
        self._layer = Card(self.tr("Layer"))
        self._input = Card(self.tr("Input"))
        self._rows = QVBoxLayout()
        self._rows.setSpacing(GRID)
        self._make_choices()
        self._operation = Choice(
            "operation",
            self.tr("Operation"),
            [(name, name) for name in OPERATIONS],
            self.tr("The layer: PyTorch's name for what happens in every window."),
        )

        self._example.body.addWidget(
            FieldRow(self.tr("Example"), self.preset, label_width=8 * GRID)
        )
        self._layer.body.addWidget(self._operation)
        self._layer.body.addLayout(self._rows)
        self._layer.body.addWidget(self._kernel_row)
        for row in (self.sample, self.digit, self.input_size):
            self._input.body.addWidget(row)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID + GRID // 2)
        layout.addWidget(self._example)
        layout.addWidget(self._layer)
        layout.addWidget(self._input)
        layout.addStretch(1)

        self._operation.changed.connect(self._choose_operation)
        document.changed.connect(self._on_changed)
        self._on_changed(document.state, None)

    def _make_choices(self) -> None:
        self.preset = Choice(
            "preset",
            self.tr("Example"),
            [("", self.tr("Own setting"))]
            + [(name, translated(preset.title)) for name, preset in PRESETS.items()],
            self.tr("Worked examples: an input, a kernel and a layer at once."),
        )
        self.sample = Choice(
            "input",
            self.tr("Input"),
            [
                (DIGIT, self.tr("Handwritten digit")),
                ("numbers", self.tr("Numbers")),
                ("small", self.tr("Small numbers")),
                ("pool", self.tr("Numbers for pooling")),
            ],
            self.tr("What goes into the layer."),
        )
        self.digit = ParameterRow(
            "digit",
            self.tr("Image no."),
            0,
            199,
            self.tr("Which of the bundled MNIST test images."),
            label_width=8 * GRID,
        )
        self.input_size = PairRow(
            "input",
            self.tr("Input size"),
            1,
            LARGEST_INPUT,
            self.tr("Rows and columns of the input; 32 at most, so that every cell can be seen."),
            "input_size",
        )
        self.kernel = Choice(
            "kernel",
            self.tr("Weights"),
            [(name, translated(kernel.title)) for name, kernel in KERNELS.items()],
            self.tr("The weights; they grow and shrink with the kernel size."),
        )
        self._kernel_row = FieldRow(self.tr("Weights"), self.kernel, label_width=8 * GRID)

        self.preset.changed.connect(self._choose_preset)
        self.sample.changed.connect(
            lambda name: self._edit(self.tr("Input"), edits.with_input, name=name)
        )
        self.digit.changed.connect(
            lambda value: self._edit(self.tr("Image"), edits.with_input, digit=value)
        )
        self.input_size.changed.connect(
            lambda h, w: self._edit(self.tr("Input size"), edits.with_input, size=(h, w))
        )
        self.kernel.changed.connect(
            lambda name: self._edit(self.tr("Weights"), edits.with_kernel, name)
        )

    def _edit(self, what: str, change: Callable[..., LabState], *args: Any, **named: Any) -> None:
        self._document.edit(what, change, *args, **named)

    def _choose_preset(self, name: str) -> None:
        if name:
            self._edit(self.tr("Example"), lambda state: edits.from_preset(name, digit=state.digit))
        else:
            self.preset.set_value(edits.matching_preset(self._document.state))

    def _choose_operation(self, name: str) -> None:
        self._edit(self.tr("Operation"), edits.with_operation, name)

    def _on_changed(self, new: LabState, old: LabState | None) -> None:
        if type(new.layer) is not self._kind:
            self._kind = type(new.layer)
            self._build_rows(new.layer)
        elif old is not None and new.layer is old.layer and new.input is old.input:
            if new.kernel != old.kernel:
                self._show_choices(new)
            return
        self._show_choices(new)
        for show in self._show:
            show(new)

    def _show_choices(self, state: LabState) -> None:
        self._operation.set_value(type(state.layer).__name__)
        self.preset.set_value(edits.matching_preset(state))
        self.sample.set_value(state.sample)
        self.digit.setVisible(state.sample == DIGIT)
        self.digit.set_value(state.digit)
        self.input_size.set_value(state.size)
        self.kernel.set_value(state.kernel)
        self._kernel_row.setVisible(state.layer.weight_shape is not None)

    def _build_rows(self, layer: Layer) -> None:
        while (item := self._rows.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._show = []
        for about in layer.parameters():
            build = {
                "pair": self._pair_row,
                "number": self._number_row,
                "flag": self._flag_row,
                "choice": self._choice_row,
            }.get(about.kind)
            if build is not None:
                build(about)
        follow_layout(self)

    def _set(self, about: Parameter, value: Any) -> None:
        self._edit(translated(about.label), edits.with_parameter, about.name, value)

    def _automatic(self, about: Parameter, fallback: Callable[[Layer], Any]) -> None:
        """Add the switch that leaves an optional parameter to torch."""
        assert about.optional is not None
        switch = Toggle(f"{about.name}.auto", translated(about.optional), translated(about.help))
        self._rows.addWidget(switch)

        def choose(on: bool) -> None:
            self._set(about, None if on else fallback(self._document.state.layer))

        def show(state: LabState) -> None:
            switch.set_value(getattr(state.layer, about.name) is None)

        switch.changed.connect(choose)
        self._show.append(show)

    def _pair_row(self, about: Parameter) -> None:
        row = PairRow(
            about.name,
            translated(about.label),
            about.minimum,
            about.maximum,
            translated(about.help),
            about.name if about.name in HUES else "",
        )
        self._rows.addWidget(row)
        if about.optional is not None:
            self._automatic(about, lambda layer: layer.setting(about.name))

        def choose(h: int, w: int) -> None:
            self._set(about, (h, w))

        def show(state: LabState) -> None:
            value: Pair = state.layer.setting(about.name)
            # What None stands for may lie beyond: a stride that follows a large kernel.
            row.set_range(about.minimum, max(about.maximum, *value))
            row.set_value(value)

        row.changed.connect(choose)
        self._show.append(show)

    def _number_row(self, about: Parameter) -> None:
        row = ParameterRow(
            about.name,
            translated(about.label),
            about.minimum,
            about.maximum,
            translated(about.help),
        )
        self._rows.addWidget(row)
        if about.optional is not None:
            self._automatic(about, lambda layer: row.value())

        def choose(value: int) -> None:
            self._set(about, value)

        def show(state: LabState) -> None:
            value = getattr(state.layer, about.name)
            row.set_value(about.minimum if value is None else value)
            row.setEnabled(value is not None)

        row.changed.connect(choose)
        self._show.append(show)

    def _flag_row(self, about: Parameter) -> None:
        row = Toggle(about.name, translated(about.label), translated(about.help))
        self._rows.addWidget(row)

        def choose(value: bool) -> None:
            self._set(about, value)

        def show(state: LabState) -> None:
            row.set_value(getattr(state.layer, about.name))

        row.changed.connect(choose)
        self._show.append(show)

    def _choice_row(self, about: Parameter) -> None:
        field = Choice(
            about.name,
            translated(about.label),
            [(value, value) for value in about.choices],
            translated(about.help),
        )
        self._rows.addWidget(FieldRow(translated(about.label), field, label_width=12 * GRID))

        def choose(value: str) -> None:
            self._set(about, value)

        def show(state: LabState) -> None:
            field.set_value(getattr(state.layer, about.name))

        field.changed.connect(choose)
        self._show.append(show)
