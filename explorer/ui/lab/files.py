"""Saving and opening scenes, and copying the picture."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from explorer.core.record import RecordError
from explorer.core.scene import LabState
from explorer.data.errors import DataError
from explorer.data.scenes import SUFFIX, load, save
from explorer.ui import recent
from explorer.ui.ask_for_name import ask_for_name, with_suffix
from explorer.ui.lab.document import LabDocument
from explorer.ui.reader import Reader, Wish
from explorer.ui.sentences import translated
from explorer.ui.widgets.buttons import tool_button


class Files(QObject):
    """The buttons for scenes; what goes wrong is told, and nothing is lost.

    Attributes
    ----------
    open, save, copy
        The buttons, to be placed by the page.
    """

    failed = Signal(str)
    """Why a file could not be opened or saved."""
    saved = Signal(str)
    """The name under which a scene has been saved."""
    opened = Signal()
    """A scene from a file is in the place of the one before."""

    def __init__(
        self, document: LabDocument, reader: Reader, page: QWidget, canvas: QWidget
    ) -> None:
        super().__init__(page)
        self._document = document
        self._reader = reader
        self._page = page
        self._canvas = canvas
        self.open = tool_button("open", self.tr("Open"), "folder", self.tr("Open a saved scene"))
        self.save = tool_button(
            "save", self.tr("Save"), "save", self.tr("Save layer, input and weights as a file")
        )
        self.copy = tool_button(
            "copy_picture", self.tr("Copy picture"), "camera", self.tr("Copy this as a picture")
        )
        self._recent = QMenu(self.open)

        self.open.clicked.connect(self._offer)
        self.save.clicked.connect(self._ask_where_to_save)
        self.copy.clicked.connect(self._copy_picture)

    def open_file(self, path: str) -> None:
        """Look at the scene in a file, soon; it can be undone."""
        self._reader.begin(
            Wish(path, partial(load, path), partial(self._show, path), partial(self._refuse, path))
        )

    def save_file(self, path: str) -> None:
        """Write the scene to a file."""
        target = with_suffix(path, SUFFIX)
        try:
            save(target, self._document.state)
        except DataError as error:
            self.failed.emit(translated(error.meaning))
            return
        settings = QSettings()
        recent.remember(settings, recent.read(settings).with_(target))
        self.saved.emit(Path(target).name)

    def _show(self, path: str, state: LabState) -> None:
        settings = QSettings()
        recent.remember(settings, recent.read(settings).with_(path))
        self._document.edit(self.tr("Open"), lambda _: state)
        self.opened.emit()

    def _refuse(self, path: str, error: DataError) -> None:
        settings = QSettings()
        recent.remember(settings, recent.read(settings).without(path))
        cause, name = error.__cause__, Path(path).name
        if not isinstance(cause, RecordError):
            said = translated(error.meaning)
        elif cause.is_foreign:
            said = f"{name}: {translated(cause.meaning)}"
        else:
            where = self.tr("{name} is damaged, or was changed by hand. At “{place}”: {reason}")
            whole = self.tr("{name} is damaged, or was changed by hand: {reason}")
            said = (where if cause.place else whole).format(
                name=name, place=cause.place, reason=translated(cause.meaning)
            )
        self.failed.emit(said)

    def _offer(self) -> None:
        """Offer the files of late, where there are any, and all others."""
        self._recent.clear()
        self._recent.addAction(self.tr("Open a file …"), self._ask_what_to_open)
        found = recent.read(QSettings()).shown()
        if found:
            self._recent.addSeparator()
        for path in found:
            self._recent.addAction(path.name, partial(self.open_file, str(path)))
        self._recent.popup(self.open.mapToGlobal(self.open.rect().topLeft()))

    def _ask_what_to_open(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self._page,
            self.tr("Open a scene"),
            str(recent.read(QSettings()).folder()),
            self.tr("Scenes (*.json)"),
        )
        if path:
            self.open_file(path)

    def _ask_where_to_save(self) -> None:
        proposal = str(recent.read(QSettings()).folder() / _proposal(self._document.state))
        title, kind = self.tr("Save the scene"), self.tr("Scenes")
        path = ask_for_name(self._page, title, proposal, kind, SUFFIX)
        if path:
            self.save_file(path)

    def _copy_picture(self) -> None:
        QGuiApplication.clipboard().setImage(self._canvas.grab().toImage())


def _proposal(state: LabState) -> str:
    """Return a name that tells what is inside: the layer and the first of its pairs."""
    layer = state.layer
    name = type(layer).__name__
    pair = next((about.name for about in layer.parameters() if about.kind == "pair"), None)
    if pair is not None:
        h, w = layer.setting(pair)
        name += f"-{'n' if h is None else h}x{'n' if w is None else w}"
    return name + SUFFIX
