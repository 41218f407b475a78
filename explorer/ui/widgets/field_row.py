"""A named field in one line, in step with the lines of sliders around it."""

from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from explorer.drawing.palette import GRID
from explorer.ui.widgets.help import set_help


class FieldRow(QWidget):
    """A label on the left and any control on the right.

    Parameters
    ----------
    label : str
        What stands on the left; it becomes the control's accessible name if that has none.
    field : QWidget
        The control.
    explanation : str
        Explanation of both on hover and by F1.
    stretch : bool
        Whether the control fills the line; if not it stands at the right end.
    label_width : int
        Smallest width of the label in pixels.
    """

    def __init__(
        self,
        label: str,
        field: QWidget,
        explanation: str = "",
        *,
        stretch: bool = True,
        label_width: int = 13 * GRID,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.label = QLabel(label)
        self.field = field
        self.label.setMinimumWidth(label_width)
        self.label.setBuddy(field)
        if not field.accessibleName():
            field.setAccessibleName(label)
        if explanation:
            set_help(explanation, self.label, field)

        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self.label)
        if not stretch:
            layout.addStretch(1)
        layout.addWidget(field, 1 if stretch else 0)
