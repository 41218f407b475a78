from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from explorer.ui.ask_for_name import ask_for_name, with_suffix


@pytest.fixture
def parent(qapp: QApplication, qtbot: QtBot) -> QWidget:
    parent = QWidget()
    qtbot.addWidget(parent)
    return parent


def asked(monkeypatch: pytest.MonkeyPatch, parent: QWidget, *answers: str) -> tuple[str, list[str]]:
    """Answer the dialogs in turn; return what comes of it, and what they proposed."""
    proposed: list[str] = []
    left = list(answers)

    def ask(_parent: object, _title: str, proposal: str, filters: str) -> tuple[str, str]:
        proposed.append(proposal)
        assert filters == "Notes (*.txt)"
        return left.pop(0), filters

    monkeypatch.setattr(QFileDialog, "getSaveFileName", ask)
    return ask_for_name(parent, "Save", "a.txt", "Notes", ".txt"), proposed


def test_a_suffix_that_is_missing_is_added():
    assert with_suffix("a", ".txt") == "a.txt"
    assert with_suffix("a.TXT", ".txt") == "a.TXT"
    assert with_suffix("", ".txt") == ""


def test_only_what_the_dialog_could_not_know_is_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, parent: QWidget
):
    new, old = tmp_path / "new", tmp_path / "old.txt"
    old.touch()
    assert asked(monkeypatch, parent, "") == ("", ["a.txt"])
    assert asked(monkeypatch, parent, str(new)) == (f"{new}.txt", ["a.txt"])
    assert asked(monkeypatch, parent, str(old)) == (str(old), ["a.txt"])
    short = str(old.with_suffix(""))
    assert asked(monkeypatch, parent, short, str(old)) == (str(old), ["a.txt", str(old)])
    assert asked(monkeypatch, parent, short, "") == ("", ["a.txt", str(old)])
