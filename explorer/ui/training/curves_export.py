"""The button that saves the curves, and the thread that writes the file."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QCoreApplication, QPoint, QSettings, QThread, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu, QToolButton, QWidget

from explorer.data import files
from explorer.drawing.palette import GRID
from explorer.ui import recent
from explorer.ui.widgets.buttons import tool_button

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
        self._thread = _Writing(self)
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
        for suffix in FORMATS:
            action = self._menu.addAction(texts[suffix])
            action.setObjectName(f"train.export_curves.{suffix}")
            action.setData(suffix)
        self.button.clicked.connect(self._offer)
        self._menu.triggered.connect(self._ask)
        self._thread.finished.connect(self._on_finished)
        application = QCoreApplication.instance()
        assert application is not None
        application.aboutToQuit.connect(self.wait)

    def write(self, path: str, content: Callable[[], bytes]) -> None:
        """Write a file in one go, in a thread of its own, in which `content` is called."""
        self._thread.wait()
        self._on_finished()
        self._thread.target, self._thread.content = Path(path), content
        self._thread.start()

    @Slot()
    def wait(self) -> None:
        """Return when nothing is being written any more."""
        self._thread.wait()

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
        path = self._ask_for_a_name(str(folder / f"curves.{suffix}"), suffix)
        target = path if not path or path.lower().endswith(f".{suffix}") else f"{path}.{suffix}"
        if target != path and Path(target).exists():
            # The dialog has asked for no leave to replace this one, whose name was cut short.
            target = self._ask_for_a_name(target, suffix)
        if target.lower().endswith(f".{suffix}"):
            self.wanted.emit(target)

    def _ask_for_a_name(self, proposal: str, suffix: str) -> str:
        path, _ = QFileDialog.getSaveFileName(
            self, self.tr("Save the curves"), proposal, f"{suffix.upper()} (*.{suffix})"
        )
        return path

    @Slot()
    def _on_finished(self) -> None:
        target, error = self._thread.target, self._thread.error
        self._thread.target = self._thread.error = None
        if target is None:
            return
        if isinstance(error, OSError):
            sentence = self.tr("{name} could not be saved ({reason}); choose another folder.")
            reason = error.strerror or str(error)
            self.failed.emit(sentence.format(name=target.name, reason=reason))
        elif error is not None:
            raise error
        else:
            self.saved.emit(target.name)


class _Writing(QThread):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.target: Path | None = None
        self.content: Callable[[], bytes] | None = None
        self.error: Exception | None = None

    def run(self) -> None:
        assert self.target is not None and self.content is not None
        try:
            files.replace(self.target, self.content())
        except Exception as error:  # noqa: BLE001 - the window's thread tells it, or raises it
            self.error = error
        # It may hold all curves.
        self.content = None
