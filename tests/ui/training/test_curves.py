"""The plots: they follow the run until a hand moves them, in every theme and size."""

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from explorer.drawing.palette import THEMES
from explorer.training.events import Evaluated
from explorer.training.history import History
from explorer.training.mailbox import Mail
from explorer.ui.theme import theme
from explorer.ui.training.curves import MOST_POINTS, Curves
from tests.leaks import settle
from tests.ui.training.hand import Trainer


def history(count: int, epochs: int = 0) -> History:
    """Return the record of a run that learns evenly."""
    losses = tuple(np.geomspace(2.3, 0.1, count)) if count else ()
    results = tuple(
        Evaluated(e + 1, (e + 1) * count // epochs, 0.5, 0.6, 0.7 + 0.02 * e, 1.0, 1000.0)
        for e in range(epochs)
    )
    made = History()
    made.add(Mail(1, losses, results, None, None, None, None))
    return made


@pytest.fixture
def curves(app: QApplication, qtbot: QtBot) -> Iterator[Curves]:
    made = Curves()
    made.resize(640, 480)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.close()
    made.deleteLater()
    settle()
    # pytest keeps what it has given to a test, and with it pyqtgraph's menus.
    vars(made).clear()


def seen(curves: Curves) -> list[float]:
    """Return the last step and the largest loss that can be seen."""
    (_, steps), (_, loss) = curves.loss.viewRange()
    return [steps, loss]


def button(curves: Curves) -> QToolButton:
    found = curves.findChild(QToolButton, "train.follow")
    assert isinstance(found, QToolButton)
    return found


def turn_wheel(curves: Curves, notches: int) -> None:
    place: QWidget = curves.loss.viewport()
    middle = QPointF(place.rect().center())
    event = QWheelEvent(
        middle,
        QPointF(place.mapToGlobal(middle.toPoint())),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
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
    curves.show_history(history(99))
    assert seen(curves) == [100, 2.5]
    curves.show_history(history(101))
    assert seen(curves) == [150, 2.5]
    assert curves.accuracy.viewRange()[0] == [0, 150]
    assert not button(curves).isVisible()


def test_a_new_run_gets_new_axes(curves: Curves):
    curves.show_history(history(1000, 2))
    curves.clear()
    assert seen(curves) == [100, 2.5]
    assert not any(len(item.getData()[0] or ()) for item in curves.loss.listDataItems())


def test_zooming_stops_following_until_the_button_is_pressed(curves: Curves):
    curves.show_history(history(50))
    turn_wheel(curves, 3)
    zoomed = seen(curves)
    assert zoomed[0] < 100
    assert button(curves).isVisible()
    curves.show_history(history(500))
    assert seen(curves) == zoomed
    QTest.mouseClick(button(curves), Qt.MouseButton.LeftButton)
    assert seen(curves)[0] >= 500
    assert not button(curves).isVisible()
    curves.show_history(history(2000))
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
    curves.show_history(history(60_000, 10))
    raw, smooth, test = (item.getData()[0] for item in curves.loss.listDataItems())
    assert len(raw) <= MOST_POINTS
    assert len(smooth) <= MOST_POINTS
    assert len(test) == 10
    assert raw[-1] == 60_000


@pytest.mark.parametrize("mode", THEMES)
def test_each_theme_has_its_colours(curves: Curves, mode: str):
    curves.show_history(history(300, 3))
    theme.set_mode(mode)
    palette = THEMES[mode]
    image = curves.loss.grab().toImage()
    assert image.pixelColor(image.width() - 3, 3) == QColor(palette.surface)
    seen = {image.pixel(x, y) for x in range(image.width()) for y in range(image.height())}
    assert QColor(palette.accent).rgb() in seen
    assert QColor(palette.padding).rgb() in seen


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
        page.resize(*size)
        at_digits.wait_until_started(len(at_digits.losses) + 3)
        assert (page.width(), page.height()) == size
        for part in (page.controls, page.curves, page.views, page.transport):
            assert page.rect().contains(part.mapTo(page, QPoint()))
            assert part.visibleRegion().boundingRect().width() == part.width()
