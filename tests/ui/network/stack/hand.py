"""A hand at the list of layers."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from explorer.core.layers import Module
from explorer.core.network.state import NetworkState
from explorer.ui.network.document import NetworkDocument
from explorer.ui.network.stack.layer_row import LayerRow
from explorer.ui.network.stack.lines import Line
from explorer.ui.network.stack.panel import StackPanel
from tests.ui.hand import LEFT, Hand


class StackHand(Hand):
    """Chooses, drags and changes layers, and reads their rows."""

    def __init__(self, panel: StackPanel, document: NetworkDocument) -> None:
        super().__init__(panel)
        self.panel, self.document = panel, document

    @property
    def state(self) -> NetworkState:
        return self.document.state

    @property
    def names(self) -> list[str]:
        return [type(layer).__name__ for layer in self.state.network.layers]

    def layer(self, place: int) -> Module:
        return self.state.network.layers[place]

    def row(self, place: int) -> LayerRow:
        return self.find(LayerRow, f"network.layer.{place}")

    def line(self, place: int) -> Line:
        line = self.row(place).line()
        assert line is not None
        return line

    def rows(self) -> list[LayerRow]:
        """Return all rows from top to bottom, as they are seen."""
        found = [row for row in self.panel.findChildren(LayerRow) if row.isVisible()]
        return sorted(found, key=lambda row: row.y())

    def choose_layer(self, place: int) -> None:
        row = self.row(place)
        QTest.mouseClick(row, LEFT, pos=row.rect().center())
        self.settle()

    def settle(self) -> None:
        """Let every layout, and what scrolls when it is known, come to rest."""
        for _ in range(4):
            QApplication.processEvents()

    def sees(self, name: str) -> bool:
        """Tell whether a control of that name is there to be seen."""
        found = self.panel.findChildren(QWidget, name)
        return any(widget.isVisible() for widget in found)

    def key(self, key: Qt.Key, *modifiers: Qt.KeyboardModifier) -> None:
        """Press a key wherever the keyboard is."""
        all_of_them = Qt.KeyboardModifier.NoModifier
        for modifier in modifiers:
            all_of_them |= modifier
        widget = QApplication.focusWidget()
        assert widget is not None
        QTest.keyClick(widget, key, all_of_them)

    @property
    def focus(self) -> str:
        widget = QApplication.focusWidget()
        return "" if widget is None else widget.objectName()

    def add(self, group: str, kind: str) -> None:
        """Open the menu, go to a group and click on a kind of layer."""
        self.click("network.add")
        menu = self.find(QMenu, "network.add.menu")
        (inner,) = (m for m in menu.findChildren(QMenu) if m.objectName() == f"network.add.{group}")
        _click(menu, inner.menuAction())
        (action,) = (a for a in inner.actions() if a.text() == kind)
        _click(inner, action)
        self.settle()
        assert not menu.isVisible()

    def take(self, place: int, to: QPoint) -> LayerRow:
        """Press a row and move the pointer to a point of the list, without letting go."""
        row = self.row(place)
        QTest.mousePress(row, LEFT, pos=row.rect().center())
        where = row.mapFrom(self.panel, to)
        QTest.mouseMove(row, row.rect().center() + QPoint(0, 4))
        QTest.mouseMove(row, (row.rect().center() + where) / 2)
        QTest.mouseMove(row, where)
        return row

    def above(self, place: int) -> QPoint:
        """Return a point of the panel in the upper half of a row."""
        row = self.row(place)
        return row.mapTo(self.panel, QPoint(row.width() // 2, row.height() // 4))

    def below(self, place: int) -> QPoint:
        """Return a point of the panel in the lower half of a row."""
        row = self.row(place)
        return row.mapTo(self.panel, QPoint(row.width() // 2, row.height() * 3 // 4))

    def drag(self, place: int, to: QPoint) -> None:
        """Take a row to a point of the panel and let go."""
        row = self.take(place, to)
        QTest.mouseRelease(row, LEFT, pos=row.mapFrom(self.panel, to))
        self.settle()


def _click(menu: QMenu, action: QAction) -> None:
    place = menu.actionGeometry(action).center()
    QTest.mouseMove(menu, place)
    QTest.mouseClick(menu, LEFT, pos=place)
