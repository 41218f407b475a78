"""Hundreds of things done at random to the Network page, which has to bear and to undo them.

``CNN_EXPLORER_MONKEYS=20`` lets twenty of them at it in place of two, ``CNN_EXPLORER_DEEDS=500``
lets each do so much.
"""

from __future__ import annotations

import os
import time
import warnings
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from explorer.core.cell import number
from explorer.core.layers import Shape
from explorer.core.network.stack import Network
from explorer.core.network.state import PICTURE, NetworkState
from explorer.ui.keeping.autosaving import Autosaving
from explorer.ui.learned import learned
from explorer.ui.main_window import MainWindow
from explorer.ui.network.document import NetworkDocument
from explorer.ui.network.page import NetworkPage
from explorer.ui.training.controls.data_field import DataField
from explorer.ui.training.page import TrainingPage
from tests.leaks import settle
from tests.small_digits import few_digits, write_folder
from tests.ui.network.monkey import Monkey

MONKEYS = int(os.environ.get("CNN_EXPLORER_MONKEYS", "2"))
DEEDS = int(os.environ.get("CNN_EXPLORER_DEEDS", "60"))
FIRST = int(os.environ.get("CNN_EXPLORER_FIRST", "0"))
FRAME_EVERY = 3
"""Deeds after which the window draws and its timers run."""
LONGEST = float(os.environ.get("CNN_EXPLORER_LONGEST", "5"))
"""Seconds of computing that one deed may cost, in the window or in a thread it waits for.

Not by the clock on the wall, which goes on while busy neighbours have the processor.
"""
PATIENCE_MS = 60_000


@lru_cache(maxsize=256)
def torchs_shape(network: Network, shape: Shape) -> Shape:
    """Return the shape that torch itself makes of one picture of `shape`."""
    import torch
    from torch import nn

    with warnings.catch_warnings(), torch.device("meta"), torch.no_grad():
        warnings.simplefilter("ignore")  # what torch advises against, it takes
        model = nn.Sequential(*(layer.as_torch() for layer in network.layers)).eval()
        return tuple(model(torch.zeros((1, *shape))).shape[1:])


def written(shape: Shape) -> str:
    return " × ".join(map(str, shape))


def assert_sound(page: NetworkPage) -> None:
    """Check that the parts of what is shown belong together."""
    document, state = page.document, page.document.state
    network, places = state.network, state.places
    assert_weights_fit(state)
    assert len(document.outputs) == len(network.layers)
    if document.refusal is not None:
        assert not any(output is not None for output in document.outputs)
    elif document.has_torch and state.is_complete and not document.is_behind:
        for place, output in zip(places, document.outputs, strict=True):
            assert (None if output is None else output.shape) == place.output, place.name
    # What is pointed at is there.
    count = len(network.layers)
    assert state.chosen is None or 0 <= state.chosen < count
    assert state.pinned is None or PICTURE <= state.pinned.place < count
    assert all(0 <= place < count for place in state.collapsed)
    names = set(network.names)
    assert state.off.keys() <= names and state.frozen <= names
    # What is written is so.
    behind = "does not fit"
    if state.broken is None:
        behind = written(torchs_shape(network, state.input))
    assert page.shapes.text() == f"{written(state.input)}  →  {behind}"
    assert_number_is_right(page)
    said = page.notice.text() if page.notice.isVisible() else ""
    assert "\n" not in said and (not said or said.endswith(".")), said


def assert_weights_fit(state: NetworkState) -> None:
    shapes = state.network.state_shapes
    for arrays in (state.weights, state.edited):
        for name, array in arrays.items():
            assert np.shape(array) == shapes[name], name
            assert array.dtype == np.float32, name


def assert_number_is_right(page: NetworkPage) -> None:
    spot, shown = page.document.state.spot, page.here.value.text()
    if spot is None or not shown:
        return
    if spot.place == PICTURE:
        value = page.document.state.picture[spot.at]
    else:
        output = page.document.outputs[spot.place]
        assert output is not None
        value = output[spot.index(output.ndim)]
    assert shown == number(float(value))


class Past:
    """Remembers every network that the page has shown."""

    def __init__(self, document: NetworkDocument) -> None:
        self._document = document
        self._stack = document.undo_stack
        self.shown = {document.state.network}
        document.changed.connect(self._on_changed)

    def _on_changed(self, new: NetworkState, old: NetworkState) -> None:
        self.shown.add(new.network)

    def check_undo(self) -> None:
        """Undo all and redo all: the network of the beginning comes back, and then the last."""
        while self._stack.canRedo():
            self._stack.redo()
        last, known = self._document.state.network, set(self.shown)
        while self._stack.canUndo():
            self._stack.undo()
            assert self._document.state.network in known
            assert_weights_fit(self._document.state)
        if steps := self._stack._steps:
            assert self._document.state.network == steps[0]._old.network  # type: ignore[attr-defined]
        while self._stack.canRedo():
            self._stack.redo()
        assert self._document.state.network == last


@pytest.fixture
def window(
    app: QApplication, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MainWindow]:
    monkeypatch.setattr(learned, "network", None)
    # Nothing is asked of any server, and the next start is not far away.
    monkeypatch.setattr(DataField, "_begin", lambda *_: None)
    monkeypatch.setattr(Autosaving, "_place", lambda _: tmp_path / "unfinished")
    folder = tmp_path / "digits"
    folder.mkdir()
    write_folder(few_digits(), folder)
    window = MainWindow(data=str(folder), page="network")
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    yield window
    window.close()
    window.deleteLater()
    settle()
    QGuiApplication.clipboard().clear()
    # pytest keeps what it has given to a test, and with it pyqtgraph's menus.
    parts: list[object] = [window]
    for page in window._pages.values():
        if isinstance(page, TrainingPage):
            parts += [page.curves.loss, page.curves.accuracy, page.curves]
        parts.append(page)
    for part in parts:
        vars(part).clear()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(FIRST, FIRST + MONKEYS))
def test_nothing_that_is_done_breaks_the_page(
    window: MainWindow,
    qtbot: QtBot,
    seed: int,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    page = window.current_page()
    assert isinstance(page, NetworkPage)
    qtbot.waitUntil(page.pose, timeout=PATIENCE_MS)
    page.undo_stack.setUndoLimit(0)
    monkey = Monkey(window, page, seed, tmp_path)
    # The dialogs would wait for a hand.
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: monkey.answer())
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("", ""))
    past = Past(page.document)
    slowest = (0.0, "")
    with qtbot.captureExceptions() as raised:
        for deed in range(DEEDS):
            began, before = time.process_time(), len(monkey.done)
            try:
                monkey.act()
                if deed % FRAME_EVERY == 0:
                    QApplication.processEvents()
                assert not raised
                assert not window.notice.isVisible(), window.notice.text()
                took = time.process_time() - began
                assert_sound(page)
            except Exception as error:
                raise AssertionError((seed, deed, monkey.done[-10:], raised)) from error
            if not any(d.startswith(("wait", "train", "turn_the")) for d in monkey.done[before:]):
                slowest = max(slowest, (took, monkey.done[before]))
        past.check_undo()
        qtbot.waitUntil(lambda: not page.document.is_behind, timeout=PATIENCE_MS)
        QTest.qWait(50)
        assert_sound(page)
    assert not raised
    assert not window.notice.isVisible(), window.notice.text()
    assert slowest[0] < LONGEST, slowest
    # Closed at a random moment: it must not take long, and no thread may be left over.
    began = time.process_time()
    window.close()
    assert time.process_time() - began < LONGEST
