"""The Lab's page: parameters, canvas, explanation and transport around one document."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QHideEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from explorer.core.repair import Repair, problem
from explorer.core.scene import LabState
from explorer.core.trace import trace
from explorer.drawing.palette import GRID
from explorer.ui.lab import edits, tracing, writing
from explorer.ui.lab.canvas import Canvas
from explorer.ui.lab.document import LabDocument
from explorer.ui.lab.explanation import REFRESH_MS, Explanation
from explorer.ui.lab.files import Files
from explorer.ui.lab.opening import Opening
from explorer.ui.lab.origin import OriginBar
from explorer.ui.lab.parameters import ParameterPanel
from explorer.ui.lab.player import Player
from explorer.ui.lab.transport import Transport
from explorer.ui.sentences import translated
from explorer.ui.torch_loader import TorchLoader
from explorer.ui.widgets.buttons import push_button, tool_button
from explorer.ui.widgets.columns import Columns
from explorer.ui.widgets.help import set_help
from explorer.ui.widgets.label import Label, width_in
from explorer.ui.widgets.notice import Notice

WIDE = 1150
"""Width of a page in pixels on which two lines below the canvas do for every sentence."""
BRIEF_MS = 4000
"""How long the page says that all went well."""
FITS = (
    ("heading", "display", "words"),
    ("heading", "title", "words"),
    ("heading", "display", "icon"),
    ("heading", "title", "icon"),
    ("caption", "title", "icon"),
    ("heading", "heading", "icon"),
    ("caption", "heading", "icon"),
    ("caption", "heading", ""),
)
"""Roles of the shape before and after, and what is seen of the button behind them: the first that
the header has room for."""


class LabPage(Columns):
    """One layer, seen: alive from the first moment, on a handwritten digit."""

    page_wanted = Signal(str)
    """Name of the page that what is shown has come from, to go back to."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page.lab")
        self.document = LabDocument(edits.from_preset("digit_edges", digit=2), self)
        self.player = Player(self.document, self)
        self.undo_stack = self.document.undo_stack
        self._loader = TorchLoader(self)
        self._no_torch = ""
        self._problem_due = QTimer(self, interval=REFRESH_MS, singleShot=True)
        self._brief = QTimer(self, interval=BRIEF_MS, singleShot=True)

        self.parameters = ParameterPanel(self.document)
        self.canvas = Canvas(self.document)
        self.explanation = Explanation(self.document)
        self.transport = Transport(self.document, self.player)
        self.input_shape = Label("", "heading")
        self.input_shape.setObjectName("input_shape")
        self.input_shape.setAccessibleName(self.tr("Input shape (N, C, H, W)"))
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
        self.solve = tool_button(
            "solver.open",
            self.tr("Find settings for a size"),
            "find",
            self.tr("Find the settings that give an output of a size that you want"),
            text=self.tr("Find settings …"),
            size=16,
        )
        self.usage = push_button(
            "usage",
            self.tr("Usage"),
            self.tr(
                "Show how many windows use each cell of the input, in place of its values: this is "
                "why one pads"
            ),
        )
        self.usage.setCheckable(True)
        self.usage.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.files = Files(self.document, self.parameters.input.reader, self, self.canvas)
        self.opening = Opening(self.parameters.input.reader)
        self.origin = OriginBar(self.document)
        self.problem = Notice("problem")
        self.message = Notice("message", closable=True)
        self.trace = Label("", "muted", wrap=True)
        self.trace.setObjectName("trace")
        self._place()

        self.origin.back_wanted.connect(self.page_wanted)
        self.undo.clicked.connect(self.undo_stack.undo)
        self.redo.clicked.connect(self.undo_stack.redo)
        self.undo_stack.canUndoChanged.connect(self.undo.setEnabled)
        self.undo_stack.canRedoChanged.connect(self.redo.setEnabled)
        self.fit.clicked.connect(self.canvas.fit)
        self.canvas.editing.picture_given.connect(self.parameters.input.take_picture)
        self.canvas.editing.refused.connect(self._complain)
        self.files.failed.connect(self._complain)
        self.files.opened.connect(self._on_opened)
        self.files.saved.connect(self._on_saved)
        self.solve.clicked.connect(self.parameters.open_solver)
        self._brief.timeout.connect(self._end_brief_message)
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
        header.addWidget(self.solve)
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
        footer.addWidget(self.trace, 1)
        footer.addWidget(self.usage)
        for button in (self.undo, self.redo, self.fit):
            footer.addWidget(button)
        middle = QVBoxLayout()
        middle.setSpacing(GRID)
        middle.addLayout(header)
        middle.addWidget(self.problem)
        middle.addWidget(self.message)
        middle.addWidget(self.opening)
        middle.addWidget(stage, 1)
        middle.addLayout(footer)

        self.arrange(self.parameters, middle, self.explanation, above=self.origin)

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

    @Slot()
    def go_back(self) -> None:
        """Ask for the page that what is shown has come from."""
        self.origin.go_back()

    def open_state(self, state: LabState) -> None:
        """Show a state that another page has made, and hold still at what it points at."""
        self.player.set_playing(False)
        self.document.edit(self.tr("Open in the Lab"), edits.with_state, state)
        self._on_opened()

    def shut_down(self) -> None:
        """Stop what moves, before the window closes."""
        self.player.set_playing(False)
        self._problem_due.stop()
        self._brief.stop()
        self.parameters.input.reader.wait()
        self._loader.wait()
        self.document.shut_down()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the header and the footer follow the width."""
        super().resizeEvent(event)
        self._fit_header()
        # As many lines, whatever it says: the canvas must not move under the pointer.
        lines = 2 if event.size().width() >= WIDE else 3
        self.trace.setMinimumHeight(lines * self.trace.fontMetrics().lineSpacing())

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
        moved = moved or old is None or not new.looks_as(old)
        self.usage.setChecked(new.usage)
        edited = old is None or new.layer is not old.layer or new.input is not old.input
        if old is None or not new.computes_as(old):
            self.message.clear()
        if edited:
            self.input_shape.setText(writing.shape(new.channels, new.size))
            self.output_shape.setText(
                writing.shape(new.output_channels, new.output_size)
                if new.fits
                else self.tr("does not fit")
            )
            self._fit_header()
            if new.fits:
                self._show_problem()
            elif not self._problem_due.isActive():
                # To look for repairs, and to make room for the notice, costs as much as a frame.
                self._problem_due.start()
        if moved or edited:
            shown = new.focus if new.fits else None
            traced = None if shown is None else trace(new.layer, new.size, shown)
            self.trace.setText(tracing.traced(new, traced))

    def _fit_header(self) -> None:
        """Write the shapes as large as the header has room for: they are never cut off."""
        words = (self.input_shape.text(), self.output_shape.text())
        room = self.middle_width - sum(
            button.minimumWidth() + GRID
            for button in (self.files.open, self.files.save, self.files.copy)
        )
        for before, after, find in FITS:
            needed = width_in("→", "heading") + 3 * GRID + width_in(words[0], before)
            needed += width_in(words[1], after)
            if find:
                needed += self.solve.minimumHeight() + GRID
            if find == "words":
                needed += width_in(self.solve.text(), "body") + GRID
            if needed <= room:
                break
        self.input_shape.set_role(before)
        self.output_shape.set_role(after)
        style = Qt.ToolButtonStyle
        alone = style.ToolButtonIconOnly if find == "icon" else style.ToolButtonTextBesideIcon
        self.solve.setToolButtonStyle(alone)
        self.solve.setVisible(bool(find))

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
        self._brief.stop()
        self.message.show_message("error", why)

    def _on_opened(self) -> None:
        self.message.clear()
        self.parameters.input.notice.clear()
        self.parameters.solver.follow()

    def _on_saved(self, name: str) -> None:
        self.parameters.input.notice.clear()
        self.message.show_message("success", self.tr("Saved as {name}.").format(name=name))
        self._brief.start()

    def _end_brief_message(self) -> None:
        if self.message.kind() == "success":
            self.message.clear()

    def _on_no_torch(self, reason: str) -> None:
        self._no_torch = self.tr(
            "PyTorch could not be imported ({reason}); run “cnn-explorer doctor” in a terminal "
            "to see what to do."
        ).format(reason=reason)
        self.document.do_without_torch()
