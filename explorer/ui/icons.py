"""Line icons that take the colours of the theme at the moment they are painted."""

from functools import cache, lru_cache

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer

from explorer.paths import resource
from explorer.ui.theme import theme

INK = "currentColor"
"""The colour in the SVG files which stands for the colour of the theme."""


@cache
def icon(name: str, colour: str = "text", on: str = "accent") -> QIcon:
    """Return the icon ``resources/icons/<name>.svg``; it follows every change of theme by itself.

    Parameters
    ----------
    name : str
        File name without its ending, such as ``"zoom-fit"``.
    colour, on : str
        Names of colours in `Palette`, for an ordinary and for a checked button. Disabled buttons
        take ``disabled``.

    Raises
    ------
    ValueError
        If there is no such icon or colour.

    Notes
    -----
    It is kept for good: Python's garbage collector may free the engine of an icon before the icon,
    which then frees it once more.
    """
    _source(name)
    for token in (colour, on):
        if not hasattr(theme.current(), token):
            raise ValueError(f"Choose a colour of the palette instead of {token!r}.")
    return QIcon(_Engine(name, colour, on))


def application_icon() -> QIcon:
    """Return the mark of the application, the same in both themes."""
    return QIcon(str(resource("icons", "application.svg")))


class _Engine(QIconEngine):
    """Renders the SVG in the size, pixel density and colour that are asked for."""

    def __init__(self, name: str, colour: str, on: str) -> None:
        super().__init__()
        self._name, self._colour, self._on = name, colour, on

    def clone(self) -> QIconEngine:
        made = _Engine(self._name, self._colour, self._on)
        _clones.append(made)  # Python would free what Qt has by then
        return made

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        side = min(rect.width(), rect.height())
        square = QRectF(0, 0, side, side)
        square.moveCenter(QRectF(rect).center())
        _renderer(self._name, self._ink(mode, state)).render(painter, square)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return self.scaledPixmap(size, mode, state, 1.0)

    def scaledPixmap(
        self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float
    ) -> QPixmap:
        pixmap = QPixmap(size * scale)
        key = f"{self._name} {self._ink(mode, state)} {pixmap.size().toTuple()} {scale}"
        if QPixmapCache.find(key, pixmap):
            return pixmap
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, QRect(QPoint(0, 0), pixmap.size()), mode, state)
        painter.end()
        pixmap.setDevicePixelRatio(scale)
        QPixmapCache.insert(key, pixmap)
        return pixmap

    def _ink(self, mode: QIcon.Mode, state: QIcon.State) -> str:
        token = self._on if state == QIcon.State.On else self._colour
        colour: str = getattr(theme.current(), "disabled" if mode == QIcon.Mode.Disabled else token)
        return colour


_clones: list[_Engine] = []


@cache
def _source(name: str) -> str:
    path = resource("icons", f"{name}.svg")
    if not path.is_file():
        raise ValueError(f"Choose an icon of resources/icons instead of {name!r}.")
    return path.read_text("utf-8")


@lru_cache(maxsize=256)
def _renderer(name: str, colour: str) -> QSvgRenderer:
    return QSvgRenderer(QByteArray(_source(name).replace(INK, colour).encode()))
