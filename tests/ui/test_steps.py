"""Steps that can be undone, whatever the states are."""

import gc
import weakref
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pytest

from explorer.ui.steps import Steps


@dataclass(frozen=True, eq=False)
class Drawing:
    """A state of some numbers."""

    number: int
    array: npt.NDArray[np.float64]
    hover: str | None = None

    @property
    def arrays(self) -> tuple[npt.NDArray[np.float64], ...]:
        return (self.array,)


class Board:
    """Shows one state after the other."""

    def __init__(self) -> None:
        self.state = Drawing(0, np.zeros(10))
        self.steps = Steps(self.show, most=5, most_bytes=8 * 1000)
        self.steps.gesture_ms = 60_000

    def show(self, state: Drawing) -> None:
        self.state = state

    def draw(self, number: int, what: str = "Draw", size: int = 10) -> None:
        self.steps.take(what, self.state, Drawing(number, np.full(size, number), "here"))


@pytest.fixture
def board(qapp: object) -> Iterator[Board]:
    made = Board()
    yield made
    made.steps.clear()
    made.steps.deleteLater()


def numbers(board: Board) -> list[int]:
    """Undo everything; return what was shown on the way."""
    shown = [board.state.number]
    while board.steps.canUndo():
        board.steps.undo()
        shown.append(board.state.number)
    return shown


def test_one_kind_in_quick_succession_is_one_step(board: Board):
    for number, what in ((1, "Draw"), (2, "Draw"), (3, "Erase"), (4, "Draw")):
        board.draw(number, what)
    assert numbers(board) == [4, 3, 2, 0]


def test_a_gesture_can_be_ended(board: Board):
    board.draw(1)
    board.steps.end_gesture()
    board.draw(2)
    assert numbers(board) == [2, 1, 0]


def test_after_an_undo_a_new_step_begins(board: Board):
    board.draw(1)
    board.steps.end_gesture()
    board.draw(2)
    board.steps.undo()
    board.draw(3)
    assert not board.steps.canRedo()
    assert numbers(board) == [3, 1, 0]


def test_no_more_steps_are_kept_than_asked_for(board: Board):
    for number in range(1, 12):
        board.steps.end_gesture()
        board.draw(number)
    assert numbers(board) == [11, 10, 9, 8, 7, 6]


def test_large_states_leave_fewer_steps_and_one_always(board: Board):
    for number in range(1, 6):
        board.steps.end_gesture()
        board.draw(number, size=450)
    assert numbers(board) == [5, 4]
    while board.steps.canRedo():
        board.steps.redo()
    board.steps.end_gesture()
    board.draw(6, size=1000)
    assert numbers(board) == [6, 5]


def test_the_pointer_of_long_ago_does_not_come_back(board: Board):
    board.draw(1)
    board.show(replace(board.state, hover="there"))
    board.steps.end_gesture()
    board.draw(2)
    board.steps.undo()
    assert (board.state.number, board.state.hover) == (1, None)


def test_nothing_is_held_of_what_was_forgotten(board: Board):
    board.draw(1)
    held = weakref.ref(board.state.array)
    board.steps.end_gesture()
    board.draw(2)
    board.steps.end_gesture()
    board.draw(3)
    board.steps.clear()
    gc.collect()
    assert held() is None
    board.draw(4)
    assert numbers(board) == [4, 3]
