"""The window: the rail, one page at a time, and what holds for every page."""

import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QSettings, Qt, Slot
from PySide6.QtGui import QAction, QCloseEvent, QCursor, QKeySequence
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QMainWindow,
    QStackedWidget,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from explorer.drawing.palette import GRID
from explorer.ui import settings as memory
from explorer.ui.application import failures
from explorer.ui.icons import application_icon
from explorer.ui.rail import Rail
from explorer.ui.theme import theme
from explorer.ui.widgets.notice import Notice

if TYPE_CHECKING:
    # numpy must not be in the way of the first picture.
    from explorer.core.scene import LabState
    from explorer.training.checkpoint import Checkpoint

PageFactory = Callable[[str], QWidget]
"""Makes a page; gets the source of the digits, ``"bundled"`` or a folder."""


def _lab(data: str) -> QWidget:
    from explorer.ui.lab.page import LabPage

    return LabPage()


def _network(data: str) -> QWidget:
    from explorer.ui.network.page import NetworkPage

    return NetworkPage(data=data)


def _training(data: str) -> QWidget:
    # Imports pyqtgraph, which must not be in the way of the first picture.
    from explorer.ui.training.page import TrainingPage

    return TrainingPage(data=data)


PAGES: Mapping[str, PageFactory] = {"lab": _lab, "network": _network, "training": _training}
"""The pages from top to bottom; each is made when it is first shown."""


class MainWindow(QMainWindow):
    """The window of the application.

    A page is any widget. The window uses what it finds of these attributes:
    ``undo_stack`` (a `QUndoStack`, for Ctrl+Z and Ctrl+Shift+Z), ``shut_down()`` (called once at
    the end, must come back with no thread left running), ``lab_wanted`` (a signal with a
    `LabState`, which the Lab's ``open_state()`` gets), ``train_wanted`` (a signal with a network
    and weights, which the Training page's ``use_network()`` gets), ``page_wanted`` (a signal with
    the name of another page), ``go_back()`` (for Alt+Left) and ``remember_in(settings)`` (called
    once: what is to be there at the next start belongs into these `QSettings`).

    Parameters
    ----------
    pages : mapping of str to callable, optional
        Name and factory of each page; the names are those that `Rail` knows.
    data : str
        Source of the digits, given to the factories.
    page, theme_mode : str, optional
        The page and theme for this time, in place of the remembered ones.
    settings : QSettings, optional
        Where the state is remembered; the user's own settings if left out.
    """

    def __init__(
        self,
        pages: Mapping[str, PageFactory] = PAGES,
        data: str = "bundled",
        *,
        page: str | None = None,
        theme_mode: str | None = None,
        settings: QSettings | None = None,
    ) -> None:
        super().__init__()
        self._factories = dict(pages)
        self._data = data
        self._pages: dict[str, QWidget] = {}
        self._running: list[QWidget] = []
        self._settings = settings or QSettings()
        remembered = memory.read(self._settings, self._factories)
        theme.set_mode(theme_mode or remembered.theme)

        self.setObjectName("window")
        self.setWindowIcon(application_icon())
        self.rail = Rail(self._factories)
        self.stack = QStackedWidget()
        self.notice = Notice("window.notice", closable=True)

        self._message_line = QWidget()
        line = QVBoxLayout(self._message_line)
        line.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 0)
        line.addWidget(self.notice)
        self._message_line.hide()
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self._message_line)
        right.addWidget(self.stack, 1)
        central = QWidget()
        layout = QHBoxLayout(central)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.rail)
        layout.addLayout(right, 1)
        self.setCentralWidget(central)
        self.setMinimumSize(memory.fitting(memory.SMALLEST_SIZE))
        self._restore_place(remembered.place, remembered.maximized)

        self._add_actions()
        self.rail.chosen.connect(self.show_page)
        self.rail.theme_button.chosen.connect(self._choose_theme)
        self.notice.closed.connect(self._message_line.hide)
        failures.reported.connect(self.show_failure)
        app = QApplication.instance()
        assert app is not None
        app.aboutToQuit.connect(self._shut_down_pages)
        self.show_page(page or remembered.page or next(iter(self._factories)))

    def page(self, name: str) -> QWidget:
        """Return a page, made now if it was never shown.

        A page that cannot be made is replaced by a message, so that the others can be used.
        """
        if name not in self._pages:
            try:
                page = self._factories[name](self._data)
            except Exception as error:  # noqa: BLE001 - one page must not take the others along
                sys.excepthook(type(error), error, error.__traceback__)
                page = self._broken_page(name, error)
            page.setObjectName(f"page.{name}")
            lab_wanted = getattr(page, "lab_wanted", None)
            if lab_wanted is not None:
                lab_wanted.connect(self.open_in_lab)
            page_wanted = getattr(page, "page_wanted", None)
            if page_wanted is not None:
                page_wanted.connect(self._go_to)
            train_wanted = getattr(page, "train_wanted", None)
            if train_wanted is not None:
                train_wanted.connect(self.train)
            self._remind(page)
            self._pages[name] = page
            self._running.append(page)
            self.stack.addWidget(page)
        return self._pages[name]

    def _remind(self, page: QWidget) -> None:
        """Let a page be as it was; where it cannot, it is as at the very first start."""
        remember_in = getattr(page, "remember_in", None)
        if remember_in is not None:
            try:
                remember_in(self._settings)
            except Exception as error:  # noqa: BLE001 - or it would fail at every start
                sys.excepthook(type(error), error, error.__traceback__)

    def current_page(self) -> QWidget:
        """Return the page that is open."""
        return self._pages[self._current]

    @Slot(str)
    def show_page(self, name: str) -> None:
        """Open a page.

        Raises
        ------
        KeyError
            If there is no such page.
        """
        self.rail.select(name)
        if name not in self._pages:
            # The first time may take a moment; the rail answers before.
            self.rail.repaint()
        page = self.page(name)
        self.stack.setCurrentWidget(page)
        focused = QApplication.focusWidget()
        if focused is None or not self.rail.isAncestorOf(focused):
            # The page's own keys work at once; who tabs along the rail stays there.
            page.setFocus(Qt.FocusReason.OtherFocusReason)
        self._current = name
        self.setWindowTitle(self.rail.title(name))

    @Slot(object)
    def open_in_lab(self, state: "LabState") -> None:
        """Open the Lab with a state, as a step that can be undone there.

        From there one can go back to the page that is open now, which has asked for it.
        """
        if self._current != "lab":
            state = state.visited_from(self._current)
        self.show_page("lab")
        open_state = getattr(self.page("lab"), "open_state", None)
        if open_state is not None:  # not where the Lab itself could not be opened
            open_state(state)

    @Slot()
    def go_back(self) -> None:
        """Return to the page that what is shown has come from, where it has come from one."""
        go_back = getattr(self.current_page(), "go_back", None)
        if go_back is not None:
            go_back()

    @Slot(str)
    def _go_to(self, name: str) -> None:
        if name in self._factories:
            self.show_page(name)

    @Slot(str, object)
    def train(self, network: str, start: "Checkpoint | None") -> None:
        """Open the Training page with a network set, and weights to start from, if there are."""
        self.show_page("training")
        use_network = getattr(self.page("training"), "use_network", None)
        if use_network is not None:  # not where the page itself could not be opened
            use_network(network, start)

    @Slot(str)
    def show_failure(self, reason: str) -> None:
        """Tell the user about an error that nobody has handled."""
        text = self.tr(
            "Something went wrong: {reason}. You can go on; the terminal has the details."
        )
        self.notice.show_message("error", text.format(reason=reason.rstrip(".")))
        self._message_line.show()

    @Slot()
    def explain(self) -> None:
        """Show what the control under the pointer, or else the one with the keyboard, is for."""
        position = QCursor.pos()
        pointed = QApplication.widgetAt(position)
        text = _explanation(pointed)
        focused = QApplication.focusWidget()
        if not text and focused is not None:
            text = _explanation(focused)
            if text:
                position = focused.mapToGlobal(QPoint(0, focused.height()))
        if not text:
            text = self.tr("Point at a control and press F1 to read what it does.")
        QToolTip.showText(position, text, self, QRect(), 20_000)

    @Slot()
    def undo(self) -> None:
        """Take back the last edit of the page that is open."""
        stack = getattr(self.current_page(), "undo_stack", None)
        if stack is not None:
            stack.undo()

    @Slot()
    def redo(self) -> None:
        """Do again what was taken back."""
        stack = getattr(self.current_page(), "undo_stack", None)
        if stack is not None:
            stack.redo()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the state and end what the pages have running."""
        memory.remember_window(
            self._settings, self._current, self.normalGeometry(), self.isMaximized()
        )
        self._settings.sync()
        # Out of sight at once, for what is being loaded cannot be cut short.
        self.hide()
        self._shut_down_pages()
        event.accept()

    def _add_actions(self) -> None:
        keys = QKeySequence.StandardKey
        for name, text, shortcuts, slot in (
            ("undo", self.tr("Undo"), [QKeySequence(keys.Undo)], self.undo),
            (
                "redo",
                self.tr("Redo"),
                [QKeySequence("Ctrl+Shift+Z"), QKeySequence("Ctrl+Y")],
                self.redo,
            ),
            ("explain", self.tr("Explain"), [QKeySequence("F1")], self.explain),
            ("back", self.tr("Back"), [QKeySequence("Alt+Left")], self.go_back),
        ):
            action = QAction(text, self)
            action.setObjectName(f"action.{name}")
            action.setShortcuts(shortcuts)
            action.triggered.connect(slot)
            self.addAction(action)
        for number, name in enumerate(self._factories, 1):
            action = QAction(self.rail.title(name), self)
            action.setShortcut(QKeySequence(f"Ctrl+{number}"))
            action.setData(name)
            action.triggered.connect(self._go)
            self.addAction(action)

    def _restore_place(self, place: QRect | None, maximized: bool) -> None:
        if place is not None:
            self.setGeometry(place)
        else:
            self.resize(memory.fitting(memory.DEFAULT_SIZE))
        if maximized:
            self.setWindowState(Qt.WindowState.WindowMaximized)

    def _broken_page(self, name: str, error: Exception) -> QWidget:
        page = QWidget()
        notice = Notice(f"page.{name}.notice")
        layout = QVBoxLayout(page)
        layout.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 3 * GRID)
        layout.addWidget(notice)
        layout.addStretch(1)
        text = self.tr("This page could not be opened: {reason}.")
        notice.show_message("error", text.format(reason=str(error).rstrip(".")))
        return page

    @Slot()
    def _go(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        self.show_page(action.data())

    @Slot(str)
    def _choose_theme(self, mode: str) -> None:
        theme.set_mode(mode)
        memory.remember_theme(self._settings, mode)

    @Slot()
    def _shut_down_pages(self) -> None:
        """End every page once, whichever way the application comes to its end."""
        while self._running:
            shut_down = getattr(self._running.pop(), "shut_down", None)
            if shut_down is None:
                continue
            try:
                shut_down()
            except Exception as error:  # noqa: BLE001 - the window closes whatever happens
                sys.excepthook(type(error), error, error.__traceback__)


def _explanation(widget: QWidget | None) -> str:
    """Return what `widget` or the nearest one around it says about itself, or an empty text."""
    while widget is not None:
        text = widget.whatsThis() or widget.toolTip()
        if text:
            return text
        widget = widget.parentWidget()
    return ""
