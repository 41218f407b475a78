"""Sentences of the core that reach the screen: kept apart from their values so they translate."""

from dataclasses import dataclass


def QT_TRANSLATE_NOOP(context: str, source: str) -> str:  # noqa: N802 - the name lupdate looks for
    """Mark `source` for Qt's translation tools and return it unchanged."""
    return source


@dataclass(frozen=True)
class Text:
    """A sentence with named gaps and the values that go into them, which may be sentences too.

    ``str()`` gives it in English; the user interface looks ``source`` up in its translations of
    ``context`` first.
    """

    source: str
    values: tuple[tuple[str, object], ...] = ()
    context: str = "core"

    def __str__(self) -> str:
        return self.source.format(**dict(self.values))


def text(source: str, /, **values: object) -> Text:
    """Return the `Text` of a marked `source` with `values` for its gaps."""
    return Text(source, tuple(values.items()))
