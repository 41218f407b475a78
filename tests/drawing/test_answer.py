"""The answer in words and as bars."""

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter

from explorer.data.classes import CLOTHES, numerals
from explorer.drawing.answer import (
    LINE,
    WORDS,
    draw_answer,
    fitted,
    in_words,
    percent,
    shown_classes,
)
from explorer.drawing.palette import LIGHT


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.0, "0.0 %"),
        (0.982, "98.2 %"),
        (0.29, "29.0 %"),
        (0.9999, "99.9 %"),
        (1.0, "100 %"),
        (np.nan, "NaN"),
    ],
)
def test_a_share_is_never_more_than_it_is(share: float, words: str):
    assert percent(share) == words


def test_the_likeliest_digit_is_named():
    probabilities = np.full(10, 0.002, np.float32)
    probabilities[7] = 0.982
    assert in_words(probabilities) == "7 · 98.2 %"
    assert in_words(np.full(10, np.nan, np.float32)) == "NaN"


def test_a_class_is_called_by_its_name():
    assert in_words(np.eye(10, dtype=np.float32)[3], CLOTHES) == "Dress · 100 %"


@pytest.mark.parametrize("width", [66, 88])
def test_a_name_takes_a_line_of_its_own_rather_than_be_cut(qapp: QGuiApplication, width: int):
    assert fitted("Sneaker · 99.7 %", width)[0] == ["Sneaker", "99.7 %"]
    assert fitted("Sneaker · 99.7 %", 2 * width)[0] == ["Sneaker · 99.7 %"]


@pytest.mark.parametrize("width", [60, 88, 160])
def test_names_leave_room_for_the_bars(qapp: QGuiApplication, width: int):
    image = QImage(width, 144, QImage.Format.Format_RGB32)
    image.fill(QColor(LIGHT.surface))
    painter = QPainter(image)
    draw_answer(painter, np.eye(10, dtype=np.float32)[3], LIGHT, QRectF(image.rect()), CLOTHES)
    painter.end()
    lines, _ = fitted("Dress · 100 %", width)
    head = max(WORDS, len(lines) * LINE)
    row = (144 - head) / 10
    middle = round(head + 3.5 * row)
    bar = [x for x in range(width) if image.pixelColor(x, middle).name() == LIGHT.accent]
    assert bar[-1] == width - 1
    assert len(bar) >= width * 0.3


@pytest.mark.parametrize("classes", [2, 5, 10, 12, 13, 26, 64])
def test_of_many_classes_the_surest_have_bars(qapp: QGuiApplication, classes: int):
    drawn = np.random.default_rng(classes).dirichlet(np.full(classes, 0.1))
    probabilities = drawn.astype(np.float32)
    shown = shown_classes(probabilities)
    if classes <= 12:
        assert shown == list(range(classes))
    else:
        assert shown == np.argsort(-probabilities).tolist()[:10]
    image = QImage(120, 144, QImage.Format.Format_RGB32)
    image.fill(QColor(LIGHT.surface))
    painter = QPainter(image)
    place = QRectF(image.rect())
    draw_answer(painter, probabilities, LIGHT, place, numerals(classes))
    painter.end()
    row = (144 - WORDS) / len(shown)
    middle = [
        image.pixelColor(33, round(WORDS + (i + 0.5) * row)).name() for i in range(len(shown))
    ]
    assert middle.index(LIGHT.accent) == shown.index(int(probabilities.argmax()))
    assert len(shown_classes(np.full(classes, np.nan, np.float32))) == len(shown)


def test_the_longest_bar_stands_out(qapp: QGuiApplication):
    image = QImage(120, 144, QImage.Format.Format_RGB32)
    for probabilities in (np.eye(10, dtype=np.float32)[4], np.full(10, np.nan, np.float32)):
        image.fill(QColor(LIGHT.surface))
        painter = QPainter(image)
        draw_answer(painter, probabilities, LIGHT, QRectF(image.rect()))
        painter.end()
        row = (144 - WORDS) / 10
        middle = [image.pixelColor(70, round(WORDS + (d + 0.5) * row)).name() for d in range(10)]
        longest = [digit for digit, colour in enumerate(middle) if colour == LIGHT.accent]
        assert longest == ([4] if np.isfinite(probabilities).all() else [])
