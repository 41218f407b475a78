"""Opens the window, to stay or for a picture of it."""

import signal
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtCore import QElapsedTimer, QObject, QSettings, QTimer

from explorer.ui.application import create_application
from explorer.ui.garbage import Garbage
from explorer.ui.main_window import MainWindow

PATIENCE_MS = 60_000
POLL_MS = 50
PULSE_MS = 200
INTERRUPTED = 130
"""128 + SIGINT, as shells have it."""
PICTURE_SIZE = (1280, 800)


def run(
    page: str | None,
    data: str,
    theme: str | None,
    size: tuple[int, int] | None,
    screenshot: str | None,
) -> int:
    """Run the application and return its exit code.

    Parameters
    ----------
    page, theme
        The page and theme to begin with; None for the remembered ones.
    data
        ``"bundled"`` or a folder with MNIST's files.
    size
        (width, height) of the window in pixels.
    screenshot
        Path of a PNG: show the window until it has settled, save a picture of it, and end.
    """
    app = create_application(["cnn-explorer"])
    if screenshot is None:
        garbage = Garbage(app)
        window = MainWindow(data=data, page=page, theme_mode=theme)
        if size is not None:
            window.resize(*size)
        window.show()
        interrupts = Interrupts(window)
        code = app.exec()
        interrupts.end()
        garbage.end()
        return INTERRUPTED if interrupts.happened else code
    with TemporaryDirectory() as folder:
        settings = QSettings(str(Path(folder, "picture.ini")), QSettings.Format.IniFormat)
        window = MainWindow(data=data, page=page, theme_mode=theme, settings=settings)
        window.resize(*(size or PICTURE_SIZE))
        window.show()
        photographer = Photographer(window, screenshot)
        code = app.exec()
        if photographer.complaint:
            print(f"cnn-explorer: error: {photographer.complaint}", file=sys.stderr)
        return code


class Interrupts(QObject):
    """Closes the window on Ctrl+C in the terminal, as its button would."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.happened = False
        self._before = signal.signal(signal.SIGINT, self._interrupt)
        # Python looks at its signals only while it runs, and a window at rest runs none of it.
        self._pulse = QTimer(self, interval=PULSE_MS)
        self._pulse.timeout.connect(self._look)
        self._pulse.start()

    def end(self) -> None:
        """Give the signal back."""
        self._pulse.stop()
        signal.signal(signal.SIGINT, self._before)

    def _interrupt(self, number: int, frame: object) -> None:
        self.happened = True

    def _look(self) -> None:
        if self.happened:
            self._pulse.stop()
            # Asked for here and not kept: an object that its parent keeps would keep its parent.
            window = self.parent()
            assert isinstance(window, MainWindow)
            window.close()


class Photographer(QObject):
    """Waits until the page holds still, saves a picture of the window and quits.

    A page that moves has a ``pose()``, which says whether there is all to see.
    """

    def __init__(self, window: MainWindow, path: str) -> None:
        super().__init__(window)
        self.complaint = ""
        self._window = window
        self._path = path
        self._clock = QElapsedTimer()
        self._clock.start()
        self._timer = QTimer(self, interval=POLL_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def _look(self) -> None:
        pose = getattr(self._window.current_page(), "pose", None)
        if pose is not None and not pose() and self._clock.elapsed() < PATIENCE_MS:
            return
        self._timer.stop()
        QTimer.singleShot(4 * POLL_MS, self._shoot)

    def _shoot(self) -> None:
        saved = self._window.grab().save(self._path, "PNG")
        if not saved:
            self.complaint = (
                f"the picture could not be written to {self._path}; "
                "choose a folder that exists and that you may write to."
            )
        self._window.close()
        self._window.deleteLater()
        app = create_application([])
        QTimer.singleShot(0, lambda: app.exit(0 if saved else 1))
