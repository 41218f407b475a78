"""What the window remembers from one start to the next.

Everything that is read is checked: the file may be damaged, or written by another version.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

from PySide6.QtCore import QRect, QSettings, QSize
from PySide6.QtGui import QGuiApplication

from explorer.ui.theme import MODES

DEFAULT_SIZE = QSize(1280, 800)
SMALLEST_SIZE = QSize(1024, 700)

_PLACE = "window/place"
_MAXIMIZED = "window/maximized"
_PAGE = "window/page"
_THEME = "window/theme"


@dataclass(frozen=True)
class Remembered:
    """The state of the window at its last end.

    Attributes
    ----------
    page : str or None
        Name of the page that was open, None if there is no such page now.
    theme : str
        One of `explorer.ui.theme.MODES`.
    place : QRect or None
        Where the window was, without its frame; None if it was nowhere on today's screens.
    maximized : bool
        Whether it filled the screen.
    """

    page: str | None = None
    theme: str = "system"
    place: QRect | None = None
    maximized: bool = False


def read(settings: QSettings, pages: Collection[str]) -> Remembered:
    """Return what `settings` hold, with the default for everything missing or damaged."""
    page = _string(settings, _PAGE)
    theme = _string(settings, _THEME)
    return Remembered(
        page=page if page in pages else None,
        theme=theme if theme in MODES else "system",
        place=_place(_string(settings, _PLACE)),
        maximized=_string(settings, _MAXIMIZED) == "true",
    )


def remember_window(settings: QSettings, page: str, place: QRect, maximized: bool) -> None:
    """Keep the page and the place of the window."""
    settings.setValue(_PAGE, page)
    settings.setValue(_PLACE, f"{place.x()} {place.y()} {place.width()} {place.height()}")
    settings.setValue(_MAXIMIZED, "true" if maximized else "false")


def remember_theme(settings: QSettings, mode: str) -> None:
    """Keep the user's choice of theme."""
    settings.setValue(_THEME, mode)


def fitting(size: QSize) -> QSize:
    """Return `size`, made smaller where the screen is."""
    screen = QGuiApplication.primaryScreen()
    return size.boundedTo(screen.availableSize()) if screen else size


def _string(settings: QSettings, key: str) -> str:
    value = settings.value(key)
    return value if isinstance(value, str) else ""


def _place(text: str) -> QRect | None:
    # Five digits hold any screen and keep a damaged number within Qt's integers.
    match = re.fullmatch(r"(-?\d{1,5}) (-?\d{1,5}) (\d{1,5}) (\d{1,5})", text, re.ASCII)
    if match is None:
        return None
    place = QRect(*(int(number) for number in match.groups()))
    # Enough of the upper edge has to be in reach to drag the window by it.
    edge = QRect(place.x(), place.y(), place.width(), 32)
    for screen in QGuiApplication.screens():
        seen = screen.availableGeometry().intersected(edge)
        if seen.width() >= 160 and seen.height() >= 16:
            return QRect(place.topLeft(), place.size().boundedTo(screen.availableSize()))
    return None
