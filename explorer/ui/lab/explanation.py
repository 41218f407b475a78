"""The right side of the Lab: the size formula, the sum of the current cell, the proof, the code."""

import dataclasses

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QLabel, QScrollArea, QVBoxLayout, QWidget

from explorer.core.arithmetic import cell
from explorer.core.layers import Layer
from explorer.core.scene import LabState
from explorer.drawing.palette import GRID
from explorer.ui.lab import edits, writing
from explorer.ui.lab.cell_sum import CellSum
from explorer.ui.lab.code_line import CodeLine
from explorer.ui.lab.document import LabDocument
from explorer.ui.theme import theme
from explorer.ui.widgets.card import Card
from explorer.ui.widgets.help import set_help
from explorer.ui.widgets.notice import Notice

SHORT_SUM = 25
"""Terms up to which the sum is written at once wherever one points."""
LONG_SUM = 500
"""Terms up to which it is written together with the picture while the window moves on."""
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
        self._remarks = self._rich("shape_formula.remarks", self.tr("About the formula"))
        self._remarks.setProperty("role", "caption")
        set_help(
            self.tr(
                "The output size of each axis. ⌊ ⌋ rounds down, ⌈ ⌉ up. Dilation counts the step "
                "from one kernel cell to the next: 1 is no hole, where some texts count the holes "
                "and write 0. Without dilation many write the same formula as "
                "⌊(W − F + 2P) / S⌋ + 1, with W for the input, F for the kernel, P for the padding "
                "and S for the stride."
            ),
            self._words,
            self._formula,
            self._remarks,
        )
        self._sum = CellSum()
        self._sum.setMinimumHeight(14 * GRID)
        self._proof = Notice("proof")
        self._costs = self._rich("costs", self.tr("Costs"))
        self._costs.setProperty("role", "caption")
        set_help(
            self.tr(
                "What is learned: all weights and biases. What is computed for one picture, in "
                "multiply-adds (MACs): one multiplication with its addition is one."
            ),
            self._costs,
        )
        self.code = CodeLine()

        size = Card(self.tr("Output size"))
        size.body.addWidget(self._words)
        size.body.addWidget(self._formula)
        size.body.addWidget(self._remarks)
        size.body.addWidget(self._costs)
        one = Card(self.tr("This cell"))
        one.body.addWidget(self._sum, 1)
        one.body.addWidget(self._proof)
        inside = QWidget()
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID + GRID // 2)
        layout.addWidget(size)
        layout.addWidget(one, 1)
        layout.addWidget(self.code)
        # In a small window two formulas with all their remarks may not fit.
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scroll)
        self._scroll = scroll
        # The place of the sentence is known when all layouts around it have heard of it.
        self._reveal = QTimer(self, interval=0, singleShot=True)

        self._later.timeout.connect(self._write_due)
        self._reveal.timeout.connect(self._show_problem)
        self.code.complained.connect(self._reveal.start)
        scroll.verticalScrollBar().rangeChanged.connect(self._reveal.start)
        self.code.entered.connect(self._enter)
        document.changed.connect(self._on_changed)
        document.evaluated.connect(self._write_all)
        document.proven.connect(self._write_proof)
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
        if edited or _cell_of(new) != _cell_of(old):
            terms = new.axes[0].kernel * new.axes[1].kernel * len(new.read_channels)
            moves_on = new.looks_as(old) and new.focus == old.focus
            if not edited and terms <= (LONG_SUM if moves_on else SHORT_SUM):
                self._write_cell()
            elif not self._later.isActive():
                self._later.start()

    def _enter(self, layer: Layer) -> None:
        self._document.edit(self.tr("Code"), edits.with_layer, layer)

    @Slot()
    def _show_problem(self) -> None:
        """Scroll to the sentence below the code, which may begin under the window's edge."""
        if self.code.problem.isVisible():
            self._scroll.ensureWidgetVisible(self.code.problem, 0, 2 * GRID)

    def _write_due(self) -> None:
        if self._everything:
            self._write_all()
        else:
            self._write_cell()

    def _write_all(self) -> None:
        self._everything = False
        state, palette = self._document.state, theme.current()
        vertical, horizontal = state.axes
        self._words.setText(writing.formula_in_words(vertical, palette))
        named = [("", vertical)] if vertical == horizontal else [("h", vertical), ("w", horizontal)]
        lines = [f"{name} {writing.formula(axis, palette, state.fits)}" for name, axis in named]
        self._formula.setText("<br>".join(lines))
        self._remarks.setText("<br>".join(writing.remarks(state.axes, palette)))
        self._remarks.setVisible(bool(self._remarks.text()))
        self._costs.setText(writing.costs(state, palette) if state.fits else "")
        self._costs.setVisible(state.fits)
        self.code.show_state(state)
        self._write_proof()
        self._write_cell()

    def _write_proof(self) -> None:
        proof = self._document.evaluation.proof
        if proof is not None:
            kind = "success" if proof.agrees else "error"
            self._proof.show_message(kind, writing.proof(proof))
            set_help(writing.about_proof(proof), self._proof)
        elif self._document.is_proving:
            self._proof.show_message("info", self.tr("Comparing every cell with PyTorch …"))
        else:
            self._proof.clear()

    def _write_cell(self) -> None:
        state, evaluation = self._document.state, self._document.evaluation
        if evaluation.output is None:
            self._sum.show_nothing(
                self.tr("PyTorch is being loaded …")
                if state.fits and self._document.waits_for_torch
                else self.tr("There is no output.")
            )
            return
        apart = cell(
            state.layer,
            state.input,
            state.used_weight,
            state.bias,
            evaluation.output,
            (state.channel, *state.cell),
        )
        if state.stamps:
            # What the stamps leave alone are zeros that nobody sees there.
            stamped = tuple(term for term in apart.terms if term.source is not None)
            apart = dataclasses.replace(apart, terms=stamped)
        self._sum.show_cell(state, apart)


def _cell_of(state: LabState) -> tuple[object, ...]:
    """Return what the words about the cell depend on, while the numbers are the same."""
    beside = state.focus is not None and state.explained is None
    return state.cell, state.channel, state.stamps, beside
