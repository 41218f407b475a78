"""Imports torch beside the window, which is on the screen long before."""

from threading import Thread

from PySide6.QtCore import QObject, QThread, Signal


class _Import(QThread):
    failed = Signal(str)

    def __init__(self, for_training: bool, parent: QObject) -> None:
        super().__init__(parent)
        self._for_training = for_training

    def run(self) -> None:
        try:
            import torch
            import torch.nn.functional

            if self._for_training and not self.isInterruptionRequested():
                # The first optimizer of a process imports torch's compiler, which takes as long
                # as torch itself: better now than when somebody has pressed Start.
                torch.optim.SGD([torch.zeros(1, requires_grad=True)], 0.1)
        except Exception as error:  # noqa: BLE001 - whatever a broken installation raises
            self.failed.emit(f"{type(error).__name__}: {error}".split("\n", 1)[0])


class TorchLoader(QObject):
    """Loads torch in a thread of its own, once, and says when it is there.

    Parameters
    ----------
    for_training : bool
        Whether to get optimizers ready as well.
    """

    ready = Signal()
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None, *, for_training: bool = False) -> None:
        super().__init__(parent)
        self._thread = _Import(for_training, self)
        self._failure = ""
        self._thread.failed.connect(self._note_failure)
        self._thread.finished.connect(self._finish)

    def start(self) -> None:
        """Begin; a second call does nothing."""
        if not self._thread.isRunning() and not self._thread.isFinished():
            self._thread.start()

    def wait(self) -> None:
        """Return when the thread has ended: an import cannot be cut short, only the next spared."""
        self._thread.requestInterruption()
        self._thread.wait()

    def _note_failure(self, reason: str) -> None:
        self._failure = reason

    def _finish(self) -> None:
        if self._failure:
            self.failed.emit(self._failure)
            return
        import torch

        usual = torch.get_num_threads()
        if usual > 1:
            # For pictures as small as the Lab's more threads only cost. Every thread has a count
            # of its own, and begins with the one that was set last, whoever set it: a run in a
            # thread to come is to begin with the usual one.
            torch.set_num_threads(1)
            restorer = Thread(target=torch.set_num_threads, args=(usual,))
            restorer.start()
            restorer.join()
        self.ready.emit()
