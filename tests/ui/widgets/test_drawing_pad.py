"""The pad: strokes become pixels, and many movements one signal."""

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QInputDevice, QMouseEvent, QPointingDevice
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.core.layers import Array
from explorer.drawing.palette import DARK, LIGHT
from explorer.ui.application import create_application
from explorer.ui.theme import theme
from explorer.ui.widgets.drawing_pad import WAIT_MS, DrawingPad

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton

# Said offscreen of every window whose content changes its size.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")


@pytest.fixture(autouse=True)
def app(qapp: QApplication) -> Iterator[QApplication]:
    yield create_application([])
    theme.set_mode("system")


@pytest.fixture
def pad(qtbot: QtBot) -> DrawingPad:
    made = DrawingPad("pad", "Drawing", (28, 28), thickness=2 / 28)
    qtbot.addWidget(made)
    made.resize(282, 282)  # ten points for a pixel, and the frame
    made.show()
    return made


def at(row: float, column: float) -> QPoint:
    return QPoint(round(1 + 10 * column), round(1 + 10 * row))


def stroke(pad: DrawingPad, *points: QPoint, button: Qt.MouseButton = LEFT) -> None:
    QTest.mousePress(pad, button, pos=points[0])
    for point in points[1:]:
        QTest.mouseMove(pad, point)
    QTest.mouseRelease(pad, button, pos=points[-1])


def told(spy: QSignalSpy) -> Array:
    """Wait for the one signal and return what it says."""
    assert spy.count() == 1 or spy.wait(20 * WAIT_MS)
    QTest.qWait(2 * WAIT_MS)
    assert spy.count() == 1
    values = spy.at(0)[0]
    assert isinstance(values, np.ndarray)
    return values


def test_a_stroke_is_ink_where_the_hand_went(pad: DrawingPad):
    spy = QSignalSpy(pad.drawn)
    stroke(pad, at(14, 5), at(14, 12), at(14, 23))
    values = told(spy)
    assert values.shape == (28, 28) and values.dtype == np.float32
    assert (values[13:15, 5:23] == 255).all()
    assert values[:12].max() == values[16:].max() == 0
    # Two rows high and 18 columns long, with a round end on each side of which the area is pi / 2.
    assert values.sum() / 255 == pytest.approx(36 + np.pi, rel=0.02)
    assert np.array_equal(values, pad.value())


def test_a_slanted_stroke_has_soft_edges(pad: DrawingPad):
    stroke(pad, at(4, 4), at(23, 20))
    values = pad.value()
    assert np.count_nonzero((values > 0) & (values < 255)) > 20
    assert values.max() == 255


def test_a_click_leaves_a_dot(pad: DrawingPad):
    stroke(pad, at(14, 14))
    assert pad.value().sum() / 255 == pytest.approx(np.pi, rel=0.03)
    rows, columns = np.nonzero(pad.value() > 9)  # less lies on an edge
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (13, 14, 13, 14)


def test_the_right_button_erases(pad: DrawingPad):
    stroke(pad, at(14, 2), at(14, 26))
    stroke(pad, at(14, 20), at(14, 27), button=RIGHT)
    values = pad.value()
    assert values[:, :16].max() == 255
    assert values[:, 20:].max() == 0


def test_the_other_end_of_a_pen_erases(pad: DrawingPad):
    stroke(pad, at(14, 2), at(14, 26))
    eraser = QPointingDevice(
        "pen",
        7,
        QInputDevice.DeviceType.Stylus,
        QPointingDevice.PointerType.Eraser,
        QInputDevice.Capability.Position,
        1,
        1,
    )
    place = QPointF(at(14, 14))
    press = QMouseEvent(
        QEvent.Type.MouseButtonPress,
        place,
        QPointF(pad.mapToGlobal(place)),
        LEFT,
        LEFT,
        Qt.KeyboardModifier.NoModifier,
        eraser,
    )
    QApplication.sendEvent(pad, press)
    assert pad.value()[13:15, 13:15].max() == 0
    assert pad.value()[14, 5] == 255


def test_another_button_draws_nothing(pad: DrawingPad):
    stroke(pad, at(5, 5), at(20, 20), button=Qt.MouseButton.MiddleButton)
    QTest.mouseMove(pad, at(3, 3))
    assert not pad.value().any()


@pytest.mark.parametrize("key", [Qt.Key.Key_Delete, Qt.Key.Key_Backspace])
def test_a_key_clears_and_tells(pad: DrawingPad, key: Qt.Key):
    stroke(pad, at(14, 5), at(14, 23))
    spy = QSignalSpy(pad.drawn)
    QTest.keyClick(pad, key)
    assert not told(spy).any()
    assert not pad.value().any()


def test_other_keys_are_left_to_the_page(pad: DrawingPad):
    stroke(pad, at(14, 5), at(14, 23))
    QTest.keyClick(pad, Qt.Key.Key_Space)
    assert pad.value().any()


def test_many_movements_are_one_signal(pad: DrawingPad):
    spy = QSignalSpy(pad.drawn)
    stroke(pad, *(at(4 + i / 10, 4 + i / 7) for i in range(100)))
    assert spy.count() <= 1
    assert np.array_equal(told(spy), pad.value())


def test_what_is_set_is_shown_and_not_told(pad: DrawingPad):
    spy = QSignalSpy(pad.drawn)
    values = np.random.default_rng(0).integers(0, 256, (9, 13)).astype(np.float32)
    pad.set_value(values)
    assert pad.grid_size() == (9, 13)
    assert np.array_equal(pad.value(), values)
    pad.set_grid_size((5, 4))
    assert pad.value().shape == (5, 4) and not pad.value().any()
    QTest.qWait(2 * WAIT_MS)
    assert spy.count() == 0


def test_its_own_pixels_leave_the_stroke_as_fine_as_it_was(pad: DrawingPad):
    stroke(pad, at(4, 4), at(23, 20))
    before = pad.grab().toImage()
    pad.set_value(pad.value())
    assert pad.grab().toImage() == before


@pytest.mark.parametrize("size", [(1, 1), (3, 50), (64, 64), (512, 512)])
def test_a_grid_of_any_size(pad: DrawingPad, size: tuple[int, int]):
    pad.set_grid_size(size)
    stroke(pad, pad.rect().center())
    assert pad.value().shape == size
    assert pad.value().min() >= 0
    assert 40 < pad.value().max() <= 255


def test_outside_of_the_paper_nothing_breaks(pad: DrawingPad):
    stroke(pad, QPoint(-50, -50), QPoint(400, 400), QPoint(-10, 141))
    assert pad.value()[14, 14] == 255


def test_hiding_ends_the_stroke_and_tells_it(pad: DrawingPad):
    spy = QSignalSpy(pad.drawn)
    QTest.mousePress(pad, LEFT, pos=at(14, 5))
    QTest.mouseMove(pad, at(14, 20))
    pad.hide()
    assert spy.count() == 1
    QTest.mouseMove(pad, at(20, 20))
    assert pad.value()[18:].max() == 0


def test_it_has_the_colours_of_pictures_and_a_name(pad: DrawingPad):
    stroke(pad, at(14, 2), at(14, 26))
    assert pad.accessibleName() == "Drawing"
    assert "Delete" in pad.accessibleDescription()
    for palette in (LIGHT, DARK):
        theme.set_mode(palette.name)
        image = pad.grab().toImage()
        paper, ink = palette.map_picture
        assert image.pixelColor(at(5, 14)).name() == paper
        assert image.pixelColor(at(14, 14)).name() == ink


def test_it_keeps_its_proportions(pad: DrawingPad):
    pad.set_grid_size((10, 20))
    assert pad.heightForWidth(200) == 100
    pad.resize(402, 282)
    stroke(pad, QPoint(201, 141))
    rows, columns = np.nonzero(pad.value())
    assert rows.mean() == pytest.approx(4.5) and columns.mean() == pytest.approx(9.5)
