"""Opening, saving and exporting runs: three buttons, with the work beside the window."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final, Literal
from weakref import WeakKeyDictionary

from PySide6.QtCore import QMimeData, QPoint, QSettings, Qt, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QMenu, QToolButton, QWidget

from explorer.drawing.palette import GRID
from explorer.training.called import in_file_name
from explorer.training.checkpoint import Checkpoint
from explorer.training.errors import FileError, RunFileError
from explorer.training.record import Record
from explorer.training.settings import Settings
from explorer.ui import recent
from explorer.ui.ask_for_name import ask_for_name, with_suffix
from explorer.ui.keeping import file_jobs
from explorer.ui.keeping.file_jobs import Opened
from explorer.ui.keeping.file_worker import FileWorker, Job
from explorer.ui.sentences import translated
from explorer.ui.widgets.buttons import tool_button
from explorer.ui.widgets.help import set_help

RUN: Final = ".safetensors"
ICON: Final = 16
"""Pixels: small enough to stand beside the buttons of a run in the smallest window."""
READABLE: Final = (RUN, ".pt", ".pth")

What = Literal["run", "network"]


class Keeping(QWidget):
    """Knows what would be saved; what has been opened it hands on.

    Parameters
    ----------
    page : QWidget
        Where its shortcuts hold, and before which the file dialogs open.
    prefix : str
        What the object names begin with.
    what : {"run", "network"}
        What it is called that is kept: the file is the same.
    """

    opened = Signal(object, object)
    """A run is there: its `Record`, and the `Checkpoint` where it was saved."""
    weights_opened = Signal(object, str, str)
    """Weights are there: a `Checkpoint`, the network that they fit, and the file's name.

    They may lack the network's last layer.
    """
    saved = Signal(str)
    """The run has been written to this file."""
    told = Signal(str)
    """What goes on or went well, in one line; an empty text takes it away."""
    failed = Signal(str)
    """What went wrong and what to do, in one sentence."""

    def __init__(self, page: QWidget, prefix: str = "train", what: What = "run") -> None:
        super().__init__(page)
        self._is_run = what == "run"
        self._prefix = prefix
        self._record: Record | None = None
        self._checkpoint: Checkpoint | None = None
        self._network = Settings().network
        self._paths: WeakKeyDictionary[Record, Path] = WeakKeyDictionary()
        """Where each run lies already."""
        self._worker = FileWorker(self)
        self.open = tool_button(
            f"{prefix}.open",
            self.tr("Open"),
            "folder",
            self.tr(
                "Open a saved run, or the weights of a network (Ctrl+O); a file can be dropped "
                "on the page as well."
            )
            if self._is_run
            else self.tr(
                "Open a saved network, a run, or weights (Ctrl+O); a file can be dropped on the "
                "page as well."
            ),
            size=ICON,
        )
        self.save = tool_button(f"{prefix}.save", self._to_save(), "disk", size=ICON)
        self.export = tool_button(f"{prefix}.export", self.tr("Export"), "export", size=ICON)
        self._open_menu = QMenu(self.open)
        self._open_menu.setToolTipsVisible(True)
        self._open_menu.setObjectName(f"{prefix}.open.menu")
        self._export_menu = QMenu(self.export)
        self._export_menu.setObjectName(f"{prefix}.export.menu")
        for name, text, slot in (
            ("state_dict", self.tr("Weights as state_dict (.pt) …"), self._ask_for_state_dict),
            ("safetensors", self.tr("Weights as safetensors …"), self._ask_for_safetensors),
            ("script", self.tr("Python script …"), self._ask_for_script),
        ):
            action = self._export_menu.addAction(text, slot)
            action.setObjectName(f"{prefix}.export.{name}")

        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for button in (self.open, self.save, self.export):
            row.addWidget(button)

        self.open.clicked.connect(self._offer_files)
        self.save.clicked.connect(self.save_again)
        self.export.clicked.connect(self._offer_exports)
        for keys, slot in (
            (QKeySequence("Ctrl+O"), self._ask_what_to_open),
            (QKeySequence("Ctrl+S"), self.save_again),
            (QKeySequence("Ctrl+Shift+S"), self.save_as),
        ):
            shortcut = QShortcut(keys, page)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(slot)
        self._worker.busy.connect(self.told)
        self._explain()

    def set_run(self, record: Record | None, checkpoint: Checkpoint | None) -> None:
        """Say what would be saved; nothing while there is no checkpoint."""
        if checkpoint is None:
            record = None
        another = record is not self._record
        self._record, self._checkpoint = record, checkpoint
        if another:
            self._explain()

    def set_network(self, network: str) -> None:
        """Say which network is set: of several that weights would fit it is preferred."""
        self._network = network

    def accepts(self, path: str) -> bool:
        """Tell from its name whether a file may be one to open."""
        return Path(path).suffix.lower() in READABLE

    def drag_enter(self, event: QDragEnterEvent) -> None:
        """Take what is dragged over the page if it is a file that may be one to open."""
        if self._dropped(event.mimeData()):
            event.acceptProposedAction()

    def drop(self, event: QDropEvent) -> None:
        """Open what has been dropped onto the page."""
        path = self._dropped(event.mimeData())
        if path:
            event.acceptProposedAction()
            self.open_file(path)

    def open_file(self, path: str) -> None:
        """Read a run or weights, soon; a file that is wished for later takes its place."""
        self._begin(
            "open",
            self.tr("Opening {name} …"),
            path,
            partial(file_jobs.read, Path(path), self._network),
            partial(self._on_opened, path),
        )

    def save_file(self, path: str) -> None:
        """Write the run to a file, soon."""
        if self._record is None or self._checkpoint is None:
            return
        target, record = with_suffix(path, RUN), self._record
        self._begin(
            target,
            self.tr("Saving {name} …"),
            target,
            file_jobs.writing(record, self._checkpoint, Path(target)),
            partial(self._on_saved, target, record),
        )

    @Slot()
    def save_again(self) -> None:
        """Write the run to where it lies already, or ask where it is to lie."""
        if self._record is None:
            return
        path = self._paths.get(self._record)
        if path is None:
            self.save_as()
        else:
            self.save_file(str(path))

    @Slot()
    def save_as(self) -> None:
        """Ask where the run is to lie, and write it there."""
        if self._record is not None:
            kind = self.tr("Runs") if self._is_run else self.tr("Networks")
            path = self._ask_for_a_name(self._to_save(), kind, RUN)
            if path:
                self.save_file(path)

    def _to_save(self) -> str:
        return self.tr("Save the run") if self._is_run else self.tr("Save the network")

    def _to_open(self) -> str:
        if self._is_run:
            return self.tr("Open a run or weights")
        return self.tr("Open a network or weights")

    def shut_down(self) -> None:
        """Finish what is being saved, and come back when the thread has ended."""
        self._worker.finish()

    def _begin(
        self,
        about: str,
        words: str,
        path: str,
        do: Callable[[], object],
        done: Callable[..., None],
    ) -> None:
        job = Job(
            about=about,
            words=words.format(name=Path(path).name),
            do=do,
            done=done,
            failed=partial(self._on_failed, path),
            must=about != "open",
        )
        self._worker.begin(job)

    def _export_to(self, path: str, do: Callable[[], object]) -> None:
        self._begin(path, self.tr("Exporting {name} …"), path, do, partial(self._on_exported, path))

    def _explain(self) -> None:
        """Offer what is possible, and say why the rest is not."""
        nothing = (
            self.tr("There is nothing to save yet: start a run, or open one.")
            if self._is_run
            else self.tr("Only a network that fits and can learn digits is saved.")
        )
        path = self._paths.get(self._record) if self._record is not None else None
        for button in (self.save, self.export):
            button.setEnabled(self._record is not None)
        if self._record is None:
            set_help(nothing, self.save, self.export)
            return
        again = (
            self.tr("Save the run: all from which it goes on (Ctrl+S)")
            if self._is_run
            else self.tr("Save the network: its layers and its weights as they are now (Ctrl+S)")
        )
        if path is not None:
            again = self.tr("{save} again as {name} (Ctrl+S); elsewhere: Ctrl+Shift+S").format(
                save=self._to_save(), name=path.name
            )
        set_help(again, self.save)
        script = (
            self.tr("Export the weights, or a script that does the run again")
            if self._is_run
            else self.tr("Export the weights, or a script that trains this network")
        )
        set_help(script, self.export)

    # What came of it

    def _on_opened(self, path: str, found: Opened) -> None:
        self._note(path)
        self.told.emit(self.tr("Opened {name}.").format(name=Path(path).name))
        if found.record is None:
            self.weights_opened.emit(found.checkpoint, found.network, Path(path).name)
        else:
            self._paths[found.record] = Path(path).absolute()
            self.opened.emit(found.record, found.checkpoint)
            self._explain()

    def _on_saved(self, path: str, record: Record, _result: object) -> None:
        self._note(path)
        self._paths[record] = Path(path).absolute()
        self._explain()
        self.told.emit(self.tr("Saved as {name}.").format(name=Path(path).name))
        self.saved.emit(path)

    def _on_exported(self, path: str, _result: object) -> None:
        if self.accepts(path):
            self._note(path)
        self.told.emit(self.tr("Exported as {name}.").format(name=Path(path).name))

    def _on_failed(self, path: str, error: FileError) -> None:
        if isinstance(error, RunFileError):
            settings = QSettings()
            known = recent.read(settings, recent.TRAINING)
            recent.remember(settings, known.without(path), recent.TRAINING)
        self.told.emit("")
        self.failed.emit(translated(error.meaning))

    def _note(self, path: str) -> None:
        settings = QSettings()
        known = recent.read(settings, recent.TRAINING)
        recent.remember(settings, known.with_(path), recent.TRAINING)

    # Menus and dialogs

    @Slot()
    def _offer_files(self) -> None:
        """Offer the files of late, where there are any, and all others."""
        self._open_menu.clear()
        first = self._open_menu.addAction(f"{self._to_open()} …", self._ask_what_to_open)
        first.setObjectName(f"{self._prefix}.open.other")
        found = recent.read(QSettings(), recent.TRAINING).shown()
        if found:
            self._open_menu.addSeparator()
        for path in found:
            # Of an ampersand Qt would make a key.
            name = path.name.replace("&", "&&")
            action = self._open_menu.addAction(name, partial(self.open_file, str(path)))
            action.setToolTip(str(path))
        self._pop_up(self._open_menu, self.open)

    @Slot()
    def _offer_exports(self) -> None:
        self._pop_up(self._export_menu, self.export)

    def _pop_up(self, menu: QMenu, button: QToolButton) -> None:
        # popup() and not exec(): a script that presses the button must not wait for the menu.
        corner = QPoint(button.width() - menu.sizeHint().width(), button.height() + GRID // 2)
        menu.popup(button.mapToGlobal(corner))

    @Slot()
    def _ask_what_to_open(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self.window(),
            self._to_open(),
            str(recent.read(QSettings(), recent.TRAINING).folder()),
            f"{self.tr('Runs and weights')} ({' '.join(f'*{suffix}' for suffix in READABLE)})",
        )
        if path:
            self.open_file(path)

    @Slot()
    def _ask_for_state_dict(self) -> None:
        self._ask_for_weights(".pt")

    @Slot()
    def _ask_for_safetensors(self) -> None:
        self._ask_for_weights(RUN)

    def _ask_for_weights(self, suffix: str) -> None:
        record, checkpoint = self._record, self._checkpoint
        if record is None or checkpoint is None:
            return
        title, kind = self.tr("Export the weights"), self.tr("Weights")
        path = self._ask_for_a_name(title, kind, suffix, "-weights")
        if path:
            network = record.settings.network
            self._export_to(path, file_jobs.exporting_weights(network, checkpoint, Path(path)))

    @Slot()
    def _ask_for_script(self) -> None:
        record = self._record
        if record is None:
            return
        path = self._ask_for_a_name(self.tr("Export a script"), self.tr("Python"), ".py")
        if path:
            self._export_to(path, file_jobs.exporting_script(record, Path(path)))

    def _ask_for_a_name(self, title: str, kind: str, suffix: str, ending: str = "") -> str:
        """Return the path that the user gives, with the suffix; an empty text for none."""
        assert self._record is not None
        folder = recent.read(QSettings(), recent.TRAINING).folder()
        proposal = str(folder / f"{_title(self._record)}{ending}{suffix}")
        return ask_for_name(self.window(), title, proposal, kind, suffix)

    def _dropped(self, data: QMimeData) -> str:
        """Return the first file that may be one to open, or an empty text."""
        paths = (url.toLocalFile() for url in data.urls() if url.isLocalFile())
        return next(filter(self.accepts, paths), "")


def _title(record: Record) -> str:
    """Return a name for a run's file that says what it is: the network and how far it came."""
    return f"{in_file_name(record.settings.network)}-{record.history.last_step}"
