"""The page under a hand: from the whole network down to one number, and back."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QPlainTextEdit
from pytestqt.qtbot import QtBot

from explorer.core.arithmetic import evaluate
from explorer.core.network import edits
from explorer.core.network.naming import network_named
from explorer.core.network.presets import PRESETS
from explorer.core.network.state import PICTURE, Spot
from explorer.core.scene import LabState
from explorer.data.digits import load
from explorer.training.checkpoint import Checkpoint
from explorer.training.runfile import open_run
from explorer.ui.learned import learned
from explorer.ui.widgets.answer_bars import AnswerBars
from tests.ui.network.hand import NetworkHand


def value(hand: NetworkHand, spot: Spot) -> float:
    output = hand.page.document.outputs[spot.place]
    assert output is not None
    return float(output[spot.at] if output.ndim == 3 else output[spot.channel])


def test_something_is_there_at_once(hand: NetworkHand) -> None:
    assert hand.reads("network.shapes") == "1 × 28 × 28  →  10"
    assert hand.state.picture.any()
    assert "%" in hand.find(AnswerBars, "network.answer").text()
    assert hand.reads("network.weights") == "Untrained: drawn with seed 0."
    assert not hand.may_click("undo")


def test_a_pixel_is_read_held_and_let_go(hand: NetworkHand) -> None:
    spot = Spot(3, 4, 3, 5)
    hand.point_at(spot)
    assert hand.reads("network.where") == "conv2, channel 4, row 3, column 5"
    assert "14 × 14" in hand.reads("network.sees")
    hand.click_on(spot)
    QTest.mouseMove(hand.page.canvas, hand.page.canvas.rect().bottomLeft())
    hand.settle()
    assert hand.state.pinned == spot
    assert hand.reads("network.where") == "conv2, channel 4, row 3, column 5"
    hand.page.setFocus()
    QTest.keyClick(hand.page, Qt.Key.Key_Escape)
    hand.settle()
    assert hand.state.spot is None
    assert not hand.may_click("network.open_in_lab")


@pytest.mark.parametrize("spot", [Spot(0, 2, 5, 6), Spot(4, 7, 1, 1), Spot(5, 3, 2, 2), Spot(7, 4)])
def test_the_number_that_is_held_is_the_labs(hand: NetworkHand, spot: Spot) -> None:
    opened: list[object] = []
    hand.page.lab_wanted.connect(lambda wanted: opened.append(getattr(wanted, "state", wanted)))
    hand.click_on(spot)
    hand.click("network.open_in_lab")
    (state,) = opened
    assert isinstance(state, LabState)
    output = evaluate(state.layer, state.input, state.used_weight, state.bias).output
    assert output is not None
    shown = output[state.channel][state.cell]
    assert shown == pytest.approx(value(hand, spot), rel=1e-5, abs=1e-6)


def test_a_pointer_at_what_another_network_has_not_shows_nothing(hand: NetworkHand) -> None:
    hand.page.document.edit("preset", edits.with_preset, "alexnet")
    hand.settle()
    hand.page.here.point_at(Spot(PICTURE, 2))
    assert hand.reads("network.where") == "picture, channel 2"
    hand.page.document.edit("preset", edits.with_preset, "compact")
    assert hand.reads("network.where") == "Point at a map, or at one of its pixels."


def test_a_network_too_large_to_run_says_so_and_keeps_its_shapes(hand: NetworkHand) -> None:
    hand.page.document.edit("pad", edits.with_parameter, 0, "padding", (4000, 4000))
    hand.settle()
    assert hand.reads("network.shapes") == "1 × 28 × 28  →  does not fit"
    hand.page.document.edit("cut", edits.removed, 7)
    hand.settle()
    assert hand.reads("network.shapes").endswith("→  80320320")
    assert "numbers of a picture" in hand.page.picture._answer._sentence.text()
    assert not hand.may_click("network.test")


def test_a_header_chooses_its_layer(hand: NetworkHand) -> None:
    hand.click_header(3)
    assert hand.state.chosen == 3
    hand.click_header(3)
    assert hand.state.chosen is None


def test_pasted_code_becomes_the_network(hand: NetworkHand) -> None:
    learned_before = hand.state.weights["conv1.weight"]
    hand.page.tabs.setCurrentWidget(hand.page.code)
    field = hand.find(QPlainTextEdit, "network.code")
    field.setFocus()
    field.selectAll()
    code = "nn.Sequential(nn.Conv2d(1, 10, 5), nn.ReLU(), nn.Flatten(), nn.Linear(5760, 10))"
    field.insertPlainText(code)
    hand.qtbot.waitUntil(lambda: len(hand.state.network.layers) == 4)
    hand.settle()
    assert hand.state.weights["conv1.weight"] is learned_before
    assert hand.page.document.outputs[-1] is not None
    hand.click("undo")
    assert hand.state.network == PRESETS["compact"].network


def test_it_is_said_that_the_code_can_be_pasted_over(hand: NetworkHand) -> None:
    hand.page.tabs.setCurrentWidget(hand.page.code)
    assert hand.reads("network.code.told") == "Change it, or paste your own."
    hand.click("network.code.copy")
    assert hand.reads("network.code.told") == "Copied."
    hand.page.code.form.setCurrentIndex(2)
    assert hand.reads("network.code.told") == "to read and to copy"


def test_code_that_is_no_network_is_refused_in_place(hand: NetworkHand) -> None:
    before = hand.state.network
    hand.page.tabs.setCurrentWidget(hand.page.code)
    field = hand.find(QPlainTextEdit, "network.code")
    field.setFocus()
    field.selectAll()
    field.insertPlainText("nn.Sequential(__import__('os').system('true'))")
    hand.qtbot.waitUntil(lambda: bool(hand.page.code.problem.text()))
    assert hand.state.network == before


def test_a_drawing_is_answered(hand: NetworkHand) -> None:
    pad = hand.page.picture.pad
    before = hand.page.document.outputs[-1]
    QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=pad.rect().center())
    QTest.mouseMove(pad, pad.rect().center() / 2)
    QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=pad.rect().center() / 2)
    hand.qtbot.waitUntil(lambda: hand.state.sample == "drawing")
    hand.settle()
    assert not np.array_equal(hand.page.document.outputs[-1], before)  # type: ignore[arg-type]
    assert hand.reads("network.looked") == "your drawing"
    hand.click("undo")
    assert hand.state.sample == "digit"


@pytest.mark.parametrize("width", [952, 1208, 1600])
@pytest.mark.parametrize("name", ["compact", "alexnet"])
def test_the_shapes_are_never_cut_off(hand: NetworkHand, name: str, width: int) -> None:
    hand.page.resize(width, 700)
    hand.page.document.edit("preset", edits.with_preset, name)
    hand.settle()
    shapes = hand.page.shapes
    if shapes.wordWrap():
        assert shapes.height() >= shapes.heightForWidth(shapes.width())
    else:
        assert shapes.width() >= shapes.sizeHint().width()


def test_a_photo_network_gets_a_photo(hand: NetworkHand) -> None:
    hand.page.document.edit("preset", edits.with_preset, "alexnet")
    hand.settle()
    assert hand.reads("network.shapes") == "3 × 224 × 224  →  256 × 6 × 6"
    hand.page.document.edit("preset", edits.with_preset, "compact")
    hand.settle()
    assert hand.reads("network.shapes") == "1 × 28 × 28  →  10"


def test_a_new_seed_draws_new_weights(hand: NetworkHand) -> None:
    before = hand.page.document.outputs[-1]
    hand.click("network.draw")
    assert hand.reads("network.weights") == "Untrained: drawn with seed 1."
    assert not np.array_equal(hand.page.document.outputs[-1], before)  # type: ignore[arg-type]


def checkpoint(name: str, step: int, seed: int) -> Checkpoint:
    from explorer.core.network.running import initial_weights

    return Checkpoint(step, initial_weights(network_named(name), seed))


def test_the_run_is_followed_until_the_layers_are_changed(hand: NetworkHand, qtbot: QtBot) -> None:
    first, second = checkpoint("classic", 100, 5), checkpoint("classic", 200, 6)
    learned.offer_network("classic", first, hand.page.picture.digits)
    qtbot.waitUntil(lambda: hand.state.weights is first.weights)
    assert hand.state.network == PRESETS["classic"].network
    assert hand.reads("network.weights") == "Of the training run, after 100 batches."
    learned.offer_network("classic", second, hand.page.picture.digits)
    qtbot.waitUntil(lambda: hand.state.weights is second.weights)

    hand.page.document.edit("pad", edits.with_parameter, 0, "padding", (1, 1))
    learned.offer_network("classic", checkpoint("classic", 300, 7), None)
    hand.settle()
    assert hand.state.origin == "own"
    assert hand.state.weights["conv1.weight"] is second.weights["conv1.weight"]


def test_a_run_that_is_there_already_is_followed_from_the_start(
    open_page: Callable[[], NetworkHand], qtbot: QtBot
) -> None:
    found = checkpoint("compact", 50, 3)
    learned.offer_network("compact", found, load())
    hand = open_page()
    qtbot.waitUntil(hand.page.pose, timeout=60_000)
    qtbot.waitUntil(lambda: hand.state.weights is found.weights)
    later = checkpoint("compact", 60, 4)
    learned.offer_network("compact", later, load())
    qtbot.waitUntil(lambda: hand.state.weights is later.weights)
    assert hand.find(QAbstractButton, "network.follow").isChecked()


def test_a_digit_of_another_set_comes_back_without_a_stumble(
    hand: NetworkHand, qtbot: QtBot
) -> None:
    every = load()
    last = len(every.test_images) - 1
    hand.page.picture._choose_digit(last)
    assert hand.reads("network.looked").startswith("this is: ")
    few = dataclasses.replace(every, test_images=every.test_images[:5].copy())
    learned.offer_network("compact", checkpoint("compact", 50, 3), few)
    hand.page.following.set_on(True)
    hand.settle()
    assert hand.state.digit < 5
    hand.click("undo")
    hand.settle()
    assert hand.reads("network.looked") == ""
    assert np.array_equal(hand.state.picture[0], every.test_images[last])


def test_what_is_changed_by_hand_stays_while_the_run_goes_on(
    hand: NetworkHand, qtbot: QtBot
) -> None:
    first, second = checkpoint("compact", 100, 5), checkpoint("compact", 200, 6)
    learned.offer_network("compact", first, None)
    qtbot.waitUntil(lambda: hand.state.weights is first.weights)
    zeros = np.zeros_like(first.weights["conv1.weight"])
    hand.page.document.edit("zeros", edits.with_edited, "conv1.weight", zeros)
    learned.offer_network("compact", second, None)
    qtbot.waitUntil(lambda: hand.state.weights is second.weights)
    assert hand.state.used_weights["conv1.weight"] is zeros
    assert hand.reads("network.weights").endswith("Some are changed by hand.")
    hand.click("undo")
    # Not the weights of a while ago, with which the step began.
    qtbot.waitUntil(lambda: hand.state.weights is second.weights)
    assert hand.state.used_weights["conv1.weight"] is second.weights["conv1.weight"]


def test_an_own_network_is_not_taken_away_by_a_run(hand: NetworkHand) -> None:
    hand.page.document.edit("preset", edits.with_preset, "dilated")
    learned.offer_network("classic", checkpoint("classic", 1, 0), None)
    hand.settle()
    assert hand.state.network == PRESETS["dilated"].network
    hand.page.following.set_on(True)
    hand.settle()
    assert hand.state.network == PRESETS["classic"].network
    hand.click("undo")
    assert hand.state.network == PRESETS["dilated"].network


def test_a_network_is_handed_to_training(hand: NetworkHand) -> None:
    wanted: list[tuple[str, object]] = []
    hand.page.train_wanted.connect(lambda *given: wanted.append(given))
    hand.click("network.train")
    assert wanted == [("compact", None)]
    zeros = np.zeros((10, 1, 5, 5), np.float32)
    hand.page.document.edit("zeros", edits.with_edited, "conv1.weight", zeros)
    hand.click("network.train")
    name, start = wanted[-1]
    assert name == "compact"
    assert isinstance(start, Checkpoint) and start.weights["conv1.weight"] is zeros


def test_what_cannot_learn_digits_is_not_offered_for_training(hand: NetworkHand) -> None:
    hand.page.document.edit("cut", edits.removed, 7)
    assert not hand.may_click("network.train")


def test_the_run_of_a_network_that_was_sent_to_be_trained_is_followed(
    hand: NetworkHand, qtbot: QtBot
) -> None:
    hand.page.document.edit("preset", edits.with_preset, "compact")
    hand.page.document.edit("preset", edits.with_preset, "classic")
    learned.offer_network("classic", checkpoint("classic", 9, 1), None)
    hand.settle()
    assert hand.state.origin == "untrained", "that is no run that was asked for"
    zeros = np.zeros((10, 1, 5, 5), np.float32)
    hand.page.document.edit("zeros", edits.with_edited, "conv1.weight", zeros)
    hand.click("network.train")
    found = checkpoint("classic", 10, 2)
    learned.offer_network("compact", checkpoint("compact", 9, 1), None)
    learned.offer_network("classic", found, None)
    qtbot.waitUntil(lambda: hand.state.weights is found.weights)
    assert hand.find(QAbstractButton, "network.follow").isChecked()
    assert not hand.state.edited, "the run began with it"
    hand.click("undo")
    assert hand.state.origin == "untrained" and hand.state.edited


def test_the_run_of_another_network_is_not_followed(hand: NetworkHand) -> None:
    hand.page.document.edit("preset", edits.with_preset, "dilated")
    hand.click("network.train")
    learned.offer_network("classic", checkpoint("classic", 10, 2), None)
    hand.settle()
    assert hand.state.network == PRESETS["dilated"].network


def test_the_delete_key_takes_the_layer_away_that_a_header_chose(hand: NetworkHand) -> None:
    hand.click_header(2)
    QTest.keyClick(hand.page.canvas, Qt.Key.Key_Delete)
    assert len(hand.state.network.layers) == len(PRESETS["compact"].network.layers) - 1
    assert hand.page.canvas.hasFocus() and hand.state.chosen == 2
    hand.click("undo")
    assert hand.state.network == PRESETS["compact"].network


def test_what_is_told_takes_no_room_from_the_shapes(hand: NetworkHand) -> None:
    page = hand.page
    page.document.edit("preset", edits.with_preset, "alexnet")
    page.keeping.told.emit("Saved as a-rather-long-name-of-a-network.safetensors.")
    hand.settle()
    assert page.shapes.width() >= page.shapes.sizeHint().width()
    assert page.told.text().endswith("…") and page.told.said() in page.told.toolTip()
    page.told.fall_silent()
    assert page.told.text() == "" == page.told.toolTip()


def test_what_a_test_has_found_comes_into_sight(hand: NetworkHand, qtbot: QtBot) -> None:
    hand.page.resize(1220, 640)
    hand.settle()
    hand.click("network.test")
    qtbot.waitUntil(lambda: hand.page.trial.tested() is not None, timeout=60_000)
    about = hand.find(QLabel, "network.trial.about")
    qtbot.waitUntil(lambda: about.visibleRegion().boundingRect() == about.rect())


def test_it_is_a_network_that_is_saved_here(hand: NetworkHand) -> None:
    for button in (hand.page.keeping.open, hand.page.keeping.save, hand.page.keeping.export):
        assert "network" in button.toolTip()
    assert hand.page.keeping.save.accessibleName() == "Save the network"


def test_a_network_is_saved_and_opened_with_its_weights(
    hand: NetworkHand, tmp_path: Path, qtbot: QtBot
) -> None:
    hand.page.document.edit("preset", edits.with_preset, "all_convolutional")
    hand.page.document.edit("frozen", edits.with_frozen, "conv1", True)
    saved = dict(hand.state.weights)
    path = tmp_path / "own.safetensors"
    with qtbot.waitSignal(hand.page.keeping.saved, timeout=30_000):
        hand.page.keeping.save_file(str(path))
    record, checkpoint = open_run(path)
    assert record.settings.network == "all_convolutional"
    assert checkpoint.step == 0

    hand.page.document.edit("preset", edits.with_preset, "compact")
    hand.page.keeping.open_file(str(path))
    qtbot.waitUntil(lambda: hand.state.network == PRESETS["all_convolutional"].network)
    hand.settle()
    assert all(np.array_equal(hand.state.weights[name], array) for name, array in saved.items())
    assert hand.state.frozen == {"conv1"}
    assert hand.reads("network.weights").startswith("Learned before")
    hand.click("undo")
    assert hand.state.network == PRESETS["compact"].network


def test_what_cannot_be_read_is_refused_in_a_line(
    hand: NetworkHand, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "no.safetensors"
    path.write_bytes(b"nothing")
    before = hand.state
    hand.page.keeping.open_file(str(path))
    qtbot.waitUntil(lambda: bool(hand.page.notice.text()))
    assert "no.safetensors" in hand.page.notice.text()
    assert hand.state is before
