"""The Network page: the stack of layers, the picture that flows through it, and all about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np
from PySide6.QtCore import QSettings, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QHideEvent,
    QKeyEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from explorer.core.network import edits
from explorer.core.network.in_lab import lab_state
from explorer.core.network.naming import name_of, network_named
from explorer.core.network.preparing import prepared
from explorer.core.network.presets import DIGIT, PRESETS
from explorer.core.network.stack import Network
from explorer.core.network.state import PICTURE, NetworkState, Spot
from explorer.core.scene import Visit
from explorer.core.text import Text
from explorer.data.classes import DIGITS
from explorer.data.digits import BUNDLED, Digits
from explorer.data.shared import shared
from explorer.drawing.network.hit import Hit
from explorer.drawing.palette import GRID
from explorer.training.called import called
from explorer.training.checkpoint import Checkpoint
from explorer.training.history import History
from explorer.training.learnable import problem
from explorer.training.record import Record
from explorer.training.settings import Settings
from explorer.training.shapes import class_count
from explorer.ui.background import Background
from explorer.ui.class_words import named
from explorer.ui.keeping.file_buttons import Keeping
from explorer.ui.network import remembered, words
from explorer.ui.network.canvas import NetworkCanvas
from explorer.ui.network.code_panel import CodePanel
from explorer.ui.network.document import NetworkDocument
from explorer.ui.network.following import Following
from explorer.ui.network.here_card import HereCard
from explorer.ui.network.picture_card import PictureCard
from explorer.ui.network.remembered import Remembered
from explorer.ui.network.showing import scene_of
from explorer.ui.network.stack.panel import StackPanel
from explorer.ui.network.surgery.field_view import FieldView
from explorer.ui.network.surgery.layer_card import LayerCard
from explorer.ui.network.surgery.trial_card import TrialCard
from explorer.ui.network.table import NetworkTable
from explorer.ui.network.weights_card import WeightsCard
from explorer.ui.sentences import translated
from explorer.ui.torch_loader import TorchLoader
from explorer.ui.widgets.buttons import tool_button
from explorer.ui.widgets.columns import Columns
from explorer.ui.widgets.label import Label, width_in
from explorer.ui.widgets.notice import Notice
from explorer.ui.widgets.passing_word import PassingWord
from explorer.ui.widgets.tall_column import TallColumn

FIRST = "compact"
"""The network that is there at the start."""
BELOW = 26 * GRID
"""Pixels that what is below the picture has at the start."""
SHAPE_ROLES = ("title", "heading", "caption")
"""Of the shapes in the header, from large to small."""
LAID_OUT_MS = 60
"""After so long a card that has grown has its height, and what lies around it too."""


class NetworkPage(Columns):
    """A network, seen whole; every part works on the one document and shows its state."""

    lab_wanted = Signal(object)
    """A number of the network, to be opened in the Lab."""
    train_wanted = Signal(str, object)
    """A network, as ``Settings.network`` names it, and a `Checkpoint` to start from or None."""

    def __init__(self, data: str = BUNDLED, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page.network")
        self.setAcceptDrops(True)
        self._data = data
        self._names: tuple[str, ...] = DIGITS
        self._pointed: tuple[int, int] | None = None
        self._settings: QSettings | None = None
        blank = np.zeros(DIGIT, np.uint8)
        self.document = NetworkDocument(NetworkState(PRESETS[FIRST].network, blank), self)
        self.undo_stack = self.document.undo_stack
        self.following = Following(self.document, self)
        self._loader = TorchLoader(self)
        self._reading = Background(self)
        self._due = QTimer(self, interval=0, singleShot=True)
        self._reveal = QTimer(self, interval=LAID_OUT_MS, singleShot=True)

        self.stack = StackPanel(self.document)
        self.canvas = NetworkCanvas()
        self.table = NetworkTable(self.document)
        self.code = CodePanel(self.document)
        self.picture = PictureCard(self.document)
        self.here = HereCard(self.document)
        self.weights = WeightsCard(self.document)
        self.layer = LayerCard(self.document)
        self.trial = TrialCard(self.document)
        self.field = FieldView(self.document)
        self.keeping = Keeping(self, "network", "network")
        self.told = PassingWord("network.told")
        self.notice = Notice("network.notice", closable=True)
        self.shapes = Label("", "title")
        self.shapes.setObjectName("network.shapes")
        self.undo = tool_button("undo", self.tr("Undo"), "undo", self.tr("Undo (Ctrl+Z)"))
        self.redo = tool_button("redo", self.tr("Redo"), "redo", self.tr("Redo (Ctrl+Shift+Z)"))
        self.fit = tool_button(
            "network.fit",
            self.tr("Fit"),
            "zoom-fit",
            self.tr("Show the whole network; the wheel zooms in (0)"),
        )
        self._place()
        self._connect()
        self.undo.setEnabled(False)
        self.redo.setEnabled(False)
        self._on_changed(self.document.state, None)

    def _place(self) -> None:
        header = QHBoxLayout()
        header.setSpacing(GRID)
        header.addWidget(self.shapes)
        header.addWidget(self.told, 1)
        header.addWidget(self.keeping)
        for button in (self.undo, self.redo, self.fit):
            header.addWidget(button)
        stage = QFrame()
        stage.setProperty("kind", "stage")
        inside = QVBoxLayout(stage)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.addWidget(self.canvas)
        self.tabs = QTabWidget()
        self.tabs.setObjectName("network.tabs")
        self.tabs.setAccessibleName(self.tr("More about the network"))
        self.tabs.addTab(self.table, self.tr("Layers"))
        self.tabs.addTab(self.code, self.tr("Code"))
        self.tabs.addTab(self.field, self.tr("What a unit sees"))
        self._split = QSplitter(Qt.Orientation.Vertical)
        self._split.setObjectName("network.split")
        self._split.addWidget(stage)
        self._split.addWidget(self.tabs)
        self._split.setStretchFactor(0, 1)
        self._split.setCollapsible(0, False)
        self._split.setSizes([80 * GRID, BELOW])
        middle = QVBoxLayout()
        middle.setSpacing(GRID)
        middle.addLayout(header)
        middle.addWidget(self.notice)
        middle.addWidget(self._split, 1)

        cards = (self.picture, self.weights, self.here, self.layer, self.trial)
        self._right = TallColumn(cards)
        self.arrange(self.stack, middle, self._right)

    def _connect(self) -> None:
        self.undo.clicked.connect(self.undo_stack.undo)
        self.redo.clicked.connect(self.undo_stack.redo)
        self.undo_stack.canUndoChanged.connect(self.undo.setEnabled)
        self.undo_stack.canRedoChanged.connect(self.redo.setEnabled)
        self.fit.clicked.connect(self.canvas.fit)
        self.canvas.pointed.connect(self._point_at)
        self.canvas.chosen.connect(self._choose)
        self.canvas.collapse_wanted.connect(self._fold)
        self.canvas.remove_wanted.connect(self.stack.layers.remove_chosen)
        self.here.open_wanted.connect(self.open_pinned)
        self.keeping.opened.connect(self._open_run)
        self.keeping.weights_opened.connect(self._open_weights)
        self.keeping.told.connect(self.told.say)
        self.keeping.failed.connect(self._refuse)
        self.picture.failed.connect(self._refuse)
        self.trial.failed.connect(self._refuse)
        self.trial.ended.connect(self._reveal.start)
        self._reveal.timeout.connect(self._reveal_trial)
        self.weights.follow_wanted.connect(self.following.set_on)
        self.weights.train_wanted.connect(self._train)
        self.following.changed.connect(self._show_following)
        self.following.digits_changed.connect(self._take_digits)
        self.document.changed.connect(self._on_changed)
        self.document.computed.connect(self._due.start)
        self.document.failed.connect(self._refuse)
        self._due.timeout.connect(self._draw)
        self._reading.found.connect(self._take_digits)
        self._reading.failed.connect(self._refuse)
        self._loader.ready.connect(self.document.use_torch)
        self._loader.failed.connect(self._on_no_torch)

    def remember_in(self, settings: QSettings) -> None:
        """Begin with what was there at the last end, and keep there what is at this one."""
        self._settings = settings
        last = remembered.read(settings)
        if last.network is not None:
            state = edits.with_network(self.document.state, last.network)
            self.document.show(edits.with_input(state, last.input))
            if last.network != PRESETS[FIRST].network:
                self.following.keep_network()
        self.tabs.setCurrentIndex(last.tab)
        if last.heights:
            self._split.setSizes(last.heights)

    def _remember(self) -> None:
        if self._settings is not None:
            state = self.document.state
            tab, heights = self.tabs.currentIndex(), tuple(self._split.sizes())
            now = Remembered(state.network, state.input, tab, heights)
            remembered.remember(self._settings, now)

    def pose(self) -> bool:
        """Tell whether all is there that is to be seen."""
        outputs = self.document.outputs
        there = bool(outputs) and outputs[-1] is not None and not self.document.is_behind
        return there and self.picture.digits is not None

    def shut_down(self) -> None:
        """Come back when no thread is running any more."""
        self._remember()
        self._due.stop()
        self._reveal.stop()
        self._reading.shut_down()
        self.keeping.shut_down()
        self.picture.shut_down()
        self.trial.shut_down()
        self.field.shut_down()
        self._loader.wait()
        self.document.shut_down()

    @Slot()
    def open_pinned(self) -> None:
        """Open the cell that is held in the Lab, or say why there is nothing to see there."""
        state, outputs = self.document.state, self.document.outputs
        spot = state.pinned
        if spot is None or spot.place == PICTURE or self.document.is_behind:
            return
        before = [one for one in outputs[: spot.place + 1] if one is not None]
        if len(before) <= spot.place:
            return
        x = prepared(state.picture)
        first, second, third = (*spot.index(before[-1].ndim), 0, 0)[:3]
        at = first, second, third
        opened = lab_state(state.network, state.used_weights, x, before, spot.place, at, state.off)
        if isinstance(opened, Text):
            self._refuse(translated(opened))
        else:
            name = self.tr("{what} of {network}").format(
                what=self.here.where.text(), network=translated(called(name_of(state.network)))
            )
            note = "" if opened.note is None else translated(opened.note)
            visit = Visit("network", name, note)
            self.lab_wanted.emit(replace(opened.state, visit=visit))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self.keeping.drag_enter(event)

    def dropEvent(self, event: QDropEvent) -> None:
        self.keeping.drop(event)

    def showEvent(self, event: QShowEvent) -> None:
        """Load what is needed, the first time; follow the run while the page can be seen."""
        super().showEvent(event)
        if not self._reading.is_busy and self.picture.digits is None:
            self._reading.ask(partial(_read, self._data))
        self._loader.start()
        self.following.set_shown(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Leave the processor to the page that is seen."""
        self.following.set_shown(False)
        super().hideEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """End the same way when the page stands alone."""
        self.shut_down()
        super().closeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let go of what is held, or open it."""
        if event.key() == Qt.Key.Key_Escape:
            self.document.look(pinned=None, hover=None)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.open_pinned()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the header follow the width."""
        super().resizeEvent(event)
        self._fit_header()

    def _fit_header(self) -> None:
        """Write the shapes as large as there is room, in two lines if need be: never cut off."""
        others = (self.keeping, self.undo, self.redo, self.fit)
        room = self.middle_width - sum(other.sizeHint().width() + GRID for other in others) - GRID
        text = self.shapes.text()
        fitting = (role for role in SHAPE_ROLES if width_in(text, role) <= room)
        role = next(fitting, None)
        self.shapes.set_role(role or SHAPE_ROLES[-1])
        self.shapes.setWordWrap(role is None)
        self.shapes.setMinimumWidth(max(room, 0) if role is None else 0)

    # What the canvas tells

    @Slot(object)
    def _point_at(self, hit: Spot | Hit | None) -> None:
        """Show what the pointer is on: a cell, a whole map, or nothing."""
        spot = hit if isinstance(hit, Spot) else None
        self._pointed = None
        if isinstance(hit, Hit) and hit.channel is not None:
            self._pointed = hit.place, hit.channel
        self.here.point_at(Spot(*self._pointed) if self._pointed is not None else None)
        if spot != self.document.state.hover:
            self.document.look(hover=spot)
        else:
            self._due.start()

    @Slot(object)
    def _choose(self, hit: Spot | Hit | None) -> None:
        """Hold a cell, or let it go; choose the layer that was clicked."""
        state = self.document.state
        if hit is None:
            self.document.look(pinned=None)
        elif isinstance(hit, Spot):
            pinned = None if hit == state.pinned else hit
            chosen = state.chosen if hit.place == PICTURE else hit.place
            self.document.look(pinned=pinned, chosen=chosen)
        elif hit.place != PICTURE:
            chosen = None if hit.place == state.chosen else hit.place
            self.document.look(chosen=chosen)

    @Slot(int)
    def _fold(self, place: int) -> None:
        self.document.look(collapsed=self.document.state.collapsed ^ {place})

    # What the document tells

    @Slot(object, object)
    def _on_changed(self, new: NetworkState, old: NetworkState | None) -> None:
        if old is None or new.network != old.network or new.input != old.input:
            total = new.total
            behind = self.tr("does not fit") if total.output is None else words.shape(total.output)
            self.shapes.setText(f"{words.shape(new.input)}  →  {behind}")
            self._fit_header()
            self.keeping.set_network(name_of(new.network))
        if old is None or not new.computes_as(old) or new.frozen != old.frozen:
            self._offer(new)
        self._due.start()

    def _offer(self, state: NetworkState) -> None:
        """Offer to train and to save the network, where it can learn digits."""
        why = problem(state.network)
        self.weights.show_trainable("" if why is None else translated(why))
        if why is not None or not state.is_complete:
            self.keeping.set_run(None, None)
            return
        self.keeping.set_run(
            Record(Settings(network=name_of(state.network)), History()), _checkpoint(state)
        )

    @Slot(object, object)
    def _open_run(self, record: Record, checkpoint: Checkpoint) -> None:
        """Show the network of a run, as it was when it was saved."""
        network = network_named(record.settings.network).with_classes(record.class_count)
        self._open(network, checkpoint)

    @Slot(object, str, str)
    def _open_weights(self, checkpoint: Checkpoint, network: str, _name: str) -> None:
        """Show the network that the weights of a file fit."""
        classes = class_count(network, checkpoint.weights)
        found = network_named(network)
        self._open(found if classes is None else found.with_classes(classes), checkpoint)

    def _open(self, network: Network, checkpoint: Checkpoint) -> None:
        self.notice.clear()
        self.document.end_gesture()
        weights, frozen = dict(checkpoint.weights), checkpoint.frozen
        self.document.edit(self.tr("Open"), edits.opened, network, weights, frozen)

    @Slot()
    def _draw(self) -> None:
        scene = scene_of(self.document.state, self.document.outputs, self._names, self._pointed)
        self.canvas.show_scene(scene)

    @Slot()
    def _reveal_trial(self) -> None:
        """Bring what a test has found into sight: it lies below the button, and had no room."""
        self._right.ensureWidgetVisible(self.trial, 0, GRID)

    @Slot()
    def _show_following(self) -> None:
        self.weights.show_following(self.following.is_on, self.following.is_possible)

    @Slot(object)
    def _take_digits(self, digits: Digits) -> None:
        if digits is not self.picture.digits:
            self._names = named(digits)
            self.picture.show_digits(digits)
            self.trial.show_digits(digits)
            self.field.show_digits(digits)

    @Slot()
    def _train(self) -> None:
        state = self.document.state
        has_learned = state.origin != "untrained" or bool(state.edited)
        start = _checkpoint(state) if state.is_complete and has_learned else None
        self.following.expect(state.network)
        self.train_wanted.emit(name_of(state.network), start)

    @Slot(str)
    def _refuse(self, why: str) -> None:
        self.notice.show_message("error", why)

    @Slot(str)
    def _on_no_torch(self, reason: str) -> None:
        text = self.tr(
            "PyTorch could not be imported ({reason}); run “cnn-explorer doctor” in a terminal "
            "to see what to do."
        )
        self._refuse(text.format(reason=reason))


def _read(data: str) -> Iterator[Digits]:
    yield shared(data)


def _checkpoint(state: NetworkState) -> Checkpoint:
    """Return where a run with this network begins."""
    return Checkpoint(0, dict(state.used_weights), frozen=state.frozen)
