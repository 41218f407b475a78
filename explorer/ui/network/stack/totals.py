"""What the whole network comes to: below the list of its layers."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from explorer.core.network.state import NetworkState
from explorer.drawing.palette import GRID
from explorer.ui.network import words
from explorer.ui.theme import theme
from explorer.ui.widgets.help import set_help
from explorer.ui.widgets.label import Label

LINE = 20


class Totals(QWidget):
    """Four names and their numbers."""

    broken_wanted = Signal()
    """The user wants to see the layer that does not fit."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._output = self._value("output")
        self._broken = QPushButton()
        self._broken.setObjectName("network.broken")
        self._broken.setProperty("kind", "warning")
        self._broken.setFixedHeight(LINE)
        self._broken.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._parameters = self._value("parameters")
        self._multiply_adds = self._value("multiply_adds")
        self._memory = self._value("memory")

        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, GRID, 0, 0)
        self._column.setSpacing(0)
        output = self._line(
            self._output, self.tr("Output"), self.tr("The shape of what comes out at the end.")
        )
        output.addWidget(self._broken)
        self._line(
            self._parameters,
            self.tr("Parameters"),
            self.tr("All weights and biases: what is learned."),
        )
        self._line(
            self._multiply_adds,
            self.tr("Multiply-adds"),
            self.tr(
                "What is computed for one picture: one multiplication with its addition is one."
            ),
        )
        self._line(
            self._memory,
            self.tr("Activations"),
            self.tr(
                "The memory of all outputs for one picture, 4 bytes a number. Training keeps them "
                "until the gradient has come back, for every picture of the batch."
            ),
        )

        self._broken.clicked.connect(self.broken_wanted)

    def show_state(self, state: NetworkState) -> None:
        """Show the sums; those of a network that breaks reach as far as something flows."""
        total = state.total
        self._output.setHidden(total.output is None)
        self._broken.setHidden(total.output is not None)
        if total.output is not None:
            self._output.setText(words.shape(total.output))
        elif state.broken is not None:
            text = self.tr("breaks at {layer}").format(layer=state.network.names[state.broken])
            self._broken.setText(text)
            self._broken.setAccessibleName(text)
        self._parameters.setText(f"{total.parameters:,}")
        self._multiply_adds.setText(f"{total.multiply_adds:,}")
        self._memory.setText(words.size(total.activation_bytes))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a line above."""
        painter = QPainter(self)
        painter.fillRect(0, 0, self.contentsRect().width(), 1, QColor(theme.current().border))
        painter.end()

    def _value(self, name: str) -> Label:
        label = Label()
        label.setObjectName(f"network.total.{name}")
        label.setFixedHeight(LINE)
        return label

    def _line(self, value: Label, name: str, explanation: str) -> QHBoxLayout:
        title = Label(name, "muted")
        value.setAccessibleName(name)
        set_help(explanation, title, value)
        line = QHBoxLayout()
        line.setSpacing(GRID // 2)
        line.addWidget(title)
        line.addStretch(1)
        line.addWidget(value)
        self._column.addLayout(line)
        return line
