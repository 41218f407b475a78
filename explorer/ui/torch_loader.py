"""Imports torch beside the window, which is on the screen long before."""

from PySide6.QtCore import QObject, QThread, Signal, Slot

from explorer.ui.behind import STACK_SIZE


class _Import(QThread):
    """Does not stand behind the window, which waits for it."""

    failed = Signal(str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.setStackSize(STACK_SIZE)

    def run(self) -> None:
        try:
            # First what is around it: somebody else may have begun to import torch from another
            # end, and two threads that each wait for the other's part give up.
            import torch
            import torch.nn.functional  # noqa: F401
        except Exception as error:  # noqa: BLE001 - whatever a broken installation raises
            self.failed.emit(f"{type(error).__name__}: {error}".split("\n", 1)[0])


class TorchLoader(QObject):
    """Loads torch in a thread of its own, once, and says when it is there."""

    ready = Signal()
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread = _Import(self)
        self._failure = ""
        self._thread.failed.connect(self._note_failure)
        self._thread.finished.connect(self._finish)

    def start(self) -> None:
        """Begin; a second call does nothing."""
        if not self._thread.isRunning() and not self._thread.isFinished():
            self._thread.start()

    def wait(self) -> None:
        """Return when the thread has ended: an import cannot be cut short."""
        self._thread.wait()

    @Slot(str)
    def _note_failure(self, reason: str) -> None:
        self._failure = reason

    @Slot()
    def _finish(self) -> None:
        if self._failure:
            self.failed.emit(self._failure)
            return
        from explorer.training.threads import use_one_thread

        # For pictures as small as the Lab's more threads only cost.
        use_one_thread()
        self.ready.emit()
