"""The application object: its name, its look, its language, and what happens to stray errors."""

import os
import sys
import threading
import traceback
from collections.abc import Sequence
from types import TracebackType

from PySide6.QtCore import QLibraryInfo, QLocale, QObject, QSettings, QTranslator, Signal
from PySide6.QtWidgets import QApplication

from explorer.paths import resource
from explorer.training.memory import share_one_pool
from explorer.ui.icons import application_icon
from explorer.ui.theme import theme


class Failures(QObject):
    """Where errors that nobody has handled are made known to the window; use `failures`."""

    reported = Signal(str)
    """What went wrong, in the words of the error."""


failures = Failures()
"""The one instance; its signal may come from any thread."""

_READY = "explorer.ready"
TURN_SECONDS = 0.001
KEPT_PRIMITIVES = 64
"""Convolutions that torch's CPU library keeps compiled: a training run needs about a dozen."""


def create_application(argv: Sequence[str]) -> QApplication:
    """Return the application with its names, fonts, theme and translations.

    Parameters
    ----------
    argv : sequence of str
        The command line, with the program's name first.

    Returns
    -------
    QApplication
        The one that exists already, if there is one.
    """
    share_one_pool()
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(list(argv))
    if app.property(_READY):
        return app
    app.setProperty(_READY, True)
    app.setOrganizationName("cnn-explorer")
    app.setApplicationName("cnn-explorer")
    app.setApplicationDisplayName("CNN Explorer")
    app.setDesktopFileName("cnn-explorer")
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    # Python's threads take turns every 5 ms by default; a training one would make the window late.
    sys.setswitchinterval(TURN_SECONDS)
    # By default 1,024 each, the routines and their descriptions: every position of a slider would
    # leave one behind, 60 MB in the end and 15.
    for kept in ("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "LRU_CACHE_CAPACITY"):
        os.environ.setdefault(kept, str(KEPT_PRIMITIVES))
    theme.install(app)
    app.setWindowIcon(application_icon())
    _translate(app)
    catch_failures()
    return app


def _translate(app: QApplication) -> None:
    """Install the translation into the user's language, and Qt's own along with it."""
    locale = QLocale()
    ours = QTranslator(app)
    if not ours.load(locale, "explorer", "_", str(resource("translations"))):
        return
    app.installTranslator(ours)
    qt = QTranslator(app)
    if qt.load(locale, "qtbase", "_", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        app.installTranslator(qt)


def catch_failures() -> None:
    """Let the window go on after an error in a slot or a thread, and say so."""
    log, log_thread = sys.excepthook, threading.excepthook

    def report(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        log(kind, error, trace)
        # Python keeps the last traceback: a painter in it would outlive the painting, and crash.
        traceback.clear_frames(trace)
        if isinstance(error, Exception):
            failures.reported.emit(_in_words(error))

    def report_thread(args: threading.ExceptHookArgs) -> None:
        log_thread(args)
        if isinstance(args.exc_value, Exception):
            failures.reported.emit(_in_words(args.exc_value))

    sys.excepthook = report
    threading.excepthook = report_thread


def _in_words(error: Exception) -> str:
    first_line = str(error).strip().partition("\n")[0]
    kind = type(error).__name__
    return f"{first_line} ({kind})" if first_line else kind
