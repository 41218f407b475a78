"""A hand at the Training page, and eyes for its curves."""

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QComboBox, QProgressBar
from pytestqt.qtbot import QtBot

from explorer.ui.training.page import TrainingPage
from tests.ui.hand import Hand

Numbers = npt.NDArray[np.float64]

PATIENCE = 30_000
"""Milliseconds for what takes a fraction of a second, were it not for torch and busy neighbours."""


class Trainer(Hand):
    """Starts and stops runs, and looks at what comes out."""

    def __init__(self, page: TrainingPage, qtbot: QtBot) -> None:
        super().__init__(page)
        self.page = page
        self.qtbot = qtbot

    @property
    def losses(self) -> Numbers:
        return self.page.history().losses

    @property
    def progress(self) -> float:
        bar = self.find(QProgressBar, "train.progress")
        return bar.value() / bar.maximum()

    @property
    def message(self) -> str:
        """The notice, or nothing when there is none to be seen."""
        return self.page.notice.text() if self.page.notice.isVisibleTo(self.page) else ""

    def status(self) -> str:
        """Return the first word of the status line."""
        return self.reads("train.status").split()[0].rstrip(".:")

    def wait_for(self, status: str, steps: int = 0) -> None:
        """Let the window live until its status begins with a word, with at least so many losses."""
        self.qtbot.waitUntil(
            lambda: self.status() == status and len(self.losses) >= steps, timeout=PATIENCE
        )

    def wait_until_started(self, steps: int = 1) -> None:
        self.wait_for("Training", steps)

    def wait_until_drawn(self) -> None:
        """Let the window live until its curves, drawn less often than the rest, show all."""
        self.qtbot.waitUntil(
            lambda: (
                len(self.loss_curves()[0]) == len(self.losses)
                and len(self.accuracy_curve()) == len(self.page.history().epochs)
            )
        )

    def rests(self) -> bool:
        """Tell whether nothing moves for a while in which several batches would fit."""
        self.wait_until_drawn()
        self.qtbot.wait(20)  # texts have changed, and with them the layout
        losses, progress, kernels = self.losses, self.progress, self.kernels()
        self.qtbot.wait(150)
        return (
            np.array_equal(self.losses, losses)
            and self.progress == progress
            and np.array_equal(self.kernels(), kernels)
        )

    def loss_curves(self) -> tuple[Numbers, Numbers, Numbers]:
        """Return the values drawn: of each batch, smoothed, and of the tests."""
        raw, smooth, test = (item.getData()[1] for item in self.page.curves.loss.listDataItems())
        return tuple(np.array([] if y is None else y) for y in (raw, smooth, test))  # type: ignore[return-value]

    def accuracy_curve(self) -> Numbers:
        (item,) = self.page.curves.accuracy.listDataItems()
        y = item.getData()[1]
        return np.array([] if y is None else y)

    def kernels(self) -> npt.NDArray[np.uint8]:
        """Return the picture of the kernels, (height, width, 4)."""
        image = self.page.kernels.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
        pixels = np.frombuffer(image.constBits(), np.uint8)
        return pixels.reshape(image.height(), image.width(), 4).copy()

    def data_offered(self) -> list[str]:
        field = self.find(QComboBox, "train.data")
        return [field.itemText(i) for i in range(field.count())]
