"""The application as the window has it, and what offscreen Qt says of windows in vain."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from explorer.ui.application import create_application
from explorer.ui.theme import theme

# Said offscreen of windows that change their size, and of lists that open.
QUIRK = "This plugin does not support"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/ui/" in item.path.as_posix():
            item.add_marker(pytest.mark.qt_log_ignore(QUIRK))


@pytest.fixture
def app(qapp: QApplication) -> Iterator[QApplication]:
    yield create_application([])
    theme.set_mode("system")
