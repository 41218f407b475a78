import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from explorer.ui.widgets.fold import Fold


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_it_opens_and_closes_by_hand(qtbot: QtBot):
    content = QLabel("inside")
    fold = Fold("more", "More", content)
    qtbot.addWidget(fold)
    fold.show()
    assert not content.isVisible()
    QTest.mouseClick(fold.button, Qt.MouseButton.LeftButton)
    assert content.isVisible()
    fold.button.setFocus()
    QTest.keyClick(fold.button, Qt.Key.Key_Space)
    assert not content.isVisible()
    assert (fold.button.objectName(), fold.button.accessibleName()) == ("more", "More")


def test_its_header_says_how_matters_stand_while_it_is_closed(qtbot: QtBot):
    fold = Fold("more", "More", QLabel("inside"))
    qtbot.addWidget(fold)
    fold.summarise("2 of 3")
    summary = fold.findChild(QLabel, "more.summary")
    assert summary is not None
    assert summary.isVisibleTo(fold)
    assert summary.text() == fold.button.accessibleDescription() == "2 of 3"
