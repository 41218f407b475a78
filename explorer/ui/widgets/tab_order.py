"""Lets the Tab key follow the layout, whatever order the controls were made in."""

from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLayout, QScrollArea, QWidget

from explorer.ui.widgets.layouts import contents


def follow_layout(root: QWidget) -> None:
    """Set the tab order of all controls within `root` from top to bottom, left to right."""
    layout = root.layout()
    if layout is not None:
        for before, after in pairwise(_controls(layout)):
            QWidget.setTabOrder(before, after)


def _controls(layout: QLayout) -> list[QWidget]:
    found: list[QWidget] = []
    for part in contents(layout):
        inside = part.widget() if isinstance(part, QScrollArea) else part
        inner = inside if isinstance(inside, QLayout | None) else inside.layout()
        if inner is not None:
            found += _controls(inner)
        elif isinstance(inside, QWidget) and inside.focusPolicy() & Qt.FocusPolicy.TabFocus:
            found.append(inside)
    return found
