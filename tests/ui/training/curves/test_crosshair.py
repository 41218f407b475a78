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
        assert tested == "test 0.6000 · 74.00 % after epoch 3"
        assert lr == "learning rate 0.05"
        assert all(line.isVisible() for line in curves._crosshair._lines)
        assert {line.value() for line in curves._crosshair._lines} == {curves._pointer}


def test_a_loss_beyond_all_bounds_stays_short(curves: Curves):
    blown_up = history(300)
    blown_up.add(mail((1.0892751682993108e27,) * 100, 300))
    curves.show_traces([trace(blown_up)])
    point(curves.loss, 390)
    assert max(map(len, words(curves))) < 60
    assert "e+2" in " ".join(words(curves))


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


def test_of_other_runs_it_says_what_the_plot_at_the_pointer_shows(curves: Curves):
    tested = trace(history(300, 3), 1, chosen=False, lr=0.02)
    untested = trace(history(300), 2, chosen=False, lr=0.3)
    curves.show_traces([trace(history(400, 4)), tested, untested])
    point(curves.loss, 240)
    assert re.fullmatch(r"■ run 1  0\.\d{4} · test 0\.6000", words(curves)[-2])
    assert re.fullmatch(r"▲ run 2  0\.\d{4}", words(curves)[-1])
    point(curves.accuracy, 250)
    assert words(curves)[-2:] == ["■ run 1  72.00 %", "▲ run 2  –"]
    Hand(curves).choose("train.lower", "lr")
    point(curves.accuracy, 251)
    assert words(curves)[-2:] == ["■ run 1  0.02", "▲ run 2  0.3"]
    point(curves.loss, 250)
    assert words(curves)[-1].startswith("▲ run 2  0.")


def test_where_the_chosen_run_has_no_step_it_says_which_place_it_is(curves: Curves):
    fork = history(150, 1, first=300)
    others = [trace(history(900, 3), 0, chosen=False), trace(history(800, 4), 2, chosen=False)]
    curves.show_traces([others[0], trace(fork, 1)])
    for step in (100, 700):
        point(curves.loss, step)
        where, other = words(curves)
        said = re.fullmatch(r"step (\d+) · epoch (\d\.\d\d) · (\d\.\d) s", where)
        assert said is not None and abs(int(said[1]) - step) <= 2
        assert said.groups()[1:] == (f"{int(said[1]) / 300:.2f}", f"{int(said[1]) / 100:.1f}")
        assert other.startswith("● run 0")
    point(curves.loss, 400)
    assert words(curves)[:2] != [] and words(curves)[1].startswith(("step 399", "step 40"))
    # Of several runs, each with its own time, only what they share.
    curves.show_traces([*others, trace(fork, 1)])
    for axis, x, place in (
        ("step", 700, r"step (69\d|70\d) · epoch 1\.5\d"),
        ("epoch", 0.5, r"step 22\d · epoch 0\.[45]\d"),
        ("time", 7.0, r"(6\.9|7\.0|7\.1) s"),
    ):
        Hand(curves).choose("train.x_axis", axis)
        point(curves.loss, x)
        assert re.fullmatch(place, words(curves)[0])


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
    assert re.fullmatch(r"step (59|60|61)", words(curves)[0]) and len(words(curves)) == 1
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


@pytest.mark.parametrize("size", [(640, 480), (420, 480)])
def test_the_box_hides_neither_the_key_nor_the_pointer(curves: Curves, size: tuple[int, int]):
    curves.resize(*size)
    curves.show_traces([trace(history(400, 4)), trace(history(300, 3), 1, chosen=False)])
    plot = curves.loss
    inner = plot.mapFromScene(plot.getViewBox().sceneBoundingRect()).boundingRect()
    for x in range(inner.left() + 5, inner.right() - 5, 31):
        for y in range(inner.top() + 5, inner.bottom() - 5, 19):
            QTest.mouseMove(plot.viewport(), QPoint(x, y))
            place = box(curves).geometry()
            assert not place.contains(x, y) and not place.intersects(plot.key)
            assert plot.rect().contains(place)


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
