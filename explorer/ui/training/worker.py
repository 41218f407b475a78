"""Runs a training session in a thread of its own."""

from PySide6.QtCore import QObject, QThread

from explorer.training.history import History
from explorer.training.mailbox import Mailbox
from explorer.training.session import Session
from explorer.training.settings import Settings
from explorer.ui.torch_loader import STACK_SIZE


class Worker(QThread):
    """One session, its mailbox and the record of what came out of it."""

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setStackSize(STACK_SIZE)
        self.settings = settings
        self.mailbox = Mailbox()
        self.session = Session(settings, self.mailbox)
        self.history = History()

    def run(self) -> None:
        """Do the session's work; called by Qt in the new thread."""
        self.session.run()

    def end(self) -> None:
        """Stop the session and wait for the thread: a thread may not outlive its object."""
        self.session.stop()
        self.wait()
