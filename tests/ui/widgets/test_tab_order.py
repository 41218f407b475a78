"""The Tab key follows the layout."""

from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from explorer.ui.widgets.tab_order import follow_layout


def test_tab_goes_from_top_to_bottom_and_left_to_right_into_what_scrolls(qtbot: QtBot):
    root = QWidget()
    qtbot.addWidget(root)
    last, third, second, first = (QLineEdit() for _ in range(4))
    row = QHBoxLayout()
    row.addWidget(second)
    row.addWidget(third)
    group = QWidget()
    QVBoxLayout(group).addWidget(last)
    scrolled = QScrollArea()
    scrolled.setWidget(group)
    layout = QVBoxLayout(root)
    layout.addWidget(first)
    layout.addWidget(QLabel("not a control"))
    layout.addLayout(row)
    layout.addWidget(scrolled)
    follow_layout(root)
    widget: QWidget | None = first
    order = []
    for _ in range(8):
        if isinstance(widget, QLineEdit):
            order.append(widget)
        assert widget is not None
        widget = widget.nextInFocusChain()
    assert order[:4] == [first, second, third, last]
