"""The left side of the Lab: the example, the operation with its parameters, and the input."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.core.hints import HINTS
from explorer.core.kernels import KERNELS
from explorer.core.layers import GROUPS, Conv2d, ConvTranspose2d, Layer, Parameter
from explorer.core.presets import SECTIONS
from explorer.core.scene import OWN, LabState
from explorer.core.values import with_bias
from explorer.drawing.palette import GRID
from explorer.ui.lab import edits
from explorer.ui.lab.document import LabDocument
from explorer.ui.lab.input_panel import InputPanel
from explorer.ui.lab.solver import Solver
from explorer.ui.learned import learned
from explorer.ui.sentences import translated
from explorer.ui.widgets.card import Card
from explorer.ui.widgets.choice import Choice
from explorer.ui.widgets.decimal_row import DecimalRow
from explorer.ui.widgets.field_row import FieldRow
from explorer.ui.widgets.fold import Fold
from explorer.ui.widgets.label import Label
from explorer.ui.widgets.parameter_rows import ParameterRows
from explorer.ui.widgets.tab_order import follow_layout
from explorer.ui.widgets.toggle import Toggle


def _examples(own: str) -> list[tuple[str | None, str]]:
    """Return the lines of the list of examples, under the title of each lesson."""
    lines: list[tuple[str | None, str]] = [("", own)]
    for title, examples in SECTIONS:
        lines.append((None, translated(title)))
        lines += [(name, translated(preset.title)) for name, preset in examples.items()]
    return lines


def _operations() -> list[tuple[str | None, str]]:
    """Return the lines of the list of operations, under the title of each kind."""
    lines: list[tuple[str | None, str]] = []
    for title, kinds in GROUPS:
        lines.append((None, translated(title)))
        lines += [(kind.__name__, kind.__name__) for kind in kinds]
    return lines


LEARNED = "learned"
"""Stands in the list of weights for those of the training run."""


class ParameterPanel(QWidget):
    """Sends wishes to the document and shows its state; knows no layer by name."""

    def __init__(self, document: LabDocument, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._kind: type[Layer] | None = None

        self._example = Card(self.tr("Example"))
        self._layer = Card(self.tr("Layer"))
        self.input = InputPanel(document)
        self.solver = Solver()
        self._find = Fold("find", self.tr("Find settings for a size"), self.solver)
        self._rows = ParameterRows()
        self._make_choices()
        self._operation = Choice(
            "operation",
            self.tr("Operation"),
            _operations(),
            self.tr("The layer: PyTorch's name for what happens in every window."),
        )

        self._example.body.addWidget(self.preset)
        self._example.body.addWidget(self.hint)
        # Right below the operation stands what decides how it is understood.
        for first in (self._operation, self.stamping, self.flip, self._flip_note):
            self._layer.body.addWidget(first)
        self._layer.body.addWidget(self._rows)
        for last in (self._kernel_row, self.tints, self.bias):
            self._layer.body.addWidget(last)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID + GRID // 2)
        layout.addWidget(self._example)
        layout.addWidget(self.input)
        layout.addWidget(self._layer)
        layout.addWidget(self._find)
        layout.addStretch(1)

        self._operation.changed.connect(self._choose_operation)
        self._rows.changed.connect(self._set)
        self.solver.chosen.connect(
            lambda layer: self._edit(self.tr("Settings"), edits.with_layer, layer)
        )
        document.changed.connect(self._on_changed)
        if learned.kernels is not None:
            self._offer_learned()
        self._on_changed(document.state, None)

    def open_solver(self) -> None:
        """Show the settings for a wanted size, ready to type one."""
        self._find.open()
        self.solver.h.setFocus(Qt.FocusReason.OtherFocusReason)
        self.solver.h.selectAll()

    def _make_choices(self) -> None:
        self.preset = Choice(
            "preset",
            self.tr("Example"),
            _examples(self.tr("Own setting")),
            self.tr("Worked examples: an input, a kernel and a layer at once."),
        )
        self.hint = Label("", "muted", wrap=True)
        self.hint.setObjectName("preset.hint")
        self.hint.setAccessibleName(self.tr("What to notice"))
        self.kernel = Choice(
            "kernel",
            self.tr("Weights"),
            [
                (OWN, self.tr("Own numbers")),
                *((name, translated(kernel.title)) for name, kernel in KERNELS.items()),
            ],
            self.tr(
                "The weights; they grow and shrink with the kernel size. Click on a weight of the "
                "kernel and type to set it."
            ),
        )
        self._kernel_row = FieldRow(self.tr("Weights"), self.kernel, label_width=8 * GRID)
        self.flip = Toggle(
            "flip",
            self.tr("True convolution"),
            self.tr(
                "True convolution turns the kernel by half a turn before it slides. PyTorch, like "
                "all of deep learning, does not: what it calls convolution is cross-correlation."
            ),
        )
        self._flip_note = Label("", "caption", wrap=True)
        self._flip_note.setObjectName("flip.note")
        self.tints = Toggle(
            "tints",
            self.tr("Colour each weight"),
            self.tr("Give each weight a colour, and the cell under the window that it meets."),
        )
        self.stamping = Toggle(
            "stamping",
            self.tr("Show it as stamping"),
            self.tr(
                "Two ways to see the same numbers: each input cell stamps the kernel, times its "
                "value, onto the output, where overlaps add up; or an ordinary convolution slides "
                "over the input with zeros between its cells."
            ),
        )
        self.bias = DecimalRow(
            "bias.value",
            self.tr("Bias value"),
            -10.0,
            10.0,
            2,
            explanation=self.tr("What is added to every cell of the output channel shown."),
        )

        self.preset.changed.connect(self._choose_preset)
        self.kernel.changed.connect(self._choose_kernel)
        learned.changed.connect(self._offer_learned)
        self.flip.changed.connect(lambda on: self._edit(self.tr("Turn"), edits.with_flip, on))
        self.bias.changed.connect(self._choose_bias)
        self.tints.changed.connect(lambda on: self._document.look(tints=on))
        self.stamping.changed.connect(lambda on: self._document.look(stamping=on, step=0.0))

    def _choose_kernel(self, name: str) -> None:
        if name == LEARNED and learned.kernels is not None:
            self._edit(self.tr("Weights"), edits.with_learned, learned.kernels)
        elif name == OWN:
            self.kernel.set_value(self._document.state.kernel)
        else:
            self._edit(self.tr("Weights"), edits.with_kernel, name)

    @Slot()
    def _offer_learned(self) -> None:
        if self.kernel.findData(LEARNED) < 0:
            self.kernel.addItem(self.tr("Learned by the network"), LEARNED)

    def _choose_bias(self, value: float) -> None:
        channel = self._document.state.channel
        self._edit(self.tr("Bias"), lambda state: with_bias(state, channel, value))

    def _edit(self, what: str, change: Callable[..., LabState], *args: Any, **named: Any) -> None:
        self._document.edit(what, change, *args, **named)

    def _choose_preset(self, name: str) -> None:
        if name:
            self._edit(self.tr("Example"), edits.with_preset, name)
            self.solver.follow()
        else:
            self.preset.set_value(edits.matching_preset(self._document.state))

    def _choose_operation(self, name: str) -> None:
        self._edit(self.tr("Operation"), edits.with_operation, name)

    def _on_changed(self, new: LabState, old: LabState | None) -> None:
        self.solver.show_state(new)
        if type(new.layer) is not self._kind:
            self._kind = type(new.layer)
            self._rows.set_kind(self._kind)
            follow_layout(self)
            # A number half typed into one of the old rows counts when the row goes.
            new = self._document.state
        elif old is not None and new.layer is old.layer and new.input is old.input:
            if not new.looks_as(old):
                self._show_choices(new)
            return
        self._show_choices(new)
        self._rows.show_values(new.layer, new.size)

    def _show_choices(self, state: LabState) -> None:
        self._operation.set_value(type(state.layer).__name__)
        example = edits.matching_preset(state)
        self.preset.set_value(example)
        self.hint.setText(translated(HINTS[example]) if example else "")
        self.hint.setVisible(bool(example))
        has_weights = state.layer.weight_shape is not None
        self.kernel.set_value(state.kernel)
        self._kernel_row.setVisible(has_weights)
        self.flip.setVisible(has_weights)
        self.flip.set_value(state.flip)
        self._flip_note.setVisible(isinstance(state.layer, Conv2d))
        self._flip_note.setText(
            self.tr("On: the kernel is turned by half a turn")
            if state.flip
            else self.tr("Off: cross-correlation, as torch computes it")
        )
        self.tints.setVisible(has_weights)
        self.tints.set_value(state.tints)
        self.stamping.setVisible(isinstance(state.layer, ConvTranspose2d))
        self.stamping.set_value(state.stamping)
        self.bias.setVisible(state.bias is not None)
        if state.bias is not None:
            self.bias.set_value(float(state.bias[state.channel]))

    @Slot(object, object)
    def _set(self, about: Parameter, value: Any) -> None:
        # A press that takes the focus from the code line may bring another layer before it counts.
        if about not in self._document.state.layer.parameters():
            return
        self._edit(translated(about.label), edits.with_parameter, about.name, value)
