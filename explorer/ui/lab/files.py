"""Saving and opening scenes, and copying the picture."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from explorer.core.record import RecordError
from explorer.data.errors import DataError
from explorer.data.scenes import SUFFIX, load, save
from explorer.ui import recent
from explorer.ui.lab.document import LabDocument
from explorer.ui.lab.writing import translated
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
    done = Signal()
    """A file has been opened or saved."""

    def __init__(self, document: LabDocument, page: QWidget, canvas: QWidget) -> None:
        super().__init__(page)
        self._document = document
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
        """Look at the scene in a file; it can be undone."""
        settings = QSettings()
        known = recent.read(settings)
        try:
            state = load(path)
        except DataError as error:
            recent.remember(settings, known.without(path))
            cause = error.__cause__
            said = translated(cause.meaning) if isinstance(cause, RecordError) else ""
            self.failed.emit(f"{error}" if not said else f"{Path(path).name}: {said}")
            return
        recent.remember(settings, known.with_(path))
        self._document.edit(self.tr("Open"), lambda _: state)
        self.done.emit()

    def save_file(self, path: str) -> None:
        """Write the scene to a file."""
        target = path if Path(path).suffix else path + SUFFIX
        try:
            save(target, self._document.state)
        except DataError as error:
            self.failed.emit(str(error))
            return
        settings = QSettings()
        recent.remember(settings, recent.read(settings).with_(target))
        self.done.emit()

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
            self._page, self.tr("Open a scene"), "", self.tr("Scenes (*.json)")
        )
        if path:
            self.open_file(path)

    def _ask_where_to_save(self) -> None:
        path, _ = QFileDialog.getSaveFileName(
            self._page, self.tr("Save the scene"), "", self.tr("Scenes (*.json)")
        )
        if path:
            self.save_file(path)

    def _copy_picture(self) -> None:
        QGuiApplication.clipboard().setImage(self._canvas.grab().toImage())
