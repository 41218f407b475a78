"""The line that says what is being opened, while it takes a while."""

from pathlib import Path

from PySide6.QtCore import Slot

from explorer.ui.reader import Reader
from explorer.ui.widgets.help import set_help
from explorer.ui.widgets.notice import Notice


class Opening(Notice):
    """Comes and goes by itself; to close it is to give the wish up."""

    def __init__(self, reader: Reader) -> None:
        super().__init__("opening", closable=True)
        self.close_button.setAccessibleName(self.tr("Cancel"))
        set_help(self.tr("Cancel"), self.close_button)
        reader.opening.connect(self._tell)
        reader.ended.connect(self.clear)
        self.closed.connect(reader.give_up)

    @Slot(str)
    def _tell(self, name: str) -> None:
        self.show_message("info", self.tr("Opening {name} …").format(name=Path(name).name))
