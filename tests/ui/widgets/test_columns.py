"""How three columns share a page."""

import pytest
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from explorer.ui.widgets.columns import LARGEST_GROWN, LARGEST_SIDE, SMALLEST_SIDE, Columns

# Said offscreen of every window whose content changes its size.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")


def widths(qtbot: QtBot, width: int, grows: bool) -> tuple[int, int]:
    page, left, right = Columns(), QWidget(), QWidget()
    qtbot.addWidget(page)
    page.arrange(left, QVBoxLayout(), right, right_grows=grows)
    page.resize(width, 700)
    page.show()
    shown = left.parentWidget()
    assert shown is not None
    return shown.width(), right.width()


@pytest.mark.parametrize("grows", [False, True])
@pytest.mark.parametrize("width", [952, 1208, 1300])
def test_both_sides_are_equal_in_an_ordinary_window(qtbot: QtBot, width: int, grows: bool):
    left, right = widths(qtbot, width, grows)
    assert left == right
    assert SMALLEST_SIDE <= left <= LARGEST_SIDE


def test_the_right_one_grows_in_a_large_window(qtbot: QtBot):
    assert widths(qtbot, 1848, False) == (LARGEST_SIDE, LARGEST_SIDE)
    left, right = widths(qtbot, 1848, True)
    assert left == LARGEST_SIDE and 480 < right < 560
    assert widths(qtbot, 4000, True) == (LARGEST_SIDE, LARGEST_GROWN)
