"""The window as the command opens it: to stay, or for a picture of it, screen or no screen.

What is wrong with the arguments themselves is told before, by ``explorer.cli``.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, QTimer
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.drawing.palette import THEMES
from explorer.ui.application import create_application
from explorer.ui.launch import run
from explorer.ui.main_window import PAGES, MainWindow
from explorer.ui.theme import theme

# Said offscreen of every window whose content changes its size.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")


@pytest.fixture
def app(qapp: QApplication, qtbot: QtBot) -> Iterator[QApplication]:
    interrupt = signal.getsignal(signal.SIGINT)
    yield create_application([])
    signal.signal(signal.SIGINT, interrupt)
    theme.set_mode("system")


def cnn_explorer(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the command on a machine without a display."""
    places = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return subprocess.run(
        [sys.executable, "-m", "explorer", *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
        env={key: value for key, value in os.environ.items() if key not in places},
    )


def colours(image: QImage) -> set[int]:
    return {
        image.pixel(x, y) for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)
    }


@pytest.mark.parametrize(
    ("page", "mode", "size"), [("lab", "light", (1300, 810)), ("training", "dark", (1024, 700))]
)
def test_a_picture_needs_no_display_and_leaves_the_settings_alone(
    tmp_path: Path, own_settings: Path, page: str, mode: str, size: tuple[int, int]
):
    path = tmp_path / "picture.png"
    ran = cnn_explorer(
        *("--screenshot", path, "--page", page),
        *("--theme", mode, "--size", f"{size[0]}x{size[1]}"),
    )
    said = [line for line in ran.stderr.splitlines() if "propagateSizeHints" not in line]
    assert (ran.returncode, ran.stdout, said) == (0, "", [])
    image = QImage(str(path))
    assert image.size().toTuple() == size
    assert image.pixelColor(size[0] - 2, size[1] - 2) == QColor(THEMES[mode].window)
    assert list(own_settings.rglob("*")) == []


@pytest.mark.parametrize("mode", THEMES)
@pytest.mark.parametrize("page", PAGES)
def test_every_page_has_its_picture_in_every_theme(
    app: QApplication, tmp_path: Path, own_settings: Path, page: str, mode: str
):
    path = tmp_path / f"{page}.png"
    assert run(page, "bundled", mode, None, str(path)) == 0
    image = QImage(str(path))
    assert image.size().toTuple() == (1280, 800)
    assert QColor(THEMES[mode].surface).rgb() in colours(image)
    assert QColor(THEMES[mode].accent).rgb() in colours(image)
    assert len(colours(image)) > 50
    assert list(own_settings.rglob("*.ini")) == []


def test_a_picture_that_cannot_be_written_is_one_line(
    app: QApplication, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    path = tmp_path / "folder.png"
    path.mkdir()
    assert run("training", "bundled", None, None, str(path)) == 1
    out, err = capsys.readouterr()
    (line,) = (line for line in err.splitlines() if "propagateSizeHints" not in line)
    assert out == ""
    assert line.startswith(f"cnn-explorer: error: the picture could not be written to {path}; ")
    assert path.is_dir()


def test_without_a_display_there_is_no_window_but_one_line():
    ran = cnn_explorer()
    assert ran.returncode == 1
    assert ran.stdout == ""
    (line,) = ran.stderr.splitlines()
    assert line.startswith("cnn-explorer: error: there is no display")
    assert "--screenshot" in line


def test_the_window_opens_as_asked_and_closing_it_ends(app: QApplication, own_settings: Path):
    seen: list[object] = []

    def look() -> None:
        (window,) = (w for w in app.topLevelWidgets() if isinstance(w, MainWindow))
        seen.extend((window.current_page().objectName(), window.size().toTuple(), theme.mode()))
        window.close()

    QTimer.singleShot(300, look)
    assert run("training", "bundled", "dark", (1100, 720), None) == 0
    assert seen == ["page.training", (1100, 720), "dark"]
    assert QSettings().value("window/page") == "training"


def test_ctrl_c_in_the_terminal_closes_the_window(app: QApplication):
    QTimer.singleShot(300, lambda: signal.raise_signal(signal.SIGINT))
    assert run("training", "bundled", None, None, None) == 130
    assert not any(window.isVisible() for window in app.topLevelWidgets())
