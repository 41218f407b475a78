"""The plots: they follow the run until a hand moves them, in every theme and size."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from explorer.drawing.palette import THEMES
from explorer.training.events import Change
from explorer.training.history import History
from explorer.ui.theme import theme
from explorer.ui.training.curves.panel import Curves
from explorer.ui.training.curves.run_lines import MOST_MARKS, MOST_POINTS
from tests.ui.hand import Hand
from tests.ui.training.curves.shown_runs import SECONDS_PER_STEP, drawn, history, mail, trace
from tests.ui.training.hand import Trainer


def seen(curves: Curves) -> list[float]:
    """Return the last step and the largest loss that can be seen."""
    (_, steps), (_, loss) = curves.loss.viewRange()
    return [steps, loss]


def button(curves: Curves) -> QToolButton:
    found = curves.findChild(QToolButton, "train.follow")
    assert isinstance(found, QToolButton)
    return found


def turn_wheel(
    curves: Curves,
    notches: int,
    keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    place: QWidget = curves.loss.viewport()
    middle = QPointF(place.rect().center())
    event = QWheelEvent(
        middle,
        QPointF(place.mapToGlobal(middle.toPoint())),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        keys,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(place, event)


def test_each_plot_has_a_name_for_those_who_do_not_see_it(curves: Curves):
    for plot, name in ((curves.loss, "loss"), (curves.accuracy, "accuracy")):
        assert plot.objectName() == f"train.{name}_plot"
        assert name in plot.accessibleName()


def test_the_axes_grow_with_the_run(curves: Curves):
    assert seen(curves) == [100, 2.5]
    shown = history(99)
    curves.show_traces([trace(shown, running=True)])
    assert seen(curves) == [100, 2.5]
    shown.add(mail([0.1, 0.1], first=99))
    curves.show_traces([trace(shown, running=True)])
    assert seen(curves) == [150, 2.5]
    assert curves.accuracy.viewRange()[0] == [0, 150]
    assert not button(curves).isVisible()


def test_the_axis_ends_with_the_longest_run(curves: Curves):
    curves.show_traces([trace(history(400)), trace(history(700), 1, chosen=False)])
    assert 700 <= seen(curves)[0] < 720
    # One that is under way has room up to its end, and none beyond.
    shown = history(400, 4)
    for running, least, most in ((True, 410, 1000), (False, 400, 410)):
        curves.show_traces([trace(shown, running=running, epochs=10)])
        assert least <= seen(curves)[0] <= most


def test_one_spike_does_not_make_all_else_flat(curves: Curves):
    shown = history(0)
    losses = np.full(1000, 0.3)
    losses[500:510] = 350_000.0
    shown.add(mail(losses.tolist()))
    curves.show_traces([trace(shown)])
    assert seen(curves)[1] <= 1
    (text,) = curves._flags.texts
    assert text.startswith("↑ ")
    assert {500 <= arrow.x <= 600 for arrow in curves._flags.arrows} == {True}
    # Whoever makes room for it loses the arrow.
    curves.loss.setYRange(0, 400_000)
    assert curves._flags.texts == [] and curves._flags.arrows == ()


def test_a_run_that_diverges_leaves_the_others_their_scale(curves: Curves):
    wild = history(0)
    wild.add(mail([1e5] * 300))
    curves.show_traces([trace(history(300)), trace(wild, 1, chosen=False)])
    assert seen(curves)[1] <= 5
    # Alone it has a scale of its own.
    curves.show_traces([trace(wild, 1)])
    assert seen(curves)[1] >= 1e5


def test_without_any_run_the_axes_are_empty_and_as_they_were(curves: Curves):
    curves.show_traces([trace(history(1000, 2))])
    turn_wheel(curves, 3)
    curves.show_traces(())
    assert seen(curves) == [100, 2.5]
    assert not button(curves).isVisible()
    items = (*curves.loss.listDataItems(), *curves.accuracy.listDataItems())
    assert not any(len(item.getData()[0] or ()) for item in items)


def test_zooming_stops_following_until_the_button_is_pressed(curves: Curves):
    curves.show_traces([trace(history(50))])
    turn_wheel(curves, 3)
    zoomed = seen(curves)
    assert zoomed[0] < 100
    assert button(curves).isVisible()
    curves.show_traces([trace(history(500))])
    assert seen(curves) == zoomed
    QTest.mouseClick(button(curves), Qt.MouseButton.LeftButton)
    assert seen(curves)[0] >= 500
    assert not button(curves).isVisible()
    curves.show_traces([trace(history(2000))])
    assert seen(curves)[0] >= 2000


def test_dragging_stops_following_too(curves: Curves, qtbot: QtBot):
    place = curves.accuracy.viewport()
    middle = place.rect().center()
    QTest.mousePress(place, Qt.MouseButton.LeftButton, pos=middle)
    for step in range(1, 6):
        QTest.mouseMove(place, middle + QPoint(10 * step, 0))
        qtbot.wait(20)  # pyqtgraph leaves out moves that follow too quickly
    QTest.mouseRelease(place, Qt.MouseButton.LeftButton, pos=middle + QPoint(50, 0))
    assert button(curves).isVisible()
    # Both plots show the same steps.
    assert curves.accuracy.viewRange()[0] == pytest.approx(curves.loss.viewRange()[0])


def test_a_long_run_is_drawn_with_few_points(curves: Curves):
    curves.show_traces([trace(history(60_000, 10))])
    raw = drawn(curves, "raw.0")[0]
    assert len(raw) <= MOST_POINTS
    assert len(drawn(curves, "smooth.0")[0]) <= MOST_POINTS
    assert len(drawn(curves, "test.0")[0]) == 10
    assert raw[-1] == 60_000


@pytest.mark.parametrize("mode", THEMES)
def test_each_theme_has_its_colours(curves: Curves, mode: str):
    curves.show_traces([trace(history(300, 3), 0), trace(history(150, 2), 1, chosen=False)])
    theme.set_mode(mode)
    palette = THEMES[mode]
    image = curves.loss.grab().toImage()
    assert image.pixelColor(image.width() - 3, 3) == QColor(palette.surface)
    seen = {image.pixel(x, y) for x in range(image.width()) for y in range(image.height())}
    assert QColor(palette.runs[0]).rgb() in seen
    assert QColor(palette.runs[1]).rgb() in seen


def test_several_runs_lie_over_each_other(curves: Curves):
    curves.show_traces(
        [
            trace(history(300, 3), 4),
            trace(history(200, 2), 1, chosen=False),
            trace(history(150, 1, first=300), 2, chosen=False),
        ]
    )
    assert len(drawn(curves, "raw.4")[0]) == 300
    assert len(drawn(curves, "raw.1")[0]) == 0
    assert len(drawn(curves, "smooth.1")[0]) == 200
    assert drawn(curves, "test.1")[0].tolist() == [100, 200]
    # One that has left another begins where it did so.
    assert drawn(curves, "smooth.2")[0][[0, -1]].tolist() == [301, 450]
    assert seen(curves)[0] >= 450


def test_a_run_that_goes_takes_its_curves_along(curves: Curves):
    first, second = history(400, 2), history(100, 1)
    curves.show_traces([trace(first, 0, chosen=False), trace(second, 1)])
    curves.show_traces([trace(second, 1)])
    assert len(drawn(curves, "smooth.0")[0]) == len(drawn(curves, "accuracy.0")[0]) == 0
    assert 100 <= seen(curves)[0] <= 102
    # Its place may be taken by another, and the chosen one may change.
    curves.show_traces([trace(history(50), 0), trace(second, 1, chosen=False)])
    assert len(drawn(curves, "raw.0")[0]) == 50
    assert len(drawn(curves, "raw.1")[0]) == 0


def test_a_hidden_run_is_not_drawn(curves: Curves):
    curves.show_traces([trace(history(300, 3), 0, visible=False), trace(history(50), 1, False)])
    assert len(drawn(curves, "smooth.0")[0]) == 0
    assert 50 <= seen(curves)[0] <= 51


def test_curves_that_are_the_same_are_not_drawn_again(curves: Curves):
    old, new = history(300, 3), history(20)
    runs = [trace(old, 0, chosen=False), trace(new, 1)]
    curves.show_traces(runs)
    before = {item.name(): item.getData()[0] for item in curves.loss.listDataItems()}
    new.add(mail([1.0, 0.9], first=20))
    curves.show_traces(runs)
    after = {item.name(): item.getData()[0] for item in curves.loss.listDataItems()}
    changed = {name for name in after if after[name] is not before[name]}
    assert changed == {"raw.1", "smooth.1"}


def test_smoothing_goes_from_off_to_nearly_all(curves: Curves):
    rng = np.random.default_rng(0)
    shown = history(0)
    shown.add(mail(rng.exponential(size=500).tolist()))
    curves.show_traces([trace(shown)])
    hand = Hand(curves)
    spread = []
    for amount in (99, 95, 50, 0):
        hand.slide("train.smoothing", amount)
        spread.append(float(np.std(drawn(curves, "smooth.0")[1])))
    assert spread == sorted(spread)
    # Off: the curve in front is every step by itself, and nothing lies behind it.
    assert np.array_equal(drawn(curves, "smooth.0")[1], shown.losses)
    assert len(drawn(curves, "raw.0")[0]) == 0
    hand.slide("train.smoothing", 95)
    assert len(drawn(curves, "raw.0")[0]) == 500


def test_without_smoothing_only_the_chosen_run_is_shown_step_by_step(curves: Curves):
    rng = np.random.default_rng(0)
    shown, other = history(0), history(0)
    for each in (shown, other):
        each.add(mail(rng.exponential(size=200).tolist()))
    curves.show_traces([trace(shown), trace(other, 1, chosen=False)])
    Hand(curves).slide("train.smoothing", 0)
    assert np.array_equal(drawn(curves, "smooth.0")[1], shown.losses)
    assert np.std(drawn(curves, "smooth.1")[1]) < 0.7 * np.std(other.losses)


@pytest.mark.parametrize("epochs", [0, 1, 7, 12, 13, 40, 100])
def test_few_tests_have_a_mark_and_the_last_always(curves: Curves, epochs: int):
    curves.show_traces([trace(history(1000, epochs))])
    for kind in ("test", "accuracy"):
        steps = drawn(curves, f"{kind}.0")[0]
        marks = drawn(curves, f"{kind}_marks.0")[0]
        assert len(steps) == epochs and len(marks) <= MOST_MARKS
        assert set(marks) <= set(steps)
        assert list(marks[-1:]) == list(steps[-1:])


def test_the_axis_may_be_steps_epochs_or_time(curves: Curves):
    curves.show_traces([trace(history(400, 4))])
    hand = Hand(curves)
    for axis, last in (("epoch", 4.0), ("time", 400 * SECONDS_PER_STEP), ("step", 400)):
        hand.choose("train.x_axis", axis)
        assert drawn(curves, "raw.0")[0][-1] == pytest.approx(last)
        assert drawn(curves, "test.0")[0][-1] == pytest.approx(last)
        assert drawn(curves, "accuracy.0")[0][-1] == pytest.approx(last)
        assert last <= seen(curves)[0] <= 2.5 * last


def test_a_run_whose_epochs_nobody_knows_is_left_out_of_their_axis(curves: Curves):
    curves.show_traces([trace(history(400))])
    Hand(curves).choose("train.x_axis", "epoch")
    assert len(drawn(curves, "raw.0")[0]) == 0
    assert seen(curves)[0] == 1


def test_the_loss_may_be_logarithmic_even_where_it_is_zero(curves: Curves):
    shown = history(0)
    shown.add(mail([1.0, 0.1, 0.0, 0.01, *[0.01] * 200]))
    curves.show_traces([trace(shown)])
    hand = Hand(curves)
    hand.click("train.log_scale")
    assert drawn(curves, "raw.0")[1][[0, 1, 3]].tolist() == pytest.approx([0, -1, -2])
    low, high = curves.loss.viewRange()[1]
    assert -3 < low <= -2 and high == 0
    ticks = curves.loss.numbers.tickValues(low, high, 200.0)
    written = [
        text
        for spacing, values in ticks
        for text in curves.loss.numbers.tickStrings(values, 1.0, spacing)
    ]
    assert {"0.01", "0.1", "1"} <= set(written)
    curves.loss.grab()
    hand.click("train.log_scale")
    assert drawn(curves, "raw.0")[1][2] == 0
    assert seen(curves)[1] < 1


def test_below_stands_the_accuracy_or_the_learning_rate(curves: Curves):
    shown = history(100, 2, changes=[Change(40, "lr", 0.5)])
    curves.show_traces([trace(shown, lr=0.1)])
    hand = Hand(curves)
    assert len(drawn(curves, "lr.0")[0]) == 0
    hand.choose("train.lower", "lr")
    steps, rates = drawn(curves, "lr.0")
    assert np.allclose(10 ** rates[(steps == 40) | (steps == 41)], [0.1, 0.5])
    assert len(drawn(curves, "accuracy.0")[0]) == 0
    assert "learning rate" in curves.accuracy.accessibleName()
    hand.choose("train.lower", "accuracy")
    assert len(drawn(curves, "accuracy.0")[0]) == 2


@pytest.mark.parametrize("mode", ["constant", "cosine"])
def test_small_learning_rates_can_be_told_apart_below_a_large_one(curves: Curves, mode: str):
    shown = history(300, 3, changes=[Change(100, "lr", 0.01), Change(200, "lr", 0.001)])
    Hand(curves).choose("train.lower", "lr")
    curves.show_traces([trace(shown, lr=0.2, schedule=mode, epochs=3)])
    steps, rates = drawn(curves, "lr.0")
    low, high = curves.accuracy.viewRange()[1]
    places = (rates - low) / (high - low)
    large, middle, small = (float(places[steps == step][0]) for step in (1, 102, 201))
    assert 0 < small < middle - 0.1 < large - 0.2 < 0.8
    ticks = curves.accuracy.numbers.tickValues(low, high, 100)
    written = [
        text
        for spacing, values in ticks
        for text in curves.accuracy.numbers.tickStrings(values, 1.0, spacing)
    ]
    assert {"1", "0.1", "0.01", "0.001"} <= set(written)
    Hand(curves).choose("train.lower", "accuracy")
    assert curves.accuracy.numbers.tickStrings([90.0], 1.0, 10.0) == ["90"]


def test_the_axis_of_the_rates_stays_while_a_schedule_goes_its_way(curves: Curves):
    Hand(curves).choose("train.lower", "lr")
    shown = history(100, 1)
    seen_rates = []
    for _ in range(3):
        running = trace(shown, lr=0.5, schedule="cosine", epochs=5, running=True)
        curves.show_traces([running])
        seen_rates.append(curves.accuracy.viewRange()[1])
        shown.add(mail([0.5] * 100, first=shown.last_step))
    assert seen_rates == [seen_rates[0]] * 3


def test_what_was_changed_is_marked_on_the_axis(curves: Curves):
    shown = history(400, 4, changes=[Change(100, "lr", 0.5), Change(300, "frozen", ("conv1",))])
    curves.show_traces([trace(shown), trace(history(50, changes=[Change(7, "lr", 1.0)]), 1, False)])
    assert curves._marks.places == [100, 300]
    assert curves._flags.texts == ["lr 0.5", "conv1 frozen"]
    Hand(curves).choose("train.x_axis", "epoch")
    assert curves._marks.places == [1, 3]
    curves.show_traces(())
    assert curves._marks.places == []


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_no_curve_runs_through_the_key_or_a_flag(curves: Curves, mode: str):
    theme.set_mode(mode)
    lasting = History()
    lasting.add(mail([1.8, 2.19] * 200, changes=[Change(100, "frozen", ("conv1", "conv2"))]))
    calm = History()
    calm.add(mail([1.0] * 400, changes=[Change(100, "frozen", ("conv1", "conv2"))]))

    def overlaid() -> list[QImage]:
        flag = curves._flags._placed()[0].rect.toRect().adjusted(2, 1, -1, -1)
        return [curves.loss.grab(place).toImage() for place in (curves.loss.key, flag)]

    curves.show_traces([trace(calm)])
    curves.loss.setRange(xRange=(0, 400), yRange=(0, 2.2), padding=0)
    alone = overlaid()
    curves.show_traces([trace(lasting)])
    curves.loss.setRange(xRange=(0, 400), yRange=(0, 2.2), padding=0)
    assert overlaid() == alone


def test_a_click_goes_to_the_moment_and_a_double_click_shows_the_whole_run(
    curves: Curves, qtbot: QtBot
):
    curves.show_traces([trace(history(100))])
    told: list[int | None] = []
    curves.moment_chosen.connect(told.append)
    curves.moment_chosen.connect(curves.show_moment)
    for plot, step in ((curves.loss, 40), (curves.accuracy, 70)):
        box = plot.getViewBox()
        height = sum(plot.viewRange()[1]) / 2
        place = plot.mapFromScene(box.mapViewToScene(QPointF(step, height)))
        QTest.mouseMove(plot.viewport(), place)
        QTest.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=place)
        assert told[-1] is not None and abs(told[-1] - step) <= 1
        qtbot.wait(QApplication.doubleClickInterval() + 50)
    turn_wheel(curves, 3)
    assert button(curves).isVisible()
    here = told[-1]
    middle = curves.loss.viewport().rect().center()
    QTest.mouseClick(curves.loss.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    assert told[-1] != here
    QTest.mouseDClick(curves.loss.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    QTest.mouseRelease(curves.loss.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    # Its first half was a click like any other, and is taken back.
    assert told[-1] == here
    assert not button(curves).isVisible()


def test_a_click_at_the_end_goes_to_now(curves: Curves):
    shown = history(60)
    curves.show_traces([trace(shown, running=True)])
    curves.show_moment(20)
    told: list[int | None] = []
    curves.moment_chosen.connect(told.append)
    place = curves.loss.mapFromScene(curves.loss.getViewBox().mapViewToScene(QPointF(90, 1)))
    QTest.mouseMove(curves.loss.viewport(), place)
    QTest.mouseClick(curves.loss.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert told == [None]


def test_the_wheel_zooms_along_the_axis_and_with_ctrl_upright(curves: Curves):
    curves.show_traces([trace(history(100))])
    (before_x, before_y) = curves.loss.viewRange()
    turn_wheel(curves, 3)
    (x, y) = curves.loss.viewRange()
    assert y == before_y and x[1] - x[0] < before_x[1] - before_x[0]
    turn_wheel(curves, 3, Qt.KeyboardModifier.ControlModifier)
    (still, less) = curves.loss.viewRange()
    assert still == x and less[1] - less[0] < y[1] - y[0]


def test_the_moment_is_a_line_that_can_be_dragged(curves: Curves, qtbot: QtBot):
    curves.show_traces([trace(history(100))])
    told: list[int] = []
    curves.moment_chosen.connect(told.append)
    assert not any(line.isVisible() for line in curves._line._lines)
    curves.show_moment(50)
    assert [line.value() for line in curves._line._lines] == [50, 50]
    assert told == []
    plot = curves.accuracy
    box, place = plot.getViewBox(), plot.viewport()
    begin, end = (plot.mapFromScene(box.mapViewToScene(QPointF(step, 90.0))) for step in (50, 80))
    QTest.mouseMove(place, begin)
    QTest.mousePress(place, Qt.MouseButton.LeftButton, pos=begin)
    for share in range(1, 6):
        QTest.mouseMove(place, begin + (end - begin) * share / 5)
        qtbot.wait(20)  # pyqtgraph leaves out moves that follow too quickly
    assert abs(told[-1] - 80) <= 2 and len(told) >= 2
    assert curves._line._lines[0].value() == curves._line._lines[1].value()
    QTest.mouseRelease(place, Qt.MouseButton.LeftButton, pos=end)
    # Nobody has gone there, so it goes back; and nothing has been panned.
    assert [line.value() for line in curves._line._lines] == [50, 50]
    assert not button(curves).isVisible()
    Hand(curves).choose("train.x_axis", "time")
    assert curves._line._lines[0].value() == pytest.approx(50 * SECONDS_PER_STEP)
    curves.show_moment(None)
    assert not any(line.isVisible() for line in curves._line._lines)


def test_the_theme_may_change_while_it_trains(at_digits: Trainer):
    at_digits.click("train.start")
    for mode in ("dark", "light", "dark"):
        theme.set_mode(mode)
        at_digits.wait_until_started(len(at_digits.losses) + 3)
    at_digits.wait_until_drawn()
    image = at_digits.page.curves.loss.grab().toImage()
    assert image.pixelColor(image.width() - 3, 3) == QColor(THEMES["dark"].surface)


def test_the_page_may_change_its_size_while_it_trains(at_digits: Trainer, qtbot: QtBot):
    page = at_digits.page
    at_digits.click("train.start")
    for size in ((1000, 660), (3800, 2100), (1220, 780)):
        while page.size().toTuple() != size:  # the columns of a wide page are in a narrow one's way
            before = page.size()
            page.resize(*size)
            at_digits.wait_until_started(len(at_digits.losses) + 3)
            assert page.size() != before
        for part in (page.controls, page.curves, page.views, page.transport):
            assert page.rect().contains(part.mapTo(page, QPoint()))
            assert part.visibleRegion().boundingRect().width() == part.width()
