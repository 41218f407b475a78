"""The curves as files: a picture, a drawing, a table; all or nothing."""

import csv
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QFileDialog, QLabel, QMenu, QToolButton
from pytestqt.qtbot import QtBot

from explorer.training.events import Change
from explorer.ui.theme import theme
from explorer.ui.training.curves.panel import Curves
from tests.ui.hand import Hand
from tests.ui.training.curves.shown_runs import history, trace

FORMATS = ("png", "svg", "csv")


@pytest.fixture
def full(curves: Curves) -> Curves:
    changed = history(400, 4, changes=[Change(100, "lr", 0.5)])
    curves.show_traces([trace(changed), trace(history(150, 1, first=300), 1, chosen=False)])
    return curves


def choose(curves: Curves, suffix: str) -> None:
    """Open the menu and take one of its lines."""
    Hand(curves).click("train.export_curves")
    menu = Hand(curves).find(QToolButton, "train.export_curves").findChild(QMenu)
    assert isinstance(menu, QMenu) and menu.isVisible()
    (action,) = (a for a in menu.actions() if a.objectName().endswith(f".{suffix}"))
    action.trigger()
    menu.close()


def answer(monkeypatch: pytest.MonkeyPatch, *paths: str) -> list[str]:
    """Answer the dialog's questions in turn, and return what it proposed."""
    proposed: list[str] = []
    left = list(paths)

    def ask(parent: object, title: str, proposal: str, formats: str) -> tuple[str, str]:
        proposed.append(proposal)
        return left.pop(0), formats

    monkeypatch.setattr(QFileDialog, "getSaveFileName", ask)
    return proposed


def save(
    curves: Curves, suffix: str, path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    answer(monkeypatch, str(path))
    with qtbot.waitSignal(curves.saved) as told:
        choose(curves, suffix)
    assert told.args == [path.name]


def test_as_a_picture(full: Curves, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot):
    save(full, "png", tmp_path / "curves.png", monkeypatch, qtbot)
    image = QImage(str(tmp_path / "curves.png"))
    assert image.width() == 2 * full.loss.width() and image.height() > image.width() / 2
    seen = {image.pixel(x, y) for x in range(image.width()) for y in range(image.height())}
    palette = theme.current()
    for colour in (palette.surface, palette.runs[0], palette.runs[1], palette.warning):
        assert QColor(colour).rgb() in seen


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_marks_of_the_tests_are_as_the_key_says(
    full: Curves, mode: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
):
    theme.set_mode(mode)
    palette = theme.current()
    save(full, "svg", tmp_path / "curves.svg", monkeypatch, qtbot)
    drawn = Counter(
        (group.get("fill"), group.get("stroke"))
        for group in ET.parse(tmp_path / "curves.svg").iter("{http://www.w3.org/2000/svg}g")
        for part in group
        if part.tag.endswith("path")
    )
    # In both plots four of the chosen run, an outline around nothing, and one filled mark.
    assert drawn == {
        (palette.surface, palette.runs[0]): 8,
        (palette.runs[1], palette.surface): 2,
    }


def test_as_a_drawing(full: Curves, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot):
    full.loss.setRange(xRange=(100, 200), yRange=(0.5, 1), padding=0)
    save(full, "svg", tmp_path / "curves.svg", monkeypatch, qtbot)
    tree = ET.parse(tmp_path / "curves.svg")
    parts = list(tree.iter())
    width = float(str(tree.getroot().get("viewBox")).split()[2])
    assert not any(part.tag.endswith("image") for part in parts)
    texts = {"".join(part.itertext()).strip() for part in parts if part.tag.endswith("text")}
    assert {"○ run 0", "■ run 1", "Loss", "Accuracy in per cent", "steps", "lr 0.5"} <= texts
    # Cut at the axes, not left to a clipping that some readers do not know.
    for part in parts:
        for place in str(part.get("points") or "").split():
            assert -1 <= float(place.split(",")[0]) <= width


def test_as_a_table(full: Curves, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot):
    save(full, "csv", tmp_path / "curves.csv", monkeypatch, qtbot)
    with (tmp_path / "curves.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["run"] for row in rows] == ["run 0"] * 400 + ["run 1"] * 150
    assert rows[-1]["step"] == "450" and rows[99]["test_accuracy"] == "0.7"
    assert float(rows[100]["lr"]) == 0.5


def test_an_ending_that_is_missing_is_added_and_asked_about_where_there_is_such_a_file(
    full: Curves, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
):
    (tmp_path / "mine.csv").write_text("precious", encoding="utf-8")
    proposed = answer(monkeypatch, str(tmp_path / "mine"), "")
    choose(full, "csv")
    assert proposed[1] == str(tmp_path / "mine.csv")
    assert (tmp_path / "mine.csv").read_text(encoding="utf-8") == "precious"
    answer(monkeypatch, str(tmp_path / "other"))
    with qtbot.waitSignal(full.saved):
        choose(full, "csv")
    assert (tmp_path / "other.csv").is_file()


@pytest.mark.parametrize("suffix", FORMATS)
def test_what_cannot_be_saved_is_told_and_leaves_nothing(
    full: Curves, suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
):
    path = tmp_path / f"curves.{suffix}"
    path.mkdir()
    answer(monkeypatch, str(path))
    with qtbot.waitSignal(full.failed) as told:
        choose(full, suffix)
    assert told.args is not None and told.args[0].startswith(f"'{path}' cannot be written")
    assert list(tmp_path.iterdir()) == [path] and not list(path.iterdir())


def offered(curves: Curves) -> tuple[list[str], list[bool]]:
    """Open the menu, and return what it says and which of the formats can be taken."""
    Hand(curves).click("train.export_curves")
    menu = Hand(curves).find(QToolButton, "train.export_curves").findChild(QMenu)
    assert isinstance(menu, QMenu) and menu.isVisible()
    said = [label.text() for label in menu.findChildren(QLabel) if label.isVisible()]
    formats = [action.isEnabled() for action in menu.actions() if action.data() in FORMATS]
    menu.close()
    return said, formats


def test_without_a_run_the_menu_says_that_there_is_nothing_to_save(curves: Curves):
    for runs in ((), (trace(history(0), running=True),), (trace(history(40), visible=False),)):
        curves.show_traces(runs)
        said = ["There is nothing to save yet: no curves are shown."]
        assert offered(curves) == (said, [False, False, False])
        curves.show_traces([trace(history(40))])
        assert offered(curves) == ([], [True, True, True])


def test_nobody_waits_for_the_menu(full: Curves, monkeypatch: pytest.MonkeyPatch):
    proposed = answer(monkeypatch, "")
    choose(full, "png")
    assert len(proposed) == 1 and proposed[0].endswith("curves.png")
