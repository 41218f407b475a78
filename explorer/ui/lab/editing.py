"""Typing, pasting and filling numbers on the canvas."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import (
    QBuffer,
    QByteArray,
    QIODevice,
    QMimeData,
    QObject,
    QPoint,
    QRectF,
    Qt,
    Signal,
)
from PySide6.QtGui import QGuiApplication, QImage, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from explorer.core.notation import (
    ValuesError,
    format_block,
    format_number,
    parse_block,
    parse_number,
)
from explorer.core.scene import OWN, Focus, LabState
from explorer.core.values import (
    editable,
    neighbour,
    value_at,
    with_block,
    with_fill,
    with_random,
    with_value,
)
from explorer.data.pictures import LARGEST
from explorer.ui.lab import edits
from explorer.ui.lab.document import LabDocument
from explorer.ui.sentences import translated
from explorer.ui.widgets.cell_editor import BEGINS_A_NUMBER, CellEditor
from explorer.ui.widgets.keys import STEPS


class Editing(QObject):
    """Changes numbers of the document where a cell is held; the canvas hands its keys over."""

    picture_given = Signal(object)
    """A picture that was pasted or dropped: the path of a file, or the bytes of a PNG."""
    refused = Signal(str)
    """Why what was pasted cannot be used."""

    def __init__(
        self, canvas: QWidget, document: LabDocument, place: Callable[[Focus], QRectF | None]
    ) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._document = document
        self._place = place
        self._seed = 0
        self.editor = CellEditor(canvas)
        self.editor.committed.connect(self._commit)
        self.editor.block_pasted.connect(self._paste_text)

    @property
    def _held(self) -> Focus | None:
        pins = self._document.state.pins
        return pins[-1] if pins else None

    def key(self, event: QKeyEvent) -> bool:
        """Do what a key asks for, and return whether it asked for anything here."""
        if event.matches(QKeySequence.StandardKey.Paste):
            self.take(QGuiApplication.clipboard().mimeData())
            return True
        if event.matches(QKeySequence.StandardKey.Copy):
            self._copy()
            return True
        key, held = event.key(), self._held
        if held is None:
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._document.state.fits:
                state = self._document.state
                self._document.look(pins=(Focus("output", state.cell, state.channel),), hover=None)
                return True
            return False
        if key in STEPS:
            self._hold(neighbour(self._document.state, held, *STEPS[key]))  # type: ignore[index]
            return True
        if not editable(self._document.state, held):
            return False
        if key in (Qt.Key.Key_F2, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.begin()
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._edit(self.tr("Number"), with_value, held, 0.0)
        elif event.text() and event.text() in BEGINS_A_NUMBER and not event.modifiers():
            self.begin(event.text())
        else:
            return False
        return True

    def begin(self, typed: str | None = None) -> None:
        """Open the box over the held cell, with what was `typed` already or with its number."""
        held = self._held
        place = None if held is None else self._place(held)
        value = None if held is None else value_at(self._document.state, held)
        if place is None or value is None:
            return
        text = format_number(value) if typed is None else typed
        self.editor.open_at(place.toRect(), text, typed is None)

    def take(self, given: QMimeData | None) -> bool:
        """Use what was pasted or dropped: a picture, a file with one, or a block of numbers."""
        if given is None:
            return False
        image = given.imageData() if given.hasImage() else None
        urls = given.urls()  # a list of files may be empty
        if isinstance(image, QImage):
            self.picture_given.emit(_png(image))
        elif urls and urls[0].isLocalFile():
            self.picture_given.emit(urls[0].toLocalFile())
        elif urls:
            self.refused.emit(self.tr("Save the picture first, and drop the file here."))
        elif given.hasText():
            self._paste_text(given.text())
        else:
            return False
        return True

    def open_menu(self, focus: Focus | None, at: QPoint) -> None:
        """Offer what can be done with the board under the pointer."""
        if focus is None:
            return
        menu = QMenu(self._canvas)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        state = self._document.state
        if editable(state, focus):
            self._hold(focus)
            board, channel = focus.board, focus.channel
            menu.addAction(self.tr("Type a number"), self.begin)
            menu.addAction(
                self.tr("Fill with this number"),
                lambda: self._edit(
                    self.tr("Fill"), with_fill, board, channel, value_at(state, focus) or 0.0
                ),
            )
            menu.addAction(
                self.tr("Fill with zeros"),
                lambda: self._edit(self.tr("Fill"), with_fill, board, channel, 0.0),
            )
            menu.addAction(self.tr("Random numbers"), lambda: self._randomise(focus))
            menu.addSeparator()
            menu.addAction(
                self.tr("Paste"), lambda: self.take(QGuiApplication.clipboard().mimeData())
            )
        menu.addAction(self.tr("Copy these numbers"), lambda: self._copy(focus))
        menu.popup(at)

    def _edit(self, what: str, change: Callable[..., LabState], *args: Any) -> None:
        """Change numbers, and hold on to the cell that is worked on."""
        self._document.edit(what, change, *args)

    def _hold(self, focus: Focus) -> None:
        self._document.look(pins=(focus,), hover=None)

    def _randomise(self, focus: Focus) -> None:
        self._seed += 1
        self._edit(self.tr("Random numbers"), with_random, focus.board, focus.channel, self._seed)

    def _commit(self, text: str, rows: int, columns: int) -> None:
        held = self._held
        if held is None:
            return
        self._edit(self.tr("Number"), with_value, held, parse_number(text))
        if rows or columns:
            self._hold(neighbour(self._document.state, held, rows, columns))

    def _paste_text(self, text: str) -> None:
        try:
            block = parse_block(text)
        except ValuesError as error:
            self.refused.emit(translated(error.meaning))
            return
        held = self._held
        if held is not None and editable(self._document.state, held):
            self._edit(self.tr("Paste"), with_block, held, block)
        elif max(block.shape) <= LARGEST:
            size = block.shape[0], block.shape[1]
            self._edit(self.tr("Paste"), edits.with_own_input, OWN, block[None], size)

    def _copy(self, focus: Focus | None = None) -> None:
        focus = focus or self._held or Focus("input", (0, 0))
        state, output = self._document.state, self._document.evaluation.output
        if focus.board == "input" and focus.channel < state.channels:
            numbers = state.input[focus.channel]
        elif (
            focus.board == "kernel"
            and focus.channel in state.read_channels
            and state.used_weight is not None
        ):
            slices = state.layer.kernel_for(state.used_weight, state.channel)
            numbers = slices[state.read_channels.index(focus.channel)]
            if state.turns_kernel:  # as it is shown
                numbers = numbers[::-1, ::-1]
        elif focus.board == "output" and output is not None:
            numbers = output[state.channel]
        else:
            return
        QGuiApplication.clipboard().setText(format_block(numbers))


def _png(image: QImage) -> bytes:
    """Return `image` as a PNG, made smaller first where it has many times the pixels needed."""
    if max(image.width(), image.height()) > 2 * LARGEST:
        image = image.scaled(2 * LARGEST, 2 * LARGEST, Qt.AspectRatioMode.KeepAspectRatio)
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG", 100)  # type: ignore[call-overload]  # barely packed: quickly
    return bytes(data.data())
