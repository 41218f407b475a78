"""What every test stands on: no screen, one torch thread, own settings, nothing left over."""

import dataclasses
import gc
import os
import sys
from collections.abc import Generator, Iterator
from pathlib import Path

# Before numpy and torch are imported: more than one thread makes float sums differ from run to run,
# and two busy test runs on two cores wait for each other.
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["MKL_NUM_THREADS"] = "1"
# One language for all: the translations have tests that name their language.
os.environ["LC_ALL"] = "C.UTF-8"
os.environ.pop("LANGUAGE", None)
# Where Python is told to keep nothing that it has compiled, every one of our many processes would
# compile the application again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
if not os.environ.get("CNN_EXPLORER_WINDOW"):
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
if sys.platform == "win32":
    import torch  # noqa: F401 - its libraries must be loaded before Qt's

import pytest
from hypothesis import HealthCheck, settings
from PySide6.QtCore import QObject, QSettings

from tests.leaks import LeftOver, forgotten_items, settle

settings.register_profile(
    "ci",
    max_examples=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "long", max_examples=2_000, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "ci")
LONG_TIMEOUT = 1800
"""Seconds that a test may take with so many examples."""
settings.load_profile(PROFILE)

gc.disable()  # until all tests are known: nothing of what is imported can be thrown away
sys.dont_write_bytecode = False  # of the tests neither, which pytest rewrites

_FAILED = pytest.StashKey[bool]()
_REPORTED: list[QObject] = []
"""What runs on from an earlier test, which was told so."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed:
        item.stash[_FAILED] = True
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Fail a test in which Qt deleted what PySide goes on to know, before its windows are gone."""
    result = yield
    if "qapp" in getattr(item, "fixturenames", ()) and (forgotten := forgotten_items()):
        pytest.fail("taken out behind PySide's back: " + "; ".join(forgotten), pytrace=False)
    return result


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    skip = pytest.mark.skip(reason="opens a real window: set CNN_EXPLORER_WINDOW=1 to run it")
    for item in items:
        if item.get_closest_marker("window") and not os.environ.get("CNN_EXPLORER_WINDOW"):
            item.add_marker(skip)
        if PROFILE == "long" and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(LONG_TIMEOUT))


def pytest_collection_finish() -> None:
    """Spare the search for what is left over all that was there before the first test."""
    gc.collect()
    gc.freeze()
    gc.enable()


def pytest_unconfigure() -> None:
    gc.unfreeze()  # some extensions complain at the end about what is kept alive


@pytest.fixture(autouse=True)
def own_settings(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the test, and the processes it starts, a folder of settings that nobody else reads."""
    folder = tmp_path_factory.mktemp("settings")
    for variable in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(variable, str(folder))
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    for form in (QSettings.Format.IniFormat, QSettings.Format.NativeFormat):
        for scope in (QSettings.Scope.UserScope, QSettings.Scope.SystemScope):
            QSettings.setPath(form, scope, str(folder))
    return folder


@pytest.fixture(autouse=True)
def nothing_left_over(request: pytest.FixtureRequest, own_settings: Path) -> Iterator[None]:
    """Fail a test that leaves a window, a thread or a running timer behind."""
    uses_qt = "qapp" in request.fixturenames
    before = dataclasses.replace(LeftOver.now(search=False), objects=tuple(_REPORTED))
    yield
    settle()
    after = LeftOver.now(uses_qt)
    left = after.since(before)
    if left:
        gc.collect()  # cycles are collected later in the application too
        settle()
        after = LeftOver.now(uses_qt)
        left = after.since(before)
    if uses_qt:
        _REPORTED[:] = after.objects
    # The traceback of a failed test holds what the test made.
    if left and not request.node.stash.get(_FAILED, False):
        pytest.fail("left over after the test: " + "; ".join(left), pytrace=False)


@pytest.fixture(scope="session")
def complete_mnist() -> Path:
    """Return the folder of the complete MNIST that ``CNN_EXPLORER_DATA`` names."""
    named = os.environ.get("CNN_EXPLORER_DATA")
    if not named:
        pytest.skip("set CNN_EXPLORER_DATA to a folder with the complete MNIST to run this")
    folder = Path(named).resolve()
    if not folder.is_dir():
        pytest.fail(f"CNN_EXPLORER_DATA names no folder: {folder}")
    return folder
