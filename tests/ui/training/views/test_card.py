"""Kernels, maps, the confusion matrix and the mistakes, each with the mouse and the keyboard."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QScrollArea, QTableView

from explorer.data.digits import Digits, load
from explorer.drawing.answer import percent
from explorer.ui.training.views.confusion import ConfusionBoard
from explorer.ui.training.views.maps import MapBoards
from tests.ui.hand import LEFT
from tests.ui.training.hand import PATIENCE, SEVEN, Trainer

VIEWS = ("kernels", "kernels.conv2", "maps", "norms", "confusion", "mistakes")
COMPACT = {
    "input": (1, 28, 28),
    "conv1": (10, 24, 24),
    "pool1": (10, 12, 12),
    "relu1": (10, 12, 12),
    "conv2": (20, 8, 8),
    "pool2": (20, 4, 4),
    "relu2": (20, 4, 4),
}


@pytest.fixture
def digits(few) -> Digits:
    return load(few)


@pytest.fixture
def at_answers(at_few: Trainer) -> Trainer:
    """A hand at the page after three epochs, in which not much has been learned."""
    at_few.page.controls.epochs.set_value(3)
    at_few.click("train.start")
    at_few.wait_for("Finished")
    at_few.qtbot.waitUntil(at_few.page.controls.network.isEnabled, timeout=PATIENCE)
    return at_few


def sentence(hand: Trainer) -> str:
    labels = hand.page.views.findChildren(QLabel)
    return " ".join(label.text() for label in labels if label.isVisibleTo(hand.page))


def test_an_empty_view_says_what_to_do(at_few: Trainer):
    for name in VIEWS[1:]:
        at_few.view(name)
        assert "press" in sentence(at_few).lower()
    boards = at_few.page.findChild(MapBoards)
    assert boards is not None and boards.accessibleName()


def test_a_view_is_chosen_by_keys(at_few: Trainer):
    choice = at_few.find(QComboBox, "train.view")
    choice.setFocus()
    for name in VIEWS[1:]:
        QTest.keyClick(choice, Qt.Key.Key_Down)
        assert choice.currentData() == name


def test_all_maps_of_every_layer_are_there(at_answers: Trainer):
    at_answers.view("maps")
    layers = at_answers.maps().layers()
    assert {layer.name: layer.values.shape for layer in layers} == COMPACT
    assert np.array_equal(layers[0].values[0], at_answers.seen())
    assert [layer.name for layer in layers if layer.signed] == ["conv1", "pool1", "conv2", "pool2"]
    assert "conv1 10 × 24 × 24" in at_answers.maps().accessibleName()


def test_maps_follow_the_pad_and_learn(at_digits: Trainer):
    at_digits.view("maps")
    at_digits.click("train.start")
    at_digits.qtbot.waitUntil(lambda: "come here" not in sentence(at_digits), timeout=PATIENCE)
    early = at_digits.maps().layers()[1].values
    at_digits.qtbot.waitUntil(
        lambda: not np.array_equal(at_digits.maps().layers()[1].values, early)
    )
    at_digits.draw(SEVEN)
    at_digits.qtbot.waitUntil(
        lambda: np.array_equal(at_digits.maps().layers()[0].values[0], at_digits.seen())
    )


def test_hidden_maps_are_not_drawn_and_come_when_they_are_chosen(at_answers: Trainer):
    assert at_answers.page.views.maps.boards.layers() == []
    at_answers.view("maps")
    assert len(at_answers.maps().layers()) == len(COMPACT)


def test_long_maps_scroll_by_keys(at_answers: Trainer):
    at_answers.view("maps")
    at_answers.maps().setFocus()
    bar = at_answers.find(QScrollArea, "train.maps.scroll").verticalScrollBar()
    QTest.keyClick(at_answers.maps(), Qt.Key.Key_PageDown)
    assert bar.value() > 0


def test_clearing_the_paper_takes_the_maps_away(at_answers: Trainer):
    at_answers.view("maps")
    at_answers.click("train.pad.clear")
    at_answers.qtbot.waitUntil(lambda: "come here" in sentence(at_answers))


def test_the_matrix_counts_every_test_digit(at_answers: Trainer, digits: Digits):
    at_answers.view("confusion")
    matrix = at_answers.board().matrix()
    assert matrix.sum() == len(digits.test_labels)
    assert np.array_equal(matrix.sum(1), np.bincount(digits.test_labels, minlength=10))
    accuracy = at_answers.page.history().epochs[-1].test_accuracy
    assert np.trace(matrix) == round(accuracy * len(digits.test_labels))


def test_a_cell_says_what_it_counts(at_answers: Trainer):
    at_answers.view("confusion")
    board = at_answers.board()
    matrix = np.full((10, 10), 7)
    matrix[4, 8] = 1
    board.show_matrix(matrix)
    assert at_answers.reads("train.confusion.cell") == "rows: true digit · columns: answer"
    QTest.mouseMove(board, board.cells().cell(4, 8).center().toPoint())
    assert at_answers.reads("train.confusion.cell") == "true 4, answered 8: 1 image"
    QTest.mouseMove(board, board.cells().cell(4, 9).center().toPoint())
    words = f"true 4, answered 9: {board.matrix()[4, 9]} images"
    assert at_answers.reads("train.confusion.cell") == words
    assert board.accessibleDescription() == words
    QTest.mouseMove(board, board.cells().cell(-1, 9).center().toPoint())
    words = f"answered 9: {board.matrix()[:, 9].sum()} images"
    assert at_answers.reads("train.confusion.cell") == words


def fullest_wrong(board: ConfusionBoard) -> tuple[int, int]:
    wrong = board.matrix() * (1 - np.eye(10, dtype=int))
    true, answer = np.unravel_index(wrong.argmax(), wrong.shape)
    return int(true), int(answer)


def test_a_click_on_a_cell_shows_its_digits(at_answers: Trainer, digits: Digits):
    at_answers.view("confusion")
    true, answer = fullest_wrong(at_answers.board())
    count = at_answers.board().matrix()[true, answer]
    at_answers.click_cell(true, answer)
    items = at_answers.gallery("train.confusion.images").items()
    assert len(items) == min(count, 60) > 0
    for item in items:
        assert digits.test_labels[item.number] == item.label == true
        assert item.answer == answer
        assert np.array_equal(item.image, digits.test_images[item.number])
    confidences = [item.confidence for item in items]
    assert confidences == sorted(confidences, reverse=True)
    which = at_answers.reads("train.confusion.which")
    assert which.startswith(f"True {true}, answered {answer}: {count}")


def test_a_digit_is_described_in_words(at_answers: Trainer):
    at_answers.view("confusion")
    matrix = at_answers.board().matrix()
    at_answers.click_cell(3, -1)
    assert at_answers.reads("train.confusion.digit") == "Digit 3"
    words = at_answers.reads("train.confusion.words")
    tp, fn, fp = matrix[3, 3], matrix[3].sum() - matrix[3, 3], matrix[:, 3].sum() - matrix[3, 3]
    assert f"of {tp + fn} true 3, {tp} are found" in words
    assert f"TP {tp} · FP {fp} · FN {fn} · TN {matrix.sum() - tp - fn - fp}" in words
    for item in at_answers.gallery("train.confusion.images").items():
        assert item.label == 3 != item.answer
    at_answers.click("train.confusion.back")
    at_answers.click_cell(-1, 5)
    assert at_answers.reads("train.confusion.digit") == "Digit 5"


def test_every_class_has_its_precision_recall_and_f1(at_answers: Trainer):
    at_answers.view("confusion")
    board = at_answers.board()
    matrix = board.matrix()
    at_answers.click("train.confusion.to_table")
    assert not board.isVisible()
    table = at_answers.find(QTableView, "train.confusion.table")
    assert table.hasFocus()
    assert not at_answers.page.views.confusion._details.verticalScrollBar().isVisible()
    lines = [cells(table, row) for row in range(table.model().rowCount())]
    assert [line[0] for line in lines] == list("0123456789")
    for digit, line in enumerate(lines):
        true, answered, right = matrix[digit].sum(), matrix[:, digit].sum(), matrix[digit, digit]
        assert line[1] == (percent(right / answered) if answered else "–")
        assert line[2] == percent(right / true)
        assert line[3] == percent(2 * right / (true + answered))
    QTest.mouseClick(
        table.viewport(), LEFT, pos=table.visualRect(table.model().index(3, 2)).center()
    )
    assert at_answers.reads("train.confusion.digit") == "Digit 3"
    assert at_answers.reads("train.confusion.words").startswith(f"Precision {lines[3][1]}")
    # Back the way that one came, by the button and by Esc.
    at_answers.click("train.confusion.back")
    assert table.isVisible() and table.hasFocus()
    QTest.keyClick(table, Qt.Key.Key_Escape)
    assert board.isVisible() and board.hasFocus()
    assert not table.isVisible()


def test_the_table_is_beside_a_large_matrix_until_something_is_chosen(at_answers: Trainer):
    at_answers.view("confusion")
    at_answers.click("train.enlarge")
    at_answers.qtbot.waitUntil(lambda: at_answers.page.views.confusion.width() > 500)
    table = at_answers.find(QTableView, "train.confusion.table")
    assert at_answers.board().isVisible()
    table.selectRow(4)
    QTest.keyClick(table, Qt.Key.Key_Return)
    assert at_answers.reads("train.confusion.digit") == "Digit 4"
    assert at_answers.board().isVisible() and not table.isVisible()
    at_answers.click("train.confusion.back")
    assert table.isVisible()


def cells(table: QTableView, row: int) -> list[str]:
    model = table.model()
    return [model.index(row, column).data() for column in range(model.columnCount())]


def test_an_answer_that_never_came_has_no_precision(at_answers: Trainer):
    at_answers.view("confusion")
    matrix = np.zeros((10, 10), np.int64)
    matrix[2, 7] = 5
    at_answers.board().show_matrix(matrix)
    at_answers.click_cell(2, -1)
    words = at_answers.reads("train.confusion.words")
    assert words.startswith("Precision –: of 0 answered 2, 0 are right.")


def test_the_matrix_works_by_keys(at_answers: Trainer):
    at_answers.view("confusion")
    board = at_answers.board()
    board.setFocus()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Right):
        QTest.keyClick(board, key)
    assert at_answers.reads("train.confusion.cell").startswith("true 1, answered 1: ")
    QTest.keyClick(board, Qt.Key.Key_Return)
    assert at_answers.reads("train.confusion.digit") == "Digit 1"
    back = at_answers.find(QAbstractButton, "train.confusion.back")
    assert back.hasFocus() and not board.isVisible()
    QTest.keyClick(back, Qt.Key.Key_Escape)
    assert board.hasFocus()
    assert at_answers.reads("train.confusion.cell").startswith("true 1, answered 1: ")
    for key in (*[Qt.Key.Key_Left] * 3, Qt.Key.Key_Space):
        QTest.keyClick(board, key)
    assert at_answers.reads("train.confusion.which").startswith("True 1, but not recognised")


def test_the_choice_stays_while_it_learns(at_few: Trainer):
    at_few.view("confusion")
    at_few.click("train.epoch")
    at_few.wait_for("Paused", 5)
    at_few.click_cell(1, -1)
    board = at_few.page.views.confusion.board
    before = board.matrix()
    at_few.type_into("train.lr", "0.1")
    at_few.click("train.epoch")
    at_few.wait_for("Paused", 10)
    assert not np.array_equal(board.matrix(), before)
    assert at_few.reads("train.confusion.digit") == "Digit 1"


def test_mistakes_are_really_wrong(at_answers: Trainer, digits: Digits):
    at_answers.view("mistakes")
    items = at_answers.gallery("train.mistakes").items()
    answered = at_answers.page.views._answered
    assert answered is not None
    wrong = answered.answers != digits.test_labels
    assert len(items) == min(wrong.sum(), 120)
    assert at_answers.reads("train.mistakes.count").startswith(f"{wrong.sum()} of 200 are wrong")
    for item in items:
        assert item.label == digits.test_labels[item.number] != item.answer
        assert wrong[item.number]
    assert items[0].confidence == answered.confidences[wrong].max()


def test_a_click_on_a_mistake_looks_at_it(at_answers: Trainer, digits: Digits):
    at_answers.view("mistakes")
    item = at_answers.gallery("train.mistakes").items()[2]
    at_answers.click_digit("train.mistakes", 2)
    assert np.array_equal(at_answers.seen(), digits.test_images[item.number])
    assert at_answers.reads("train.looked") == f"this is a {item.label}"
    at_answers.wait_for_digit(str(item.answer))
    at_answers.view("maps")
    assert np.array_equal(at_answers.maps().layers()[0].values[0], item.image)


def test_mistakes_work_by_keys(at_answers: Trainer, digits: Digits):
    at_answers.view("mistakes")
    gallery = at_answers.gallery("train.mistakes")
    gallery.setFocus()
    QTest.keyClick(gallery, Qt.Key.Key_Right)
    number = gallery.items()[gallery.currentIndex().row()].number
    QTest.keyClick(gallery, Qt.Key.Key_Return)
    assert np.array_equal(at_answers.seen(), digits.test_images[number])
    spoken = gallery.currentIndex().data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.startswith(f"Test digit {number}: true ")


def test_a_digit_of_a_cell_can_be_looked_at(at_answers: Trainer, digits: Digits):
    at_answers.view("confusion")
    at_answers.click_cell(*fullest_wrong(at_answers.board()))
    item = at_answers.gallery("train.confusion.images").items()[0]
    at_answers.click_digit("train.confusion.images", 0)
    assert np.array_equal(at_answers.seen(), digits.test_images[item.number])


def test_reset_clears_every_view(at_answers: Trainer):
    for name in VIEWS:
        at_answers.view(name)
    at_answers.view("confusion")
    at_answers.click_cell(1, 1)
    at_answers.click("train.reset")
    for name in VIEWS[1:]:
        at_answers.view(name)
        assert "press" in sentence(at_answers).lower()
    at_answers.click("train.epoch")
    at_answers.wait_for("Paused", 5)
    at_answers.view("confusion")
    assert at_answers.board().isVisible()


def test_a_large_matrix_has_its_details_beside_it(at_answers: Trainer):
    at_answers.view("confusion")
    at_answers.page.views.setMinimumWidth(600)
    at_answers.qtbot.waitUntil(lambda: at_answers.page.views.confusion.width() > 500)
    assert at_answers.reads("train.confusion.digit") == "Click a cell or a digit."
    at_answers.click_cell(1, 1)
    assert at_answers.reads("train.confusion.digit") == "Digit 1"
    board = at_answers.board()
    assert board.isVisible() and board.hasFocus()
    QTest.keyClick(board, Qt.Key.Key_Escape)
    assert at_answers.reads("train.confusion.digit") == "Click a cell or a digit."


@pytest.mark.parametrize("size", [(952, 700), (1208, 800), (2488, 1440)])
def test_nothing_is_cut_off(at_answers: Trainer, size: tuple[int, int]):
    page = at_answers.page
    while page.size().toTuple() != size:  # the columns of a wide page are in a narrow one's way
        before = page.size()
        page.resize(*size)
        at_answers.qtbot.wait(20)
        assert page.size() != before
    for name in VIEWS:
        at_answers.view(name)
        at_answers.qtbot.wait(20)
        assert (page.width(), page.height()) == size
        looking = page.looking
        for label in (*looking.findChildren(QLabel), *page.views.findChildren(QLabel)):
            if label.isVisibleTo(page) and not label.wordWrap():
                assert label.width() >= label.sizeHint().width(), label.text()
    bottom = page.looking.mapTo(page, QPoint(0, page.looking.height()))
    assert bottom.y() <= page.height()
