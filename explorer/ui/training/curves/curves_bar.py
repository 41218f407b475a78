"""The slim row of controls that says how the curves are drawn."""

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from explorer.drawing.palette import GRID
from explorer.training.history import SMOOTHING
from explorer.ui.training.curves.run_lines import MOST_SMOOTHING, View
from explorer.ui.widgets.buttons import tool_button
from explorer.ui.widgets.choice import Choice
from explorer.ui.widgets.help import set_help
from explorer.ui.widgets.label import Label
from explorer.ui.widgets.slider import Slider


class CurvesBar(QWidget):
    """Gives a `View`; two of the choices stand elsewhere.

    Attributes
    ----------
    lower_curves, axis
        The choices for the lower plot and the axis below it, to be placed there.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._smoothing = Slider()
        self._smoothing.setObjectName("train.smoothing")
        self._smoothing.setAccessibleName(self.tr("Smoothing"))
        self._smoothing.setRange(0, round(100 * MOST_SMOOTHING))
        self._smoothing.setPageStep(10)
        self._smoothing.setValue(round(100 * SMOOTHING))
        self._smoothing.setMinimumWidth(7 * GRID)
        self._smoothing.setMaximumWidth(20 * GRID)
        self._name = Label(self.tr("smoothing"), "caption")
        self._amount = Label("", "caption")
        self._amount.setFixedWidth(self._amount.fontMetrics().horizontalAdvance("0.00"))
        set_help(
            self.tr(
                "How much of the running mean stays from one step to the next. 0.80: about the "
                "last 5 steps count; 0.95: the last 20, which is calmer, but comes late where the "
                "loss falls.\n0: off, every step of the chosen run by itself, and the others stay "
                "smooth."
            ),
            self._name,
            self._smoothing,
            self._amount,
        )
        self.axis = Choice(
            "train.x_axis",
            self.tr("Along the axis"),
            [
                ("step", self.tr("steps")),
                ("epoch", self.tr("epochs")),
                ("time", self.tr("time")),
            ],
            self.tr(
                "What lies on the axis of both plots: steps, epochs, or seconds of training. "
                "Neither tests nor pauses count as time."
            ),
        )
        self.axis.setFixedWidth(12 * GRID)
        self._log = tool_button(
            "train.log_scale",
            self.tr("Logarithmic loss"),
            "log-scale",
            self.tr("Logarithmic scale of the loss: equal ways are equal factors."),
            checkable=True,
            size=16,
        )
        self.lower_curves = Choice(
            "train.lower",
            self.tr("Lower curves"),
            [("accuracy", self.tr("Accuracy")), ("lr", self.tr("Learning rate"))],
            self.tr(
                "What the lower plot shows: test accuracy, or the learning rate on a logarithmic "
                "scale."
            ),
        )
        self.lower_curves.setFixedWidth(17 * GRID)

        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(GRID)
        self._row.addWidget(self._name)
        self._row.addWidget(self._smoothing, 1)
        self._row.addWidget(self._amount)
        self._row.addWidget(self._log)

        self._smoothing.valueChanged.connect(self._slid)
        self.axis.changed.connect(self.changed)
        self.lower_curves.changed.connect(self.changed)
        self._log.toggled.connect(self.changed)
        self._say_amount()

    def add(self, widget: QWidget) -> None:
        """Put a control at the right end."""
        self._row.addWidget(widget)

    def view(self) -> View:
        """Return what has been chosen."""
        return View(
            axis=self.axis.value(),
            log=self._log.isChecked(),
            smoothing=self._smoothing.value() / 100,
            lower=self.lower_curves.value(),
        )

    def show_view(self, view: View) -> None:
        """Choose what is in a view."""
        with QSignalBlocker(self):
            self.axis.set_value(view.axis)
            self.lower_curves.set_value(view.lower)
            self._log.setChecked(view.log)
            self._smoothing.setValue(round(100 * view.smoothing))
        self.changed.emit()

    @Slot(int)
    def _slid(self, _value: int) -> None:
        self._say_amount()
        self.changed.emit()

    def _say_amount(self) -> None:
        value = self._smoothing.value()
        self._amount.setText(f"{value / 100:.2f}" if value else self.tr("off"))
