"""What is in a layout, and how to take it out, so that PySide hears of it.

Qt deletes the item of a widget that moves to another layout or goes, and PySide does not notice:
the Python object of the item stays. Whatever is made at the same address later, an entry of a list
or of an undo stack, then has two Python objects, and deleting it crashes. Such objects come from
``itemAt()``, which nothing here calls, and from ``addLayout()`` with a layout that is not empty.
"""

from PySide6.QtWidgets import QLayout, QWidget


def inner_layouts(layout: QLayout) -> list[QLayout]:
    """Return the layouts directly in a layout, in its order."""
    found = [child for child in layout.children() if isinstance(child, QLayout)]
    return sorted(found, key=layout.indexOf)


def contents(layout: QLayout) -> list[QLayout | QWidget]:
    """Return the layouts and widgets directly in a layout, in its order."""
    found: list[QLayout | QWidget] = list(inner_layouts(layout))
    if (host := layout.parentWidget()) is not None:
        widgets = (child for child in host.children() if isinstance(child, QWidget))
        found += (widget for widget in widgets if layout.indexOf(widget) >= 0)
    return sorted(found, key=layout.indexOf)


def holder(widget: QWidget) -> QLayout | None:
    """Return the layout that a widget is in."""
    parent = widget.parentWidget()
    waiting = [] if parent is None or (layout := parent.layout()) is None else [layout]
    while waiting:
        layout = waiting.pop()
        if layout.indexOf(widget) >= 0:
            return layout
        waiting += inner_layouts(layout)
    return None


def take_out(widget: QWidget) -> None:
    """Take a widget out of its layout, which is to be done before it goes or moves to another."""
    if (layout := holder(widget)) is not None:
        layout.removeWidget(widget)
