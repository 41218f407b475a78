"""The check for leftovers finds leftovers: otherwise it would be worth nothing."""

import threading

from PySide6.QtCore import QThread, QTimer
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from tests.leaks import LeftOver, forgotten_items, settle


def test_a_window_is_found_until_it_is_deleted(qapp: QApplication) -> None:
    before = LeftOver.now(True)
    label = QLabel()
    label.setObjectName("forgotten")
    assert LeftOver.now(True).since(before) == ["window QLabel 'forgotten'"]
    label.deleteLater()
    settle()
    assert LeftOver.now(True).since(before) == []


def test_a_timer_is_found_unless_a_window_owns_it(qapp: QApplication) -> None:
    before = LeftOver.now(True)
    timer = QTimer()
    timer.setObjectName("tick")
    timer.start(1000)
    assert LeftOver.now(True).since(before) == ["active QTimer 'tick'"]
    label = QLabel()
    label.setObjectName("owner")
    timer.setParent(label)
    assert LeftOver.now(True).since(before) == ["window QLabel 'owner'"]
    label.deleteLater()
    settle()
    assert LeftOver.now(True).since(before) == []


def test_a_thread_of_qt_is_found_while_it_runs(qapp: QApplication) -> None:
    before = LeftOver.now(True)
    thread = QThread()
    thread.start()
    assert LeftOver.now(True).objects == (*before.objects, thread)
    thread.quit()
    assert thread.wait(5000)
    assert LeftOver.now(True).since(before) == []


def test_a_thread_of_python_is_found_while_it_runs() -> None:
    before = LeftOver.now(False)
    end = threading.Event()
    thread = threading.Thread(target=end.wait, name="worker")
    thread.start()
    assert LeftOver.now(False).threads == (*before.threads, thread)
    end.set()
    assert LeftOver.now(False).since(before) == []


def test_an_item_is_found_that_left_its_layout_behind_the_back_of_pyside(
    qapp: QApplication, qtbot: QtBot
) -> None:
    window, label, row = QWidget(), QLabel(), QHBoxLayout()
    qtbot.addWidget(window)
    row.addWidget(label)
    QVBoxLayout(window).addLayout(row)
    assert forgotten_items() == []
    delete(label)
    assert forgotten_items() == ["QWidgetItem of a QVBoxLayout in QWidget ''"]
