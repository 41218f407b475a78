import pytest
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication

from explorer.ui.theme import font
from explorer.ui.training.runs.elided import elided


@pytest.fixture
def metrics(app: QApplication) -> QFontMetrics:
    return QFontMetrics(font())


def cut(metrics: QFontMetrics, pixels: int, *names: str) -> list[str]:
    return [elided(name, set(names) - {name}, metrics, pixels) for name in names]


def test_a_name_that_has_room_is_whole(metrics: QFontMetrics):
    assert cut(metrics, 400, "lr 0.01", "lr 0.1") == ["lr 0.01", "lr 0.1"]


@pytest.mark.parametrize(
    "names",
    [
        ("lr 0.01, fork at 94", "lr 0.001, fork at 94"),
        ("lr 0.01, fork at 94", "lr 0.01, fork at 188", "lr 0.01, fork at 282"),
        ("compact (1)", "compact (2)", "compact (3)"),
        ("conv1+conv2 frozen, 10 epochs", "conv1+conv2 frozen, 20 epochs"),
    ],
)
def test_what_differs_is_left(metrics: QFontMetrics, names: tuple[str, ...]):
    for pixels in range(70, 200, 10):
        left = cut(metrics, pixels, *names)
        assert len(set(left)) == len(names)
        assert all(metrics.horizontalAdvance(each) <= pixels for each in left)


def test_where_a_name_begins_is_kept_if_that_tells(metrics: QFontMetrics):
    first, second = cut(metrics, 80, "lr 0.01, fork at 94", "lr 0.5, fork at 94")
    assert first.startswith("lr 0.01") and second.startswith("lr 0.5")


def test_names_that_cannot_be_told_are_cut_at_their_end(metrics: QFontMetrics):
    assert cut(metrics, 20, "compact (1)", "compact (2)")[0].startswith("c")
