"""Things to show take turns, and none is shown twice."""

from pytestqt.qtbot import QtBot

from explorer.ui.turns import Turns


def test_each_has_a_turn_of_its_own(qapp: object, qtbot: QtBot):
    shown: list[str] = []
    turns = Turns()

    def one() -> None:
        shown.append("one")

    def other() -> None:
        shown.append("other")
        if shown.count("other") < 2:
            turns.ask(other)

    for _ in range(3):
        turns.ask(one)
        turns.ask(other)
    assert shown == []
    qtbot.waitUntil(lambda: len(shown) == 3)
    assert shown == ["one", "other", "other"]
    qtbot.wait(40)
    assert len(shown) == 3 and not turns._timer.isActive()
    turns.deleteLater()


def test_they_can_be_finished_or_dropped(qapp: object, qtbot: QtBot):
    shown: list[int] = []
    turns = Turns()
    turns.ask(lambda: shown.append(1))
    turns.ask(lambda: turns.ask(lambda: shown.append(2)))
    turns.finish()
    assert shown == [1, 2]
    turns.ask(lambda: shown.append(3))
    turns.drop()
    qtbot.wait(40)
    assert shown == [1, 2]
    turns.deleteLater()
