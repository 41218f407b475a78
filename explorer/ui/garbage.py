"""Python's search for cycles, kept to the thread of the window."""

import gc

from PySide6.QtCore import QObject, QTimer, Slot

LOOK_MS = 200


class Garbage(QObject):
    """Looks for cycles that nobody can reach any more, as Python does by itself, but only here.

    Python looks in whichever thread has made enough objects, and what it finds is deleted there:
    beside the window no object of Qt may be. And it looks through everything: with PyTorch that is
    a quarter of a million objects, which holds the window for a quarter of a second and more.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._is_frozen = False
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self._look)
        gc.disable()
        self._timer.start()

    def end(self) -> None:
        """Leave it to Python again."""
        self._timer.stop()
        if self._is_frozen:
            gc.unfreeze()
        gc.enable()

    @Slot()
    def _look(self) -> None:
        (young, middle, old), most = gc.get_count(), gc.get_threshold()
        if young <= most[0]:
            return
        if middle <= most[1]:
            gc.collect(0)
        elif old <= most[2]:
            gc.collect(1)
        elif self._is_frozen:
            gc.collect(2)
        else:
            # What has been there for so long is the program itself.
            self._is_frozen = True
            gc.freeze()
