"""The views by themselves: what they offer, and what they open in the Lab."""

import dataclasses

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from explorer.core.arithmetic import evaluate
from explorer.core.cell import number
from explorer.core.scene import LabState, Visit
from explorer.drawing.maps import Mark
from explorer.training.in_lab import Moment
from explorer.training.reports import GradientNorms, Kernels
from explorer.ui.training.views.card import Views
from explorer.ui.training.views.maps import MapBoards
from explorer.ui.widgets.kernel_board import KernelBoard
from tests.training.moments import kernels_of, moment_of
from tests.ui.hand import LEFT, Hand

BUTTON = "train.open_in_lab"


class Viewer(Hand):
    """A hand at the card of views."""

    def __init__(self, views: Views) -> None:
        super().__init__(views)
        self.views = views
        self.wanted: list[LabState] = []
        views.lab_wanted.connect(self.wanted.append)

    def offered(self) -> list[str]:
        box = self.find(QComboBox, "train.view")
        return [str(box.itemData(i)) for i in range(box.count())]

    def view(self, name: str) -> None:
        self.choose("train.view", name)
        QTest.qWait(20)

    def show(self, moment: Moment) -> None:
        self.views.show_network(moment.network)
        self.views.show_kernels(kernels_of(moment))
        self.views.show_answer(moment.answer)

    def click_kernel(self, name: str, out: int, into: int) -> None:
        board = self.find(KernelBoard, name)
        lying = board.lying()
        assert lying is not None
        QTest.mouseClick(board, LEFT, pos=lying.box(out, into).center().toPoint())

    def click_pixel(self, mark: Mark) -> None:
        boards = self.find(MapBoards, "train.maps")
        QTest.mouseClick(boards, LEFT, pos=boards.cell(mark).center().toPoint())

    def away(self) -> None:
        QTest.mouseMove(self.widget, QPoint(1, 1))

    def why(self) -> str:
        return self.find(QPushButton, BUTTON).accessibleDescription()


@pytest.fixture
def hand(app: QApplication, qtbot: QtBot) -> Viewer:
    views = Views()
    qtbot.addWidget(views)
    views.resize(248, 244)
    with qtbot.waitActive(views):
        views.show()
        views.activateWindow()
    return Viewer(views)


def output(state: LabState) -> float:
    made = evaluate(state.layer, state.input, state.used_weight, state.bias).output
    assert made is not None
    return float(made[state.channel][state.cell])


def test_every_convolution_has_its_view(hand: Viewer):
    others = ["maps", "norms", "confusion", "mistakes"]
    assert hand.offered() == ["kernels", "kernels.conv2", *others]
    more = tuple(
        Kernels(f"conv{i}", 1, np.ones((4, 1 if i == 1 else 4, 3, 3), np.float32))
        for i in range(1, 5)
    )
    hand.views.show_kernels(more)
    assert hand.offered() == [
        "kernels",
        *(f"kernels.conv{i}" for i in (2, 3, 4)),
        *others,
    ]
    hand.view("kernels.conv4")
    shown = hand.find(KernelBoard, "train.kernels.conv4").kernels()
    assert shown is more[3]
    hand.views.show_kernels(more[:1])
    assert hand.offered() == ["kernels", *others]
    assert hand.find(QComboBox, "train.view").currentData() == "kernels"
    assert hand.find(KernelBoard, "train.kernels").kernels() is more[0]


def test_hidden_views_are_not_renewed(hand: Viewer):
    hand.show(moment_of("compact"))
    hand.views.show_norms([GradientNorms(1, (("conv1", 1.0),))])
    assert hand.views.norms.board.norms() is None
    assert hand.views.maps.boards.layers() == []
    hand.view("norms")
    assert hand.views.norms.board.norms() is not None


def test_a_kernel_is_read(hand: Viewer):
    found = moment_of("compact")
    hand.show(found)
    hand.view("kernels.conv2")
    assert hand.reads("train.pointed") == "rows: out channel · columns: in channel"
    hand.click_kernel("train.kernels.conv2", 2, 7)
    kernel = kernels_of(found)[1].values[2, 7]
    norm = number(float(f"{np.linalg.norm(kernel):.3g}"))
    assert hand.reads("train.pointed") == f"out channel 2, in channel 7, norm {norm}"
    low, high = hand.reads("train.pointed.value").split(" … ")
    assert low == number(float(f"{kernel.min():.2g}"))
    assert high == number(float(f"{kernel.max():.2g}"))


def test_a_kernel_opens_where_it_answers_most_strongly(hand: Viewer):
    found = moment_of("compact")
    hand.show(found)
    assert not hand.may_click(BUTTON) and "Click a kernel" in hand.why()
    hand.click_kernel("train.kernels", 6, 0)
    hand.click(BUTTON)
    hand.view("kernels.conv2")
    assert not hand.may_click(BUTTON)
    hand.click_kernel("train.kernels.conv2", 1, 7)
    hand.click(BUTTON)
    for state, (layer, channel) in zip(hand.wanted, (("conv1", 6), ("conv2", 1)), strict=True):
        maps = found.maps(layer)
        assert maps is not None and state.channel == channel
        assert output(state) == pytest.approx(maps[channel][state.cell], abs=1e-5)
        assert abs(maps[channel][state.cell]) == np.abs(maps[channel]).max()
    assert hand.wanted[1].shown_channel == 7


def test_a_double_click_opens_too(hand: Viewer):
    hand.show(moment_of("compact"))
    hand.click_kernel("train.kernels", 6, 0)
    board = hand.find(KernelBoard, "train.kernels")
    lying = board.lying()
    assert lying is not None
    QTest.mouseDClick(board, LEFT, pos=lying.box(6, 0).center().toPoint())
    assert [state.channel for state in hand.wanted] == [6]


@pytest.mark.parametrize(
    ("mark", "words", "button"),
    [
        (Mark(1, 3, (5, 7)), "conv1, channel 3, row 5, column 7", "Open in the Lab"),
        (Mark(3, 3, (5, 7)), "relu1, channel 3, row 5, column 7", "Open in the Lab"),
        (Mark(5, 13, (1, 2)), "pool2, channel 13, row 1, column 2", "Open in the Lab"),
        (Mark(6, 13, (1, 2)), "relu2, channel 13, row 1, column 2", "Open in the Lab"),
    ],
)
def test_a_pixel_is_read_and_opened(hand: Viewer, mark: Mark, words: str, button: str):
    found = moment_of("compact")
    hand.show(found)
    hand.view("maps")
    hand.click_pixel(mark)
    layer = words.split(",")[0]
    maps = found.maps(layer)
    assert maps is not None
    value = float(maps[mark.channel][mark.cell])
    assert hand.reads("train.pointed") == words
    assert hand.reads("train.pointed.value") == number(value)
    open_ = hand.find(QPushButton, BUTTON)
    assert open_.text() == open_.accessibleName() == button
    for label in hand.widget.findChildren(QLabel):
        if label.isVisibleTo(hand.widget) and label.objectName().startswith("train.pointed"):
            assert label.width() >= label.sizeHint().width(), label.text()
    hand.click(BUTTON)
    (state,) = hand.wanted
    assert output(state) == pytest.approx(value, abs=1e-5)
    name, where = words.split(", ", 1)
    assert state.visit == Visit("training", f"{name} of compact, {where}")
    assert "with these weights" in hand.why()


def test_keys_choose_and_open(hand: Viewer):
    hand.show(moment_of("lenet5"))
    hand.view("maps")
    boards = hand.find(MapBoards, "train.maps")
    boards.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Return):
        QTest.keyClick(boards, key)
    assert [state.cell for state in hand.wanted] == [(1, 1)]
    QTest.keyClick(boards, Qt.Key.Key_Tab)
    assert hand.widget.focusWidget() is hand.find(QPushButton, BUTTON)
    QTest.keyClick(hand.find(QPushButton, BUTTON), Qt.Key.Key_Space)
    assert len(hand.wanted) == 2


def test_the_picture_itself_is_made_by_no_layer(hand: Viewer):
    found = moment_of("compact")
    hand.show(found)
    hand.view("maps")
    hand.click_pixel(Mark(0, 0, (4, 9)))
    assert hand.reads("train.pointed") == "input, row 4, column 9"
    assert hand.reads("train.pointed.value") == str(found.answer.picture[4, 9])
    assert not hand.may_click(BUTTON) and "no layer" in hand.why()


def test_without_a_picture_there_is_nothing_to_work_on(hand: Viewer):
    hand.show(moment_of("compact"))
    hand.views.show_answer(None)
    hand.click_kernel("train.kernels", 2, 0)
    assert hand.reads("train.pointed").startswith("out channel 2, ")
    assert not hand.may_click(BUTTON) and "draw a digit" in hand.why()


def test_weights_and_maps_are_of_the_same_step(hand: Viewer):
    first, second = moment_of("compact", seed=0), moment_of("compact", seed=1, step=2000)
    hand.show(first)
    hand.view("maps")
    hand.click_pixel(Mark(1, 3, (5, 7)))
    hand.click(BUTTON)
    # Its kernels are shown a moment later.
    hand.views.show_answer(second.answer)
    hand.click(BUTTON)
    for state, moment in zip(hand.wanted, (first, second), strict=True):
        expected = moment.answer.maps[0].values[3, 5, 7]
        assert output(state) == pytest.approx(expected, abs=1e-5)
    assert hand.reads("train.pointed.value") == number(float(expected))


def test_frozen_layers_are_marked_everywhere(hand: Viewer):
    hand.show(moment_of("compact"))
    hand.views.show_norms([GradientNorms(1, (("conv1", 0.0), ("conv2", 0.2), ("fc", 1.0)))])
    hand.views.show_frozen(frozenset({"conv1"}))
    box = hand.find(QComboBox, "train.view")
    assert box.currentText() == "First layer: kernels · frozen"
    assert "frozen" not in box.itemText(1)
    hand.view("maps")
    assert [layer.note for layer in hand.views.maps.boards.layers()[:3]] == ["", "frozen", ""]
    hand.view("norms")
    assert "conv1: 0 frozen" in hand.views.norms.board.text()
    hand.views.show_frozen(frozenset())
    assert box.itemText(0) == "First layer: kernels"
    assert box.currentData() == "norms"


def test_the_past_says_so(hand: Viewer):
    label = hand.widget.findChildren(QLabel, "train.as_of")[0]
    assert label.text() == ""
    hand.views.show_moment(1234)
    assert hand.reads("train.as_of") == "as of step 1,234"
    hand.views.show_moment(None)
    assert label.text() == ""


def test_clear_forgets_what_was_chosen(hand: Viewer):
    found = moment_of("compact")
    hand.show(found)
    hand.click_kernel("train.kernels", 2, 0)
    assert hand.may_click(BUTTON)
    hand.views.clear()
    assert hand.reads("train.pointed") == "" and not hand.may_click(BUTTON)
    hand.show(dataclasses.replace(found))
    assert not hand.may_click(BUTTON)
