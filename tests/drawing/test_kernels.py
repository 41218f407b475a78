"""The kernels of a layer side by side."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from explorer.drawing.colour import levels, ramp
from explorer.drawing.kernels import (
    CAPTION,
    LABELS,
    LINE,
    NEAR,
    Gallery,
    Rows,
    Table,
    draw_kernels,
    gallery,
)
from explorer.drawing.palette import LIGHT, THEMES, Palette


@given(
    st.integers(1, 40),
    st.tuples(st.integers(1, 11), st.integers(1, 11)),
    st.floats(20, 1500),
    st.floats(20, 1500),
)
def test_the_boards_fill_the_place_and_stay_in_it(
    count: int, kernel: tuple[int, int], width: float, height: float
):
    boards = gallery(count, kernel, width, height)
    assert len(boards) == count
    assert {board.shape for board in boards} == {kernel}
    assert len({board.cell for board in boards}) == 1
    if boards[0].cell <= 0:
        return  # there is no room at all
    place = QRectF(0, 0, width, height).adjusted(-1e-6, -1e-6, 1e-6, 1e-6)
    for i, board in enumerate(boards):
        assert place.contains(board.rect.adjusted(0, 0, 0, CAPTION))
        assert not any(board.rect.intersects(other.rect) for other in boards[i + 1 :])


@pytest.mark.parametrize("palette", THEMES.values(), ids=THEMES)
def test_all_kernels_are_on_one_scale(qtbot: QtBot, palette: Palette):
    weight = np.linspace(-1, 2, 4 * 9, dtype=np.float32).reshape(4, 1, 3, 3)
    image = QImage(400, 150, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    lying = Gallery.of(weight.shape, 401, 150)
    draw_kernels(painter, weight, palette, lying, QRectF(image.rect()))
    painter.end()
    for number, board in enumerate(lying.boards):
        for row, column in np.ndindex(3, 3):
            corner = board.cell_rect(row, column).topLeft().toPoint()
            place = levels(weight[number, 0, row, column], -2, 2)
            seen = image.pixelColor(corner.x() + 3, corner.y() + 3)
            assert seen == QColor(*ramp(palette.map_weight)[int(place)].tolist())


def test_there_may_be_no_room(qtbot: QtBot):
    image = QImage(10, 10, QImage.Format.Format_RGB32)
    image.fill(0)
    painter = QPainter(image)
    weight = np.zeros((10, 1, 5, 5), np.float32)
    lying = Gallery.of(weight.shape, 10, 10)
    draw_kernels(painter, weight, THEMES["light"], lying, QRectF(image.rect()), (3, 0), (4, 0))
    painter.end()
    assert image.pixelColor(5, 5) == QColor("black")


SHAPES = st.tuples(st.integers(1, 64), st.integers(1, 16), st.integers(1, 11), st.integers(1, 11))


@given(SHAPES, st.integers(20, 1500), st.integers(20, 1500))
def test_a_kernel_is_found_where_it_lies(shape: tuple[int, ...], width: int, height: int):
    alone = (shape[0], 1, *shape[2:])
    for lying, outs, ins in (
        (Gallery.of(alone, width, height), shape[0], 1),
        (Table.of(shape, width), shape[0], shape[1]),
    ):
        for out in {0, outs // 2, outs - 1}:
            for into in {0, ins - 1}:
                box = lying.box(out, into)
                if box.width() > 1:
                    assert lying.at(box.center()) == (out, into)
        assert lying.at(QPointF(-1, -1)) is None


@given(SHAPES, st.integers(220, 1500))
def test_a_table_lies_within_its_size(shape: tuple[int, ...], width: int):
    table = Table.of(shape, width)
    assert table.box(0, 0).left() == table.box(0, 0).top() == LABELS
    last = table.box(shape[0] - 1, shape[1] - 1)
    assert last.right() <= table.size[0] <= width
    assert last.bottom() <= table.size[1]


@pytest.mark.parametrize("palette", THEMES.values(), ids=THEMES)
def test_a_table_has_every_kernel_in_its_place(qtbot: QtBot, palette: Palette):
    weight = np.linspace(-1, 2, 3 * 2 * 4, dtype=np.float32).reshape(3, 2, 2, 2)
    table = Table.of(weight.shape, 110)
    image = QImage(*table.size, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    draw_kernels(painter, weight, palette, table, QRectF(image.rect()))
    painter.end()
    for out, into, row, column in np.ndindex(weight.shape):
        box = table.box(out, into)
        x = box.left() + (column + 0.5) * box.width() / 2
        y = box.top() + (row + 0.5) * box.height() / 2
        place = levels(weight[out, into, row, column], -2, 2)
        seen = image.pixelColor(int(x), int(y))
        assert seen == QColor(*ramp(palette.map_weight)[int(place)].tolist())


def test_the_chosen_kernel_is_framed(qtbot: QtBot):
    weight = np.ones((4, 3, 5, 5), np.float32)
    table = Table.of(weight.shape, 150)
    image = QImage(*table.size, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    draw_kernels(painter, weight, THEMES["light"], table, QRectF(image.rect()), (2, 1))
    painter.end()
    corner = table.box(2, 1).topLeft().toPoint()
    assert image.pixelColor(corner) == QColor(THEMES["light"].focus_window)
    corner = table.box(1, 2).topLeft().toPoint()
    assert image.pixelColor(corner) != QColor(THEMES["light"].focus_window)


@given(st.integers(1, 40), st.integers(60, 400))
def test_rows_lie_below_each_other(outs: int, width: int):
    rows = Rows.of((outs, 1, 1, 50), width)
    assert rows.size[1] == rows.box(outs - 1).bottom() + NEAR + 1
    assert rows.box(0).right() <= width
    for out in range(outs):
        assert rows.at(rows.box(out).center()) == (out, 0)
    assert rows.at(QPointF(5, rows.size[1] + LINE)) is None


@pytest.mark.parametrize("shape", [(60, 50, 3, 3), (200, 1, 1, 90)])
def test_a_part_is_drawn_as_it_is_in_the_whole(shape: tuple[int, ...]):
    weight = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
    lying = Table.of(shape, 300) if shape[1] > 1 else Rows.of(shape, 300)
    whole = QRectF(0, 0, *lying.size)

    def drawn(visible: QRectF) -> QImage:
        image = QImage(*lying.size, QImage.Format.Format_ARGB32)
        image.fill(0)
        painter = QPainter(image)
        draw_kernels(painter, weight, LIGHT, lying, visible)
        painter.end()
        # Without the numbers at the edges, of which those above move along.
        return image.copy(part.toRect())

    part = QRectF(60, 100, 90, 80)
    # The scale of the colours is that of all kernels.
    assert drawn(part.adjusted(0, -30, 0, 0)) == drawn(whole)
