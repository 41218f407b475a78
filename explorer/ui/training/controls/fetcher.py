"""Downloads a set of images beside the window."""

import threading
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from explorer.core.text import QT_TRANSLATE_NOOP
from explorer.data.catalogue import remote_set
from explorer.data.download import Downloading, download
from explorer.data.errors import DataError

REFRESH_MS = 100


class _Work:
    """What a download's thread and the window know of each other."""

    def __init__(self, before: threading.Event | None) -> None:
        self.before = before
        """The end of the download before, which may still write to the same part of a file."""
        self.stop = threading.Event()
        self.ended = threading.Event()
        self.progress: Downloading | None = None
        self.error: DataError | None = None

    def do(self, name: str, folder: Path) -> None:
        """Download until the end, or until somebody says stop; called in the thread."""
        if self.before is not None:
            self.before.wait()
        try:
            if self.stop.is_set():
                return
            for self.progress in download(remote_set(name), folder):
                if self.stop.is_set():
                    break
        except DataError as error:
            self.error = error
        except (ImportError, OSError, RuntimeError) as error:  # torchvision, which has the list
            self.error = DataError(
                QT_TRANSLATE_NOOP(
                    "data", "The download broke off ({error}); run cnn-explorer doctor."
                ),
                error=error,
            )
        finally:
            self.ended.set()


class Fetcher(QObject):
    """One download at a time.

    A server may keep the thread waiting long after it has been given up, so nobody waits for it:
    what it holds is a part of a file, with which the next download goes on.
    """

    progressed = Signal(object)
    """How far it has come: a `Downloading`."""
    fetched = Signal(str)
    """The set of this name is there, complete."""
    failed = Signal(object)
    """It has ended with a `DataError`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name = ""
        self._work: _Work | None = None
        self._last: threading.Event | None = None
        """The end of the last download."""
        self._timer = QTimer(self, interval=REFRESH_MS)
        self._timer.timeout.connect(self._look)

    @property
    def name(self) -> str:
        """The set that is on its way, empty for none."""
        return self._name

    def begin(self, name: str, folder: Path) -> None:
        """Bring a set of ``explorer.data.catalogue.SET_NAMES`` into a folder."""
        self.give_up()
        self._name, self._work = name, _Work(self._last)
        self._last = self._work.ended
        threading.Thread(target=self._work.do, args=(name, folder), daemon=True).start()
        self._timer.start()

    def give_up(self) -> None:
        """Let the download end; nothing is heard of it any more."""
        self._timer.stop()
        self._name = ""
        if self._work is not None:
            self._work.stop.set()
            self._work = None

    @Slot()
    def _look(self) -> None:
        assert self._work is not None
        work, name = self._work, self._name
        if not work.ended.is_set():
            if work.progress is not None:
                self.progressed.emit(work.progress)
            return
        self.give_up()
        if work.error is None:
            self.fetched.emit(name)
        else:
            self.failed.emit(work.error)
