"""The list of devices: there at once, refined when the devices have been listed."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.training.devices import Listed, list_devices
from explorer.ui.training.controls.device_field import DeviceField

PATIENCE = 60_000
"""Milliseconds; torch may have to be imported first."""

CARDS = (
    Listed("cuda:0", "Fast Card", ""),
    Listed("cuda:1", "cuda:1", "its driver refused to tell its name"),
    Listed("mps", "MPS", "this PyTorch is not made for Macs"),
    Listed("cpu", "CPU, x86_64", ""),
)


@pytest.fixture
def field(app: QApplication, qtbot: QtBot) -> Iterator[DeviceField]:
    made = DeviceField()
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    yield made
    made.shut_down()
    made.close()
    made.deleteLater()


def texts(field: DeviceField) -> list[str]:
    return [field.itemText(row) for row in range(field.count())]


def is_open(field: DeviceField, value: str) -> bool:
    flags = field.model().flags(field.model().index(field.findData(value), 0))
    return bool(flags & Qt.ItemFlag.ItemIsEnabled)


def test_it_begins_with_the_kinds(field: DeviceField):
    assert texts(field) == ["Automatic", "CPU", "CUDA (NVIDIA)", "MPS (Apple)"]
    assert field.value() == "auto"
    assert (field.objectName(), field.accessibleName()) == ("train.device", "Device")


def test_what_was_found_on_this_machine_is_listed(field: DeviceField, qtbot: QtBot):
    field.set_value("cpu")
    with qtbot.waitSignal(field.refined, timeout=PATIENCE):
        field.look()
    field.look()
    assert field.value() == "cpu"
    for device in list_devices():
        assert is_open(field, device.name) == (not device.problem)
        assert not device.problem or device.problem in field.toolTip()


def test_each_card_has_its_name_and_what_fails_its_reason(field: DeviceField):
    field._refine(CARDS)
    assert texts(field) == [
        "Automatic",
        "CPU",
        "cuda:0 · Fast Card",
        "cuda:1, not here",
        "MPS (Apple), not here",
    ]
    assert [is_open(field, name) for name in ("auto", "cuda:0", "cuda:1", "mps")] == [
        True,
        True,
        False,
        False,
    ]
    row = field.findData("cuda:1")
    assert "refused to tell" in field.itemData(row, Qt.ItemDataRole.ToolTipRole)
    field.set_value("cuda:0")
    QTest.keyClick(field, Qt.Key.Key_Down)
    assert field.value() == "cuda:0", "the keyboard passes over what does not work"
    QTest.keyClick(field, Qt.Key.Key_Up)
    assert field.value() == "cpu"


def test_what_is_not_in_the_list_comes_into_it(field: DeviceField, qtbot: QtBot):
    with qtbot.assertNotEmitted(field.changed):
        field.set_value("cuda:7")
        assert field.value() == "cuda:7" and texts(field)[-1] == "cuda:7"
        field._refine(CARDS)
        assert field.value() == "cuda:7" and texts(field)[-1] == "cuda:7"
        field.set_value("cuda")
        assert field.value() == "cuda" and texts(field)[-1] == "CUDA (NVIDIA)"
        field.set_value("auto")
    assert field.count() == 5
