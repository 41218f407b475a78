"""The document: one state, undone step by step, and torch's numbers for it."""

from __future__ import annotations

import platform
from collections.abc import Iterator

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from explorer.core.layers import Linear
from explorer.core.network import edits
from explorer.core.network.preparing import prepared
from explorer.core.network.presets import DIGIT, PRESETS
from explorer.core.network.reader import read_network
from explorer.core.network.running import Runner, initial_weights
from explorer.core.network.state import NetworkState
from explorer.ui.network.document import NetworkDocument
from tests.fresh import printed_by


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


def test_weights_of_a_large_network_are_drawn_beside_the_window(
    document: NetworkDocument, qtbot: QtBot
) -> None:
    document.use_torch()
    document.edit("Network", edits.with_preset, "alexnet")
    assert not document.state.weights
    document.look(chosen=2)  # meanwhile one looks around
    qtbot.waitUntil(lambda: not document.is_behind, timeout=30_000)
    state = document.state
    assert state.chosen == 2 and state.is_complete
    expected = initial_weights(state.network, 0)["conv5.weight"]
    assert np.array_equal(state.weights["conv5.weight"], expected)
    outputs = document.outputs
    document.look(chosen=None)
    assert document.outputs is outputs and not document.is_behind


def test_what_is_too_large_is_not_run(document: NetworkDocument) -> None:
    document.use_torch()
    network = read_network(
        "nn.Sequential(nn.Flatten(), nn.Linear(784, 32768), nn.Linear(32768, 9))"
    )
    document.edit("Code", edits.repaired, network)
    assert document.refusal is None
    network = network.inserted(2, Linear(32768, 32768))
    document.edit("Code", edits.repaired, network)
    assert "1,099,792,393 parameters" in str(document.refusal)
    assert document.state.total.output == (9,)
    assert document.outputs == (None,) * 4
    assert not document.is_behind
    document.undo_stack.undo()
    document.undo_stack.undo()
    assert all(output is not None for output in document.outputs)


def test_a_layer_that_torch_does_not_make_stands_there_and_is_repaired(
    document: NetworkDocument,
) -> None:
    document.use_torch()
    weights = document.state.weights
    document.edit("Groups", edits.with_parameter, 3, "groups", 4)
    assert document.state.broken == 3
    assert [output is not None for output in document.outputs] == [True] * 3 + [False] * 9
    assert document.state.weights["conv1.weight"] is weights["conv1.weight"]
    document.edit("Groups", edits.with_parameter, 3, "groups", 1)
    assert all(output is not None for output in document.outputs)


def test_until_the_outputs_come_those_that_do_not_fit_are_gone(
    document: NetworkDocument, qtbot: QtBot
) -> None:
    document.use_torch()
    before = document.outputs[0]
    # As many layers, and too many operations for at once.
    document.edit("Width", edits.with_parameter, 3, "out_channels", 4096)
    busy = document.is_behind
    assert busy
    assert document.outputs[0] is before
    assert document.outputs[3] is None
    qtbot.waitUntil(lambda: not document.is_behind, timeout=30_000)


def test_large_networks_leave_fewer_steps_to_undo(document: NetworkDocument) -> None:
    document.undo_stack.most_bytes = 1_000_000
    document.use_torch()
    for seed in range(1, 11):
        document.end_gesture()
        document.edit("Weights", edits.reinitialised, seed)
    assert document.undo_stack.count() == 3
    for _ in range(3):
        document.undo_stack.undo()
    assert document.state.seed == 7
    for _ in range(3):
        document.undo_stack.redo()
    assert document.state.seed == 10


def test_what_torch_refuses_is_said_in_a_sentence(
    document: NetworkDocument, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise RuntimeError("no memory.\nTraceback")

    monkeypatch.setattr(Runner, "load", refuse)
    with qtbot.waitSignal(document.failed) as failed:
        document.use_torch()
    assert failed.args == ["The network could not be run: no memory."]
    assert document.outputs == (None,) * 12
    document.failed.connect(pytest.fail)
    document.look(chosen=1)  # which does not try again


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


# In a process of its own: what ran before has a say in what glibc keeps.
_VISITS = """
import numpy as np
import psutil
from explorer.ui.application import create_application

app = create_application(["test"])
from PySide6.QtCore import QEventLoop, QTimer
from explorer.core.network import edits
from explorer.core.network.presets import DIGIT, PRESETS
from explorer.core.network.state import NetworkState
from explorer.training.memory import keep_freed_memory
from explorer.ui import background
from explorer.ui.network import document as module

def turn(milliseconds):
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()

background.TIDY_MS = module.TIDY_MS = 100
keep_freed_memory()  # as a training run does
compact = NetworkState(PRESETS["compact"].network, np.zeros(DIGIT, np.uint8))
document = module.NetworkDocument(compact)
document.use_torch()
for _ in range(2):
    document.show(edits.with_preset(document.state, "vgg11"))
    while document.is_behind:
        turn(20)
    document.show(edits.with_preset(document.state, "compact"))
    turn(400)
    print(psutil.Process().memory_info().rss / 2**20)
document.show(edits.with_preset(document.state, "vgg11"))
while document.is_behind:
    turn(20)
print(psutil.Process().memory_info().rss / 2**20)
document.shut_down()
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="about glibc")
def test_the_memory_of_a_large_network_is_given_back_when_it_is_gone() -> None:
    first, again, held = map(float, printed_by(_VISITS).split())
    assert held - again > 60, "MiB of a VGG-11, its outputs and what they are worked out with"
    assert again - first < 5
