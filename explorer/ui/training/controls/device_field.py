"""Where to train: a list that gets the names of the devices as soon as torch can tell them."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QWidget

from explorer.ui.behind import Behind
from explorer.ui.widgets.choice import Choice
from explorer.ui.widgets.help import set_help


class _Listing(Behind):
    """Lists the devices; to wake a driver takes a while."""

    found = Signal(object)

    def work(self) -> None:
        """List them; called by Qt in the new thread."""
        try:
            from explorer.training.devices import list_devices

            self.found.emit(list_devices())
        except (ImportError, OSError, RuntimeError):
            # Without torch nothing can be trained anyway, which is told where it is tried.
            return


class DeviceField(Choice):
    """A list of the devices; what does not work cannot be chosen, and says why."""

    refined = Signal()
    """The list has been refined."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("train.device", "", parent=parent)
        self.setAccessibleName(self.tr("Device"))
        self._refused: dict[str, str] = {}
        """What does not work here, and why."""
        self._kinds = {
            "auto": self.tr("Automatic"),
            "cpu": "CPU",
            "cuda": "CUDA (NVIDIA)",
            "mps": "MPS (Apple)",
        }
        self._explanation = self.tr(
            "Where it is computed. Automatic takes the first of CUDA, MPS and CPU that works."
        )
        self._devices = list(self._kinds.items())
        self._listing = _Listing(self)
        self._is_over = False
        self._listing.found.connect(self._refine)
        set_help(self._explanation, self)
        self._fill("auto")

    def set_value(self, value: str) -> None:
        """Choose `value` without a signal; one that is not in the list comes into it."""
        self._fill(value)

    @Slot()
    def look(self) -> None:
        """Find out beside the window what devices there are; once, when torch is there."""
        if not (self._is_over or self._listing.isRunning() or self._listing.isFinished()):
            self._listing.start()

    def shut_down(self) -> None:
        """Wait for the thread that lists the devices, and begin with no other."""
        self._is_over = True
        self._listing.wait()

    @Slot(object)
    def _refine(self, listed: object) -> None:
        """List what was found: `listed` is what ``explorer.training.devices`` lists."""
        assert isinstance(listed, tuple)
        self._devices = [("auto", self._kinds["auto"]), ("cpu", self._kinds["cpu"])]
        for device in listed:
            if device.name == "cpu":
                continue
            if device.problem:
                self._refused[device.name] = device.problem
            title = self._kinds.get(device.name, device.name)
            if device.name not in self._kinds and device.label != device.name:
                title = f"{device.name} · {device.label}"
            self._devices.append((device.name, title))
        reasons = (f"{name}: {reason}." for name, reason in self._refused.items())
        set_help("\n".join((self._explanation, *reasons)), self)
        self._fill(self.value())
        self.refined.emit()

    def _fill(self, value: str) -> None:
        listed = list(self._devices)
        if value not in dict(listed):
            listed.append((value, self._kinds.get(value, value)))
        self.set_items(
            [
                (name, self.tr("{device}, not here").format(device=title))
                if name in self._refused
                else (name, title)
                for name, title in listed
            ]
        )
        super().set_value(value)
        model = self.model()
        assert isinstance(model, QStandardItemModel)
        for name, reason in self._refused.items():
            row = self.findData(name)
            model.item(row).setFlags(Qt.ItemFlag.NoItemFlags)
            self.setItemData(row, reason, Qt.ItemDataRole.ToolTipRole)
            self.setItemData(row, reason, Qt.ItemDataRole.AccessibleDescriptionRole)
