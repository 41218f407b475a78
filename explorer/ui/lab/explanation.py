"""The right side of the Lab: the size formula, the sum of the current cell, the proof, the code."""

from html import escape

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QLabel, QScrollArea, QVBoxLayout, QWidget

from explorer.core.arithmetic import cell
from explorer.core.scene import LabState
from explorer.core.source import source
from explorer.drawing.palette import GRID
from explorer.ui.lab import writing
from explorer.ui.lab.document import LabDocument
from explorer.ui.theme import theme
from explorer.ui.widgets.card import Card
from explorer.ui.widgets.help import set_help
from explorer.ui.widgets.label import Label
from explorer.ui.widgets.notice import Notice
from explorer.ui.widgets.read_out import ReadOut

SHORT_SUM = 25
"""Terms up to which the sum is written at every step of the window."""
REFRESH_MS = 50
"""All else is written at most this often: nobody reads faster, and layout of text costs as much as
the picture, which comes first under a moving slider."""


class Explanation(QWidget):
    """Says in numbers what the canvas shows."""

    def __init__(self, document: LabDocument, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._everything = False
        """Whether more than the cell is out of date."""
        self._later = QTimer(self, interval=REFRESH_MS, singleShot=True)

        self._words = self._rich("shape_formula.words", self.tr("Size formula in words"))
        self._formula = self._rich("shape_formula", self.tr("Size formula with numbers"))
        set_help(
            self.tr(
                "The output size of each axis. ⌊ ⌋ rounds down, ⌈ ⌉ up. Dilation counts the step "
                "from one kernel cell to the next: 1 is no hole. Without dilation the same formula "
                "reads (W − F + 2P) / S + 1."
            ),
            self._words,
            self._formula,
        )
        self._where = Label("", "muted")
        self._arithmetic = self._rich("cell_arithmetic", self.tr("Arithmetic of the cell"))
        self._proof = Notice("proof")
        self._source = ReadOut(
            "source", self.tr("PyTorch code"), self.tr("The line that makes this layer.")
        )

        size = Card(self.tr("Output size"))
        size.body.addWidget(self._words)
        size.body.addWidget(self._formula)
        one = Card(self.tr("This cell"))
        one.body.addWidget(self._where)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self._arithmetic)
        scroll.setMinimumHeight(10 * GRID)
        one.body.addWidget(scroll, 1)
        one.body.addWidget(self._proof)
        code = Card(self.tr("In PyTorch"))
        code.body.addWidget(self._source)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID + GRID // 2)
        layout.addWidget(size)
        layout.addWidget(one, 1)
        layout.addWidget(code)

        self._later.timeout.connect(self._write_due)
        document.changed.connect(self._on_changed)
        document.evaluated.connect(self._write_all)
        theme.changed.connect(self._write_all)
        self._write_all()

    @property
    def is_behind(self) -> bool:
        """Whether something is still to be written."""
        return self._later.isActive()

    def _rich(self, name: str, label: str) -> QLabel:
        made = QLabel()
        made.setObjectName(name)
        made.setWordWrap(True)
        made.setTextFormat(Qt.TextFormat.RichText)
        made.setAccessibleName(label)
        made.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return made

    def _on_changed(self, new: LabState, old: LabState) -> None:
        edited = not new.computes_as(old)
        self._everything |= edited
        if edited or new.cell != old.cell:
            h, w = new.layer.setting("kernel_size")
            if not edited and h * w <= SHORT_SUM:
                self._write_cell()
            elif not self._later.isActive():
                self._later.start()

    def _write_due(self) -> None:
        if self._everything:
            self._write_all()
        else:
            self._write_cell()

    def _write_all(self) -> None:
        self._everything = False
        state, palette = self._document.state, theme.current()
        vertical, horizontal = state.layer.axes(state.size)
        self._words.setText(writing.formula_in_words(vertical, palette))
        named = [("", vertical)] if vertical == horizontal else [("h", vertical), ("w", horizontal)]
        lines = [f"{name} {writing.formula(axis, palette, state.fits)}" for name, axis in named]
        if any(axis.drops_last for axis in (vertical, horizontal)):
            lines.append(writing.dropped(palette))
        self._formula.setText("<br>".join(lines))
        line = source(state.layer)
        # A place to go on in the next line, for names and numbers have none of their own.
        self._source.set_text(line, escape(line).replace("(", "(\u200b", 1))
        proof = self._document.evaluation.proof
        if proof is None:
            self._proof.clear()
        else:
            kind = "success" if proof.agrees else "error"
            self._proof.show_message(kind, writing.proof(proof))
        self._write_cell()

    def _write_cell(self) -> None:
        state, evaluation = self._document.state, self._document.evaluation
        if evaluation.output is None:
            self._where.setText(
                self.tr("PyTorch is being loaded …")
                if state.fits and self._document.waits_for_torch
                else self.tr("There is no output.")
            )
            self._arithmetic.clear()
            return
        row, column = state.cell
        self._where.setText(
            self.tr("Output row {row}, column {column}").format(row=row, column=column)
        )
        apart = cell(
            state.layer, state.input, state.weight, state.bias, evaluation.output, (0, row, column)
        )
        self._arithmetic.setText(writing.arithmetic(state.layer, apart, theme.current()))
