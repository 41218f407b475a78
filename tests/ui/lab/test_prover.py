"""Proofs beside the window: those of the latest claim and of no other, and a clean end."""

import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QObject, QThread
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.core.arithmetic import Proof, evaluate, proving
from explorer.core.geometry import Pair
from explorer.core.layers import Conv2d, Layer, MaxPool2d, windows
from explorer.ui.lab import prover as module
from explorer.ui.lab.prover import Claim, Prover


@pytest.fixture
def prover(qapp: QApplication) -> Iterator[Prover]:
    owner = QObject()
    made = Prover(owner)
    yield made
    made.wait()
    owner.deleteLater()


@pytest.fixture
def told(prover: Prover) -> list[Proof]:
    """Return the proofs that are announced from now on."""
    proofs: list[Proof] = []
    prover.proven.connect(proofs.append)
    return proofs


def claim(layer: Layer, size: Pair) -> Claim:
    """Return what torch says of random numbers."""
    random = np.random.default_rng(0)
    x = random.standard_normal((3, *size)).astype(np.float32)
    shape = layer.weight_shape
    weight = None if shape is None else random.standard_normal(shape).astype(np.float32)
    output = evaluate(layer, x, weight, None, with_proof=False).output
    assert output is not None
    return Claim(layer, x, weight, None, output)


LARGE = claim(Conv2d(3, 4, (5, 5), bias=False), (200, 200))
SMALL = claim(MaxPool2d((3, 3)), (9, 9))


def settled(prover: Prover, qtbot: QtBot) -> None:
    """Wait until nothing can come any more."""
    qtbot.waitUntil(lambda: not prover.is_busy, timeout=30_000)
    (thread,) = prover.findChildren(QThread)
    assert thread.wait(30_000)
    QApplication.processEvents()


@pytest.mark.parametrize("what", [LARGE, SMALL], ids=["large", "small"])
def test_it_proves_as_the_window_would(
    prover: Prover, told: list[Proof], qtbot: QtBot, what: Claim
):
    prover.prove(what)
    assert prover.is_busy
    settled(prover, qtbot)
    assert told == [evaluate(what.layer, what.input, what.weight, what.bias).proof]
    assert told[0].agrees


def test_what_is_not_true_does_not_agree(prover: Prover, told: list[Proof], qtbot: QtBot):
    wrong = SMALL.output.copy()
    wrong[2, 1, 1] += 1
    prover.prove(Claim(SMALL.layer, SMALL.input, None, None, wrong))
    settled(prover, qtbot)
    assert [proof.agrees for proof in told] == [False]


def test_only_the_latest_is_told(prover: Prover, told: list[Proof], qtbot: QtBot):
    for _ in range(5):
        prover.prove(LARGE)
        prover.prove(SMALL)
    settled(prover, qtbot)
    assert [proof.cells for proof in told] == [SMALL.output.size]


def test_the_same_claim_again_is_told_once(prover: Prover, told: list[Proof], qtbot: QtBot):
    for _ in range(3):
        prover.prove(LARGE)
    settled(prover, qtbot)
    assert [proof.cells for proof in told] == [LARGE.output.size]


def test_one_after_the_other_is_told_each(prover: Prover, told: list[Proof], qtbot: QtBot):
    for what in (SMALL, LARGE, SMALL):
        prover.prove(what)
        settled(prover, qtbot)
    assert [proof.cells for proof in told] == [c.output.size for c in (SMALL, LARGE, SMALL)]


def test_what_is_given_up_is_not_told(prover: Prover, told: list[Proof], qtbot: QtBot):
    prover.prove(LARGE)
    prover.give_up()
    assert not prover.is_busy
    settled(prover, qtbot)
    prover.prove(LARGE)
    prover.wait()
    settled(prover, qtbot)
    assert told == []
    prover.prove(SMALL)
    settled(prover, qtbot)
    assert [proof.cells for proof in told] == [SMALL.output.size]


def test_given_up_work_ends_at_the_next_piece(prover: Prover, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(windows, "MOST_NUMBERS", 50_000)
    begun, given_up = threading.Event(), threading.Event()
    pieces: list[int] = []

    def counted(*what: Any) -> Iterator[Proof]:
        for proof in proving(*what):
            pieces.append(proof.cells)
            begun.set()
            given_up.wait(30)
            yield proof

    monkeypatch.setattr(module, "proving", counted)
    prover.prove(LARGE)
    assert begun.wait(30)
    prover.give_up()
    given_up.set()
    prover.wait()
    assert len(pieces) == 1
    assert pieces[0] < LARGE.output.size


def test_waiting_leaves_nothing_running(prover: Prover):
    prover.prove(LARGE)
    prover.wait()
    assert not prover.is_busy
    assert not any(thread.isRunning() for thread in prover.findChildren(QThread))


def test_a_failure_is_raised_in_the_window_and_work_goes_on(
    prover: Prover, told: list[Proof], qtbot: QtBot
):
    with qtbot.captureExceptions() as raised:
        prover.prove(Claim(LARGE.layer, LARGE.input, None, None, LARGE.output))
        settled(prover, qtbot)
    assert [kind for kind, *_ in raised] == [AssertionError]
    prover.prove(SMALL)
    settled(prover, qtbot)
    assert [proof.agrees for proof in told] == [True]
