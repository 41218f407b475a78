"""Maps of every layer: a pixel is chosen with the mouse and the keyboard."""

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollArea
from pytestqt.qtbot import QtBot

from explorer.drawing.maps import Mark
from explorer.training.in_lab import Spot
from explorer.ui.training.views.aims import INPUT, Aim
from explorer.ui.training.views.maps import MapView, boards_of
from tests.training.moments import moment_of
from tests.training.own_networks import OWN
from tests.ui.hand import LEFT

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def view(app: QApplication, qtbot: QtBot) -> MapView:
    made = MapView()
    qtbot.addWidget(made)
    made.resize(214, 170)
    with qtbot.waitExposed(made):
        made.show()
    made.show_moment(moment_of("classic"))
    qtbot.wait(10)
    return made


def point(view: MapView, mark: Mark) -> QPoint:
    return view.boards.cell(mark).center().toPoint()


def test_what_came_through_a_relu_is_not_signed():
    signs = {board.name: board.signed for board in boards_of(moment_of("compact"), "input")}
    assert signs["conv1"] and signs["pool1"] and not signs["input"]
    assert not signs["relu1"] and not signs["relu2"]
    normed = boards_of(moment_of(OWN["normed"]), "input")
    assert [board.signed for board in normed] == [False, True, True, False, False]
    # Its name says nothing: a layer may be called anything.
    named = "nn.Sequential(OrderedDict([('relu', nn.Conv2d(1, 10, 28)), ('f', nn.Flatten())]))"
    assert [board.signed for board in boards_of(moment_of(named), "input")] == [False, True]


def test_a_click_chooses_a_pixel(view: MapView):
    QTest.mouseMove(view.boards, point(view, Mark(1, 4, (3, 4))))
    assert view.aim().pointed == Spot("conv1", 4, (3, 4))
    assert view.aim().chosen is None and view.aim().hint
    QTest.mouseClick(view.boards, LEFT, pos=point(view, Mark(1, 3, (5, 7))))
    QApplication.sendEvent(view.boards, QEvent(QEvent.Type.Leave))
    assert view.aim().pointed is None
    assert view.aim().chosen == Spot("conv1", 3, (5, 7))
    QTest.mouseClick(view.boards, LEFT, pos=point(view, Mark(0, 0, (9, 9))))
    assert view.aim().chosen == Spot(INPUT, 0, (9, 9))


def test_what_is_chosen_stays_until_the_network_is_another(view: MapView):
    QTest.mouseClick(view.boards, LEFT, pos=point(view, Mark(1, 3, (5, 7))))
    view.show_moment(moment_of("classic", seed=1))
    assert view.boards.chosen() == Mark(1, 3, (5, 7))
    view.show_moment(moment_of("compact"))
    assert view.boards.chosen() is None
    QTest.mouseClick(view.boards, LEFT, pos=point(view, Mark(1, 3, (5, 7))))
    view.show_moment(None)
    assert view.aim() == Aim()


def test_arrows_go_from_pixel_to_pixel_and_on_into_the_next_map(view: MapView):
    view.boards.setFocus()
    QTest.keyClick(view.boards, Qt.Key.Key_Right)
    assert view.boards.chosen() == Mark(1, 0, (0, 0))
    for _ in range(24):
        QTest.keyClick(view.boards, Qt.Key.Key_Right)
    assert view.boards.chosen() == Mark(1, 1, (0, 0))
    QTest.keyClick(view.boards, Qt.Key.Key_Left)
    assert view.boards.chosen() == Mark(1, 0, (0, 23))
    QTest.keyClick(view.boards, Qt.Key.Key_Up)
    assert view.boards.chosen() == Mark(0, 0, (27, 0))
    QTest.keyClick(view.boards, Qt.Key.Key_Down)
    assert view.boards.chosen() == Mark(1, 0, (0, 0))


def test_with_ctrl_arrows_go_from_map_to_map_and_it_scrolls_along(view: MapView, qtbot: QtBot):
    view.boards.setFocus()
    QTest.keyClick(view.boards, Qt.Key.Key_Down)
    QTest.keyClick(view.boards, Qt.Key.Key_Right, CTRL)
    assert view.boards.chosen() == Mark(1, 1, (0, 0))
    for _ in range(40):
        QTest.keyClick(view.boards, Qt.Key.Key_Down, CTRL)
    chosen = view.boards.chosen()
    assert chosen is not None and chosen.layer == 6
    bar = view.findChildren(QScrollArea)[0].verticalScrollBar()
    assert bar.value() > bar.maximum() // 2 > 0
    for _ in range(40):
        QTest.keyClick(view.boards, Qt.Key.Key_Left, CTRL)
    assert view.boards.chosen() == Mark(6, 0, chosen.cell)
    with qtbot.waitSignal(view.boards.opened):
        QTest.keyClick(view.boards, Qt.Key.Key_Return)
    QTest.keyClick(view.boards, Qt.Key.Key_Escape)
    assert view.boards.chosen() is None


def test_frozen_layers_are_marked(view: MapView):
    view.show_moment(moment_of("classic"), frozenset({"conv1"}))
    assert [layer.name for layer in view.boards.layers() if layer.note] == ["conv1"]
