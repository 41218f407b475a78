"""Sentences from below the user interface, in the user's language."""

from PySide6.QtCore import QCoreApplication

from explorer.core.text import Text


def translated(text: Text) -> str:
    """Return a sentence, and the sentences in its gaps, in the user's language."""
    sentence = QCoreApplication.translate(text.context, text.source)
    values = {
        name: translated(value) if isinstance(value, Text) else value for name, value in text.values
    }
    return sentence.format(**values)
