"""The views large in the place of the curves, and back again."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from explorer.ui.training.views.card import Views
from explorer.ui.training.views.stage import Stage
from explorer.ui.widgets.layouts import contents
from tests.ui.hand import Hand


class Page(QWidget):
    """A stage between nothing and a column with the views."""

    def __init__(self) -> None:
        super().__init__()
        self.curves, self.loss, self.moments = QWidget(), QLabel("loss"), QLabel("moments")
        self.views, self.above, self.below = Views(), QLabel("numbers"), QLabel("paper")
        inner = QVBoxLayout()
        inner.addWidget(self.loss, 1)
        inner.addWidget(self.moments)
        self.inner = inner
        QVBoxLayout(self.curves).addLayout(inner)
        self.right = QVBoxLayout()
        self.right.addWidget(self.above)
        self.right.addWidget(self.views, 1)
        self.right.addWidget(self.below)
        self.stage = Stage(self.curves, self.views, self.moments, self.loss)
        row = QHBoxLayout(self)
        row.addWidget(self.stage, 2)
        row.addLayout(self.right, 1)


@pytest.fixture
def page(app: QApplication, qtbot: QtBot) -> Page:
    made = Page()
    qtbot.addWidget(made)
    made.resize(1000, 700)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    return made


def is_large(page: Page) -> bool:
    return page.stage.isAncestorOf(page.views)


def test_the_views_and_the_loss_change_places(page: Page, qtbot: QtBot):
    before, hand = page.views.width(), Hand(page)
    hand.click("train.enlarge")
    qtbot.waitUntil(lambda: page.views.width() > 1.3 * before)
    assert is_large(page) and not page.stage.isAncestorOf(page.loss)
    assert not page.curves.isVisible()
    assert page.views.isVisible() and page.loss.isVisible() and page.moments.isVisible()
    assert page.moments.y() >= 0 and page.stage.isAncestorOf(page.moments)
    hand.click("train.enlarge")
    qtbot.waitUntil(lambda: page.views.width() == before)
    assert page.curves.isVisible() and page.loss.isVisible() and page.moments.isVisible()
    assert contents(page.right) == [page.above, page.views, page.below]
    assert [page.right.stretch(i) for i in range(3)] == [0, 1, 0]
    assert contents(page.inner) == [page.loss, page.moments]
    assert [page.inner.stretch(i) for i in range(2)] == [1, 0]


def test_escape_goes_back_from_where_the_keyboard_is(page: Page, qtbot: QtBot):
    hand = Hand(page)
    hand.click("train.enlarge")
    assert is_large(page)
    focused = QApplication.focusWidget()
    assert focused is not None and page.views.isAncestorOf(focused)
    QTest.keyClick(focused, Qt.Key.Key_Escape)
    assert not is_large(page)


def test_the_keyboard_stays_where_it_is(page: Page, qtbot: QtBot):
    hand = Hand(page)
    hand.choose("train.view", "confusion")
    choice = hand.find(QWidget, "train.view")
    choice.setFocus()
    hand.click("train.enlarge")
    assert QApplication.focusWidget() is choice
    QTest.keyClick(choice, Qt.Key.Key_Escape)
    assert not is_large(page) and QApplication.focusWidget() is choice


def test_what_has_no_place_cannot_be_moved(app: QApplication, qtbot: QtBot):
    views = Views()
    qtbot.addWidget(views)
    stage = Stage(QWidget(), views, QWidget(), QWidget())
    qtbot.addWidget(stage)
    with pytest.raises(LookupError, match="row or column"):
        stage.show_views(True)
