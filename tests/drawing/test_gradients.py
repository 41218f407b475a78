"""Lengths of gradients: what is said of them, and where they lie on the scale."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter

from explorer.drawing.gradients import (
    LINE,
    MOST_DECADES,
    Norms,
    draw_norms,
    height_of,
    length,
    power_of_ten,
    said,
)
from explorer.drawing.palette import DARK, LIGHT, Palette

NAMES = ("conv1", "conv2", "fc")


def norms(*rows: tuple[float, ...], frozen: frozenset[str] = frozenset()) -> Norms:
    values = np.array(rows, np.float64)
    return Norms(NAMES[: values.shape[1]], np.arange(len(rows)) * 10 + 1, values, frozen)


def drawn(shown: Norms, palette: Palette = LIGHT, width: int = 214, height: int = 170) -> QImage:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor(palette.surface))
    painter = QPainter(image)
    draw_norms(painter, shown, palette, width, height)
    painter.end()
    return image


def count(image: QImage, colour: str) -> int:
    wanted = QColor(colour).rgb()
    return sum(
        image.pixel(x, y) == wanted for x in range(image.width()) for y in range(image.height())
    )


def test_what_is_said():
    shown = norms((1.0, 0.0005, 0.5))
    assert [shown.verdict(i) for i in range(3)] == ["", "vanishing", ""]
    shown = norms((250.0, 1.0, np.nan))
    assert [shown.verdict(i) for i in range(3)] == ["exploding", "", "exploding"]
    shown = norms((0.0, 0.0, 0.3), frozen=frozenset({"conv1"}))
    assert [shown.verdict(i) for i in range(3)] == ["frozen", "none", ""]
    assert said("vanishing") and said("exploding") and not said("")


def test_small_lengths_together_do_not_vanish():
    shown = norms((1e-6, 2e-6, 3e-6))
    assert {shown.verdict(i) for i in range(3)} == {""}


@given(st.lists(st.floats(1e-12, 1e12), min_size=2, max_size=30))
def test_the_scale_has_room_for_the_newest_decades(lengths: list[float]):
    shown = norms(*((value,) for value in lengths))
    low, high = shown.decades
    assert 3 <= high - low <= MOST_DECADES
    places = shown.place(np.array(lengths))
    assert ((places >= 0) & (places <= 1)).all()
    assert 10.0 ** (high - 1) <= max(lengths) * 1.0001 and max(lengths) <= 10.0**high * 1.0001
    order = np.argsort(lengths, kind="stable")
    assert (np.diff(places[order]) >= 0).all()


def test_where_there_is_none_there_is_a_gap():
    shown = norms((1.0,), (0.0,), (0.1,))
    places = shown.place(shown.values[:, 0])
    assert np.isnan(places[1]) and places[0] > places[2]
    assert norms((0.0,)).decades[0] < norms((0.0,)).decades[1]


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_a_longer_gradient_has_a_longer_bar(qapp: QGuiApplication, palette: Palette):
    short, long = norms((1.0, 0.01)), norms((1.0, 1.0))
    inked = [count(drawn(one, palette), palette.accent) for one in (short, long)]
    assert inked[0] < inked[1]


def test_an_alarm_has_a_colour_of_its_own(qapp: QGuiApplication):
    calm = norms((1.0, 0.5, 1.0), (1.0, 0.5, 1.0))
    alarm = norms((1.0, 0.5, 1.0), (1.0, 0.0001, 1.0))
    assert count(drawn(calm), LIGHT.warning) == 0
    assert count(drawn(alarm), LIGHT.warning) > 0


def test_a_frozen_layer_has_no_bar(qapp: QGuiApplication):
    learned, frozen = norms((1.0,)), norms((1.0,), frozen=frozenset({"conv1"}))
    assert count(drawn(learned), LIGHT.accent) > count(drawn(frozen), LIGHT.accent) == 0


@pytest.mark.parametrize("value", [0.0, np.nan, np.inf, 1e300, 1e-300])
def test_any_number_can_be_drawn(qapp: QGuiApplication, value: float):
    drawn(norms((value, 1.0), (1.0, value)))
    drawn(norms((value,)))


def test_the_rows_of_lenet5_fit_into_the_smallest_window():
    assert height_of(5) <= 172
    assert height_of(0) == LINE


def test_numbers_are_short():
    assert length(0.123456) == "0.123"
    assert length(float("nan")) == "NaN"
    assert length(float("inf")) == "∞"
    assert power_of_ten(-3) == "10⁻³"
    assert power_of_ten(12) == "10¹²"
