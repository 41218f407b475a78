"""What is kept of a run for the next start while the page does this and that with it."""

import shutil
from pathlib import Path

import pytest

from explorer.training.runfile import open_run
from explorer.ui.keeping.autosaving import home
from tests.ui.training.conftest import MakeFolder, Open
from tests.ui.training.hand import PATIENCE, Trainer


@pytest.fixture
def folder(make_folder: MakeFolder, tmp_path: Path) -> Path:
    return Path(shutil.copytree(make_folder(300, 200), tmp_path / "digits"))


def wait(hand: Trainer) -> None:
    """Let the window live until nobody works on a run or on its file."""
    page = hand.page
    hand.qtbot.waitUntil(
        lambda: all(run.worker is None for run in page.runs) and not page.autosaving.is_busy,
        timeout=PATIENCE,
    )


def files() -> list[Path]:
    """Return what would be offered at the next start."""
    return list(home().glob("unfinished-*.safetensors"))


def unsaved() -> dict[Path, int]:
    """Return how many epochs are in each of these files."""
    return {path: len(open_run(path)[0].history.epochs) for path in files()}


def train(hand: Trainer, epochs: int) -> dict[Path, int]:
    hand.page.controls.epochs.set_value(epochs)
    hand.click("train.start")
    hand.wait_for("Finished")
    wait(hand)
    return unsaved()


def go_on_in_vain(hand: Trainer) -> None:
    hand.click("train.continue")
    hand.qtbot.waitUntil(lambda: "does not exist" in hand.message, timeout=PATIENCE)
    wait(hand)
    hand.click("train.notice.close")


def test_a_complete_run_is_there_when_it_cannot_go_on(
    open_page: Open, make_folder: MakeFolder, folder: Path, tmp_path: Path
):
    hand = open_page(folder)
    before = train(hand, 2)
    assert list(before.values()) == [2]
    shutil.rmtree(folder)
    for _ in range(2):
        go_on_in_vain(hand)
        assert unsaved() == before
    # What becomes of it after all is in the same file.
    shutil.copytree(make_folder(300, 200), folder)
    hand.click("train.continue")
    hand.qtbot.waitUntil(lambda: hand.page.history().last_step == 20, timeout=PATIENCE)
    wait(hand)
    assert unsaved() == dict.fromkeys(before, 4)
    hand.page.keeping.save_file(str(tmp_path / "run.safetensors"))
    hand.qtbot.waitUntil(lambda: not files(), timeout=PATIENCE)


@pytest.mark.parametrize("end", ["save", "remove"])
def test_what_could_not_go_on_and_is_dealt_with_is_offered_no_more(
    end: str, open_page: Open, folder: Path, tmp_path: Path
):
    hand = open_page(folder)
    train(hand, 1)
    shutil.rmtree(folder)
    go_on_in_vain(hand)
    assert files()
    if end == "save":
        hand.page.keeping.save_file(str(tmp_path / "run.safetensors"))
    else:
        hand.click("train.reset")
    hand.qtbot.waitUntil(lambda: not files(), timeout=PATIENCE)
