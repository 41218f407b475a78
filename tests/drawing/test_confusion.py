"""The confusion matrix: where its cells are, and that few mistakes are seen beside many."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter

from explorer.drawing.confusion import (
    LABELS,
    NARROWEST,
    Layout,
    Matrix,
    Selection,
    draw_confusion,
)
from explorer.drawing.palette import DARK, LIGHT, Palette

SIZE = 300


def drawn(matrix: Matrix, palette: Palette, selection: Selection | None = None) -> QImage:
    image = QImage(SIZE, SIZE, QImage.Format.Format_RGB32)
    image.fill(QColor(palette.surface))
    painter = QPainter(image)
    draw_confusion(painter, matrix, palette, Layout(SIZE, SIZE), selection)
    painter.end()
    return image


def corner(image: QImage, true: int, answer: int) -> QColor:
    """Return the colour of a cell, beside its number."""
    cell = Layout(SIZE, SIZE).cell(true, answer)
    return image.pixelColor(round(cell.left()) + 2, round(cell.top()) + 2)


@given(st.floats(100, 2000), st.floats(100, 2000), st.integers(-1, 9), st.integers(-1, 9))
def test_a_cell_is_found_where_it_lies(width: float, height: float, true: int, answer: int):
    layout = Layout(width, height)
    found = layout.at(layout.cell(true, answer).center())
    assert found == (None if (true, answer) == (-1, -1) else (true, answer))


@pytest.mark.parametrize("point", [(-1, 50), (50, -1), (SIZE, 50), (50, SIZE), (3, 3)])
def test_there_is_nothing_outside(point: tuple[int, int]):
    assert Layout(SIZE, SIZE).at(QPointF(*point)) is None


def test_cells_touch_each_other():
    layout = Layout(217, 151)
    for index in range(9):
        assert layout.cell(index, 0).bottom() == layout.cell(index + 1, 0).top()
        assert layout.cell(0, index).right() == layout.cell(0, index + 1).left()
    assert layout.cell(0, 0).left() == layout.cell(0, 0).top() == LABELS


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_a_single_mistake_is_seen(qapp: QGuiApplication, palette: Palette):
    matrix = np.diag(np.full(10, 1000))
    matrix[3, 5], matrix[4, 9] = 1, 40
    image = drawn(matrix, palette)
    none, one, many = (corner(image, *cell) for cell in ((0, 1), (3, 5), (4, 9)))
    assert len({c.rgb() for c in (none, one, many, corner(image, 2, 2))}) == 4

    def apart(a: QColor, b: QColor) -> int:
        red, green, blue = a.red() - b.red(), a.green() - b.green(), a.blue() - b.blue()
        return abs(red) + abs(green) + abs(blue)

    assert apart(none, one) > 40


@pytest.mark.parametrize("selection", [Selection(3, 5), Selection(true=3), Selection(answer=5)])
def test_what_is_chosen_is_marked(qapp: QGuiApplication, selection: Selection):
    matrix = np.eye(10, dtype=np.int64)
    assert drawn(matrix, LIGHT, selection) != drawn(matrix, LIGHT)


@pytest.mark.parametrize("classes", [2, 5, 16, 26, 40, 64])
@pytest.mark.parametrize("side", [148, 300, 500])
def test_any_number_of_classes_has_a_board(qapp: QGuiApplication, classes: int, side: int):
    layout = Layout(side, side, classes)
    last = layout.cell(classes - 1, classes - 1)
    assert last.right() < side and last.width() >= 2
    assert layout.at(last.center()) == (classes - 1, classes - 1)
    image = QImage(side, side, QImage.Format.Format_RGB32)
    image.fill(QColor(LIGHT.surface))
    painter = QPainter(image)
    draw_confusion(painter, np.eye(classes, dtype=np.int64) * 30, LIGHT, layout, Selection(1, 1))
    painter.end()
    right, wrong = (
        image.pixelColor(round(cell.left()) + 1, round(cell.top()) + 1)
        for cell in (layout.cell(0, 0), layout.cell(classes - 1, 0))
    )
    assert right != wrong


@given(st.integers(2, 64), st.floats(148, 600))
def test_labels_do_not_run_into_each_other(classes: int, side: float):
    layout = Layout(side, side, classes)
    every = layout.every(side)
    assert layout.cell(0, 0).left() + NARROWEST <= layout.cell(0, every).left() + 1
    assert layout.is_crowded == (every > 1)
    assert not Layout(side, side).is_crowded, "ten always have their numbers"


@pytest.mark.parametrize("most", [0, 1, 123_456])
def test_any_counts_can_be_drawn(qapp: QGuiApplication, most: int):
    drawn(np.full((10, 10), most), DARK)


def test_no_count_below_a_thousand_is_written_in_thousands(qapp: QGuiApplication):
    narrow = Layout(195, 195, 14)  # some cells have 13 pixels and some 12
    images = []
    for count in (65, 88):
        image = QImage(195, 195, QImage.Format.Format_RGB32)
        image.fill(0)
        painter = QPainter(image)
        draw_confusion(painter, np.diag(np.full(14, count)), LIGHT, narrow)
        painter.end()
        images.append(image)
    assert not narrow.is_crowded
    for i in range(14):
        cell = narrow.cell(i, i).toRect()
        assert images[0].copy(cell) != images[1].copy(cell)  # both would be 0.1k


def test_a_count_that_does_not_fit_is_written_in_thousands(qapp: QGuiApplication):
    matrix = np.diag(np.full(10, 1049))
    narrow = Layout(204, 148)
    images = []
    for count in (1010, 1049):
        image = QImage(204, 148, QImage.Format.Format_RGB32)
        image.fill(0)
        painter = QPainter(image)
        draw_confusion(painter, np.where(matrix, count, 0), LIGHT, narrow)
        painter.end()
        images.append(image)
    assert images[0] == images[1]  # both are 1.0k
