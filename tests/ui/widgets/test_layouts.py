"""What is in a layout, and that PySide hears when it is taken out, for else it has crashed."""

import pytest
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLayoutItem,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot
from shiboken6 import delete, getAllValidWrappers

from explorer.core.layers import Conv2d, MaxPool2d
from explorer.ui.widgets.layouts import contents, holder, inner_layouts, take_out
from explorer.ui.widgets.parameter_rows import ParameterRows
from explorer.ui.widgets.tab_order import follow_layout
from tests.leaks import forgotten_items, settle


class Nested(QWidget):
    """A column with a widget, a row of two, space, a group with one, and a grid; made in a mess."""

    def __init__(self) -> None:
        super().__init__()
        self.last, self.group, self.right = QLabel(), QWidget(), QLineEdit()
        self.inside, self.first, self.left = QLineEdit(), QLineEdit(), QLineEdit()
        self.grid, self.row = QGridLayout(), QHBoxLayout()
        self.row.addWidget(self.left)
        self.row.addWidget(self.right)
        QVBoxLayout(self.group).addWidget(self.inside)
        self.grid.addWidget(self.last, 1, 1)
        self.column = QVBoxLayout(self)
        self.column.addWidget(self.first)
        self.column.addLayout(self.row)
        self.column.addStretch(1)
        self.column.addWidget(self.group)
        self.column.addLayout(self.grid)


@pytest.fixture
def nested(qtbot: QtBot) -> Nested:
    made = Nested()
    qtbot.addWidget(made)
    return made


def items() -> set[int]:
    """Return the identities of all items with a Python object that are no layouts."""
    every = getAllValidWrappers()
    return {id(it) for it in every if isinstance(it, QLayoutItem) and not isinstance(it, QLayout)}


def test_contents_are_in_the_order_of_the_layout(nested: Nested):
    assert contents(nested.column) == [nested.first, nested.row, nested.group, nested.grid]
    assert contents(nested.row) == [nested.left, nested.right]
    assert contents(nested.grid) == [nested.last]
    assert inner_layouts(nested.column) == [nested.row, nested.grid]
    assert contents(QVBoxLayout()) == []


def test_the_holder_of_a_widget_is_its_own_layout(nested: Nested):
    assert holder(nested.first) is nested.column
    assert holder(nested.right) is nested.row
    assert holder(nested.inside) is nested.group.layout()
    nested.row.removeWidget(nested.right)
    assert holder(nested.right) is None and holder(nested) is None


def test_to_look_around_makes_no_python_objects_for_items(nested: Nested):
    before = items()
    contents(nested.column)
    holder(nested.right)
    follow_layout(nested)
    assert items() == before


def test_what_was_taken_out_may_go_elsewhere(nested: Nested):
    take_out(nested.right)
    nested.column.addWidget(nested.right)
    take_out(nested.left)
    take_out(nested.left)
    delete(nested.left)
    assert contents(nested.row) == []
    assert contents(nested.column)[-1] is nested.right
    assert forgotten_items() == []


def test_rows_for_another_kind_leave_nothing_behind(qtbot: QtBot):
    rows = ParameterRows()
    qtbot.addWidget(rows)
    rows.set_kind(Conv2d)
    follow_layout(rows)
    rows.set_kind(MaxPool2d)
    settle()
    follow_layout(rows)
    assert forgotten_items() == []
