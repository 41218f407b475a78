"""Keeps what one works with under the pointer while others come, go and change their height."""

from PySide6.QtCore import QEvent, QObject, Signal, Slot
from PySide6.QtWidgets import QApplication, QScrollBar, QWidget


class Content(QWidget):
    """The content of a scroll area; tells when everything in it has its place."""

    laid_out = Signal()

    def event(self, event: QEvent) -> bool:
        """Tell of a new layout: the scroll area has heard of it by then."""
        result = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self.laid_out.emit()
        return result


class Steady(QObject):
    """Scrolls along when something above has changed.

    Parameters
    ----------
    content, bar
        What scrolls, and the scroll bar for it.
    watched
        A part of it that stays where it is while the keyboard is in it.
    """

    def __init__(self, content: Content, bar: QScrollBar, watched: QWidget) -> None:
        super().__init__(content)
        self._bar, self._watched = bar, watched
        self._top = 0
        """How far below the upper edge the watched part is to be."""
        self._held: tuple[QWidget, int] | None = None
        """What stays for once, likewise."""
        self._is_scrolling = False

        watched.installEventFilter(self)
        content.laid_out.connect(self._follow)
        bar.rangeChanged.connect(self._follow)
        bar.valueChanged.connect(self._on_scrolled)

    def hold(self, widget: QWidget) -> None:
        """Keep a part of the content where it is in the next layout."""
        self._held = widget, widget.y() - self._bar.value()

    def has_keyboard(self) -> bool:
        """Tell whether the keyboard is in the watched part."""
        focus = QApplication.focusWidget()
        return focus is not None and self._watched.isAncestorOf(focus)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow at once where the watched part has been moved."""
        if event.type() == QEvent.Type.Move and self._held is None:
            self._follow()
        return super().eventFilter(watched, event)

    @Slot()
    def _follow(self) -> None:
        if self._held is not None:
            widget, top = self._held
            self._scroll(widget.y() - top)
            self._held = None
        if self.has_keyboard():
            # The range may not have grown yet: then there will be another time.
            self._scroll(self._watched.y() - self._top)
        else:
            self._on_scrolled()

    def _scroll(self, value: int) -> None:
        self._is_scrolling = True
        self._bar.setValue(value)
        self._is_scrolling = False

    @Slot()
    def _on_scrolled(self) -> None:
        if not self._is_scrolling:
            self._top = self._watched.y() - self._bar.value()
