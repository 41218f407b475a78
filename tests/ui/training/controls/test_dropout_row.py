from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.training.settings import Settings
from explorer.ui.training.controls.dropout_row import DropoutRow
from tests.ui.hand import Hand


def test_whatever_it_offers_the_settings_take(app: QApplication, qtbot: QtBot):
    row = DropoutRow()
    qtbot.addWidget(row)
    row.resize(248, 60)
    row.show()
    hand = Hand(row)
    assert row.value() == Settings().dropout
    for notch in (400, 200, 0):
        hand.slide("train.dropout", notch)
        assert Settings(dropout=row.value()).dropout == row.value()
