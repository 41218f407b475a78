"""Lets the Tab key follow the layout, whatever order the controls were made in."""

from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLayout, QScrollArea, QWidget


def follow_layout(root: QWidget) -> None:
    """Set the tab order of all controls within `root` from top to bottom, left to right."""
    layout = root.layout()
    if layout is not None:
        for before, after in pairwise(_controls(layout)):
            QWidget.setTabOrder(before, after)


def _controls(layout: QLayout) -> list[QWidget]:
    found: list[QWidget] = []
    for index in range(layout.count()):
        item = layout.itemAt(index)
        assert item is not None
        widget = item.widget()
        if isinstance(widget, QScrollArea):
            widget = widget.widget()
        inner = item.layout() if widget is None else widget.layout()
        if inner is not None:
            found += _controls(inner)
        elif widget is not None and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            found.append(widget)
    return found
