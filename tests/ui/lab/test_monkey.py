"""Hundreds of things done at random, to a page that has to bear them and to undo them.

``CNN_EXPLORER_MONKEYS=20`` lets twenty of them at it in place of two, ``CNN_EXPLORER_DEEDS=500``
lets each do five hundred things in place of two hundred.
"""

import os
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from explorer.core.scene import LabState
from explorer.ui.lab import edits
from explorer.ui.lab.document import UNDO_LIMIT
from explorer.ui.lab.page import LabPage
from explorer.ui.main_window import MainWindow
from tests.ui.lab.monkey import Monkey

MONKEYS = int(os.environ.get("CNN_EXPLORER_MONKEYS", "2"))
ROUNDS, DEEDS = 2, int(os.environ.get("CNN_EXPLORER_DEEDS", "200")) // 2
ORDINARY = 1e15
PENDING_MS = 250
"""After which everything typed or drawn has been taken."""
FRAME_EVERY = 5
"""Deeds after which the window draws and its timers run."""


def fingerprint(state: LabState) -> str:
    """Return the same text for the very same layer, numbers and names, to the last bit."""
    digest = blake2b()
    for array in (state.input, state.weight, state.bias, state.origin):
        digest.update(repr(None if array is None else (array.shape, array.dtype)).encode())
        digest.update(b"" if array is None else array.tobytes())
    names = (state.layer, state.sample, state.digit, state.kernel, state.flip)
    return f"{names} {digest.hexdigest()}"


def is_ordinary(state: LabState) -> bool:
    """Tell whether no sum is beyond float32, where torch's answer depends on the order of terms."""
    arrays = (state.input, state.weight, state.bias)
    return all(array is None or bool((abs(array) < ORDINARY).all()) for array in arrays)


def assert_sound(page: LabPage) -> None:
    """Check that the parts of what is shown belong together."""
    state, evaluation = page.document.state, page.document.evaluation
    weight_shape = None if state.weight is None else state.weight.shape
    assert weight_shape == state.layer.weight_shape
    assert (state.bias is not None) == state.layer.has_bias
    assert state.channels == getattr(state.layer, "in_channels", state.channels)
    assert 0 <= state.channel < state.output_channels
    assert 0 <= state.step <= max(state.steps - 1, 0)
    output, proof = evaluation.output, evaluation.proof
    assert (output is not None) == state.fits
    assert output is None or output.shape == (state.output_channels, *state.output_size)
    assert proof is None or proof.agrees or not is_ordinary(state), proof


class Past:
    """Remembers everything that the page has shown."""

    def __init__(self, page: LabPage) -> None:
        self._page = page
        self._stack = page.undo_stack
        self.first = fingerprint(page.document.state)
        self.shown = {self.first}
        page.document.changed.connect(self._on_changed)

    def _on_changed(self, new: LabState, old: LabState) -> None:
        if not new.computes_as(old) or new.origin is not old.origin:
            self.shown.add(fingerprint(new))

    def check_undo(self, whole: bool) -> None:
        """Undo all and redo all; where `whole`, the first state of all has to come back."""
        # What is typed or drawn is taken now, for it would be a new step in the middle.
        self._page.canvas.setFocus()
        QTest.qWait(PENDING_MS)
        while self._stack.canRedo():
            self._stack.redo()
        last = fingerprint(self._page.document.state)
        undone, known = 0, set(self.shown)
        while self._stack.canUndo():
            self._stack.undo()
            assert fingerprint(self._page.document.state) in known
            undone += 1
        assert undone > 10
        assert undone <= UNDO_LIMIT or whole
        if whole:
            assert fingerprint(self._page.document.state) == self.first
        QApplication.processEvents()
        while self._stack.canRedo():
            self._stack.redo()
        assert fingerprint(self._page.document.state) == last


@pytest.fixture
def window(app: QApplication, qtbot: QtBot) -> Iterator[MainWindow]:
    pages = {"lab": lambda data: LabPage()}
    window = MainWindow(pages, page="lab")
    qtbot.addWidget(window)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    yield window
    QGuiApplication.clipboard().clear()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(MONKEYS))
def test_nothing_that_is_done_breaks_the_page(
    window: MainWindow,
    qtbot: QtBot,
    seed: int,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
):
    page = window.current_page()
    assert isinstance(page, LabPage)
    qtbot.waitUntil(lambda: page.document.has_torch, timeout=30_000)
    monkey = Monkey(window, page, seed, tmp_path)
    # The dialogs would wait for a hand.
    for ask, saving in (("getOpenFileName", False), ("getSaveFileName", True)):
        monkeypatch.setattr(QFileDialog, ask, lambda *_, saving=saving: monkey.answer(saving))
    whole = seed % 2 == 0
    if whole:  # every second one forgets nothing, so that the way back leads to the beginning
        page.undo_stack.setUndoLimit(0)
        page.document.undo_stack.most_bytes = 2**40
    page.document.show(edits.from_preset("numbers"))
    past = Past(page)
    illegal = 0
    with qtbot.captureExceptions() as raised:
        for _ in range(ROUNDS):
            for number in range(DEEDS):
                monkey.act()
                if number % FRAME_EVERY == 0:
                    QApplication.processEvents()
                assert not raised, monkey.done[-5:]
                assert_sound(page)
                illegal += not page.document.state.fits
            past.check_undo(whole)
            assert_sound(page)
    assert not raised
    assert 0.04 < illegal / (ROUNDS * DEEDS) < 0.6  # it has been on both sides
    assert not window.notice.isVisible()  # which tells of errors that nobody has handled
