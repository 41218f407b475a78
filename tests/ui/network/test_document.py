"""The document: one state, undone step by step, and torch's numbers for it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from explorer.core.network import edits
from explorer.core.network.preparing import prepared
from explorer.core.network.presets import DIGIT, PRESETS
from explorer.core.network.running import Runner
from explorer.core.network.state import NetworkState
from explorer.ui.network.document import NetworkDocument


@pytest.fixture
def document(qapp: object) -> Iterator[NetworkDocument]:
    picture = np.arange(28 * 28, dtype=np.uint8).reshape(DIGIT)
    made = NetworkDocument(NetworkState(PRESETS["lenet5"].network, picture))
    yield made
    made.shut_down()


def test_before_torch_there_are_shapes_and_no_numbers(document: NetworkDocument) -> None:
    document.edit("Add", edits.inserted, 1, "BatchNorm2d")
    assert document.state.total.output == (10,)
    assert document.outputs == (None,) * 13
    assert not document.has_torch


def test_with_torch_every_layer_has_its_output(document: NetworkDocument) -> None:
    computed: list[int] = []
    document.computed.connect(lambda: computed.append(len(document.outputs)))
    document.use_torch()
    assert computed == [12]
    state = document.state
    shapes = [None if one is None else one.shape for one in document.outputs]
    assert shapes == [place.output for place in state.places]
    runner = Runner(state.network)
    runner.load(state.weights)
    expected = list(runner.outputs(prepared(state.picture)))
    assert np.array_equal(document.outputs[-1], expected[-1])  # type: ignore[arg-type]


def test_behind_a_break_nothing_flows_and_a_repair_brings_it_back(
    document: NetworkDocument,
) -> None:
    document.use_torch()
    document.edit("Remove", edits.removed, 6)
    assert [one is None for one in document.outputs] == [False] * 6 + [True] * 5
    document.undo_stack.undo()
    assert all(one is not None for one in document.outputs)


def test_edits_of_one_kind_in_a_row_are_one_step(document: NetworkDocument) -> None:
    document.use_torch()
    for kernel in (4, 3, 2):
        document.edit("Kernel", edits.with_parameter, 0, "kernel_size", (kernel, kernel))
    document.edit("Padding", edits.with_parameter, 0, "padding", (1, 1))
    assert document.undo_stack.count() == 2
    document.undo_stack.undo()
    document.undo_stack.undo()
    assert document.state.network == PRESETS["lenet5"].network
    document.undo_stack.redo()
    assert document.state.network.layers[0].setting("kernel_size") == (2, 2)


def test_undo_brings_the_weights_back(document: NetworkDocument) -> None:
    document.use_torch()
    before, learned = document.outputs[-1], document.state.weights["conv1.weight"]
    document.edit("Kernel", edits.with_edited, "conv1.weight", np.zeros_like(learned))
    assert not np.array_equal(document.outputs[-1], before)  # type: ignore[arg-type]
    document.undo_stack.undo()
    assert np.array_equal(document.outputs[-1], before)  # type: ignore[arg-type]
    assert document.state.used_weights["conv1.weight"] is learned


def test_to_look_around_is_no_step_and_computes_nothing(document: NetworkDocument) -> None:
    document.use_torch()
    outputs = document.outputs
    document.look(chosen=3)
    assert document.outputs is outputs
    assert document.undo_stack.count() == 0


def test_a_large_network_is_run_beside_the_window(document: NetworkDocument, qtbot: QtBot) -> None:
    document.use_torch()
    document.edit("Network", edits.with_preset, "alexnet")
    busy = document.is_behind
    assert busy
    qtbot.waitUntil(lambda: not document.is_behind, timeout=30_000)
    assert document.outputs[-1] is not None
    assert document.outputs[-1].shape == (256, 6, 6)
    # A small one meanwhile is there at once, and what was begun comes to nothing.
    document.edit("Weights", edits.reinitialised, 1)
    document.edit("Network", edits.with_preset, "compact")
    busy = document.is_behind
    assert not busy
    assert [one is None or one.shape for one in document.outputs][-1] == (10,)


def test_what_is_asked_for_while_a_change_is_told_is_passed_over(
    document: NetworkDocument,
) -> None:
    document.changed.connect(lambda *_: document.edit("More", edits.removed, 0))
    document.edit("Remove", edits.removed, 0)
    assert len(document.state.network.layers) == 11
    assert document.undo_stack.count() == 1


def test_switched_off_layers_do_as_they_are_told(document: NetworkDocument) -> None:
    document.use_torch()
    document.edit("Off", edits.switched, "relu1", "identity")
    assert np.array_equal(document.outputs[0], document.outputs[1])  # type: ignore[arg-type]
    document.edit("Zeros", edits.switched, "conv1", "zeros")
    assert document.outputs[0] is not None and not document.outputs[0].any()
