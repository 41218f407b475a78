"""What to train on: the bundled digits, a complete set, or a folder of one's own."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from explorer.data.catalogue import SET_NAMES
from explorer.data.digits import BUNDLED, CLASSES, count_classes, is_complete
from explorer.data.download import Downloading
from explorer.data.errors import DataError
from explorer.drawing.palette import GRID
from explorer.ui.reader import Reader, Wish
from explorer.ui.training.controls.fetcher import Fetcher
from explorer.ui.widgets.buttons import tool_button
from explorer.ui.widgets.choice import Choice
from explorer.ui.widgets.field_row import FieldRow
from explorer.ui.widgets.label import Label
from explorer.ui.widgets.progress_bar import ProgressBar

FOLDER = "…"
"""Value of the entry that lets the user choose a folder."""


def home() -> Path:
    """Return the folder that the complete sets are downloaded into."""
    kind = QStandardPaths.StandardLocation.AppLocalDataLocation
    return Path(QStandardPaths.writableLocation(kind), "data")


class DataField(QWidget):
    """A list of data; a complete set that is not there yet is downloaded when it is chosen."""

    failed = Signal(object)
    """A download has ended with a `DataError`."""
    began = Signal()
    """A download has begun."""
    counted = Signal()
    """How many classes the data has is known now, and is another number than before."""

    def __init__(self, data: str, label_width: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._data = data
        self._classes = CLASSES
        self._reader = Reader(self)
        self._is_open = True
        self._folder = ""
        """The folder that is offered beside the sets, if there is one."""
        self._titles = {"mnist": "MNIST", "fashion-mnist": "Fashion-MNIST", "kmnist": "KMNIST"}
        self.choice = Choice(
            "train.data",
            self.tr("Data"),
            (),
            self.tr(
                "The bundled digits are 10,000 training and 5,000 test images of MNIST. The "
                "complete sets have 60,000 and 10,000, and are downloaded once, 10 to 30 MiB: "
                "MNIST's digits, Fashion-MNIST's clothes, KMNIST's Japanese letters, ten kinds "
                "each. A folder may hold such a set in its usual files, with up to 64 kinds."
            ),
        )
        self._progress = ProgressBar("train.fetch", self.tr("Download"))
        self._progress.setRange(0, 1000)
        self._told = Label("", "caption", wrap=True)
        self._told.setObjectName("train.fetch.status")
        self._cancel = tool_button(
            "train.fetch.cancel", self.tr("Cancel the download"), "close", size=16
        )
        self._fetcher = Fetcher(self)
        self._under_way = QWidget()

        words = QVBoxLayout()
        words.setSpacing(GRID // 2)
        words.addWidget(self._told)
        words.addWidget(self._progress)
        line = QHBoxLayout(self._under_way)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(GRID // 2)
        line.addLayout(words, 1)
        line.addWidget(self._cancel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID // 2)
        self._row = FieldRow(self.tr("Data"), self.choice, label_width=label_width)
        layout.addWidget(self._row)
        layout.addWidget(self._under_way)
        self._under_way.hide()

        self.choice.changed.connect(self._choose)
        self._cancel.clicked.connect(self._give_up)
        self._fetcher.progressed.connect(self._tell)
        self._fetcher.fetched.connect(self._use_fetched)
        self._fetcher.failed.connect(self._on_failed)
        self.set_value(data)

    def value(self) -> str:
        """Return ``"bundled"`` or a folder, as ``explorer.data.digits.load`` takes them."""
        return self._data

    def class_count(self) -> int:
        """Return how many classes the data has, or ten where its files have not told."""
        return self._classes

    def set_value(self, data: str) -> None:
        """Show `data` without a signal but for `counted`."""
        self._data = data
        self._fill()
        self._count()

    def set_open(self, is_open: bool) -> None:
        """Let the data be chosen or not; a download goes on, and can be cancelled, meanwhile."""
        self._is_open = is_open
        self._row.setEnabled(is_open)

    def shut_down(self) -> None:
        """Give the download up, if there is one."""
        self._fetcher.give_up()
        self._reader.wait()

    def _fill(self) -> None:
        """List what there is, and stand at what is used."""
        items = [(BUNDLED, self.tr("Bundled digits"))]
        places = {str(home() / name): name for name in SET_NAMES}
        if self._data in places and not is_complete(Path(self._data)):
            self._data = BUNDLED  # it was there once
        for name in SET_NAMES:
            there = is_complete(home() / name)
            title = self._titles[name]
            items.append((name, title if there else self.tr("{set} ↓").format(set=title)))
        if self._data != BUNDLED and self._data not in places:
            self._folder = self._data
        if self._folder:
            items.append((self._folder, Path(self._folder).name or self._folder))
        self.choice.set_items([*items, (FOLDER, self.tr("Folder …"))])
        self.choice.set_value(places.get(self._data, self._data))

    @Slot(str)
    def _choose(self, value: str) -> None:
        if value == FOLDER:
            value = QFileDialog.getExistingDirectory(self, self.tr("Folder with MNIST's files"))
        if value in SET_NAMES and not is_complete(home() / value):
            self._begin(value)
        elif value:
            self._give_up()
            self._data = str(home() / value) if value in SET_NAMES else value
        self._fill()
        self._count()

    def _count(self) -> None:
        """Find out beside the window how many classes a folder has; other sets have ten."""
        data = self._data
        if data == BUNDLED or Path(data).parent == home():
            self._reader.give_up()
            self._take_count(CLASSES)
        else:
            self._reader.begin(
                Wish(data, partial(count_classes, data), self._take_count, self._take_no_count)
            )

    def _take_count(self, classes: int) -> None:
        if classes != self._classes:
            self._classes = classes
            self.counted.emit()

    def _take_no_count(self, _error: DataError) -> None:
        # The run that is to learn from it will say what is wrong with it.
        self._take_count(CLASSES)

    def _begin(self, name: str) -> None:
        self._fetcher.begin(name, home() / name)
        self._told.setText(self.tr("Asking for {set} …").format(set=self._titles[name]))
        self._progress.setValue(0)
        self._under_way.show()
        self.began.emit()

    @Slot()
    def _give_up(self) -> None:
        self._fetcher.give_up()
        self._under_way.hide()

    @Slot(object)
    def _tell(self, progress: Downloading) -> None:
        self._progress.setValue(round(1000 * progress.fraction))
        text = self.tr("{set}: file {file} of {files}, {speed:.1f} MiB/s").format(
            set=self._titles[self._fetcher.name],
            file=progress.file,
            files=progress.files,
            speed=progress.bytes_per_second / 2**20,
        )
        left = progress.seconds_left
        if left is not None:
            minutes, seconds = divmod(round(left), 60)
            text += self.tr(", {minutes}:{seconds:02} left").format(
                minutes=minutes, seconds=seconds
            )
        self._told.setText(text)

    @Slot(str)
    def _use_fetched(self, name: str) -> None:
        self._under_way.hide()
        # A run that is under way has its data: what came is in the list for the next one.
        self.set_value(str(home() / name) if self._is_open else self._data)

    @Slot(object)
    def _on_failed(self, error: object) -> None:
        self._under_way.hide()
        self.failed.emit(error)
