"""The one place that holds the state: what is undone as what, and when torch is asked."""

import dataclasses
import gc
import weakref
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QObject, QThread
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.core.arithmetic import Evaluation, evaluate
from explorer.core.layers import windows
from explorer.core.scene import Focus, LabState
from explorer.ui.lab import document as module
from explorer.ui.lab import edits
from explorer.ui.lab.document import UNDO_BYTES, LabDocument


@pytest.fixture
def document(qapp: QApplication) -> Iterator[LabDocument]:
    owner = QObject()
    made = LabDocument(edits.from_preset("numbers"), owner)
    yield made
    made.shut_down()
    owner.deleteLater()


@pytest.fixture
def slowly(document: LabDocument) -> None:
    """Let every edit be a gesture of its own."""
    document.undo_stack.gesture_ms = -1


def same(one: LabState, other: LabState) -> bool:
    """Whether two states are equal, arrays by their values."""
    for field in dataclasses.fields(LabState):
        a, b = getattr(one, field.name), getattr(other, field.name)
        if not (np.array_equal(a, b) if isinstance(a, np.ndarray) else a == b):
            return False
    return True


@pytest.mark.usefixtures("slowly")
def test_undo_gives_every_state_back_and_redo_too(document: LabDocument):
    document.look(step=4.0, pins=(Focus("output", (1, 1)),))
    states = [document.state]
    steps: tuple[tuple[str, Any, dict[str, Any]], ...] = (
        ("padding", edits.with_parameter, {"name": "padding", "value": (1, 2)}),
        ("kernel", edits.with_kernel, {"name": "box"}),
        ("input", edits.with_input, {"name": "digit", "digit": 5}),
        ("operation", edits.with_operation, {"name": "AvgPool2d"}),
        ("size", edits.with_input, {"size": (3, 9)}),
    )
    for what, change, named in steps:
        document.edit(what, change, **named)
        states.append(document.state)
    for state in reversed(states[:-1]):
        document.undo_stack.undo()
        assert same(document.state, state)
    assert not document.undo_stack.canUndo()
    for state in states[1:]:
        document.undo_stack.redo()
        assert same(document.state, state)
    assert not document.undo_stack.canRedo()


def test_a_quick_drag_is_one_step(document: LabDocument):
    first = document.state
    for n in range(1, 9):
        document.edit("Padding", edits.with_parameter, "padding", (n, n))
    assert document.undo_stack.count() == 1
    assert document.undo_stack.undoText() == "Padding"
    last = document.state
    document.undo_stack.undo()
    assert same(document.state, first)
    document.undo_stack.redo()
    assert same(document.state, last)


def test_what_a_quick_drag_passed_through_is_let_go(document: LabDocument):
    passed = []
    for size in range(3, 9):
        document.edit("Input size", edits.with_input, size=(size, size))
        passed.append(weakref.ref(document.state.input))
    gc.collect()
    assert [array() is None for array in passed] == [True] * 5 + [False]


def test_two_kinds_of_edit_are_two_steps_however_quick(document: LabDocument):
    document.edit("Padding", edits.with_parameter, "padding", (1, 1))
    document.edit("Stride", edits.with_parameter, "stride", (2, 2))
    document.edit("Padding", edits.with_parameter, "padding", (2, 2))
    assert document.undo_stack.count() == 3


def test_a_rest_begins_a_new_step(document: LabDocument):
    document.undo_stack.gesture_ms = 20
    document.edit("Padding", edits.with_parameter, "padding", (1, 1))
    QTest.qWait(40)
    document.edit("Padding", edits.with_parameter, "padding", (2, 2))
    assert document.undo_stack.count() == 2


def test_an_edit_after_undo_leaves_what_was_left_standing(document: LabDocument):
    document.undo_stack.gesture_ms = -1
    document.edit("Padding", edits.with_parameter, "padding", (1, 1))
    document.edit("Padding", edits.with_parameter, "padding", (2, 2))
    document.undo_stack.gesture_ms = 10_000
    document.undo_stack.undo()
    document.edit("Padding", edits.with_parameter, "padding", (3, 3))
    document.edit("Padding", edits.with_parameter, "padding", (4, 4))
    document.undo_stack.undo()
    assert document.state.layer.setting("padding") == (1, 1)


def test_looking_is_not_undone(document: LabDocument):
    document.look(step=3.0)
    document.look(hover=Focus("output", (0, 0)))
    document.look(pins=(Focus("output", (0, 0)),))
    assert not document.undo_stack.canUndo()


def test_a_pointer_of_long_ago_does_not_come_back(document: LabDocument):
    document.look(hover=Focus("output", (0, 0)))
    document.edit("Weights", edits.with_kernel, "box")
    document.look(hover=None)
    document.undo_stack.undo()
    assert document.state.hover is None
    document.undo_stack.redo()
    assert document.state.hover is None


def test_what_changes_nothing_is_no_step(document: LabDocument):
    document.edit("Operation", edits.with_operation, "Conv2d")
    assert document.undo_stack.count() == 0


def test_what_is_asked_for_while_a_change_is_told_is_no_step(document: LabDocument):
    def disturb() -> None:
        document.edit("Channels", edits.with_input, channels=5)

    first = document.state
    document.changed.connect(disturb)
    document.edit("Operation", edits.with_operation, "MaxPool2d")
    second = document.state
    assert (second.channels, document.undo_stack.count()) == (1, 1)
    for _ in range(2):
        document.undo_stack.undo()
        assert document.state.layer is first.layer and document.state.input is first.input
        document.undo_stack.redo()
        assert document.state.layer is second.layer and document.state.input is second.input


def test_the_oldest_steps_are_forgotten(document: LabDocument):
    document.undo_stack.gesture_ms = -1
    for n in range(module.UNDO_LIMIT + 20):
        document.edit("Padding", edits.with_parameter, "padding", (n % 5, 0))
    assert document.undo_stack.count() == module.UNDO_LIMIT


@pytest.mark.usefixtures("slowly")
def test_torch_is_asked_only_for_what_it_has_to_do_with(
    document: LabDocument, monkeypatch: pytest.MonkeyPatch
):
    asked: list[object] = []

    def count(*arguments: Any, **named: Any) -> Evaluation:
        asked.append(arguments[0])
        return evaluate(*arguments, **named)

    monkeypatch.setattr(module, "evaluate", count)
    document.edit("Padding", edits.with_parameter, "padding", (1, 1))
    assert asked == []
    document.use_torch()
    assert len(asked) == 1
    document.look(step=3.5)
    document.look(hover=Focus("input", (1, 1)), pins=())
    assert len(asked) == 1
    document.edit("Weights", edits.with_kernel, "box")
    document.edit("Size", edits.with_input, size=(6, 6))
    document.edit("Bias", edits.with_parameter, "bias", True)
    document.undo_stack.undo()
    assert len(asked) == 5


def test_numbers_are_those_of_the_state_when_it_is_announced(document: LabDocument):
    document.use_torch()
    seen: list[bool] = []

    def compare(new: LabState, old: LabState) -> None:
        output = document.evaluation.output
        expected = evaluate(new.layer, new.input, new.weight, new.bias).output
        assert output is not None and expected is not None
        seen.append(document.state is new and np.array_equal(output, expected))

    document.changed.connect(compare)
    document.edit("Padding", edits.with_parameter, "padding", (1, 1))
    document.undo_stack.undo()
    assert seen == [True, True]


def test_before_torch_there_are_no_numbers_and_after_it_there_are(document: LabDocument):
    announced: list[bool] = []
    document.evaluated.connect(lambda: announced.append(document.has_torch))
    assert (document.waits_for_torch, document.has_torch) == (True, False)
    assert vars(document.evaluation) == vars(Evaluation())
    document.edit("Padding", edits.with_parameter, "padding", (1, 1))
    document.use_torch()
    assert announced == [True]
    assert (document.waits_for_torch, document.has_torch) == (False, True)
    output = document.evaluation.output
    assert output is not None
    assert output.shape == (1, 5, 5)


def test_without_torch_nobody_waits(document: LabDocument):
    announced: list[bool] = []
    document.evaluated.connect(lambda: announced.append(document.has_torch))
    document.do_without_torch()
    assert announced == [False]
    assert not document.waits_for_torch
    document.edit("Padding", edits.with_parameter, "padding", (1, 1))
    assert document.evaluation.output is None


LARGE = {"name": "gradient", "size": (340, 360)}
"""An input whose output is too large for a proof within the change."""


def test_a_small_output_is_proven_with_the_change(document: LabDocument):
    document.use_torch()
    proof = document.evaluation.proof
    assert proof is not None and proof.agrees
    assert proof.cells == 9
    assert not document.is_proving


def test_a_large_output_is_there_at_once_and_its_proof_comes_later(
    document: LabDocument, qtbot: QtBot
):
    document.use_torch()
    seen: list[tuple[bool, bool, bool]] = []

    def note(new: LabState, old: LabState) -> None:
        evaluation = document.evaluation
        has = evaluation.output is not None, evaluation.proof is not None
        seen.append((*has, document.is_proving))

    document.changed.connect(note)
    with qtbot.waitSignal(document.proven, timeout=30_000):
        document.edit("Input", edits.with_input, **LARGE)
        document.look(step=2.5)
    assert seen == [(True, False, True)] * 2
    output, proof = document.evaluation.output, document.evaluation.proof
    assert output is not None and proof is not None
    assert proof.agrees and proof.cells == output.size == 338 * 358
    assert not document.is_proving


def test_a_large_input_is_not_looked_through_within_a_change(document: LabDocument, qtbot: QtBot):
    document.use_torch()
    document.edit("Stride", edits.with_parameter, "stride", (8, 8))
    document.edit("Input", edits.with_input, name="gradient", size=(200, 200))
    assert document.is_proving
    with qtbot.waitSignal(document.proven, timeout=30_000):
        pass
    proof = document.evaluation.proof
    assert proof is not None
    assert (proof.agrees, proof.cells) == (True, 25 * 25)


@pytest.mark.usefixtures("slowly")
def test_a_proof_is_never_that_of_another_state(document: LabDocument, qtbot: QtBot):
    document.use_torch()
    document.edit("Input", edits.with_input, **LARGE)
    told: list[LabState] = []
    document.proven.connect(lambda: told.append(document.state))
    for n in (1, 2, 3):
        document.edit("Padding", edits.with_parameter, "padding", (n, n))
    document.undo_stack.undo()
    qtbot.waitUntil(lambda: not document.is_proving, timeout=30_000)
    document.shut_down()
    QApplication.processEvents()
    assert told == [document.state]
    proof = document.evaluation.proof
    assert proof is not None
    assert proof.cells == 342 * 362


@pytest.mark.parametrize(
    ("change", "named", "cells"),
    [
        (edits.with_input, {"name": "numbers"}, 9),
        (edits.with_parameter, {"name": "kernel_size", "value": (341, 3)}, None),
    ],
    ids=["a small one", "one that torch refuses"],
)
def test_a_large_proof_is_given_up_for(
    document: LabDocument, qtbot: QtBot, change: Any, named: dict[str, Any], cells: int | None
):
    document.use_torch()
    told: list[bool] = []
    document.proven.connect(lambda: told.append(True))
    document.edit("Input", edits.with_input, **LARGE)
    began = document.is_proving
    document.edit("Change", change, **named)
    assert (began, document.is_proving) == (True, False)
    document.shut_down()
    QApplication.processEvents()
    proof = document.evaluation.proof
    assert (None if proof is None else proof.cells) == cells
    assert told == []


def test_a_change_while_a_proof_runs_gets_a_proof_of_its_own(
    document: LabDocument, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    document.use_torch()
    told: list[LabState] = []
    document.proven.connect(lambda: told.append(document.state))
    (thread,) = document.findChildren(QThread)
    with monkeypatch.context() as slow:
        slow.setattr(windows, "MOST_NUMBERS", 1)
        document.edit("Input", edits.with_input, **LARGE)
        qtbot.waitUntil(thread.isRunning, timeout=30_000)
        document.edit("Padding", edits.with_parameter, "padding", (1, 1))
    assert document.is_proving
    with qtbot.waitSignal(document.proven, timeout=30_000):
        pass
    assert told == [document.state]
    proof = document.evaluation.proof
    assert proof is not None
    assert proof.cells == 340 * 360


def test_nothing_runs_after_the_end(document: LabDocument):
    document.use_torch()
    document.edit("Input", edits.with_input, **LARGE)
    document.shut_down()
    assert not document.is_proving
    assert not any(thread.isRunning() for thread in document.findChildren(QThread))
    QApplication.processEvents()
    assert document.evaluation.proof is None


def test_large_inputs_leave_fewer_steps_to_undo_and_lose_nothing_else(app: QApplication):
    document = LabDocument(edits.from_preset("digit_edges"))
    sizes = [(500 + number % 2, 512 - number) for number in range(80)]
    for number, size in enumerate(sizes):
        document.edit(f"size {number}", edits.with_input, size=size)
    count = document.undo_stack.count()
    assert UNDO_BYTES // (4 * 512 * 512) - 2 <= count < len(sizes)
    assert document.state.size == sizes[-1]
    for size in reversed(sizes[-count - 1 : -1]):
        document.undo_stack.undo()
        assert document.state.size == size
    assert not document.undo_stack.canUndo()
    while document.undo_stack.canRedo():
        document.undo_stack.redo()
    assert document.state.size == sizes[-1]
