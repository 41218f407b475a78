"""Things to show, one in a turn of the event loop, so that no turn takes long."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Slot

APART_MS = 12
"""From one thing to the next; in between the window repaints, and hears its user."""


class Turns(QObject):
    """A queue in which nothing stands twice: each thing shows what is newest when it is called."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: dict[Callable[[], None], None] = {}
        self._timer = QTimer(self, interval=APART_MS)
        self._timer.timeout.connect(self._take_one)

    def ask(self, show: Callable[[], None]) -> None:
        """Have something called soon; what is asked for again keeps its place."""
        self._waiting[show] = None
        if not self._timer.isActive():
            self._timer.start()

    def finish(self) -> None:
        """Call at once what is waiting."""
        while self._waiting:
            self._take_one()

    def drop(self) -> None:
        """Forget what is waiting."""
        self._waiting.clear()
        self._timer.stop()

    @Slot()
    def _take_one(self) -> None:
        if self._waiting:
            show = next(iter(self._waiting))
            del self._waiting[show]
            show()
        if not self._waiting:
            self._timer.stop()
