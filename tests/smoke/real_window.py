"""Open the main window on a real screen, watch it play, take its picture, close it.

    python tests/smoke/real_window.py PICTURE.png

Ends with an exit code of 1 and a reason when something is not as it should be: a warning of Qt, a
window that does not play, a picture without anything on it. The settings have to be new ones, and
the screen larger than the window.
"""

import sys
from pathlib import Path

from PySide6.QtCore import QEventLoop, QMessageLogContext, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QCursor, QGuiApplication, QImage
from PySide6.QtWidgets import QAbstractButton, QMainWindow, QWidget

from explorer.ui.application import create_application
from explorer.ui.main_window import MainWindow

PATIENCE = 20_000
"""Milliseconds to wait for something that takes a fraction of a second."""

problems: list[str] = []


def note(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    if kind not in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg):
        problems.append(f"Qt: {message}")


def note_exception(*details: object) -> None:
    problems.append(f"exception: {details[1]!r}")


def wait(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def moves(step: QWidget, patience: int) -> bool:
    """Whether the step changes by itself within so many milliseconds."""
    start = step.property("value")
    for _ in range(0, patience, 50):
        wait(50)
        if step.property("value") != start:
            return True
    return False


def try_playing(window: QMainWindow) -> None:
    step = window.findChild(QWidget, "step")
    play = window.findChild(QAbstractButton, "play")
    if step is None or play is None:
        problems.append("there are no controls named step and play")
        return
    if not moves(step, PATIENCE):
        problems.append("a first start does not play by itself")
    play.click()
    wait(100)  # what was under way
    if moves(step, 1_000):
        problems.append("the play button does not pause")
    play.click()
    if not moves(step, PATIENCE):
        problems.append("the play button does not play")


def colours(picture: QImage) -> int:
    small = picture.scaled(64, 64)
    return len({small.pixel(x, y) for x in range(64) for y in range(64)})


def main(picture_path: Path) -> int:
    qInstallMessageHandler(note)
    app = create_application(sys.argv[:1])
    sys.excepthook = note_exception
    window = MainWindow()
    # A pointer on the canvas holds the animation.
    QCursor.setPos(window.screen().geometry().bottomRight())
    window.show()
    wait(500)
    if QGuiApplication.platformName() in ("offscreen", "minimal"):
        problems.append("this is no real window: QT_QPA_PLATFORM says otherwise")
    if not window.windowHandle().isExposed():
        problems.append("the window is not on the screen")
    try_playing(window)
    picture = window.screen().grabWindow(window.winId()).toImage()
    picture.save(str(picture_path))
    if colours(picture) < 16:
        problems.append("the picture of the window is empty")
    QTimer.singleShot(0, window.close)  # the last window: its end is the application's
    QTimer.singleShot(PATIENCE, lambda: app.exit(3))
    if app.exec() != 0:
        problems.append("closing the window does not end the application")
    qInstallMessageHandler(None)
    print(*problems, sep="\n", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
