"""Runs a training session in a thread of its own."""

from PySide6.QtCore import QObject

from explorer.training.checkpoint import Checkpoint
from explorer.training.mailbox import Mailbox
from explorer.training.session import Session
from explorer.training.settings import Settings
from explorer.ui.behind import Behind


class Worker(Behind):
    """One session and its mailbox."""

    def __init__(
        self,
        settings: Settings,
        start: Checkpoint | None = None,
        steps_per_epoch: int | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.mailbox = Mailbox(0 if start is None else start.step)
        self.session = Session(settings, self.mailbox, start=start, steps_per_epoch=steps_per_epoch)

    def work(self) -> None:
        """Do the session's work; called by Qt in the new thread."""
        self.session.run()

    def end(self) -> None:
        """Stop the session and wait for the thread: a thread may not outlive its object."""
        self.session.stop()
        self.wait()
