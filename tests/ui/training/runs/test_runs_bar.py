from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QColor, QContextMenuEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from explorer.training.augmentation import Augmentation
from explorer.training.checkpoint import Checkpoint
from explorer.training.events import Change, Evaluated
from explorer.training.history import History
from explorer.training.naming import names
from explorer.training.record import Record
from explorer.training.settings import Settings
from explorer.ui.theme import theme
from explorer.ui.training.curves.trace import Trace
from explorer.ui.training.runs.restore_chip import RestoreChip
from explorer.ui.training.runs.run_chip import RunChip
from explorer.ui.training.runs.run_words import explanation
from explorer.ui.training.runs.runs_bar import RunsBar
from tests.ui.hand import Hand

Show = Callable[..., RunsBar]
LRS = (0.1, 0.03, 0.01, 0.003, 0.001, 0.5, 0.2, 0.05)


def record(*accuracies: float, start: Checkpoint | None = None, **settings: object) -> Record:
    made = Record(Settings(**settings), History(start))  # type: ignore[arg-type]
    for number, share in enumerate(accuracies, 1):
        made.history.epochs.append(Evaluated(number, 5 * number, 0.3, 0.2, share, 1.0, 300.0))
    return made


def traces(
    records: list[Record], chosen: int = 0, hidden: tuple[int, ...] = (), running: int | None = None
) -> list[Trace]:
    return [
        Trace(
            name,
            i,
            each,
            i == chosen,
            visible=i not in hidden,
            running=i == running,
            number=i + 1,
        )
        for i, (name, each) in enumerate(zip(names(records), records, strict=True))
    ]


@pytest.fixture
def window(app: QApplication, qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(560, 300)
    return window


@pytest.fixture
def bar(window: QWidget, qtbot: QtBot) -> RunsBar:
    bar = RunsBar()
    layout = QVBoxLayout(window)
    layout.addWidget(bar)
    layout.addStretch(1)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    return bar


@pytest.fixture
def hand(bar: RunsBar) -> Hand:
    return Hand(bar)


@pytest.fixture
def two() -> list[Record]:
    return [record(0.91, 0.962, 0.95, lr=0.1), record(lr=0.01)]


def test_without_a_run_it_takes_no_room(bar: RunsBar, two: list[Record]):
    assert not bar.isVisible()
    bar.show_runs(traces(two))
    assert bar.isVisible()
    bar.show_runs([])
    assert not bar.isVisible()
    assert not bar.findChildren(RunChip, options=Qt.FindChildOption.FindDirectChildrenOnly)


def test_each_chip_tells_its_name_and_best_accuracy(
    bar: RunsBar, hand: Hand, two: list[Record], qtbot: QtBot
):
    bar.show_runs(traces(two))
    first, second = (hand.find(RunChip, f"train.run.{i}") for i in range(2))
    assert first.accessibleName() == "Run lr 0.1, best accuracy 96.2 %"
    assert second.accessibleName() == "Run lr 0.01, best accuracy –"
    assert first.isChecked() and not second.isChecked()
    two[1].history.epochs.append(Evaluated(1, 5, 0.3, 0.2, 0.5, 1.0, 300.0))
    bar.show_runs(traces(two, chosen=1))
    assert second.accessibleName() == "Run lr 0.01, best accuracy 50.0 %"
    assert second.isChecked() and not first.isChecked()


def test_a_click_chooses_and_the_page_decides(
    bar: RunsBar, hand: Hand, two: list[Record], qtbot: QtBot
):
    bar.show_runs(traces(two))
    with qtbot.waitSignal(bar.chosen) as caught:
        hand.click("train.run.1")
    assert caught.args == [1]
    assert not hand.find(RunChip, "train.run.1").isChecked(), "until the page says so"
    with qtbot.waitSignal(bar.chosen) as caught:
        hand.click("train.run.0")
    assert caught.args == [0]
    assert hand.find(RunChip, "train.run.0").isChecked(), "the chosen one stays so"


def test_the_eye_hides_the_curve_and_shows_it_again(
    bar: RunsBar, hand: Hand, two: list[Record], qtbot: QtBot
):
    bar.show_runs(traces(two))
    with qtbot.waitSignal(bar.visible_changed) as caught:
        hand.click("train.run.1.visible")
    assert caught.args == [1, False]
    bar.show_runs(traces(two, hidden=(1,)))
    assert hand.find(RunChip, "train.run.1").accessibleName().endswith("hidden")
    with qtbot.waitSignal(bar.visible_changed) as caught:
        hand.click("train.run.1.visible")
    assert caught.args == [1, True]


def test_a_run_can_be_removed_but_not_while_it_is_under_way(
    bar: RunsBar, hand: Hand, two: list[Record], qtbot: QtBot
):
    bar.show_runs(traces(two, running=1))
    with qtbot.waitSignal(bar.removed) as caught:
        hand.click("train.run.0.remove")
    assert caught.args == [0]
    assert not hand.may_click("train.run.1.remove")
    chip = hand.find(RunChip, "train.run.1")
    assert "stop it" in chip.cross.toolTip()
    chip.setFocus()
    with qtbot.assertNotEmitted(bar.removed):
        QTest.keyClick(chip, Qt.Key.Key_Delete)


def test_the_keyboard_reaches_everything(
    bar: RunsBar, hand: Hand, two: list[Record], qtbot: QtBot, window: QWidget
):
    bar.show_runs(traces(two))
    first = hand.find(RunChip, "train.run.0")
    first.setFocus()
    reached = [first.objectName()]
    for _ in range(5):
        QTest.keyClick(window, Qt.Key.Key_Tab)
        focused = QApplication.focusWidget()
        assert focused is not None
        reached.append(focused.objectName())
    assert reached == [
        f"train.run.{number}{part}" for number in range(2) for part in ("", ".visible", ".remove")
    ]
    second = hand.find(RunChip, "train.run.1")
    for key, signal in (
        (Qt.Key.Key_Space, bar.chosen),
        (Qt.Key.Key_Return, bar.chosen),
        (Qt.Key.Key_Delete, bar.removed),
    ):
        with qtbot.waitSignal(signal) as caught:
            QTest.keyClick(second, key)
        assert caught.args == [1]


def test_when_the_last_run_is_removed_the_keyboard_stays_among_them(
    bar: RunsBar, hand: Hand, two: list[Record]
):
    bar.show_runs(traces(two))
    hand.find(RunChip, "train.run.1").cross.setFocus()
    bar.show_runs(traces(two[:1]))
    assert hand.find(RunChip, "train.run.0").hasFocus()


def test_many_runs_are_scrolled_to_the_chosen_one(bar: RunsBar, hand: Hand, window: QWidget):
    eight = [record(0.9, lr=lr, batch_size=8, network="lenet5") for lr in LRS]
    others = [record(0.9, lr=lr, batch_size=512, epochs=20 + i) for i, lr in enumerate(LRS)]
    bar.show_runs(traces([*eight[:4], *others[:4]], chosen=0))
    low = bar.height()
    assert low < window.height() // 2
    last = hand.find(RunChip, "train.run.7")
    assert last.visibleRegion().isEmpty()
    bar.show_runs(traces([*eight[:4], *others[:4]], chosen=7))
    assert last.visibleRegion().boundingRect() == last.rect()
    window.resize(2600, 300)
    QApplication.processEvents()
    assert last.visibleRegion().boundingRect() == last.rect()
    assert bar.height() < low


def turn_wheel(widget: QWidget, angle: int) -> None:
    """Turn the wheel over the middle of a widget; a notch is 120."""
    place = QPointF(widget.rect().center())
    event = QWheelEvent(
        place,
        QPointF(widget.mapToGlobal(place.toPoint())),
        QPoint(),
        QPoint(0, angle),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


def cut(bar: RunsBar) -> list[str]:
    """Return the names of the chips that are seen in part."""
    return [
        chip.objectName()
        for chip in bar.findChildren(RunChip)
        if not chip.visibleRegion().isEmpty()
        and chip.visibleRegion().boundingRect().height() < chip.height()
    ]


def is_seen(chip: RunChip) -> bool:
    return chip.visibleRegion().boundingRect() == chip.rect()


@pytest.mark.parametrize("chosen", range(8))
def test_the_chosen_one_is_followed_wherever_it_goes(
    bar: RunsBar, hand: Hand, window: QWidget, chosen: int
):
    eight = [record(0.9, lr=lr) for lr in LRS]
    bar.show_runs(traces(eight[:4]))
    bar.show_runs(traces(eight, chosen))
    QApplication.processEvents()
    chip = hand.find(RunChip, f"train.run.{chosen}")
    assert is_seen(chip) and not cut(bar)
    for width in (2000, 330, 200, 700):
        window.resize(width, 300)
        QApplication.processEvents()
        assert is_seen(chip) and not cut(bar)
    for each in eight[::2]:
        each.settings = replace(each.settings, batch_size=2048, epochs=100)
    window.resize(560, 300)
    bar.show_runs(traces(eight, chosen))
    QApplication.processEvents()
    assert is_seen(chip) and not cut(bar)


def test_it_scrolls_by_whole_rows_and_stays_where_one_looks(
    bar: RunsBar, hand: Hand, window: QWidget
):
    eight = [record(0.9, lr=lr) for lr in LRS]
    window.resize(420, 300)
    bar.show_runs(traces(eight))
    QApplication.processEvents()
    scrolled, seen = bar.verticalScrollBar(), set()
    for _ in range(12):
        turn_wheel(bar.viewport(), -40)
        assert not cut(bar)
        seen |= {c.number for c in bar.findChildren(RunChip) if is_seen(c)}
    assert seen == set(range(8))
    bar.show_runs(traces(eight))
    assert scrolled.value() == scrolled.maximum()
    for value in range(scrolled.maximum() + 1):
        scrolled.setValue(value)
        assert not cut(bar)
    bar.show_runs(traces(eight, chosen=7))
    hand.find(RunChip, "train.run.0").setFocus()
    for number in range(1, 8):
        for _ in range(3):
            focused = QApplication.focusWidget()
            assert focused is not None
            QTest.keyClick(focused, Qt.Key.Key_Tab)
        focused = QApplication.focusWidget()
        assert isinstance(focused, RunChip) and focused.number == number
        assert is_seen(focused) and not cut(bar)


@pytest.mark.parametrize("width", [200, 330, 430, 560, 900, 2000])
def test_no_chip_sticks_out_at_any_width(bar: RunsBar, window: QWidget, width: int):
    for count in range(1, 9):
        bar.show_runs(traces([record(0.9, lr=lr) for lr in LRS[:count]]))
        window.resize(width, 300)
        QApplication.sendPostedEvents()
        for chip in bar.findChildren(RunChip):
            if chip.isVisible():
                left = chip.mapTo(bar, chip.rect().topLeft()).x()
                assert left >= 0 and left + chip.width() <= bar.viewport().width()
                assert chip.cross.isHidden() or chip.cross.geometry().right() < chip.width()


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_sample_has_the_colour_of_the_curve(
    bar: RunsBar, hand: Hand, two: list[Record], mode: str
):
    theme.set_mode(mode)
    bar.show_runs(traces(two, chosen=1))
    for number in range(2):
        picture = hand.find(RunChip, f"train.run.{number}").grab().toImage()
        wanted = QColor(theme.current().runs[number])
        found = {
            picture.pixelColor(x, y).name() for x in range(36) for y in range(picture.height())
        }
        assert wanted.name() in found


def test_the_tip_has_what_differs_first_and_all_settings(bar: RunsBar, hand: Hand):
    one = record(0.5, 0.75, lr=0.1, augmentation=Augmentation(shift=2))
    two = record(lr=0.1, optimizer="adam", start=Checkpoint(15, {}, lr=0.1, momentum=0.5))
    bar.show_runs(traces([one, two]))
    tip = hand.find(RunChip, "train.run.0").accessibleDescription()
    assert tip.startswith("1: SGD\nBest test accuracy: 75.00 %, after epoch 2.")
    told, same = tip.split("As in the others")
    assert "Optimizer: SGD" in told and "Augmentation: shift 2" in told
    assert "Learning rate: 0.1" in same and "Network: compact" in same
    tip = hand.find(RunChip, "train.run.1").accessibleDescription()
    assert "Not tested yet." in tip
    assert "Goes on from step 15." in tip


def test_the_tip_tells_what_was_changed_on_the_way(bar: RunsBar, hand: Hand):
    one, two = record(lr=0.1), record(lr=0.1)
    two.history.changes += [Change(7, "lr", 0.02), Change(9, "frozen", ("conv1", "conv2"))]
    bar.show_runs(traces([one, two]))
    told, _ = hand.find(RunChip, "train.run.1").accessibleDescription().split("As in the others")
    assert "Learning rate: 0.1; later 0.02" in told
    assert "Frozen at the start: nothing; later conv1, conv2" in told
    assert "later" not in hand.find(RunChip, "train.run.0").accessibleDescription()


def test_what_is_said_about_a_run_alone_names_every_setting_in_words():
    (trace,) = traces([record(schedule="one_cycle", batch_size=2048)])
    text = explanation(trace, frozenset())
    assert "Differs" not in text and "_" not in text
    assert "Schedule: one cycle" in text and "Batch size: 2,048" in text
    assert len(text.split("Settings\n")[1].splitlines()) == len(vars(Settings())) + 1


def test_a_removed_run_is_offered_back_in_its_place(
    bar: RunsBar, hand: Hand, qtbot: QtBot, window: QWidget
):
    three = [record(lr=lr) for lr in LRS[:3]]
    bar.show_runs(traces(three))
    window.grab()
    place = hand.find(RunChip, "train.run.1").geometry()
    bar.offer_back(2, "lr 0.03")
    bar.show_runs(traces([three[0], three[2]]))
    window.grab()
    offer = hand.find(RestoreChip, "train.removed")
    assert offer.accessibleName() == "Removed lr 0.03" and offer.geometry() == place
    assert hand.find(RunChip, "train.run.1").geometry() != place, "the next has not slid there"
    assert not offer.undo.geometry().contains(offer.rect().right() - 12, offer.height() // 2)
    with qtbot.waitSignal(bar.restore_wanted):
        hand.click("train.removed.undo")
    assert offer.isHidden()
    bar.show_runs(traces(three))
    qtbot.waitUntil(lambda: hand.find(RunChip, "train.run.1").geometry() == place)


def test_the_offer_stays_in_sight_and_then_the_chosen_one_is(
    bar: RunsBar, hand: Hand, qtbot: QtBot
):
    eight = [record(lr=lr) for lr in LRS]
    bar.show_runs(traces(eight))
    QApplication.processEvents()
    bar.offer_back(1, "lr 0.1")
    bar.show_runs(traces(eight[1:], chosen=6))
    QApplication.processEvents()
    offer = hand.find(RestoreChip, "train.removed")
    assert offer.visibleRegion().boundingRect() == offer.rect()
    (timer,) = bar.findChildren(QTimer, options=Qt.FindChildOption.FindDirectChildrenOnly)
    timer.setInterval(1)
    qtbot.waitUntil(offer.isHidden)
    QApplication.processEvents()
    assert is_seen(hand.find(RunChip, "train.run.6"))


def test_the_offer_stands_where_its_run_was_though_another_has_its_name(bar: RunsBar, hand: Hand):
    eight = [record(seed=seed) for seed in range(8)]
    bar.show_runs(traces(eight))
    after = traces([*eight[1:], record(seed=0)])
    bar.show_runs([replace(trace, number=trace.number + 1) for trace in after])
    bar.offer_back(1, "seed 0")
    QApplication.processEvents()
    assert hand.find(RestoreChip, "train.removed").pos() == QPoint(0, 0)


def test_the_offer_stands_alone_after_the_last_run_and_ends(
    bar: RunsBar, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    bar.show_runs(traces([record()]))
    bar.show_runs([])
    assert not bar.isVisible()
    bar.offer_back(1, "compact")
    assert bar.isVisible()
    (timer,) = bar.findChildren(QTimer, options=Qt.FindChildOption.FindDirectChildrenOnly)
    timer.setInterval(1)
    qtbot.waitUntil(lambda: not bar.isVisible())


def test_in_a_narrow_bar_the_buttons_come_when_they_are_wanted(
    bar: RunsBar, hand: Hand, window: QWidget
):
    window.resize(400, 300)
    slow = [record(0.9, lr=lr, batch_size=2048, epochs=n) for lr in LRS[:2] for n in (5, 6)]
    bar.show_runs(traces(slow))
    window.grab()
    chosen, chip = (hand.find(RunChip, f"train.run.{number}") for number in range(2))
    assert not chosen.eye.isHidden() and not chosen.cross.isHidden()
    assert chip.eye.isHidden() and chip.cross.isHidden()
    chip.setFocus()
    assert not chip.eye.isHidden()
    QTest.keyClick(window, Qt.Key.Key_Tab)
    assert chip.eye.hasFocus() and not chip.cross.isHidden()
    QTest.keyClick(window, Qt.Key.Key_Tab)
    QTest.keyClick(window, Qt.Key.Key_Tab)
    assert chip.eye.isHidden()
    bar.show_runs(traces(slow, chosen=1))
    assert chosen.eye.isHidden() and not chip.eye.isHidden()
    bar.show_runs(traces(slow))
    assert chip.eye.isHidden() and not chosen.eye.isHidden()
    window.resize(1200, 300)
    window.grab()
    assert not chip.eye.isHidden()


def open_menu(chip: RunChip) -> QMenu:
    """Press the menu key on a chip, and return what opens."""
    chip.setFocus()
    place = chip.rect().center()
    event = QContextMenuEvent(
        QContextMenuEvent.Reason.Keyboard, place, chip.mapToGlobal(place), Qt.KeyboardModifier(0)
    )
    QApplication.sendEvent(chip, event)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def test_a_menu_hides_and_removes(bar: RunsBar, hand: Hand, two: list[Record], qtbot: QtBot):
    two[1].settings = replace(two[1].settings, lr=0.1, data="/odd/b&w")
    bar.show_runs(traces(two))
    chip = hand.find(RunChip, "train.run.1")
    menu = open_menu(chip)
    hide, remove = menu.actions()
    assert hide.text() == "Hide the curves of b&&w" and remove.text() == "Remove b&&w"
    with qtbot.waitSignal(bar.visible_changed) as caught:
        QTest.keyClick(menu, Qt.Key.Key_Down)
        QTest.keyClick(menu, Qt.Key.Key_Return)
    assert caught.args == [1, False]
    bar.show_runs(traces(two, hidden=(1,)))
    menu = open_menu(chip)
    assert menu.actions()[0].text() == "Show the curves of b&&w"
    with qtbot.waitSignal(bar.removed) as caught:
        QTest.keyClick(menu, Qt.Key.Key_Up)
        QTest.keyClick(menu, Qt.Key.Key_Return)
    assert caught.args == [1]
    bar.show_runs(traces(two, running=1))
    menu = open_menu(chip)
    assert not menu.actions()[1].isEnabled()
    menu.close()
