"""The window moves: by itself, by buttons, by keys, by the scrub bar."""

import gc

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QCursor, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel
from pytestqt.qtbot import QtBot

from explorer.core.layers import ConvTranspose2d
from explorer.core.scene import Focus
from explorer.ui.lab import edits, player
from explorer.ui.widgets.slider import Slider
from tests.ui.lab.conftest import shown
from tests.ui.lab.hand import LabHand


def test_it_plays_on_a_digit_from_the_start(playing: LabHand, qtbot: QtBot):
    assert playing.page.player.playing
    assert playing.state.sample == "digit"
    qtbot.waitUntil(lambda: playing.state.step > 1)


def test_it_plays_although_the_pointer_happens_to_rest_on_a_cell(app: QApplication, qtbot: QtBot):
    QCursor.setPos(QPoint(480, 300))
    page = shown(qtbot)
    at = page.canvas.mapFromGlobal(QCursor.pos())
    assert page.canvas.layout_now.input[0].at(QPointF(at)) is not None
    qtbot.waitUntil(lambda: page.document.state.step > 1, timeout=30_000)
    QTest.mouseMove(page.canvas, at + QPoint(1, 0))
    assert page.document.state.hover is not None


def test_the_play_button_and_the_space_bar_pause_and_go_on(playing: LabHand, qtbot: QtBot):
    page = playing.page
    for press in (lambda: playing.click("play"), lambda: playing.key(Qt.Key.Key_Space)):
        qtbot.waitUntil(lambda: playing.state.step > 1)
        press()
        step = playing.state.step
        QTest.qWait(60)
        assert not page.player.playing
        assert playing.state.step == step
        press()
        qtbot.waitUntil(lambda at=step: playing.state.step > at)  # type: ignore[misc]


def test_the_buttons_step(hand: LabHand):
    for name, step in (
        ("next", 1),
        ("next", 2),
        ("previous", 1),
        ("last", 8),
        ("next", 8),
        ("first", 0),
        ("previous", 0),
    ):
        hand.click(name)
        assert hand.state.step == step
        assert hand.reads("position") == f"{step + 1} / 9"
        assert hand.find(Slider, "step").value() == step


def test_the_keys_step(hand: LabHand):
    keys = Qt.Key
    for key, step in (
        (keys.Key_Right, 1),
        (keys.Key_End, 8),
        (keys.Key_Left, 7),
        (keys.Key_Home, 0),
    ):
        hand.key(key)
        assert hand.state.step == step


@pytest.mark.parametrize("on", ["canvas", "play", "fit"])
def test_the_keys_work_wherever_the_focus_is(hand: LabHand, on: str):
    target = hand.canvas if on == "canvas" else hand.find(QAbstractButton, on)
    target.setFocus()
    hand.key(Qt.Key.Key_End, target)
    assert hand.state.step == 8


def test_stepping_pauses(playing: LabHand):
    playing.key(Qt.Key.Key_Right)
    assert not playing.page.player.playing


def test_back_from_between_two_cells_is_the_cell_before(hand: LabHand):
    hand.page.document.look(step=4.6)
    hand.click("previous")
    assert hand.state.step == 4
    hand.page.document.look(step=4.6)
    hand.click("next")
    assert hand.state.step == 5


@pytest.mark.parametrize("key", [0, 0x0416, 0x01FFFFFF])
def test_keys_of_other_alphabets_do_nothing(hand: LabHand, key: int):
    state = hand.state
    event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, "ж")
    QApplication.sendEvent(hand.page, event)
    assert hand.state is state


def test_the_scrub_bar_goes_anywhere(hand: LabHand):
    hand.slide("step", 5)
    assert hand.state.step == 5
    assert hand.state.cell == (1, 2)
    bar = hand.find(Slider, "step")
    bar.setFocus()
    hand.key(Qt.Key.Key_PageUp, bar)  # a row
    assert hand.state.step == 8
    hand.key(Qt.Key.Key_Home, bar)
    assert hand.state.step == 0


def test_the_scrub_bar_has_a_place_for_every_cell(hand: LabHand):
    bar = hand.find(Slider, "step")
    hand.page.document.edit("size", edits.with_input, size=(4, 8))
    assert (bar.maximum(), bar.pageStep()) == (11, 6)
    hand.page.document.edit("size", edits.with_input, size=(8, 4))
    assert (bar.maximum(), bar.pageStep()) == (11, 2)
    hand.page.document.edit("size", edits.with_input, size=(3, 3))
    assert bar.maximum() == 0
    assert hand.reads("position") == "1 / 1"


def test_stepping_takes_over_from_the_pointer_and_the_pin(hand: LabHand):
    hand.press("output", (2, 2))
    hand.click("next")
    assert (hand.state.pins, hand.state.hover) == ((), None)
    assert hand.state.step == 1
    hand.hover("output", (2, 2))
    hand.key(Qt.Key.Key_Right)
    assert hand.state.cell == (0, 2)


def test_the_animation_stands_while_a_cell_is_looked_at(playing: LabHand, qtbot: QtBot):
    qtbot.waitUntil(lambda: playing.state.step > 1)
    playing.hover("output", (20, 20))
    step = playing.state.step
    QTest.qWait(60)
    assert playing.state.step == step
    assert playing.page.player.playing
    playing.leave()
    qtbot.waitUntil(lambda: playing.state.step > step)
    assert playing.state.step < step + 3  # it goes on where it was and does not jump


def test_the_speed_is_in_cells_a_second(hand: LabHand):
    for index, speed in enumerate(player.SPEEDS):
        hand.slide("speed", index)
        assert hand.page.player.speed == speed
        texts = [label.text() for label in hand.page.transport.findChildren(QLabel)]
        assert f"{speed:g} cells/s" in texts


def test_any_speed_is_shown(hand: LabHand):
    hand.page.player.set_speed(100)
    assert hand.find(Slider, "speed").value() == player.SPEEDS.index(128)


def test_the_end_stands_a_while_before_it_starts_over(
    hand: LabHand, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(player, "HOLD_AT_END", 0.15)
    hand.page.player.set_speed(128)
    hand.click("play")
    qtbot.waitUntil(lambda: hand.state.step == 8)
    QTest.qWait(40)
    assert hand.state.step == 8
    qtbot.waitUntil(lambda: hand.state.step < 8)
    assert hand.page.player.playing


def test_playing_from_the_end_starts_over(hand: LabHand):
    hand.click("last")
    hand.click("play")
    assert hand.state.step < 1


def test_an_illegal_setting_stands_still(playing: LabHand):
    playing.page.document.edit("kernel", edits.with_input, size=(1, 1))
    assert not playing.state.fits
    QTest.qWait(40)
    assert playing.state.step == 0
    for name in ("first", "previous", "play", "next", "last", "step"):
        assert not playing.find(QAbstractButton if name != "step" else Slider, name).isEnabled()
    assert playing.reads("position") == "–"
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_End, Qt.Key.Key_Home):
        playing.key(key)
    assert playing.state.step == 0


def test_one_output_cell_can_be_played_too(hand: LabHand):
    hand.page.document.edit("size", edits.with_input, size=(3, 3))
    hand.click("play")
    QTest.qWait(40)
    hand.click("next")
    assert hand.state.step == 0
    assert hand.state.windows == 1


def test_nobody_moves_a_page_that_is_not_seen(playing: LabHand, qtbot: QtBot):
    page = playing.page
    qtbot.waitUntil(lambda: playing.state.step > 1)
    page.hide()
    step = playing.state.step
    QTest.qWait(60)
    assert playing.state.step == step
    assert not any(timer.isActive() for timer in page.player.findChildren(QTimer))
    page.show()
    qtbot.waitUntil(lambda: playing.state.step > step)


def test_a_paused_page_is_still_paused_when_it_comes_back(hand: LabHand):
    hand.page.hide()
    hand.page.show()
    QTest.qWait(40)
    assert not hand.page.player.playing
    assert hand.state.step == 0


def test_no_timer_runs_on_after_the_page(playing: LabHand, qtbot: QtBot):
    qtbot.waitUntil(lambda: playing.state.step > 0)
    playing.page.close()
    gc.collect()
    running = [timer for timer in playing.page.findChildren(QTimer) if timer.isActive()]
    assert [timer for timer in running if timer.parent() is playing.page.player] == []
    assert not playing.page.player.playing


def test_a_held_cell_stands_over_the_animation(playing: LabHand, qtbot: QtBot):
    qtbot.waitUntil(lambda: playing.state.step > 0)
    playing.press("output", (3, 3))
    playing.leave()
    step = playing.state.step
    QTest.qWait(40)
    assert playing.state.step == step
    assert playing.state.focus == Focus("output", (3, 3))
    playing.key(Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: playing.state.step > step)


def test_the_steps_are_input_cells_where_they_stamp(hand: LabHand):
    page, bar = hand.page, hand.find(Slider, "step")
    page.document.edit("operation", edits.with_layer, ConvTranspose2d(1, 1, (3, 3), (2, 2)))
    assert (bar.maximum(), bar.pageStep()) == (120, 11)
    hand.slide("step", 100)
    page.document.look(stamping=True)
    assert (bar.maximum(), bar.pageStep()) == (24, 5)
    assert hand.reads("position") == "25 / 25"  # there are not so many
    hand.click("previous")
    assert hand.state.step == 23
    assert hand.reads("position") == "24 / 25"
    hand.click("last")
    assert hand.state.step == 24
    page.document.look(stamping=False)
    assert hand.reads("position") == "25 / 121"


def test_stamps_play_from_the_end_anew(hand: LabHand):
    page = hand.page
    page.document.edit("operation", edits.with_layer, ConvTranspose2d(1, 1, (3, 3), (2, 2)))
    hand.click("last")
    page.document.look(stamping=True)
    hand.click("play")
    assert hand.state.step < 1
    assert page.player.speed == 2
