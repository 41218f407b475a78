"""The table of layers: what it says, and clicking and walking along its rows."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from explorer.core.network import edits
from explorer.core.network.presets import PRESETS
from explorer.core.network.stack import Network
from explorer.core.network.state import NetworkState
from explorer.ui.application import create_application
from explorer.ui.network.document import NetworkDocument
from explorer.ui.network.table import NetworkTable
from explorer.ui.network.table_foot import TableFoot
from explorer.ui.network.table_model import COLUMNS
from explorer.ui.network.table_view import LayerTableView
from explorer.ui.theme import theme
from tests.ui.hand import LEFT

# Said offscreen of windows with a smallest size.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


class TableHand:
    """Clicks on rows and reads cells."""

    def __init__(self, table: NetworkTable, document: NetworkDocument) -> None:
        self.table, self.document = table, document
        view = table.findChild(LayerTableView, "network.table")
        assert isinstance(view, LayerTableView)
        self.view = view

    @property
    def state(self) -> NetworkState:
        return self.document.state

    def cells(self, row: int) -> list[str]:
        model = self.view.model()
        return [model.index(row, column).data() for column in range(model.columnCount())]

    def colour(self, row: int) -> str:
        found: QColor = self.view.model().index(row, 0).data(Qt.ItemDataRole.ForegroundRole)
        return found.name()

    def titles(self) -> list[str]:
        model = self.view.model()
        return [model.headerData(i, Qt.Orientation.Horizontal) for i in range(len(COLUMNS))]

    def tip(self, name: str) -> str:
        across, role = Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole
        return str(self.view.model().headerData(COLUMNS.index(name), across, role))

    def total(self) -> tuple[str, ...]:
        foot = self.table.findChild(TableFoot)
        assert isinstance(foot, TableFoot)
        row = foot.row()
        assert row is not None
        return row.cells

    def click(self, row: int) -> None:
        place = self.view.visualRect(self.view.model().index(row, 1)).center()
        QTest.mouseClick(self.view.viewport(), LEFT, pos=place)

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier | None = None) -> None:
        QTest.keyClick(self.view, key, modifiers or Qt.KeyboardModifier.NoModifier)

    @property
    def highlighted(self) -> list[int]:
        return [index.row() for index in self.view.selectionModel().selectedRows()]


Open = Callable[..., TableHand]


@pytest.fixture
def open_table(qapp: QApplication, qtbot: QtBot) -> Iterator[Open]:
    """A function that shows the table of a network and gives a hand at it."""
    create_application([])
    documents: list[NetworkDocument] = []

    def show(network: str | Network, width: int = 800, height: int = 400) -> TableHand:
        preset = PRESETS[network] if isinstance(network, str) else PRESETS["classic"]
        layers = preset.network if isinstance(network, str) else network
        document = NetworkDocument(NetworkState(layers, np.zeros(preset.input, np.uint8)))
        documents.append(document)
        table = NetworkTable(document)
        qtbot.addWidget(table)
        table.resize(width, height)
        with qtbot.waitActive(table):
            table.show()
            table.activateWindow()
        return TableHand(table, document)

    yield show
    for document in documents:
        document.shut_down()
    theme.set_mode("system")


@pytest.fixture
def hand(open_table: Open) -> TableHand:
    """Return a hand at the table of the classic network."""
    return open_table("classic")


def test_each_layer_is_a_row(hand: TableHand):
    assert hand.titles()[:4] == ["Layer", "Output", "Parameters", "Multiply-adds"]
    assert hand.cells(0) == ["conv1", "10 × 24 × 24", "260", "144,000", "23 kB", "5", "1", "2"]
    assert hand.cells(3)[5:] == ["14", "2", "6½"]
    assert hand.total()[:5] == ("Total", "10", "21,840", "480,500", "65.1 kB")


def test_a_linear_layer_sees_everything(hand: TableHand):
    assert hand.cells(7) == ["fc1", "50", "16,050", "16,000", "200 B", "28", "0", "13½"]


def test_every_heading_explains_itself_with_its_formula(hand: TableHand):
    assert all(hand.tip(name) for name in COLUMNS)
    assert "(extent − 1) · jump" in hand.tip("field") and "jump · stride" in hand.tip("jump")


def test_a_click_chooses_a_layer_and_another_lets_it_go(hand: TableHand):
    hand.click(3)
    assert hand.state.chosen == 3 and hand.highlighted == [3]
    hand.click(3)
    assert hand.document.state.chosen is None
    assert hand.highlighted == []


def test_the_keyboard_goes_along_the_rows(hand: TableHand):
    hand.click(3)
    hand.key(Qt.Key.Key_Down)
    assert hand.state.chosen == 4
    hand.key(Qt.Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
    assert hand.state.chosen == 0 and hand.highlighted == [0]


def test_a_layer_chosen_elsewhere_is_highlighted_and_in_sight(open_table: Open):
    hand = open_table("vgg11", height=150)
    hand.document.look(chosen=20)
    assert hand.highlighted == [20]
    place = hand.view.visualRect(hand.view.model().index(20, 0))
    assert hand.view.viewport().rect().contains(place.center())
    hand.document.look(chosen=None)
    assert hand.highlighted == []


def test_behind_a_break_everything_is_greyed_and_still_there(hand: TableHand):
    hand.document.edit("Kernel", edits.with_parameter, 3, "kernel_size", (3, 3))
    assert hand.cells(7)[:3] == ["fc1", "does not fit", "16,050"]
    assert hand.cells(8)[:2] == ["relu3", "waits"]
    colours = theme.current()
    assert [hand.colour(i) for i in (6, 7, 8)] == [colours.text, colours.warning, colours.muted]
    assert hand.total()[1] == "–"
    hand.document.undo_stack.undo()
    assert hand.cells(8)[1] == "50"


def test_rows_come_and_go_with_the_layers(hand: TableHand):
    hand.document.edit("Add", edits.inserted, 1, "BatchNorm2d")
    assert hand.view.model().rowCount() == 12 and hand.highlighted == [1]
    assert hand.cells(1)[0] == "norm"
    hand.document.edit("Network", edits.with_network, Network(()))
    assert hand.view.model().rowCount() == 0
    assert hand.total()[:3] == ("Total", "1 × 28 × 28", "0")


def test_where_there_is_little_room_titles_and_numbers_are_short(open_table: Open):
    hand = open_table("classic")
    hand.table.resize(380, 200)
    QApplication.processEvents()
    assert hand.titles()[2:4] == ["Params", "MACs"]
    assert hand.cells(0)[2:4] == ["260", "144 k"]
    assert hand.view.model().index(0, 3).data(Qt.ItemDataRole.ToolTipRole) == "144,000"
    hand.table.resize(900, 200)
    QApplication.processEvents()
    assert hand.titles()[2:4] == ["Parameters", "Multiply-adds"]
    assert hand.cells(0)[3] == "144,000"
    assert hand.view.horizontalScrollBar().maximum() == 0


def test_columns_do_not_shrink_while_numbers_change(hand: TableHand):
    def widths() -> list[int]:
        return [hand.view.columnWidth(i) for i in range(len(COLUMNS))]

    before = widths()
    for channels in (9, 8, 7):
        hand.document.edit("Channels", edits.with_parameter, 0, "out_channels", channels)
    assert widths() == before


def test_the_table_is_copied_for_a_spreadsheet(hand: TableHand):
    hand.view.setFocus()
    hand.key(Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert len(lines) == 13
    assert lines[0].split("\t")[3] == "Multiply-adds"
    assert lines[4].startswith("conv2\t20 × 8 × 8\t5020\t320000\t")
    assert lines[4].endswith("\t5120\t14\t2\t6.5")
    assert lines[-1].split("\t")[:4] == ["Total", "10", "21840", "480500"]


def test_the_sums_are_said_to_a_screen_reader(hand: TableHand):
    foot = hand.table.findChild(QWidget, "network.table.total")
    assert isinstance(foot, QWidget)
    assert foot.accessibleName() == "Total, 10, 21,840, 480,500, 65.1 kB"


def test_it_is_painted_in_both_themes(hand: TableHand):
    hand.click(1)
    seen = []
    for mode in ("light", "dark"):
        theme.set_mode(mode)
        picture = hand.table.grab().toImage()
        seen.append(picture.pixelColor(QPoint(picture.width() // 2, 50)).name())
    assert seen[0] != seen[1]
