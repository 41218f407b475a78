"""Where to train: a list that gets the names of the devices as soon as torch can tell them."""

from PySide6.QtCore import QObject, Qt, QThread, Signal, Slot
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QWidget

from explorer.ui.torch_loader import STACK_SIZE
from explorer.ui.widgets.choice import Choice
from explorer.ui.widgets.help import set_help


class _Probing(QThread):
    """Tries all devices; the first touch of a GPU takes seconds."""

    found = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.setStackSize(STACK_SIZE)

    def run(self) -> None:
        """Try them; called by Qt in the new thread."""
        try:
            from explorer.training.devices import list_devices

            self.found.emit(list_devices())
        except (ImportError, OSError, RuntimeError):
            # Without torch nothing can be trained anyway, which is told where it is tried.
            return


class DeviceField(Choice):
    """A list of the devices; what does not work cannot be chosen, and says why."""

    probed = Signal()
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
        self._probing = _Probing(self)
        self._is_over = False
        self._probing.found.connect(self._refine)
        set_help(self._explanation, self)
        self._fill("auto")

    def set_value(self, value: str) -> None:
        """Choose `value` without a signal; one that is not in the list comes into it."""
        self._fill(value)

    @Slot()
    def look(self) -> None:
        """Find out beside the window what devices there are; once, when torch is there."""
        if not (self._is_over or self._probing.isRunning() or self._probing.isFinished()):
            self._probing.start()

    def shut_down(self) -> None:
        """Wait for the thread that tries the devices, and begin with no other."""
        self._is_over = True
        self._probing.wait()

    @Slot(object)
    def _refine(self, probes: object) -> None:
        """List what was found: `probes` are those of ``explorer.training.devices``."""
        assert isinstance(probes, tuple)
        self._devices = [("auto", self._kinds["auto"]), ("cpu", self._kinds["cpu"])]
        for tried in probes:
            if tried.name == "cpu":
                continue
            if not tried.works:
                self._refused[tried.name] = tried.detail
            title = self._kinds.get(tried.name, tried.name)
            if tried.name not in self._kinds and tried.label != tried.name:
                title = f"{tried.name} · {tried.label}"
            self._devices.append((tried.name, title))
        reasons = (f"{name}: {reason}." for name, reason in self._refused.items())
        set_help("\n".join((self._explanation, *reasons)), self)
        self._fill(self.value())
        self.probed.emit()

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
