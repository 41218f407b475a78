"""Cells that are held: colours and numbers that tell them apart."""

from typing import Any

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage

from explorer.core.scene import Focus
from explorer.drawing.frame import Frame
from explorer.drawing.palette import THEMES, Palette
from tests.drawing.states import a_preset
from tests.drawing.test_frame import a_frame, painted, rgb

FIRST, SECOND = Focus("output", (0, 0)), Focus("output", (3, 3))


@pytest.fixture(autouse=True)
def fonts(qapp: Any) -> None:
    """Text is drawn, so there has to be an application."""


def around(image: QImage, at: QPointF) -> set[tuple[int, int, int]]:
    """Return the colours in the disc of a number."""
    found = set()
    for x in range(-7, 8):
        for y in range(-7, 8):
            if x * x + y * y < 49:
                colour = image.pixelColor(at.toPoint().x() + x, at.toPoint().y() + y)
                found.add((colour.red(), colour.green(), colour.blue()))
    return found


def corner(frame: Frame, pin: Focus) -> QPointF:
    assert frame.layout.output is not None
    return frame.layout.output.cell_rect(*pin.cell).bottomRight()


@pytest.mark.parametrize("palette", THEMES.values(), ids=THEMES)
def test_each_of_several_has_a_colour_and_a_number(palette: Palette):
    frame = a_frame(a_preset("numbers_padding", pins=(FIRST, SECOND)), palette=palette)
    image = painted(frame)
    assert rgb(palette.pins[1]) in around(image, corner(frame, SECOND))
    # Only the newest, which is explained, is filled.
    assert rgb(palette.surface) in around(image, corner(frame, FIRST))
    assert frame.leading.focus_window == palette.pins[1] != palette.pins[0]
    turned = a_frame(a_preset("numbers_padding", pins=(SECOND, FIRST)), palette=palette)
    assert painted(turned) != image


def test_a_single_one_needs_no_number():
    frame = a_frame(a_preset("numbers_padding", pins=(FIRST,)))
    plain = a_frame(a_preset("numbers_padding", hover=FIRST))
    assert painted(frame) == painted(plain)


def test_what_is_pointed_at_leads_in_the_usual_colour():
    state = a_preset("numbers_padding", pins=(FIRST, SECOND), hover=Focus("input", (1, 1)))
    frame = a_frame(state)
    assert frame.leading is frame.palette


def test_there_are_colours_for_any_number_of_them():
    pins = tuple(Focus("input", (i // 5, i % 5)) for i in range(12))
    pins += (Focus("kernel", (0, 0)), Focus("output", (4, 4)))
    assert not painted(a_frame(a_preset("numbers_padding", pins=pins))).isNull()
