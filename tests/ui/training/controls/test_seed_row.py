import pytest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from explorer.ui.training.controls.seed_row import HIGHEST, SeedRow
from explorer.ui.widgets.number_row import ParameterRow
from tests.ui.hand import Hand


@pytest.fixture
def row(app: QApplication, qtbot: QtBot) -> SeedRow:
    row = SeedRow()
    qtbot.addWidget(row)
    row.resize(260, 40)
    row.show()
    return row


def test_a_new_seed_is_never_the_present_one(row: SeedRow, qtbot: QtBot):
    hand = Hand(row)
    drawn = []
    for _ in range(50):
        before = row.value()
        with qtbot.waitSignal(row.changed) as caught:
            hand.click("train.new_seed")
        assert caught.args == [row.value()]
        assert row.value() != before
        assert 0 <= row.value() <= HIGHEST
        drawn.append(row.value())
    assert len(set(drawn)) > 25


def test_it_can_be_typed_and_slid_as_before(row: SeedRow, qtbot: QtBot):
    hand = Hand(row)
    with qtbot.waitSignal(row.changed):
        hand.type_into("train.seed", "17")
    assert row.value() == 17
    with qtbot.waitSignal(row.changed):
        hand.slide("train.seed", 900)
    assert row.value() == pytest.approx(900, abs=20)


def test_a_script_sets_it_without_a_signal(row: SeedRow, qtbot: QtBot):
    with qtbot.assertNotEmitted(row.changed):
        row.set_value(5)
    assert row.value() == 5


def test_its_slider_stands_in_line_with_the_others(app: QApplication, qtbot: QtBot):
    panel = QWidget()
    qtbot.addWidget(panel)
    column = QVBoxLayout(panel)
    seed, other = SeedRow(80), ParameterRow("other", "Other", 0, 9, label_width=80)
    column.addWidget(seed)
    column.addWidget(other)
    panel.resize(248, 90)
    panel.show()
    assert seed.slider.geometry() == other.slider.geometry()
    assert seed.box.geometry() == other.box.geometry()
