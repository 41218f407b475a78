"""The look: contrast, fonts, icons, and following the desktop."""

import re
from collections import Counter
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontInfo, QFontMetricsF, QIcon, QImage, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QLabel

from explorer.drawing.boards import font as drawn_font
from explorer.drawing.boards import width_of
from explorer.drawing.palette import DARK, HUES, LIGHT, MONO, SANS, THEMES, Palette
from explorer.paths import resource
from explorer.ui.application import create_application
from explorer.ui.icons import application_icon, icon
from explorer.ui.theme import font, load_fonts, style_sheet, theme

ICONS = sorted(path.stem for path in resource("icons").glob("*.svg"))
LINE_ICONS = [name for name in ICONS if name != "application"]

GROUNDS = ("window", "surface", "accent_soft", "success_soft", "warning_soft", "error_soft")
INKS = ("text", "muted", "success", "warning", "error", *HUES)


@pytest.fixture
def app(qapp: QApplication) -> Iterator[QApplication]:
    yield create_application([])
    theme.set_mode("system")


def luminance(colour: str) -> float:
    """Return the relative luminance of ``#rrggbb``; WCAG 2.2, "relative luminance"."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21; WCAG 2.2, "contrast ratio"."""
    dark, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dark + 0.05)


def test_the_contrast_formula_has_its_known_values():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("palette", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("ink", INKS)
def test_text_can_be_read(palette: Palette, ground: str, ink: str):
    assert contrast(getattr(palette, ink), getattr(palette, ground)) >= 4.5


@pytest.mark.parametrize("palette", THEMES.values(), ids=THEMES)
def test_what_is_chosen_or_pressed_can_be_read(palette: Palette):
    assert contrast(palette.on_accent, palette.accent) >= 4.5
    assert contrast(palette.on_accent, palette.accent_hover) >= 4.5
    for ground in ("surface", "window", "accent_soft", "hover"):
        assert contrast(palette.accent, getattr(palette, ground)) >= 4.5
    for ground in ("hover", "sunken"):
        assert contrast(palette.text, getattr(palette, ground)) >= 4.5
        assert contrast(palette.muted, getattr(palette, ground)) >= 4.5


@pytest.mark.parametrize("palette", THEMES.values(), ids=THEMES)
def test_controls_stand_out_from_their_ground(palette: Palette):
    for ground in ("window", "surface"):
        assert contrast(palette.control, getattr(palette, ground)) >= 3  # WCAG 2.2, 1.4.11
        assert contrast(palette.disabled, getattr(palette, ground)) >= 2


@pytest.mark.parametrize("palette", THEMES.values(), ids=THEMES)
def test_the_style_sheet_is_complete(palette: Palette):
    text = style_sheet(palette)
    assert "$" not in text
    assert text.count("{") == text.count("}")
    for hue in HUES:
        assert f'[hue="{hue}"]' in text
    used = set(re.findall(r"#[0-9a-f]{6}\b", text))
    assert used <= {v for v in vars(palette).values() if isinstance(v, str)}


def test_the_desktop_is_followed_live(app: QApplication):
    heard: list[Palette] = []
    theme.changed.connect(heard.append)
    try:
        app.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
        assert theme.current() is DARK
        assert app.palette().color(QPalette.ColorRole.Window) == QColor(DARK.window)
        assert DARK.surface in app.styleSheet()
        app.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Light)
        assert theme.current() is LIGHT
        assert heard == [DARK, LIGHT]
    finally:
        theme.changed.disconnect(heard.append)


def test_a_chosen_theme_stays_whatever_the_desktop_does(app: QApplication):
    theme.set_mode("light")
    app.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert theme.current() is LIGHT
    theme.set_mode("dark")
    assert theme.current() is DARK
    assert theme.mode() == "dark"


def test_an_unknown_theme_is_refused(app: QApplication):
    with pytest.raises(ValueError, match="Choose a theme"):
        theme.set_mode("pink")
    assert theme.mode() == "system"


def test_the_fonts_are_bundled_with_their_licences(app: QApplication):
    assert {SANS, MONO} <= set(load_fonts())
    files = list(resource("fonts").iterdir())
    assert sum(path.stat().st_size for path in files) < 1.5e6
    for name in ("OFL-Inter.txt", "OFL-JetBrainsMono.txt"):
        text = resource("fonts", name).read_text("utf-8")
        assert text.startswith("Copyright")
        assert "SIL OPEN FONT LICENSE Version 1.1" in text


@pytest.mark.parametrize("weight", [400, 500, 600])
@pytest.mark.parametrize("size", [11, 13, 28])
def test_digits_are_equally_wide(app: QApplication, size: int, weight: int):
    metrics = QFontMetricsF(font(size, weight))
    widths = [metrics.horizontalAdvance(digit) for digit in "0123456789"]
    assert max(widths) - min(widths) < 0.05  # two of the weights are a font unit off in the 4


def test_digits_are_equally_wide_in_a_styled_label(app: QApplication):
    label = QLabel()
    label.setProperty("role", "display")
    label.ensurePolished()
    metrics = QFontMetricsF(label.font())
    assert label.font().pixelSize() == 28
    assert metrics.horizontalAdvance("1111") == metrics.horizontalAdvance("0000")


def test_the_interface_is_set_in_the_bundled_fonts(app: QApplication):
    assert QFontInfo(app.font()).family() == SANS
    assert QFontInfo(font(mono=True)).family() == MONO
    assert QFontInfo(font(mono=True)).fixedPitch()


@pytest.mark.parametrize("name", LINE_ICONS)
def test_icons_are_of_one_set(name: str):
    text = resource("icons", f"{name}.svg").read_text("utf-8")
    renderer = QSvgRenderer(QByteArray(text.encode()))
    assert renderer.isValid()
    assert renderer.viewBox().getRect() == (0, 0, 24, 24)
    assert 'stroke-width="1.75"' in text
    assert set(re.findall(r'(?:fill|stroke)="([^"]*)"', text)) <= {"none", "currentColor"}


def colour_of(pixmap: QPixmap) -> str:
    """Return the most frequent opaque colour; where strokes cross, blending rounds."""
    image = pixmap.toImage().convertToFormat(QImage.Format.Format_ARGB32)
    pixels = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    counted = Counter(pixel.name() for pixel in pixels if pixel.alpha() == 255)
    return counted.most_common(1)[0][0]


@pytest.mark.parametrize("name", LINE_ICONS)
def test_icons_take_the_colour_of_the_theme(app: QApplication, name: str):
    picture = icon(name)
    size = QSize(48, 48)
    for palette in (LIGHT, DARK):
        theme.set_mode(palette.name)
        assert colour_of(picture.pixmap(size)) == palette.text
        disabled = picture.pixmap(size, QIcon.Mode.Disabled)
        assert colour_of(disabled) == palette.disabled
        checked = picture.pixmap(size, QIcon.Mode.Normal, QIcon.State.On)
        assert colour_of(checked) == palette.accent


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_icons_are_rendered_at_the_density_of_the_screen(app: QApplication, ratio: float):
    pixmap = icon("play").pixmap(QSize(20, 20), ratio)
    assert pixmap.size() == QSize(20, 20) * ratio
    assert pixmap.devicePixelRatio() == ratio


def test_a_copy_of_an_icon_is_as_good(app: QApplication):
    copy = QIcon(icon("play"))
    copy.addPixmap(QPixmap(1, 1))
    assert not copy.pixmap(QSize(16, 16)).isNull()


def test_an_unknown_icon_or_colour_is_refused(app: QApplication):
    with pytest.raises(ValueError, match="Choose an icon"):
        icon("no-such-thing")
    with pytest.raises(ValueError, match="Choose a colour"):
        icon("play", "no-such-colour")


def test_the_application_has_a_mark(app: QApplication):
    for side in (16, 32, 256):
        assert colour_of(application_icon().pixmap(QSize(side, side)))


def test_whoever_changes_a_font_changes_no_other(app: QApplication):
    for maker in (font, drawn_font):
        mine = maker(13)
        mine.setUnderline(True)
        mine.setStretch(84)
        other = maker(13)
        assert not other.underline() and other.stretch() != 84


def test_a_width_is_that_of_the_font_that_is_drawn(app: QApplication):
    narrow, elsewhere = drawn_font(12), QFont(["Nowhere", MONO])
    narrow.setStretch(84)
    elsewhere.setPixelSize(12)
    for typeface in (drawn_font(12), narrow, elsewhere, drawn_font(12, QFont.Weight.Bold)):
        for _ in range(2):  # the second time it is remembered
            measured = QFontMetricsF(typeface).horizontalAdvance("Wide 0.123 宽")
            assert width_of("Wide 0.123 宽", typeface) == measured
