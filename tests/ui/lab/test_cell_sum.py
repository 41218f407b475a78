"""The sum of a cell on the screen: what it says, and folding it with mouse and keys."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from explorer.core.arithmetic import cell, evaluate
from explorer.core.layers import Conv2d, Layer
from explorer.core.scene import LabState
from explorer.drawing.palette import DARK, LIGHT, Palette
from explorer.ui.lab import edits
from explorer.ui.lab.cell_sum import CellSum, Lines
from explorer.ui.theme import theme
from tests.ui.hand import LEFT


def with_layer(layer: Layer) -> LabState:
    return edits.with_layer(edits.from_preset("numbers"), layer)


def show(view: CellSum, state: LabState, row: int = 0, column: int = 0) -> None:
    output = evaluate(state.layer, state.input, state.used_weight, state.bias).output
    assert output is not None
    at = (0, row, column)
    view.show_cell(state, cell(state.layer, state.input, state.used_weight, state.bias, output, at))
    QApplication.processEvents()


@pytest.fixture
def view(qapp: QApplication) -> Iterator[CellSum]:
    view = CellSum()
    view.resize(260, 330)
    view.show()
    QTest.qWaitForWindowExposed(view)
    yield view
    view.close()
    view.deleteLater()


def lines_of(view: CellSum, name: str) -> Lines:
    found = view.findChild(Lines, name)
    assert found is not None
    return found


def terms(view: CellSum) -> Lines:
    return lines_of(view, "cell_arithmetic")


def result(view: CellSum) -> Lines:
    return lines_of(view, "cell_result")


def test_it_says_the_sum_in_one_line(view: CellSum):
    show(view, with_layer(Conv2d(1, 1, (1, 2))))
    assert terms(view).text() == "3·1 + 4·2 + 1 = 12"
    assert result(view).text() == "= 12"


def test_a_very_long_sum_is_said_in_totals(view: CellSum):
    show(view, with_layer(Conv2d(16, 1, (11, 11), padding=(5, 5))))
    said = terms(view).text()
    assert "·" not in said
    assert said.count("+") == 16


def test_its_action_copies_it(view: CellSum):
    show(view, with_layer(Conv2d(1, 1, (1, 2))))
    (copy,) = terms(view).findChildren(QAction)
    copy.trigger()
    assert QGuiApplication.clipboard().text() == terms(view).text()


def test_a_click_folds_a_channel_and_unfolds_another(view: CellSum):
    show(view, with_layer(Conv2d(16, 1, (3, 3), padding=(1, 1))))
    lines = terms(view)
    height = lines.sizeHint().height()
    QTest.mouseClick(lines, LEFT, pos=lines.place_of(0).center())
    assert lines.sizeHint().height() == height - 3 * lines.pitch
    QTest.mouseClick(lines, LEFT, pos=lines.place_of(2).center())
    assert lines.sizeHint().height() == height
    QTest.mouseClick(lines, LEFT, pos=lines.place_of(3).center())
    assert lines.sizeHint().height() == height, "a term is nothing to press"


def test_what_was_unfolded_stays_while_it_plays_and_goes_with_the_layer(view: CellSum):
    state = with_layer(Conv2d(16, 1, (3, 3), padding=(1, 1)))
    show(view, state)
    lines = terms(view)
    QTest.mouseClick(lines, LEFT, pos=lines.place_of(5).center())
    height = lines.sizeHint().height()
    for step in range(1, 5):
        show(view, state, step, step)
        assert lines.sizeHint().height() == height
    show(view, edits.with_layer(state, Conv2d(16, 2, (3, 3), padding=(1, 1))))
    assert lines.sizeHint().height() < height


def test_keys_walk_the_channels_as_in_a_tree(view: CellSum):
    show(view, with_layer(Conv2d(16, 1, (3, 3), padding=(1, 1))))
    lines = terms(view)
    height = lines.sizeHint().height()
    lines.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(lines, Qt.Key.Key_Right)
    assert lines.sizeHint().height() == height, "it is open"
    QTest.keyClick(lines, Qt.Key.Key_Left)
    assert lines.sizeHint().height() == height - 3 * lines.pitch
    QTest.keyClick(lines, Qt.Key.Key_Down)
    QTest.keyClick(lines, Qt.Key.Key_Down)
    QTest.keyClick(lines, Qt.Key.Key_Return)
    assert lines.sizeHint().height() == height
    QTest.keyClick(lines, Qt.Key.Key_Up)
    QTest.keyClick(lines, Qt.Key.Key_Right)
    assert lines.sizeHint().height() == height + 3 * lines.pitch


def test_keys_keep_the_current_channel_in_sight(view: CellSum):
    view.resize(260, 160)
    show(view, with_layer(Conv2d(16, 1, (3, 3), padding=(1, 1))))
    lines = terms(view)
    lines.setFocus(Qt.FocusReason.TabFocusReason)
    for _ in range(15):
        QTest.keyClick(lines, Qt.Key.Key_Down)
    last = lines.place_of(18)
    assert lines.visibleRegion().contains(last.adjusted(0, 0, 0, -4))


def test_without_anything_to_fold_it_takes_no_focus(view: CellSum):
    show(view, with_layer(Conv2d(1, 1, (3, 3))))
    assert terms(view).focusPolicy() == Qt.FocusPolicy.NoFocus


def test_the_result_is_in_sight_however_long_the_sum_is(view: CellSum):
    view.resize(220, 120)
    show(view, with_layer(Conv2d(16, 1, (5, 5), padding=(2, 2))))
    whole = result(view).rect()
    assert result(view).visibleRegion().contains(whole)


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_padding_is_painted_pale(view: CellSum, palette: Palette):
    theme.set_mode(palette.name)
    show(view, with_layer(Conv2d(1, 1, (3, 3), padding=(1, 1))))
    lines = terms(view)
    picture = lines.grab().toImage()

    def colours(line: int) -> set[str]:
        place = lines.place_of(line)
        inside = range(place.left() + 14, place.left() + 34)
        return {
            picture.pixelColor(QPoint(x, y)).name()
            for x in inside
            for y in range(place.top(), place.bottom())
        }

    assert palette.kernel_size not in colours(0)
    theme.set_mode("system")


def test_nothing_is_left_where_there_is_no_output(view: CellSum):
    show(view, with_layer(Conv2d(1, 1, (3, 3))))
    view.show_nothing("There is no output.")
    assert lines_of(view, "cell_place").text() == "There is no output."
    assert terms(view).text() == result(view).text() == ""
    assert terms(view).sizeHint().height() <= 1
