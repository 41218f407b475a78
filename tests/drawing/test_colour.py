"""Colours that mean something, and numbers that can be read on them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QColor

from explorer.core.cell import number
from explorer.drawing.boards import VEIL_OPACITY
from explorer.drawing.colour import LEVELS, faint_ink, ink, levels, picture, ramp, span
from explorer.drawing.palette import MAP_GREY, MAPS_RGB, THEMES, Palette, faded

RAMPS = {
    f"{palette.name} {name}": getattr(palette, name)
    for palette in THEMES.values()
    for name in ("map_signed", "map_weight", "map_picture")
}
DIVERGING = {name: anchors for name, anchors in RAMPS.items() if "picture" not in name}
NUMBERS = st.floats(-1e5, 1e5, width=32)


def luminance(rgb: np.ndarray) -> np.ndarray:
    """Return the relative luminance of WCAG 2, worked out once more."""
    share = np.asarray(rgb, np.float64) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear @ (0.2126, 0.7152, 0.0722))


def rgb(colour: QColor) -> tuple[int, int, int]:
    return colour.red(), colour.green(), colour.blue()


@pytest.mark.parametrize("anchors", RAMPS.values(), ids=RAMPS)
def test_a_ramp_goes_from_its_first_colour_to_its_last(anchors: tuple[str, ...]):
    table = ramp(anchors)
    assert table.shape == (LEVELS, 3)
    assert tuple(table[0]) == rgb(QColor(anchors[0]))
    assert tuple(table[-1]) == rgb(QColor(anchors[-1]))


@pytest.mark.parametrize("anchors", RAMPS.values(), ids=RAMPS)
def test_every_level_has_a_text_colour_of_contrast(anchors: tuple[str, ...]):
    ground = luminance(ramp(anchors))
    text = luminance(np.array([rgb(colour) for colour in ink(anchors)]))
    light, dark = np.maximum(ground, text), np.minimum(ground, text)
    assert ((light + 0.05) / (dark + 0.05)).min() >= 4.5


@pytest.mark.parametrize("anchors", DIVERGING.values(), ids=DIVERGING)
def test_a_diverging_ramp_moves_away_from_zero_on_both_sides(anchors: tuple[str, ...]):
    shade = luminance(ramp(anchors))
    middle = shade[LEVELS // 2 - 1 : LEVELS // 2 + 1].mean()
    distance = np.abs(shade - middle)
    assert (np.diff(distance[: LEVELS // 2]) <= 1e-3).all()
    assert (np.diff(distance[LEVELS // 2 :]) >= -1e-3).all()
    # The ends are as strong as each other, and apart for the eye that sees no red or no green.
    assert distance[0] == pytest.approx(distance[-1], rel=0.5)
    blue, yellow = ramp(anchors)[[0, -1]].astype(float) @ (-0.5, -0.5, 1)
    assert abs(blue - yellow) > 60


@given(st.lists(NUMBERS, min_size=1, max_size=20))
def test_zero_is_in_the_middle_and_opposites_lie_opposite(numbers: list[float]):
    values = np.array(numbers)
    low, high = span(values, signed=True)
    assert low == -high < 0
    there, back = (levels(v, low, high).astype(int) for v in (values, -values))
    assert (np.abs(there + back - (LEVELS - 1)) <= 1).all()
    assert levels(np.zeros(1), low, high)[0] in (LEVELS // 2 - 1, LEVELS // 2)
    assert {int(there.min()), int(there.max())} & {0, LEVELS - 1} or not values.any()


@given(st.lists(NUMBERS, min_size=2, max_size=20))
def test_a_larger_number_is_never_lower_on_the_ramp(numbers: list[float]):
    values = np.sort(np.array(numbers))
    assert (np.diff(levels(values, *span(values, signed=False))) >= 0).all()


@pytest.mark.parametrize("signed", [True, False])
def test_what_is_no_number_has_a_place_too(signed: bool):
    values = np.array([np.nan, np.inf, -np.inf, 2.0])
    low, high = span(values, signed)
    assert high == 2
    assert levels(values, low, high).tolist() == [128, 255, 0, 255]
    assert span(values[:3], signed) == ((-1, 1) if signed else (0, 1))
    assert span(np.zeros(3), signed)[1] > 0


def test_a_picture_has_a_pixel_for_every_number():
    anchors = RAMPS["light map_signed"]
    values = np.array([[-2.0, 0.0, 1.0], [2.0, 0.5, -1.0]])
    image = picture(values, anchors, -2, 2)
    assert (image.width(), image.height()) == (3, 2)
    for (row, column), place in np.ndenumerate(levels(values, -2, 2)):
        assert rgb(image.pixelColor(column, row)) == tuple(ramp(anchors)[place])


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (211.0, "211"),
        (-1010.0, "−1010"),
        (3.25, "3.25"),
        (-0.0, "0"),
        (1 / 9, "0.11"),
        (1 / 121, "0.0083"),
        (0.04, "0.04"),
        (-0.001, "−0.001"),
        (0.00012, "1.2e−04"),
        (123.456, "123.5"),
        (999_999.0, "999999"),
        (2_500_000.0, "2.5e+06"),
        (float("inf"), "∞"),
        (float("-inf"), "−∞"),
        (float("nan"), "NaN"),
    ],
)
def test_how_a_number_is_written(value: float, text: str):
    assert number(value) == text


@given(st.floats(1e-9, 1e9), st.sampled_from([-1, 1]))
def test_what_is_written_is_short_and_close_to_the_number(size: float, sign: int):
    text = number(sign * size)
    assert len(text) <= 8
    assert float(text.replace("−", "-")) == pytest.approx(sign * size, rel=0.06)


@pytest.mark.parametrize("palette", THEMES.values(), ids=THEMES)
def test_numbers_under_a_veil_can_be_made_out(palette: Palette):
    maps = [anchors for name, anchors in RAMPS.items() if name.startswith(palette.name)]
    for anchors in (*maps, palette.map_count, *MAPS_RGB, MAP_GREY):
        surface = np.array(rgb(QColor(palette.surface)))
        ground = luminance(ramp(anchors) * (1 - VEIL_OPACITY) + surface * VEIL_OPACITY)
        inks = faint_ink(anchors, palette.surface, VEIL_OPACITY)
        text = luminance(np.array([rgb(colour) for colour in inks]))
        light, dark = np.maximum(ground, text), np.minimum(ground, text)
        assert ((light + 0.05) / (dark + 0.05)).min() >= 3.0


@pytest.mark.parametrize("palette", THEMES.values(), ids=THEMES)
def test_words_beside_the_point_can_be_made_out(palette: Palette):
    pale = faded(palette)
    for words in (pale.text, pale.muted, pale.accent):
        pair = luminance(np.array([rgb(QColor(words)), rgb(QColor(palette.surface))]))
        assert (pair.max() + 0.05) / (pair.min() + 0.05) >= 3.0
    assert pale.map_signed != palette.map_signed and pale.surface == palette.surface
