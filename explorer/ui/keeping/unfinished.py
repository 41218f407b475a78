"""The line that offers to go on with what a crash has left."""

from datetime import datetime

from PySide6.QtCore import QDateTime, QLocale, Signal, Slot

from explorer.training.called import called
from explorer.training.record import Record
from explorer.ui.sentences import translated
from explorer.ui.widgets.help import set_help
from explorer.ui.widgets.notice import Notice


class UnfinishedLine(Notice):
    """Stays until one of its buttons is pressed; takes no room while there is nothing.

    Who closes it has the same offer at the next start.
    """

    resumed = Signal()
    discarded = Signal()

    def __init__(self) -> None:
        super().__init__("train.unfinished", closable=True, compact=True)
        later = self.tr("Not now: offer it again at the next start")
        self.close_button.setAccessibleName(later)
        set_help(later, self.close_button)

    def offer(self, record: Record, when: datetime | None) -> None:
        """Offer a run that was last kept at a moment, in the time of this place."""
        epochs = record.history.epochs
        if is_complete(record):
            if record.settings.epochs == 1:
                text = self.tr("Run of one epoch not saved.")
                about = self.tr("A run of {network} over one epoch has not been saved ({when}).")
            else:
                text = self.tr("Run of {epochs} epochs not saved.")
                about = self.tr(
                    "A run of {network} over {epochs} epochs has not been saved ({when})."
                )
            action, hint = self.tr("Open"), self.tr("Show it again; then it can be saved")
        else:
            text = self.tr("Run interrupted in epoch {epoch} of {epochs}.")
            about = self.tr(
                "A run of {network} was interrupted in epoch {epoch} of {epochs} ({when})."
            )
            action = self.tr("Resume")
            hint = self.tr("Go on where the last epoch had ended, with the same settings")
        told = {
            "network": translated(called(record.settings.network)),
            "epoch": min((epochs[-1].epoch if epochs else 0) + 1, record.settings.epochs),
            "epochs": record.settings.epochs,
            "when": self.tr("some time ago") if when is None else self._told(when),
        }
        self.show_message("info", text.format(**told))
        set_help(about.format(**told), self)
        self.add_action(
            "train.unfinished.resume",
            action,
            self._resume,
            hint,
        )
        self.add_action(
            "train.unfinished.discard",
            self.tr("Discard"),
            self._discard,
            self.tr("Throw this run away for good"),
        )

    @Slot()
    def _resume(self) -> None:
        self.resumed.emit()

    @Slot()
    def _discard(self) -> None:
        self.discarded.emit()

    def _told(self, when: datetime) -> str:
        """Return a moment as one speaks of it."""
        days = (datetime.now().date() - when.date()).days
        if days == 0:
            day = self.tr("today")
        elif days == 1:
            day = self.tr("yesterday")
        else:
            moment = QDateTime.fromSecsSinceEpoch(int(when.timestamp()))
            day = QLocale().toString(moment.date(), QLocale.FormatType.ShortFormat)
        return self.tr("{day}, {time}").format(day=day, time=f"{when:%H:%M}")


def is_complete(record: Record) -> bool:
    """Tell whether a run has come to its last epoch."""
    epochs = record.history.epochs
    return bool(epochs) and epochs[-1].epoch >= record.settings.epochs
