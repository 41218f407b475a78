"""A real parameter on a slider with room for the small: 0.00001 as well as 0.5."""

from PySide6.QtWidgets import QAbstractSpinBox, QWidget

from explorer.ui.widgets.decimal_row import DecimalRow
from explorer.ui.widgets.number_box import DecimalBox

SMALLEST = 12
"""Digits behind the point that are kept."""
_POWER = 3
"""The slider's way is the third root of the number: a fiftieth of it is less than 0.00001 of 1."""


class RealRow(DecimalRow):
    """A label and a box for a real number from 0 on, and a slider below them.

    Parameters
    ----------
    minimum, maximum : float
        What the slider reaches.
    typed : float
        What may be typed at most.
    """

    def __init__(
        self,
        name: str,
        label: str,
        minimum: float,
        maximum: float,
        typed: float,
        *,
        explanation: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            name, label, minimum, maximum, SMALLEST, explanation=explanation, parent=parent
        )
        self.box.setMaximum(max(maximum, typed))

    def _new_box(self, minimum: float, maximum: float, decimals: int) -> DecimalBox:
        return RealBox(minimum, maximum, decimals)

    def _scaled(self, value: float) -> float:
        kept = min(max(value, 0.0), self._bounds[1])
        return float(kept ** (1 / _POWER))

    def _unscaled(self, at: float) -> float:
        # Two digits: what a hand on a slider means.
        return float(f"{at**_POWER:.2g}")


class RealBox(DecimalBox):
    """A box that shows a number as short as it can be written."""

    def __init__(
        self, minimum: float, maximum: float, decimals: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(minimum, maximum, decimals, parent=parent)
        self.setStepType(QAbstractSpinBox.StepType.AdaptiveDecimalStepType)

    def textFromValue(self, value: float) -> str:
        """Return at most six digits that count."""
        return f"{value:.6g}"
