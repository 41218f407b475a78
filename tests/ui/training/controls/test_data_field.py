"""Complete sets, downloaded from a server on this machine by whoever chooses them."""

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from explorer.data import catalogue
from explorer.data.catalogue import RemoteSet
from explorer.ui.training.controls import data_field, fetcher
from tests.file_server import serving
from tests.ui.training.conftest import Open
from tests.ui.training.hand import Trainer


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where downloads go for the time of a test."""
    monkeypatch.setattr(data_field, "home", lambda: tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def remote(few: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RemoteSet]:
    """A server with few digits, whichever set is asked for."""
    with serving(few, pace=0.01) as served:
        monkeypatch.setattr(fetcher, "remote_set", lambda name: served)
        yield served
    for thread in threading.enumerate():
        # Of one of Qt's threads Python may have heard, but it can wait for none of them.
        if thread.daemon and not isinstance(thread, threading._DummyThread):
            thread.join(10)
            assert not thread.is_alive(), "it was told to stop"


def is_fetching(hand: Trainer) -> bool:
    bar = hand.page.findChild(QWidget, "train.fetch")
    return bar is not None and bar.isVisible()


def test_a_set_comes_when_it_is_chosen(
    remote: RemoteSet, home: Path, open_page: Open, qtbot: QtBot
):
    hand = open_page()
    assert hand.data_offered() == [
        "Bundled digits",
        "MNIST ↓",
        "Fashion-MNIST ↓",
        "KMNIST ↓",
        "Folder …",
    ]
    assert not is_fetching(hand)
    hand.choose("train.data", "mnist")
    assert is_fetching(hand)
    assert hand.page.controls.settings().data == "bundled", "until the set is there"
    qtbot.waitUntil(lambda: "file 3 of 4" in hand.reads("train.fetch.status"), timeout=10_000)
    qtbot.waitUntil(lambda: not is_fetching(hand), timeout=20_000)
    assert hand.page.controls.settings().data == str(home / "mnist")
    assert hand.data_offered()[1] == "MNIST"
    hand.choose("train.data", "bundled")
    hand.choose("train.data", "mnist")
    assert not is_fetching(hand), "it is there now"
    hand.click("train.batch")
    hand.wait_for("Paused", 1)
    assert hand.reads("train.device_used").startswith("300 training and 200 test images")


def test_a_download_can_be_cancelled_and_goes_on_later(
    remote: RemoteSet, home: Path, open_page: Open, qtbot: QtBot
):
    hand = open_page()
    hand.choose("train.data", "kmnist")
    qtbot.waitUntil(lambda: "file" in hand.reads("train.fetch.status"), timeout=10_000)
    hand.click("train.fetch.cancel")
    assert not is_fetching(hand)
    assert hand.page.controls.settings().data == "bundled"
    assert not hand.page.notice.isVisible(), "nothing is wrong"
    hand.choose("train.data", "kmnist")
    qtbot.waitUntil(
        lambda: hand.page.controls.settings().data == str(home / "kmnist"), timeout=20_000
    )


def test_to_close_the_window_ends_the_download(
    remote: RemoteSet, home: Path, open_page: Open, qtbot: QtBot
):
    hand = open_page()
    hand.choose("train.data", "mnist")
    qtbot.waitUntil(lambda: "file" in hand.reads("train.fetch.status"), timeout=10_000)


def test_what_goes_wrong_is_a_sentence_on_the_page(
    home: Path, open_page: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, few: Path
):
    with contextlib.ExitStack() as stack:
        gone = stack.enter_context(serving(few))
    monkeypatch.setattr(fetcher, "remote_set", lambda name: gone)
    hand = open_page()
    hand.choose("train.data", "mnist")
    notice = hand.page.notice
    qtbot.waitUntil(notice.isVisible, timeout=10_000)
    assert "no connection" in notice.text() and "look at your network" in notice.text()
    assert not is_fetching(hand)
    assert hand.page.controls.settings().data == "bundled"


def test_a_list_that_cannot_be_read_is_a_sentence_too(
    home: Path, open_page: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    def broken(name: str) -> RemoteSet:
        raise ImportError("no torchvision")

    monkeypatch.setattr(fetcher, "remote_set", broken)
    hand = open_page()
    hand.choose("train.data", "mnist")
    qtbot.waitUntil(lambda: "no torchvision" in hand.page.notice.text(), timeout=10_000)


def test_a_download_goes_on_and_can_be_cancelled_while_it_trains(
    remote: RemoteSet, home: Path, few: Path, open_page: Open, qtbot: QtBot
):
    hand = open_page(few)
    hand.choose("train.data", "mnist")
    hand.click("train.batch")
    hand.wait_for("Paused", 1)
    assert hand.find(QWidget, "train.fetch.cancel").isEnabled()
    assert not hand.find(QWidget, "train.data").isEnabled()
    qtbot.waitUntil(lambda: not is_fetching(hand), timeout=20_000)
    assert hand.page.controls.settings().data == str(few), "what the run learns from"
    hand.click("train.reset")
    hand.choose("train.data", "mnist")
    assert hand.page.controls.settings().data == str(home / "mnist")


def test_begun_and_cancelled_again_and_again_it_comes_whole_in_the_end(
    remote: RemoteSet, home: Path, few: Path, open_page: Open, qtbot: QtBot
):
    hand = open_page()
    for wait in (30, 150, 0, 220, 90):
        hand.choose("train.data", "mnist")
        qtbot.wait(wait)
        hand.click("train.fetch.cancel")
    hand.choose("train.data", "mnist")
    qtbot.waitUntil(
        lambda: hand.page.controls.settings().data == str(home / "mnist"), timeout=20_000
    )
    for file in few.iterdir():
        assert (home / "mnist" / file.name).read_bytes() == file.read_bytes()


def test_a_set_that_is_gone_is_not_used(home: Path, open_page: Open):
    hand = open_page(home / "mnist")
    assert hand.page.controls.settings().data == "bundled"
    assert hand.page.controls.data.choice.value() == "bundled"


def test_a_set_that_is_there_already_is_used(home: Path, few: Path, open_page: Open):
    place = home / "fashion-mnist"
    place.parent.mkdir(parents=True)
    place.symlink_to(few)
    hand = open_page(place)
    assert hand.data_offered()[2] == "Fashion-MNIST" and len(hand.data_offered()) == 5
    assert hand.page.controls.data.choice.value() == "fashion-mnist"
    assert hand.page.controls.settings().data == str(place)


def test_every_set_has_a_title(home: Path, open_page: Open):
    titles = [title.removesuffix(" ↓") for title in open_page().data_offered()[1:-1]]
    assert len(titles) == len(catalogue.SET_NAMES) == len(set(titles))
