"""The look of the running application: one `Palette` turned into Qt's palette and style sheet.

Widgets that paint for themselves read ``theme.current()`` in their ``paintEvent``; a change of
theme repaints every widget. Only what is kept (pictures, curves) has to listen to
``theme.changed``.
"""

from dataclasses import asdict
from functools import cache
from string import Template

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from explorer.drawing import palette as look
from explorer.drawing.palette import DARK, HUES, LIGHT, THEMES, Palette
from explorer.paths import resource

MODES = ("system", *THEMES)
"""What the user can choose; ``system`` follows the desktop, live."""


class Theme(QObject):
    """The theme of the application; use the one instance `theme`."""

    changed = Signal(object)
    """The new `Palette`, after every widget has got its new look."""

    mode_changed = Signal(str)
    """The user's new choice, one of `MODES`, whether or not it changes a colour."""

    def __init__(self) -> None:
        super().__init__()
        self._mode = "system"
        self._palette = LIGHT
        self._app: QApplication | None = None

    def install(self, app: QApplication) -> None:
        """Give `app` its style, its font and its colours, and follow the desktop from now on."""
        self._app = app
        load_fonts()
        app.setStyle("Fusion")
        app.setFont(font())
        app.styleHints().colorSchemeChanged.connect(self._follow)
        self._palette = self._wanted(app.styleHints().colorScheme())
        self._dress()

    def current(self) -> Palette:
        """Return the named colours in use."""
        return self._palette

    def mode(self) -> str:
        """Return the user's choice, one of `MODES`."""
        return self._mode

    def set_mode(self, mode: str) -> None:
        """Choose a theme or follow the desktop.

        Raises
        ------
        ValueError
            If `mode` is not one of `MODES`.
        """
        if mode not in MODES:
            raise ValueError(f"Choose a theme among {', '.join(MODES)} instead of {mode!r}.")
        if mode == self._mode:
            return
        self._mode = mode
        self.mode_changed.emit(mode)
        if self._app is None:
            return
        hints = self._app.styleHints()
        # Asks the desktop to paint the window's frame and its own dialogs likewise.
        scheme = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}.get(mode)
        if scheme is None:
            hints.unsetColorScheme()
        else:
            hints.setColorScheme(scheme)
        self._follow(hints.colorScheme())

    @Slot(Qt.ColorScheme)
    def _follow(self, scheme: Qt.ColorScheme) -> None:
        wanted = self._wanted(scheme)
        if wanted is not self._palette:
            self._palette = wanted
            self._dress()

    def _wanted(self, scheme: Qt.ColorScheme) -> Palette:
        if self._mode in THEMES:
            return THEMES[self._mode]
        return DARK if scheme == Qt.ColorScheme.Dark else LIGHT

    def _dress(self) -> None:
        assert self._app is not None
        self._app.setPalette(qt_palette(self._palette))
        self._app.setStyleSheet(style_sheet(self._palette))
        self.changed.emit(self._palette)


theme = Theme()
"""The one theme of this process."""


@cache
def load_fonts() -> tuple[str, ...]:
    """Register the bundled fonts and return their families; what fails to load is left out."""
    families: dict[str, None] = {}
    for path in sorted(resource("fonts").glob("*.[ot]tf")):
        number = QFontDatabase.addApplicationFont(str(path))
        families.update(dict.fromkeys(QFontDatabase.applicationFontFamilies(number)))
    return tuple(families)


def font(size: int = look.BODY, weight: int = 400, mono: bool = False) -> QFont:
    """Return the font of the interface, with digits of equal width so that numbers stand still.

    Parameters
    ----------
    size : int
        Height in pixels, one of the type scale in `explorer.drawing.palette`.
    weight : int
        400, 500 or 600.
    mono : bool
        Whether every character is as wide as any other, for code and sums.
    """
    return QFont(_made(size, weight, mono))


@cache
def _made(size: int, weight: int, mono: bool) -> QFont:
    """Return a font whose letters Qt has to look for but once; its copies share them."""
    family = look.MONO if mono else look.SANS
    system = QFontDatabase.SystemFont.FixedFont if mono else QFontDatabase.SystemFont.GeneralFont
    result = QFont([family, QFontDatabase.systemFont(system).family()])
    result.setPixelSize(size)
    result.setWeight(QFont.Weight(weight))
    result.setFeature(QFont.Tag("tnum"), 1)
    return result


def qt_palette(colours: Palette) -> QPalette:
    """Return Qt's palette for everything that the style sheet leaves to the style."""
    role = QPalette.ColorRole
    active = {
        role.Window: colours.window,
        role.WindowText: colours.text,
        role.Base: colours.surface,
        role.AlternateBase: colours.window,
        role.ToolTipBase: colours.surface,
        role.ToolTipText: colours.text,
        role.PlaceholderText: colours.muted,
        role.Text: colours.text,
        role.Button: colours.surface,
        role.ButtonText: colours.text,
        role.BrightText: colours.error,
        role.Light: colours.surface,
        role.Midlight: colours.hover,
        role.Mid: colours.border,
        role.Dark: colours.control,
        role.Shadow: colours.sunken,
        role.Highlight: colours.accent,
        role.HighlightedText: colours.on_accent,
        role.Link: colours.accent,
        role.LinkVisited: colours.accent,
        role.Accent: colours.accent,
    }
    result = QPalette()
    for name, colour in active.items():
        result.setColor(name, QColor(colour))
    for name in (role.WindowText, role.Text, role.ButtonText, role.PlaceholderText):
        result.setColor(QPalette.ColorGroup.Disabled, name, QColor(colours.disabled))
    result.setColor(QPalette.ColorGroup.Disabled, role.Highlight, QColor(colours.border))
    return result


def style_sheet(colours: Palette) -> str:
    """Return the style sheet of the application in `colours`."""
    values: dict[str, object] = {
        **asdict(colours),
        "radius": look.RADIUS,
        "control_radius": look.RADIUS - 2,
        "small": look.SMALL,
        "heading": look.HEADING,
        "title": look.TITLE,
        "display": look.DISPLAY,
        "mono": look.MONO,
    }
    slider = Template(_text("slider.qss"))
    hues = {"": colours.accent} | {f'[hue="{hue}"]': getattr(colours, hue) for hue in HUES}
    return Template(_text("application.qss")).substitute(values) + "".join(
        slider.substitute(
            values,
            which=which,
            hue=hue,
            knob=_disc(hue, _faded(hue, 0)),
            knob_hover=_disc(hue, _faded(hue, 0.22)),
            knob_focus=_disc(colours.surface, hue),
            knob_disabled=_disc(colours.disabled, _faded(colours.disabled, 0)),
        )
        for which, hue in hues.items()
    )


def _disc(inner: str, ring: str) -> str:
    """Return a disc within a ring, for a style sheet has no outlines outside of a border."""
    stops = ((0, inner), (0.58, inner), (0.66, ring), (1, ring))
    listed = ", ".join(f"stop: {place} {colour}" for place, colour in stops)
    return f"qradialgradient(cx: 0.5, cy: 0.5, radius: 0.5, fx: 0.5, fy: 0.5, {listed})"


def _faded(colour: str, opacity: float) -> str:
    """Return ``#rrggbb`` with an opacity from 0 to 1, as a style sheet writes it."""
    solid = QColor(colour)
    return f"rgba({solid.red()}, {solid.green()}, {solid.blue()}, {opacity:.0%})"


@cache
def _text(name: str) -> str:
    return resource("themes", name).read_text("utf-8")
