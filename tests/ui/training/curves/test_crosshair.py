"""The crosshair: the same place in both plots, and what the runs say there."""

import re

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from explorer.training.events import Change
from explorer.ui.training.curves.panel import Curves
from explorer.ui.training.curves.plot import Plot
from explorer.ui.training.curves.reading import clock
from tests.ui.hand import Hand
from tests.ui.training.curves.shown_runs import history, mail, trace


def point(plot: Plot, x: float) -> None:
    """Bring the pointer to a place on the axis."""
    (low, high) = plot.viewRange()[1]
    place = plot.getViewBox().mapViewToScene(QPointF(x, (low + high) / 2))
    QTest.mouseMove(plot.viewport(), plot.mapFromScene(place))


def box(curves: Curves) -> QLabel:
    found = curves.findChild(QLabel, "train.read_out")
    assert isinstance(found, QLabel)
    return found


def words(curves: Curves) -> list[str]:
    """Return the lines of the box; none while it cannot be seen."""
    if not box(curves).isVisible():
        return []
    text = re.sub("<(?!br)[^>]*>", "", box(curves).text()).replace("&nbsp;", " ")
    return text.split("<br>")


def test_it_says_what_is_there_in_both_plots(curves: Curves):
    shown = history(400, 4, changes=[Change(200, "lr", 0.05)])
    curves.show_traces([trace(shown, lr=0.2)])
    for plot in (curves.loss, curves.accuracy):
        point(plot, 305)
        where, losses, tested, lr = words(curves)
        step = int(re.fullmatch(r"step (\d+) · epoch [\d.]+ · [\d.]+ s", where)[1])  # type: ignore[index]
        assert abs(step - 305) <= 2
        assert losses.startswith(f"training {shown.losses[step - 1]:.4f} · smoothed ")
        assert tested == "test 0.6000 · 74.00% after epoch 3"
        assert lr == "learning rate 0.05"
        assert all(line.isVisible() for line in curves._crosshair._lines)
        assert {line.value() for line in curves._crosshair._lines} == {curves._pointer}


def test_near_a_mark_it_says_what_was_changed(curves: Curves):
    changes = [
        Change(50, "lr", 0.5),
        Change(100, "frozen", ("conv1", "conv2")),
        Change(200, "frozen", ()),
        Change(300, "momentum", 0.9),
    ]
    curves.show_traces([trace(history(400, 4, changes=changes))])
    for step, said in (
        (50, "from here on learning rate 0.5"),
        (100, "from here on frozen: conv1, conv2"),
        (200, "from here on every layer learns"),
        (300, "from here on momentum 0.9"),
    ):
        point(curves.loss, step)
        assert words(curves)[-1] == said
    point(curves.loss, 250)
    assert words(curves)[-1].startswith("learning rate")


def test_of_other_runs_it_says_the_smoothed_loss_where_they_are(curves: Curves):
    others = [trace(history(100), 1, chosen=False), trace(history(300), 2, chosen=False)]
    curves.show_traces([trace(history(400, 4)), *others])
    point(curves.loss, 50)
    assert words(curves)[0] == "○ run 0"
    assert re.fullmatch(r"■ run 1  [\d.]+", words(curves)[-2])
    assert re.fullmatch(r"▲ run 2  [\d.]+", words(curves)[-1])
    point(curves.loss, 250)
    assert re.fullmatch(r"▲ run 2  [\d.]+", words(curves)[-1])
    assert not any("run 1" in line for line in words(curves))


def test_of_a_run_outside_its_range_it_says_nothing(curves: Curves):
    fork = history(150, 1, first=300)
    curves.show_traces([trace(history(900, 3), 0, chosen=False), trace(fork, 1)])
    for step in (100, 700):
        point(curves.loss, step)
        assert len(words(curves)) == 1 and words(curves)[0].startswith("● run 0")
    point(curves.loss, 400)
    assert words(curves)[:2] != [] and words(curves)[1].startswith(("step 399", "step 40"))
    Hand(curves).choose("train.x_axis", "time")
    point(curves.loss, 8.0)
    assert len(words(curves)) == 1


def test_a_test_counts_from_its_step_on(curves: Curves):
    curves.show_traces([trace(history(400, 4))])
    point(curves.loss, 90)
    assert not any("after epoch" in line for line in words(curves))
    point(curves.loss, 195)
    assert any(line.endswith("after epoch 1") for line in words(curves))


def test_it_keeps_step_with_the_run_and_goes_with_the_pointer(curves: Curves):
    shown = history(10)
    curves.show_traces([trace(shown, running=True)])
    point(curves.loss, 60)
    assert words(curves) == []
    shown.add(mail([0.5] * 80, first=10))
    curves.show_traces([trace(shown, running=True)])
    assert words(curves)[0].startswith(("step 59", "step 60", "step 61"))
    QApplication.sendEvent(curves.loss, QEvent(QEvent.Type.Leave))
    assert words(curves) == []
    assert not any(line.isVisible() for line in curves._crosshair._lines)


def test_the_box_makes_way_for_the_line(curves: Curves):
    curves.show_traces([trace(history(400, 4))])
    for step in (5, 200, 395):
        point(curves.loss, step)
        line = curves.loss.mapFromScene(
            curves.loss.getViewBox().mapViewToScene(QPointF(curves._pointer or 0.0, 1.0))
        )
        place = box(curves).geometry()
        assert not place.left() <= line.x() <= place.right()
        assert curves.loss.rect().contains(place)


def test_it_works_by_keys(curves: Curves):
    curves.show_traces([trace(history(100))])
    curves.loss.setFocus()
    QTest.keyClick(curves.loss, Qt.Key.Key_Right)
    assert words(curves)[0].startswith(("step 51 ", "step 52 "))
    QTest.keyClick(curves.loss, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert words(curves)[0].startswith(("step 41 ", "step 42 "))
    QTest.keyClick(curves.loss, Qt.Key.Key_Escape)
    assert words(curves) == []


def test_without_smoothing_or_runs_it_says_less(curves: Curves):
    point(curves.loss, 50)
    assert words(curves) == []
    curves.show_traces([trace(history(100))])
    Hand(curves).slide("train.smoothing", 0)
    point(curves.loss, 50)
    assert len(words(curves)) == 3 and "smoothed" not in words(curves)[1]


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.04, "0.0 s"), (59.94, "59.9 s"), (75.2, "1:15 min")]
)
def test_how_a_time_is_written(seconds: float, text: str):
    assert clock(seconds) == text


def test_the_pointer_beside_the_axes_says_nothing(curves: Curves):
    curves.show_traces([trace(history(100))])
    point(curves.loss, 50)
    QTest.mouseMove(curves.loss.viewport(), QPoint(3, 20))
    assert words(curves) == []
