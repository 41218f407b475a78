"""The numbers of a run: where it works, its loss and its accuracy."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QStackedLayout, QWidget

from explorer.data.digits import CLASSES
from explorer.drawing.palette import GRID
from explorer.training.history import History
from explorer.training.reports import Started
from explorer.ui.training import figures
from explorer.ui.widgets.card import Card
from explorer.ui.widgets.help import set_help
from explorer.ui.widgets.label import Label

NOTHING = "–"
LINE = 14
"""Height of a line of the device's words."""


class Results(Card):
    """The newest numbers, each under its name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._train_loss = self._number("train.loss")
        self._test_loss = self._number("train.test_loss")
        self._accuracy = self._number("train.accuracy")
        self._best = self._number("train.best")
        self._device = Label("", "caption", wrap=True)
        self._device.setObjectName("train.device_used")
        self._device.setAlignment(Qt.AlignmentFlag.AlignTop)
        # Two lines, so that nothing moves when the device is known.
        self._device.setMinimumHeight(2 * LINE)

        grid = QGridLayout()
        grid.setHorizontalSpacing(2 * GRID)
        grid.setVerticalSpacing(GRID // 4)
        for place, (name, label) in enumerate(
            (
                (self.tr("training loss"), self._train_loss),
                (self.tr("test loss"), self._test_loss),
                (self.tr("test accuracy"), self._accuracy),
                (self.tr("best accuracy"), self._best),
            )
        ):
            row, column = divmod(place, 2)
            label.setAccessibleName(name)
            grid.addWidget(Label(name, "caption"), 2 * row, column)
            grid.addWidget(label, 2 * row + 1, column)
        self._as_of = Label("", "caption", wrap=True)
        self._as_of.setObjectName("train.results.as_of")
        self._as_of.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(grid)
        # One in the place of the other, so that nothing moves.
        self._foot = QStackedLayout()
        self._foot.addWidget(self._device)
        self._foot.addWidget(self._as_of)
        self.body.addLayout(self._foot)
        self.clear()

    def _number(self, name: str) -> Label:
        label = Label(NOTHING, "heading")
        label.setObjectName(name)
        return label

    def clear(self) -> None:
        """Show no numbers."""
        self.show_history(History())
        self._device.setText(self.tr("The device is chosen when a run starts."))
        set_help("", self._device)

    def show_from_file(self) -> None:
        """Say where a run comes from on which nobody has worked here."""
        self._device.setText(self.tr("This run was opened from a file."))

    def show_started(self, started: Started) -> None:
        """Say where the run works and on how many images."""
        classes = started.digits.class_count
        text = self.tr("{train:,} training and {test:,} test images on {device}.")
        if classes != CLASSES:
            text = self.tr("{train:,} training and {test:,} test images of {classes} on {device}.")
        self._device.setText(
            text.format(
                train=len(started.digits.train_images),
                test=len(started.digits.test_images),
                classes=self.tr("{count} classes").format(count=classes),
                device=started.device_label,
            )
        )
        set_help(started.device_reason, self._device)

    def show_history(self, history: History, moment: int | None = None) -> None:
        """Show the numbers of a run, the newest or those that were known at a step.

        Parameters
        ----------
        history
            The record of the run.
        moment
            The step; None for now.
        """
        loss, epochs = history.newest, history.epochs
        if moment is not None:
            place = moment - history.first_step - 1
            smoothed = history.smoothed
            loss = float(smoothed[place]) if 0 <= place < len(smoothed) else None
            epochs = [epoch for epoch in epochs if epoch.step <= moment]
            self._as_of.setText(self.tr("as of step {step:,}").format(step=moment))
        self._foot.setCurrentWidget(self._device if moment is None else self._as_of)
        self._train_loss.setText(NOTHING if loss is None else figures.loss(loss))
        self._test_loss.setText(figures.loss(epochs[-1].test_loss) if epochs else NOTHING)
        self._accuracy.setText(figures.per_cent(epochs[-1].test_accuracy) if epochs else NOTHING)
        best = max((epoch.test_accuracy for epoch in epochs), default=None)
        self._best.setText(NOTHING if best is None else figures.per_cent(best))
