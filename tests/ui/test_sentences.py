"""Sentences from below, in the user's language."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QTranslator
from PySide6.QtWidgets import QApplication

from explorer.core.text import Text, text
from explorer.ui.sentences import translated


class Shouting(QTranslator):
    """Knows the words of two contexts, and keeps them apart."""

    def translate(self, context: str, source: str, *_: object) -> str:
        return f"{context.upper()}: {source}" if context in ("core", "data") else ""

    def isEmpty(self) -> bool:
        return False


@pytest.fixture
def shouting(qapp: QApplication) -> Iterator[None]:
    translator = Shouting()
    qapp.installTranslator(translator)
    yield
    qapp.removeTranslator(translator)


def test_english_needs_no_translation(qapp: QApplication):
    assert translated(text("{a} of {b}", a=1, b="two")) == "1 of two"


@pytest.mark.usefixtures("shouting")
def test_each_sentence_is_looked_up_in_its_context():
    cause = text("a cause of {count}", count=3)
    said = Text("{path}: {cause}", (("path", "{x}"), ("cause", cause)), "data")
    assert translated(said) == "DATA: {x}: CORE: a cause of 3"
