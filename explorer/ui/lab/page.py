"""The Lab's page: parameters, canvas, explanation and transport around one document."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent, QHideEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from explorer.core.repair import Repair, problem
from explorer.core.scene import LabState
from explorer.core.trace import trace
from explorer.drawing.palette import GRID
from explorer.ui.lab import edits, writing
from explorer.ui.lab.canvas import Canvas
from explorer.ui.lab.document import LabDocument
from explorer.ui.lab.explanation import REFRESH_MS, Explanation
from explorer.ui.lab.files import Files
from explorer.ui.lab.opening import Opening
from explorer.ui.lab.parameters import ParameterPanel
from explorer.ui.lab.player import Player
from explorer.ui.lab.transport import Transport
from explorer.ui.sentences import translated
from explorer.ui.torch_loader import TorchLoader
from explorer.ui.widgets.buttons import tool_button
from explorer.ui.widgets.columns import Columns
from explorer.ui.widgets.help import set_help
from explorer.ui.widgets.label import Label
from explorer.ui.widgets.notice import Notice

WIDE = 1150
"""Width of a page in pixels on which the header has room for large type."""
LONGEST, LONGEST_IN_NARROW = 16, 13
"""Characters of the output shape before it is written one size smaller."""


class LabPage(Columns):
    """One layer, seen: alive from the first moment, on a handwritten digit."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page.lab")
        self.document = LabDocument(edits.from_preset("digit_edges", digit=2), self)
        self.player = Player(self.document, self)
        self.undo_stack = self.document.undo_stack
        self._loader = TorchLoader(self)
        self._no_torch = ""
        self._problem_due = QTimer(self, interval=REFRESH_MS, singleShot=True)

        self.parameters = ParameterPanel(self.document)
        self.canvas = Canvas(self.document)
        self.explanation = Explanation(self.document)
        self.transport = Transport(self.document, self.player)
        self.input_shape = Label("", "heading")
        self.output_shape = Label("", "display")
        self.output_shape.setObjectName("output_shape")
        self.output_shape.setAccessibleName(self.tr("Output shape (N, C, H, W)"))
        set_help(
            self.tr(
                "The shape before and after, as PyTorch writes it: (N, C, H, W), which is pictures "
                "in the batch × channels × rows × columns."
            ),
            self.input_shape,
            self.output_shape,
        )
        self.undo = tool_button("undo", self.tr("Undo"), "undo", self.tr("Undo (Ctrl+Z)"))
        self.redo = tool_button("redo", self.tr("Redo"), "redo", self.tr("Redo (Ctrl+Shift+Z)"))
        self.fit = tool_button(
            "fit", self.tr("Fit"), "zoom-fit", self.tr("Show everything; the wheel zooms in")
        )
        self.usage = tool_button(
            "usage",
            self.tr("Usage"),
            "usage",
            self.tr(
                "Show how many windows use each cell of the input, in place of its values: this is "
                "why one pads"
            ),
            checkable=True,
        )
        self.files = Files(self.document, self.parameters.input.reader, self, self.canvas)
        self.opening = Opening(self.parameters.input.reader)
        self.problem = Notice("problem")
        self.message = Notice("message", closable=True)
        self.trace = Label("", "muted", wrap=True)
        self.trace.setObjectName("trace")
        self._place()

        self.undo.clicked.connect(self.undo_stack.undo)
        self.redo.clicked.connect(self.undo_stack.redo)
        self.undo_stack.canUndoChanged.connect(self.undo.setEnabled)
        self.undo_stack.canRedoChanged.connect(self.redo.setEnabled)
        self.fit.clicked.connect(self.canvas.fit)
        self.canvas.editing.picture_given.connect(self.parameters.input.take_picture)
        self.canvas.editing.refused.connect(self._complain)
        self.files.failed.connect(self._complain)
        self.files.done.connect(self.message.clear)
        self.files.opened.connect(self.parameters.solver.follow)
        self.usage.clicked.connect(lambda on: self.document.look(usage=on))
        self._problem_due.timeout.connect(self._show_problem)
        self.document.changed.connect(self._on_changed)
        self.document.evaluated.connect(self._show_problem)
        # Loads torch as soon as there is something to see; later calls do nothing.
        self.canvas.painted.connect(self._loader.start)
        self._loader.ready.connect(self.document.use_torch)
        self._loader.failed.connect(self._on_no_torch)
        self.undo.setEnabled(False)
        self.redo.setEnabled(False)
        self._on_changed(self.document.state, None)
        self.player.set_playing(True)

    def _place(self) -> None:
        header = QHBoxLayout()
        header.setSpacing(GRID)
        header.addWidget(self.input_shape)
        header.addWidget(Label("→", "heading"))
        header.addWidget(self.output_shape)
        header.addStretch(1)
        for button in (self.files.open, self.files.save, self.files.copy):
            header.addWidget(button)
        stage = QFrame()
        stage.setProperty("kind", "stage")
        inside = QVBoxLayout(stage)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.setSpacing(0)
        inside.addWidget(self.canvas, 1)
        inside.addWidget(self.transport)
        footer = QHBoxLayout()
        footer.setSpacing(GRID // 2)
        # Two lines, whatever it says: the canvas must not move under the pointer.
        self.trace.setMinimumHeight(2 * self.trace.fontMetrics().lineSpacing())
        footer.addWidget(self.trace, 1)
        for button in (self.usage, self.undo, self.redo, self.fit):
            footer.addWidget(button)
        middle = QVBoxLayout()
        middle.setSpacing(GRID)
        middle.addLayout(header)
        middle.addWidget(self.problem)
        middle.addWidget(self.message)
        middle.addWidget(self.opening)
        middle.addWidget(stage, 1)
        middle.addLayout(footer)

        self.arrange(self.parameters, middle, self.explanation)

    @property
    def is_behind(self) -> bool:
        """Whether words are still to follow the picture."""
        return self.explanation.is_behind or self._problem_due.isActive()

    def pose(self) -> bool:
        """Hold still where there is something to see, and tell whether all is there."""
        output = self.document.evaluation.output
        if self.document.state.stamps:
            self.player.go(self.document.state.steps // 2)
        elif output is not None:
            rows, columns = output.shape[1:]
            strip = abs(output[0, rows // 2 : max(3 * rows // 4, rows // 2 + 1)])
            self.player.go(rows // 2 * columns + int(strip.argmax()))
        return not self.document.waits_for_torch and not self.document.is_proving

    def shut_down(self) -> None:
        """Stop what moves, before the window closes."""
        self.player.set_playing(False)
        self._problem_due.stop()
        self.parameters.input.reader.wait()
        self._loader.wait()
        self.document.shut_down()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the header follow the width."""
        super().resizeEvent(event)
        self._fit_shape()

    def showEvent(self, event: QShowEvent) -> None:
        """Go on where the page was left."""
        self.player.set_shown(True)
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Leave the processor to the page that is seen."""
        self.player.set_shown(False)
        super().hideEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """End the same way when the page stands alone."""
        self.shut_down()
        super().closeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Play and step from the keyboard, wherever the focus is not on a slider."""
        actions: dict[int, Callable[[], None]] = {
            Qt.Key.Key_Space: lambda: self.player.set_playing(not self.player.playing),
            Qt.Key.Key_Left: self.player.previous,
            Qt.Key.Key_Right: self.player.next,
            Qt.Key.Key_Home: self.player.first,
            Qt.Key.Key_End: self.player.last,
            Qt.Key.Key_Escape: lambda: self.document.look(pins=(), hover=None),
        }
        action = actions.get(event.key())
        if action is None:
            super().keyPressEvent(event)
        elif not (event.isAutoRepeat() and event.key() == Qt.Key.Key_Space):
            action()

    def _on_changed(self, new: LabState, old: LabState | None) -> None:
        moved = old is None or new.focus != old.focus or new.pins != old.pins
        moved = moved or old is None or new.channel != old.channel
        self.usage.setChecked(new.usage)
        edited = old is None or new.layer is not old.layer or new.input is not old.input
        if edited:
            self.message.clear()
            self.input_shape.setText(writing.shape(new.channels, new.size))
            self.output_shape.setText(
                writing.shape(new.output_channels, new.output_size)
                if new.fits
                else self.tr("does not fit")
            )
            self._fit_shape()
            if new.fits:
                self._show_problem()
            elif not self._problem_due.isActive():
                # To look for repairs, and to make room for the notice, costs as much as a frame.
                self._problem_due.start()
        if moved or edited:
            shown = new.focus if new.fits else None
            traced = None if shown is None else trace(new.layer, new.size, shown)
            self.trace.setText(writing.traced(new, traced))

    def _fit_shape(self) -> None:
        """Write the shape as large as the header has room for: it is never cut off."""
        sizes = ("display", "title", "heading")
        narrow = self.width() < WIDE
        longest = LONGEST_IN_NARROW if narrow else LONGEST
        smaller = narrow + (len(self.output_shape.text()) > longest)
        self.output_shape.set_role(sizes[smaller])

    def _show_problem(self) -> None:
        state = self.document.state
        if state.too_large is not None:
            self.problem.show_message("warning", translated(state.too_large))
            return
        found = problem(state.layer, state.size, state.channels)
        if found is None:
            if self._no_torch:
                self.problem.show_message("error", self._no_torch)
            else:
                self.problem.clear()
            return
        refusal = self.document.evaluation.refusal
        said = (
            ""
            if refusal is None
            else "\n" + self.tr("PyTorch says: {reason}").format(reason=refusal)
        )
        self.problem.show_message("warning", translated(found.meaning) + said)
        for number, repair in enumerate(found.repairs[:3]):
            self.problem.add_action(
                f"repair.{number}", translated(repair.label), partial(self._repair, repair)
            )

    def _repair(self, repair: Repair) -> None:
        # The button goes, and the keyboard would go to whatever comes next.
        self.canvas.setFocus()
        self.document.edit(self.tr("Repair"), edits.with_repair, repair)

    def _complain(self, why: str) -> None:
        self.message.show_message("error", why)

    def _on_no_torch(self, reason: str) -> None:
        self._no_torch = self.tr(
            "PyTorch could not be imported ({reason}); run “cnn-explorer doctor” in a terminal "
            "to see what to do."
        ).format(reason=reason)
        self.document.do_without_torch()
