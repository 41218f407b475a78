"""The flags at the top of a plot: in rows, and counted where there is no room."""

from hypothesis import example, given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QApplication

from explorer.drawing.palette import SMALL
from explorer.ui.theme import font
from explorer.ui.training.curves.flags import Flag, Placed, place_flags

AREA = QRectF(50, 10, 400, 200)
KEY = 350.0


def placed(*flags: tuple[float, str], key: float = KEY) -> list[Placed]:
    pairs = [(at, Flag(at, text)) for at, text in flags]
    return place_flags(pairs, QFontMetricsF(font(SMALL)), AREA, key)


# One that stands for many must not grow into the next of its row.
@example([(100, "lr 0.1")] * 2 + [(100, "conv1 frozen")] * 3 + [(170, "lr 0.1")] * 2)
@given(st.lists(st.tuples(st.floats(50, 450), st.sampled_from(["lr 0.1", "conv1 frozen"]))))
def test_none_lies_over_another_or_is_lost(qapp: QApplication, flags: list[tuple[float, str]]):
    found = placed(*flags)
    assert sum(1 + one.others for one in found) == len(flags)
    for i, one in enumerate(found):
        assert AREA.contains(one.rect)
        assert not any(one.rect.intersects(other.rect) for other in found[:i])


def test_the_second_row_is_for_those_close_by_and_those_below_the_key(qapp: QApplication):
    first, second, third = placed((100, "lr 0.1"), (110, "lr 0.2"), (420, "lr 0.3"))
    assert first.rect.top() == AREA.top() + 8
    assert second.rect.top() == third.rect.top() > first.rect.bottom()
    assert third.rect.right() <= AREA.right()


def test_of_many_the_last_is_told_and_the_others_are_counted(qapp: QApplication):
    found = placed(*((100 + i, f"lr {i}") for i in range(10)))
    assert [one.text for one in found] == ["lr 0", "lr 9 +8"]


def test_what_sent_a_curve_off_the_scale_is_told_before_how_far(qapp: QApplication):
    pairs = [(100.0, Flag(100.0, "momentum 0.9")), (101.0, Flag(101.0, "lr 0.5"))]
    pairs += [(102.0 + i, Flag(102.0 + i, f"↑ {i}", 0)) for i in range(4)]
    found = place_flags(pairs, QFontMetricsF(font(SMALL)), AREA, KEY)
    assert [one.text for one in found] == ["momentum 0.9", "lr 0.5 +4"]


def test_one_that_stands_for_many_takes_the_room_that_there_is(qapp: QApplication):
    found = placed(*((100 + i, f"lr 0.{i:04d}") for i in range(20)))
    assert found[-1].text == "lr 0.0019 +18"
