"""A parameter with a height and a width, which move together until they are unlinked."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from explorer.drawing.palette import GRID
from explorer.ui.icons import icon
from explorer.ui.widgets.buttons import tool_button
from explorer.ui.widgets.help import set_help
from explorer.ui.widgets.label import Label
from explorer.ui.widgets.number_row import ParameterRow

Pair = tuple[int, int]


class PairRow(QWidget):
    """Two `ParameterRow`s under one heading, ``<name>.h`` and ``<name>.w``, and ``<name>.link``.

    While linked only one line is shown and both numbers are the same.

    Parameters
    ----------
    name : str
        Stem of the object names.
    label : str
        The heading.
    minimum, maximum : int or (int, int)
        The bounds, both included, of (height, width).
    explanation, hue : str
        As in `ParameterRow`.
    note : str
        A few words beside the heading.
    """

    changed = Signal(int, int)
    """The new (height, width), when the user has changed one or both."""

    linked_changed = Signal(bool)
    """Whether both move together, when the user has changed it."""

    def __init__(
        self,
        name: str,
        label: str,
        minimum: int | Pair,
        maximum: int | Pair,
        explanation: str = "",
        hue: str = "",
        *,
        note: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        low, high = _pair(minimum), _pair(maximum)
        self._wants_link = True
        self.label = QLabel(label)
        self.link = tool_button(
            f"{name}.link",
            self.tr("{label}: link height and width").format(label=label),
            "link",
            checkable=True,
            size=16,
        )
        self.link.setProperty("kind", "quiet")
        spoken = (self.tr("{label}, height"), self.tr("{label}, width"))
        self.h, self.w = (
            ParameterRow(
                f"{name}.{axis}",
                axis,
                low[index],
                high[index],
                hue=hue,
                accessible_name=spoken[index].format(label=label),
                label_width=4 * GRID,
            )
            for index, axis in enumerate("hw")
        )
        for row in (self.h, self.w):
            row.label.setProperty("role", "muted")
        self.set_help(explanation)

        self._heading = QHBoxLayout()
        self._heading.setSpacing(GRID)
        self._heading.addWidget(self.label)
        if note:
            self._heading.addWidget(Label(note, "caption"))
        self._heading.addStretch(1)
        self._heading.addWidget(self.link)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID // 2)
        layout.addLayout(self._heading)
        layout.addWidget(self.h)
        layout.addWidget(self.w)

        self.h.changed.connect(self._h_moved)
        self.w.changed.connect(self._w_moved)
        self.link.clicked.connect(self._link_clicked)
        self.set_linked(True)

    def value(self) -> Pair:
        """Return (height, width)."""
        return self.h.value(), self.w.value()

    def set_value(self, value: Pair) -> None:
        """Show (height, width) without a signal.

        Unequal numbers undo the link; it comes back with equal ones unless the user undid it.
        """
        self.h.set_value(value[0])
        self.w.set_value(value[1])
        linked = self._wants_link and self.h.value() == self.w.value()
        if linked != self.linked():
            self.set_linked(linked)

    def add_to_heading(self, widget: QWidget) -> None:
        """Put a control between the heading and the link."""
        self._heading.insertWidget(self._heading.count() - 1, widget, 100)

    def set_range(self, minimum: int | Pair, maximum: int | Pair, typed: int | None = None) -> None:
        """Set the bounds without a signal, as in `ParameterRow`."""
        for row, low, high in zip((self.h, self.w), _pair(minimum), _pair(maximum), strict=True):
            row.set_range(low, high, typed)
        self.set_value(self.value())

    def set_help(self, text: str) -> None:
        """Set the explanation of the heading and both lines."""
        set_help(text, self.label)
        self.h.set_help(text)
        self.w.set_help(text)

    def linked(self) -> bool:
        """Return whether both move together."""
        return self.link.isChecked()

    def set_linked(self, linked: bool) -> None:
        """Link or unlink without a signal and without a change of the numbers."""
        self.link.setChecked(linked)
        self.link.setIcon(icon("link" if linked else "unlink", "muted"))
        self.h.label.setText("h, w" if linked else "h")
        self.w.setHidden(linked)
        state = (
            self.tr("Height and width move together. Press to set each of them.")
            if linked
            else self.tr("Height and width are set apart. Press to make them the same.")
        )
        set_help(state, self.link)

    @Slot(int)
    def _h_moved(self, value: int) -> None:
        if self.linked():
            self._set_both(value)
        self.changed.emit(*self.value())

    @Slot(int)
    def _w_moved(self, value: int) -> None:
        if self.linked():
            self._set_both(value)
        self.changed.emit(*self.value())

    @Slot(bool)
    def _link_clicked(self, linked: bool) -> None:
        before = self.value()
        self._wants_link = linked
        self.set_linked(linked)
        if linked:
            self._set_both(before[0])
        self.linked_changed.emit(linked)
        if self.value() != before:
            self.changed.emit(*self.value())

    def _set_both(self, value: int) -> None:
        """Set both to the number next to `value` that either may have."""
        low = max(self.h.box.minimum(), self.w.box.minimum())
        high = min(self.h.box.maximum(), self.w.box.maximum())
        shared = max(low, min(value, high))
        self.h.set_value(shared)
        self.w.set_value(shared)


def _pair(bound: int | Pair) -> Pair:
    return (bound, bound) if isinstance(bound, int) else bound
