"""What a training run has learned, for the other pages."""

from PySide6.QtCore import QObject, Signal

from explorer.core.layers import Array


class Learned(QObject):
    """The kernels of the first layer of the run that is shown, or was; use `learned`.

    Attributes
    ----------
    kernels
        float32 (out_channels, 1, h, w); None before the first run.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.kernels: Array | None = None

    def offer(self, kernels: Array) -> None:
        """Let everybody know what has been learned so far."""
        self.kernels = kernels
        self.changed.emit()


learned = Learned()
"""The one instance."""
