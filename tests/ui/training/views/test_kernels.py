"""Kernels of a convolution: a gallery where there is one input channel, else a table."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollArea
from pytestqt.qtbot import QtBot

from explorer.core.geometry import Pair
from explorer.drawing.palette import THEMES
from explorer.training.reports import Kernels
from explorer.ui.theme import theme
from explorer.ui.training.views.aims import Aim, KernelOf
from explorer.ui.training.views.kernels import KernelView
from tests.ui.hand import LEFT

RANDOM = np.random.default_rng(0)
TEN = RANDOM.normal(size=(10, 1, 5, 5)).astype(np.float32)
MANY = RANDOM.normal(size=(20, 10, 5, 5)).astype(np.float32)


def of(values: np.ndarray, step: int = 1) -> Kernels:
    return Kernels("conv1", step, values)


@pytest.fixture
def view(app: QApplication, qtbot: QtBot) -> KernelView:
    made = KernelView("conv1", "train.kernels")
    qtbot.addWidget(made)
    made.resize(214, 130)
    with qtbot.waitExposed(made):
        made.show()
    return made


def picture(view: KernelView, width: int = 280, height: int = 400) -> QImage:
    view.setMinimumSize(1, 1)
    view.resize(width, height)
    return view.grab().toImage()


def colours(image: QImage) -> set[int]:
    return {image.pixel(x, y) for x in range(image.width()) for y in range(image.height())}


def point(view: KernelView, kernel: Pair) -> QPoint:
    place = view.board.lying()
    assert place is not None
    return place.box(*kernel).center().toPoint()


def test_it_says_what_to_do_while_it_is_empty(view: KernelView):
    empty = picture(view)
    assert len(colours(empty)) > 2
    assert view.aim() == Aim()
    view.show_kernels(of(TEN))
    assert picture(view) != empty
    view.show_kernels(None)
    assert picture(view) == empty


@pytest.mark.parametrize("mode", THEMES)
def test_the_extremes_have_the_ends_of_the_map(view: KernelView, mode: str):
    theme.set_mode(mode)
    one = np.zeros((1, 1, 2, 2), np.float32)
    one[0, 0] = [[-1, 1], [0, 0]]
    view.show_kernels(of(one))
    found = colours(picture(view))
    ends = THEMES[mode].map_weight
    assert {QColor(ends[0]).rgb(), QColor(ends[-1]).rgb()} <= found


@pytest.mark.parametrize("values", [TEN, MANY])
def test_new_kernels_are_seen_at_once(view: KernelView, values: np.ndarray):
    view.show_kernels(of(values))
    before = picture(view)
    view.show_kernels(of(values[::-1]))
    assert picture(view) != before


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(1, 900), st.integers(1, 900), st.booleans())
def test_any_size_will_do(view: KernelView, width: int, height: int, many: bool):
    view.show_kernels(of(MANY if many else TEN))
    assert picture(view, width, height).size().toTuple() == (width, height)


@pytest.mark.parametrize("fill", [0.0, 1e-30, 1e30])
@pytest.mark.parametrize("shape", [TEN.shape, MANY.shape])
def test_kernels_may_all_be_the_same(view: KernelView, fill: float, shape: tuple[int, ...]):
    view.show_kernels(of(np.full(shape, fill, np.float32)))
    picture(view)


@pytest.mark.parametrize(("values", "kernel"), [(TEN, (7, 0)), (MANY, (2, 7))])
def test_a_click_chooses_and_the_pointer_points(
    view: KernelView, values: np.ndarray, kernel: Pair, qtbot: QtBot
):
    view.show_kernels(of(values))
    has_sources = values.shape[1] > 1
    with qtbot.waitSignal(view.aimed):
        QTest.mouseMove(view.board, point(view, kernel))
    assert view.aim().pointed == KernelOf("conv1", kernel, has_sources)
    assert view.aim().chosen is None
    QTest.mouseClick(view.board, LEFT, pos=point(view, kernel))
    QApplication.sendEvent(view.board, QEvent(QEvent.Type.Leave))
    assert view.aim().pointed is None
    assert view.aim().chosen == KernelOf("conv1", kernel, has_sources)
    view.show_kernels(of(values[::-1]))
    assert view.aim().chosen == KernelOf("conv1", kernel, has_sources)
    view.show_kernels(None)
    view.show_kernels(of(values))
    assert view.aim().chosen is None


def test_the_choice_goes_with_the_shape(view: KernelView):
    view.show_kernels(of(MANY))
    QTest.mouseClick(view.board, LEFT, pos=point(view, (2, 7)))
    view.show_kernels(of(TEN))
    assert view.aim().chosen is None


def test_a_double_click_opens(view: KernelView, qtbot: QtBot):
    view.show_kernels(of(MANY))
    QTest.mouseClick(view.board, LEFT, pos=point(view, (1, 1)))
    with qtbot.waitSignal(view.board.opened):
        QTest.mouseDClick(view.board, LEFT, pos=point(view, (1, 1)))


def test_keys_go_through_a_table_and_it_scrolls_along(view: KernelView, qtbot: QtBot):
    view.show_kernels(of(MANY))
    qtbot.wait(20)
    view.board.setFocus()
    for key in (Qt.Key.Key_Down, *[Qt.Key.Key_Down] * 30, *[Qt.Key.Key_Right] * 4):
        QTest.keyClick(view.board, key)
    assert view.board.chosen() == (19, 4)
    bar = view.findChildren(QScrollArea)[0].verticalScrollBar()
    assert bar.value() > bar.maximum() // 2 > 0
    with qtbot.waitSignal(view.board.opened):
        QTest.keyClick(view.board, Qt.Key.Key_Return)
    QTest.keyClick(view.board, Qt.Key.Key_Escape)
    assert view.board.chosen() is None


def test_keys_go_through_a_gallery(view: KernelView):
    view.show_kernels(of(TEN))
    place = view.board.lying()
    assert place is not None
    view.board.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down):
        QTest.keyClick(view.board, key)
    chosen = view.board.chosen()
    assert chosen is not None
    assert place.box(*chosen).left() == place.box(1, 0).left()
    assert place.box(*chosen).top() > place.box(1, 0).top()
    for _ in range(20):
        QTest.keyClick(view.board, Qt.Key.Key_Right)
    assert view.board.chosen() == (9, 0)
