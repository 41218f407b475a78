"""How much the last layer has to do without while it learns."""

from PySide6.QtWidgets import QWidget

from explorer.ui.widgets.decimal_row import DecimalRow


class DropoutRow(DecimalRow):
    """The row of ``Settings.dropout``."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            "train.dropout",
            self.tr("Dropout"),
            0.0,
            0.9,
            2,
            explanation=self.tr(
                "The share of its inputs that the last layer does without in each batch, others "
                "every time, so that it cannot rely on any one of them. 0 is off; only while it "
                "learns, never in a test."
            ),
            parent=parent,
        )
