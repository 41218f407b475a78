from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from explorer.training.settings import NETWORK_NAMES
from explorer.ui.training.controls.network_choice import NetworkChoice
from tests.training.own_networks import OWN


def entries(choice: QComboBox) -> list[tuple[str, str]]:
    return [(choice.itemData(row), choice.itemText(row)) for row in range(choice.count())]


def test_all_with_a_name_are_offered_and_say_what_they_are(qtbot: QtBot):
    choice = NetworkChoice()
    qtbot.addWidget(choice)
    assert entries(choice) == [(name, name) for name in NETWORK_NAMES]
    told = [choice.itemData(row, Qt.ItemDataRole.ToolTipRole) for row in range(choice.count())]
    assert "Compact: two convolutions, one linear layer." in told[NETWORK_NAMES.index("compact")]
    assert "8,490 parameters." in told[NETWORK_NAMES.index("compact")]
    choice.set_value("sprint")
    assert choice.value() == "sprint" and "18,378 parameters." in choice.toolTip()


def test_one_of_the_users_own_is_a_further_entry(qtbot: QtBot):
    choice = NetworkChoice()
    qtbot.addWidget(choice)
    with qtbot.assertNotEmitted(choice.changed):
        choice.set_value(OWN["normed"])
    assert choice.value() == OWN["normed"]
    assert entries(choice)[-1] == (OWN["normed"], "Own network (6 layers)")
    assert "nn.BatchNorm2d(6)" in choice.toolTip()
    # It stays while another is looked at, and gives way to the next one only.
    choice.set_value("classic")
    assert choice.value() == "classic" and len(entries(choice)) == len(NETWORK_NAMES) + 1
    choice.set_value(OWN["no_kernels"])
    assert entries(choice)[-1] == (OWN["no_kernels"], "Own network (4 layers)")
    assert len(entries(choice)) == len(NETWORK_NAMES) + 1


def test_a_user_can_go_back_to_it(qtbot: QtBot):
    choice = NetworkChoice()
    qtbot.addWidget(choice)
    choice.set_value(OWN["normed"])
    choice.set_value("classic")
    with qtbot.waitSignal(choice.changed) as caught:
        choice.setCurrentIndex(choice.count() - 1)
    assert caught.args == [OWN["normed"]] and "nn.BatchNorm2d(6)" in choice.toolTip()
