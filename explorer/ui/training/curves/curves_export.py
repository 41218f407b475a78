"""The button that saves the curves."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QCoreApplication, QPoint, QSettings, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton, QWidget, QWidgetAction

from explorer.drawing.palette import GRID
from explorer.training import files
from explorer.training.errors import FileError
from explorer.ui import recent
from explorer.ui.ask_for_name import ask_for_name
from explorer.ui.keeping.file_worker import FileWorker, Job
from explorer.ui.sentences import translated
from explorer.ui.widgets.buttons import tool_button
from explorer.ui.widgets.label import Label

FORMATS: Final = ("png", "svg", "csv")


class CurvesExport(QWidget):
    """A button with a menu of formats; what is written comes from whoever hears of the wish.

    Attributes
    ----------
    button
        To be placed by the page.
    """

    wanted = Signal(str)
    """The user wants the curves in a file; with its path, whose end is one of ``FORMATS``."""
    failed = Signal(str)
    """Why it could not be saved."""
    saved = Signal(str)
    """The name of the file that has been written."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.hide()
        self._worker = FileWorker(self)
        self.button: QToolButton = tool_button(
            "train.export_curves",
            self.tr("Save the curves"),
            "save",
            self.tr("Save the curves as a picture or as a table"),
            size=16,
        )
        self._menu = QMenu(self.button)
        texts = {
            "png": self.tr("As a picture (PNG) …"),
            "svg": self.tr("As a drawing (SVG) …"),
            "csv": self.tr("As a table (CSV) …"),
        }
        self._none = QWidgetAction(self._menu)
        none = Label(self.tr("There is nothing to save yet: no curves are shown."), "muted")
        none.setMargin(GRID)
        self._none.setDefaultWidget(none)
        self._menu.addAction(self._none)
        self._formats: list[QAction] = []
        for suffix in FORMATS:
            action = self._menu.addAction(texts[suffix])
            action.setObjectName(f"train.export_curves.{suffix}")
            action.setData(suffix)
            action.setEnabled(False)
            self._formats.append(action)
        self.button.clicked.connect(self._offer)
        self._menu.triggered.connect(self._ask)
        application = QCoreApplication.instance()
        assert application is not None
        application.aboutToQuit.connect(self.wait)

    def offer(self, possible: bool) -> None:
        """Let the curves be saved, or say in the menu that there are none."""
        if possible == self._none.isVisible():
            self._none.setVisible(not possible)
            # Qt leaves what it stands in where it was.
            self._none.defaultWidget().setVisible(not possible)
            for action in self._formats:
                action.setEnabled(possible)

    def write(self, path: str, content: Callable[[], bytes]) -> None:
        """Write a file in one go, in a thread of its own, in which `content` is called."""
        self._worker.begin(
            Job(
                about=path,
                words="",
                do=partial(_write, Path(path), content),
                done=partial(self._on_saved, Path(path).name),
                failed=self._on_failed,
                must=True,
            )
        )

    @Slot()
    def wait(self) -> None:
        """Return when everything has been written."""
        self._worker.finish()

    @Slot()
    def _offer(self) -> None:
        # popup() and not exec(): a script that presses the button must not wait for the menu.
        button = self.button
        corner = QPoint(button.width() - self._menu.sizeHint().width(), button.height() + GRID // 2)
        self._menu.popup(button.mapToGlobal(corner))

    @Slot(QAction)
    def _ask(self, action: QAction) -> None:
        suffix = action.data()
        folder = recent.read(QSettings()).folder()
        proposal = str(folder / f"curves.{suffix}")
        title = self.tr("Save the curves")
        path = ask_for_name(self, title, proposal, suffix.upper(), f".{suffix}")
        if path:
            self.wanted.emit(path)

    def _on_saved(self, name: str, _result: object) -> None:
        self.saved.emit(name)

    def _on_failed(self, error: FileError) -> None:
        self.failed.emit(translated(error.meaning))


def _write(path: Path, content: Callable[[], bytes]) -> None:
    files.write(path, content())
