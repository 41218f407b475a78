"""The Training page in a window of its own, and small folders of real digits."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.data.digits import Digits, load
from explorer.data.shared import shared
from explorer.ui.training.curves.panel import Curves
from explorer.ui.training.page import TrainingPage
from tests.leaks import settle
from tests.small_digits import write_folder
from tests.ui.training.hand import Trainer

Open = Callable[..., Trainer]
MakeFolder = Callable[[int, int], Path]


@pytest.fixture(scope="session")
def make_folder(tmp_path_factory: pytest.TempPathFactory) -> MakeFolder:
    """A function that writes so many bundled digits to learn and to test as IDX files."""

    def make(train: int, test: int) -> Path:
        every = load("bundled")
        folder = tmp_path_factory.mktemp("digits")
        learned = every.train_images[:train], every.train_labels[:train]
        tested = every.test_images[:test], every.test_labels[:test]
        write_folder(Digits("some", *learned, *tested), folder)
        return folder

    return make


@pytest.fixture(scope="session")
def few(make_folder: MakeFolder) -> Path:
    """300 digits to learn, five batches of which the last is a small one, and 200 to test."""
    return make_folder(300, 200)


@pytest.fixture(scope="session", autouse=True)
def digits_at_hand() -> Iterator[None]:
    """Keep the bundled digits, which the page reads anew when nobody has them any more."""
    held = shared("bundled")
    yield
    del held


@pytest.fixture
def open_page(app: QApplication, qtbot: QtBot) -> Iterator[Open]:
    """A function that shows the page and gives a hand at it."""

    hands: list[Trainer] = []

    def show(data: object = "bundled") -> Trainer:
        page = TrainingPage(data=str(data))
        hands.append(Trainer(page, qtbot))
        page.resize(1220, 780)
        with qtbot.waitActive(page):
            page.show()
            page.activateWindow()
        return hands[-1]

    yield show
    for hand in hands:
        hand.page.shut_down()
        hand.page.close()
        hand.page.deleteLater()
        # pytest keeps the hand, and with it pyqtgraph's menus, until nothing may be left over.
        vars(hand).clear()


@pytest.fixture
def at_digits(open_page: Open) -> Trainer:
    """A hand at the page with the bundled digits, which take longer than any test."""
    return open_page()


@pytest.fixture
def at_few(open_page: Open, few: Path) -> Trainer:
    """A hand at the page with the folder of few digits."""
    return open_page(few)


@pytest.fixture
def curves(app: QApplication, qtbot: QtBot) -> Iterator[Curves]:
    """The plots alone, in a window of their own."""
    made = Curves()
    made.resize(640, 480)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.shut_down()
    made.close()
    made.deleteLater()
    settle()
    # pytest keeps what it has given to a test, and with it pyqtgraph's menus.
    vars(made).clear()
