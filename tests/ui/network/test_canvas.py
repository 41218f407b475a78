"""The canvas of the network under a real hand: pointing, choosing, zooming, moving, keys."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QProxyStyle, QStyle
from pytestqt.qtbot import QtBot

from explorer.core.network.state import Spot
from explorer.drawing.network.hit import Hit, header_rect, toggle_rect
from explorer.drawing.network.paint import paint_still
from explorer.drawing.network.sheet import Sheet
from explorer.drawing.network.view import LARGEST_CELL
from explorer.drawing.palette import DARK
from explorer.ui.network.canvas import NetworkCanvas
from explorer.ui.theme import theme
from tests.drawing.network.scenes import broken, small, traced
from tests.ui.hand import LEFT

EMPTY = QPoint(2, 300)


class Animated(QProxyStyle):
    """A style that moves things, whatever the platform says."""

    def styleHint(self, hint: QStyle.StyleHint, *rest: Any) -> int:
        if hint == QStyle.StyleHint.SH_Widget_Animation_Duration:
            return 100
        return int(super().styleHint(hint, *rest))


class CanvasHand:
    """Points at what the canvas shows, and remembers what it says."""

    def __init__(self, canvas: NetworkCanvas) -> None:
        self.canvas = canvas
        self.pointed: list[object] = []
        self.chosen: list[object] = []
        self.folded: list[int] = []
        canvas.pointed.connect(self.pointed.append)
        canvas.chosen.connect(self.chosen.append)
        canvas.collapse_wanted.connect(self.folded.append)

    def place(self, spot: Spot) -> QPoint:
        layout = self.canvas.layout_now
        assert layout is not None
        area = layout.spot_rect(spot)
        assert area is not None
        return self.canvas.view().point(area.center()).toPoint()

    def header(self, place: int) -> QPoint:
        area = self._header(place)
        return QPoint(round(area.center().x()), round(area.bottom()) - 5)

    def toggle(self, place: int) -> QPoint:
        return toggle_rect(self._header(place)).center().toPoint()

    def _header(self, place: int) -> QRectF:
        layout = self.canvas.layout_now
        assert layout is not None
        column = layout.column(place)
        return header_rect(layout, self.canvas.view(), column, self.canvas.width())

    def wheel(self, at: QPoint, notches: int) -> None:
        event = QWheelEvent(
            QPointF(at),
            QPointF(self.canvas.mapToGlobal(at)),
            QPoint(),
            QPoint(0, 120 * notches),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(self.canvas, event)

    def drag(self, start: QPoint, by: QPoint) -> None:
        QTest.mousePress(self.canvas, LEFT, pos=start)
        for step in range(1, 6):
            QTest.mouseMove(self.canvas, start + by * step / 5)
        QTest.mouseRelease(self.canvas, LEFT, pos=start + by)


@pytest.fixture
def hand(qtbot: QtBot) -> Iterator[CanvasHand]:
    canvas = NetworkCanvas()
    qtbot.addWidget(canvas)
    canvas.resize(1000, 700)
    canvas.show_scene(small())
    canvas.show()
    qtbot.waitExposed(canvas)
    yield CanvasHand(canvas)
    canvas.hide()


def test_pointing_at_a_cell_says_which(hand: CanvasHand):
    spot = Spot(3, 5, 1, 2)
    QTest.mouseMove(hand.canvas, hand.place(spot))
    assert hand.pointed == [spot]
    assert hand.canvas.accessibleDescription().startswith("conv2, channel 5, row 1, column 2: ")
    QTest.mouseMove(hand.canvas, hand.place(spot))
    assert len(hand.pointed) == 1
    QTest.mouseMove(hand.canvas, EMPTY)
    assert hand.pointed == [spot, None]
    assert hand.canvas.accessibleDescription() == ""


def test_pointing_at_numbers_and_headers(hand: CanvasHand):
    QTest.mouseMove(hand.canvas, hand.place(Spot(5, 3)))
    assert hand.canvas.accessibleDescription().startswith("fc, number 3: ")
    QTest.mouseMove(hand.canvas, hand.header(0))
    assert hand.pointed[-1] == Hit("header", 0)
    assert hand.canvas.accessibleDescription() == "conv1: 4 × 10 × 10"
    QTest.mouseMove(hand.canvas, hand.toggle(1))
    assert hand.canvas.accessibleDescription() == "Fold relu"


def test_the_reason_of_a_break_is_said(hand: CanvasHand):
    hand.canvas.show_scene(broken())
    QTest.mouseMove(hand.canvas, hand.header(2))
    assert hand.canvas.accessibleDescription().startswith("conv2: ")


def test_a_click_chooses(hand: CanvasHand):
    spot = Spot(0, 2, 4, 4)
    QTest.mouseClick(hand.canvas, LEFT, pos=hand.place(spot))
    QTest.mouseClick(hand.canvas, LEFT, pos=hand.header(2))
    QTest.mouseClick(hand.canvas, LEFT, pos=EMPTY)
    QTest.mouseClick(hand.canvas, Qt.MouseButton.RightButton, pos=hand.place(spot))
    assert hand.chosen == [spot, Hit("header", 2), None]


def test_the_sign_in_the_header_folds(hand: CanvasHand):
    QTest.mouseClick(hand.canvas, LEFT, pos=hand.toggle(3))
    assert hand.folded == [3] and not hand.chosen
    hand.canvas.show_scene(replace(small(), collapsed=frozenset({3})))
    QTest.mouseClick(hand.canvas, LEFT, pos=hand.toggle(3))
    assert hand.folded == [3, 3]


def test_the_wheel_zooms_about_the_pointer(hand: CanvasHand):
    at = hand.place(Spot(0, 2, 4, 4))
    before = hand.canvas.view().world(QPointF(at))
    hand.wheel(at, 6)
    assert hand.canvas.view().zoom > 2
    after = hand.canvas.view().world(QPointF(at))
    assert (after.x(), after.y()) == pytest.approx((before.x(), before.y()), abs=0.5)
    hand.wheel(at, -40)
    assert hand.canvas.view().zoom == 1
    hand.wheel(at, 60)
    layout = hand.canvas.layout_now
    assert layout is not None
    cell = layout.spot_rect(Spot(0, 2, 4, 4))
    assert cell is not None
    assert cell.width() * hand.canvas.view().zoom >= LARGEST_CELL * 0.99


def test_dragging_moves_and_chooses_nothing(hand: CanvasHand):
    spot = Spot(0, 2, 4, 4)
    at = hand.place(spot)
    hand.wheel(at, 5)
    before = hand.canvas.view()
    hand.drag(hand.place(spot), QPoint(-60, -40))
    after = hand.canvas.view()
    moved = (after.left - before.left, after.top - before.top)
    assert moved == pytest.approx((-60, -40), abs=1)
    assert not hand.chosen


def test_a_double_click_shows_a_layer_and_then_everything(hand: CanvasHand):
    whole = hand.canvas.view()
    QTest.mouseDClick(hand.canvas, LEFT, pos=hand.header(0))
    near = hand.canvas.view()
    assert near.zoom > whole.zoom
    QTest.mouseDClick(hand.canvas, LEFT, pos=hand.header(0))
    assert hand.canvas.view() == whole


def test_it_glides_to_a_layer_where_that_is_wanted(hand: CanvasHand, qtbot: QtBot):
    canvas = hand.canvas
    style = Animated(canvas.style().name())
    canvas.setStyle(style)
    canvas.fit_layer(0)
    assert canvas.gliding.is_active and canvas.gliding.towards(canvas.view()) != canvas.view()
    qtbot.waitUntil(lambda: not canvas.gliding.is_active)
    assert canvas.gliding.towards(canvas.view()) == canvas.view()
    canvas.fit()
    canvas.hide()
    assert canvas.gliding.towards(canvas.view()) == canvas.view()
    canvas.setStyle(QApplication.style())


def test_a_network_that_changes_under_the_hand(hand: CanvasHand):
    for spot in (Spot(9, 0), Spot(3, 99, 0, 0), Spot(5, 3, 4, 0), Spot(-2, 0)):
        hand.canvas.show_scene(replace(small(), hover=spot, pin=spot, map=(9, 3), chosen=12))
        hand.canvas.grab()
        QTest.keyClick(hand.canvas, Qt.Key.Key_Right)
        hand.canvas.bring_into_sight(spot)
        assert hand.canvas.accessibleDescription() == ""
    assert not hand.chosen


def test_keys_zoom_and_move(hand: CanvasHand):
    canvas = hand.canvas
    whole = canvas.view()
    QTest.keyClick(canvas, Qt.Key.Key_Plus)
    QTest.keyClick(canvas, Qt.Key.Key_Plus)
    near = canvas.view()
    assert near.zoom > whole.zoom
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.view().left < near.left
    QTest.keyClick(canvas, Qt.Key.Key_Minus)
    QTest.keyClick(canvas, Qt.Key.Key_0)
    assert canvas.view() == whole


def test_arrows_move_what_is_held(hand: CanvasHand):
    canvas = hand.canvas

    def press(key: Qt.Key, by_map: bool = False) -> Spot:
        modifier = Qt.KeyboardModifier.ControlModifier if by_map else Qt.KeyboardModifier.NoModifier
        QTest.keyClick(canvas, key, modifier)
        spot = hand.chosen[-1]
        assert isinstance(spot, Spot)
        canvas.show_scene(replace(small(), pin=spot))
        return spot

    canvas.show_scene(replace(small(), pin=Spot(0, 0, 9, 9)))
    assert press(Qt.Key.Key_Up) == Spot(0, 0, 8, 9)
    assert press(Qt.Key.Key_Left) == Spot(0, 0, 8, 8)
    assert press(Qt.Key.Key_Down, by_map=True).channel > 0
    for _ in range(40):
        spot = press(Qt.Key.Key_Right)
    assert spot.place > 0
    canvas.show_scene(replace(small(), pin=Spot(-1, 0, 0, 0)))
    count = len(hand.chosen)
    QTest.keyClick(canvas, Qt.Key.Key_Left)
    assert len(hand.chosen) == count


def test_what_is_held_is_said(hand: CanvasHand):
    hand.canvas.show_scene(replace(small(), pin=Spot(0, 0, 3, 3)))
    assert hand.canvas.accessibleDescription().startswith("conv1, channel 0, row 3, column 3")


def test_what_stands_still_is_painted_once(hand: CanvasHand, monkeypatch: pytest.MonkeyPatch):
    painted: list[Sheet] = []

    def counted(sheet: Sheet) -> None:
        painted.append(sheet)
        paint_still(sheet)

    monkeypatch.setattr("explorer.ui.network.canvas.paint_still", counted)
    scene = small()
    hand.canvas.show_scene(scene)
    hand.canvas.grab()
    assert len(painted) == 1
    hand.canvas.show_scene(traced(scene, Spot(3, 5, 1, 1)))
    hand.canvas.grab()
    assert len(painted) == 1
    hand.canvas.zoom_by(2)
    hand.canvas.grab()
    assert len(painted) == 2


def test_a_change_of_theme_is_seen(hand: CanvasHand, monkeypatch: pytest.MonkeyPatch):
    hand.canvas.grab()
    monkeypatch.setattr(theme, "_palette", DARK)
    theme.changed.emit(DARK)
    assert hand.canvas.grab().toImage().pixelColor(EMPTY) == QColor(DARK.surface)


def test_another_size_is_filled(hand: CanvasHand):
    hand.canvas.resize(1400, 900)
    layout = hand.canvas.layout_now
    assert layout is not None and layout.size.height() > 800
    assert hand.canvas.view().zoom == 1


def test_without_a_scene_there_is_nothing(qtbot: QtBot):
    canvas = NetworkCanvas()
    qtbot.addWidget(canvas)
    canvas.show()
    canvas.zoom_by(2)
    canvas.fit()
    QTest.keyClick(canvas, Qt.Key.Key_Left)
    QTest.mouseMove(canvas, QPoint(50, 50))
    canvas.grab()
    assert canvas.scene() is None and canvas.layout_now is None
