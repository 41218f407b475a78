"""What goes wrong with data."""

from explorer.core.text import Text


class DataError(Exception):
    """Data that cannot be used: one sentence that names the file and a remedy.

    Parameters
    ----------
    source
        The sentence, marked for the context "data".
    values
        What stands in its gaps.

    Attributes
    ----------
    meaning
        The sentence; ``str()`` of the error gives it in English.
    """

    def __init__(self, source: str, /, **values: object) -> None:
        self.meaning = Text(source, tuple(values.items()), "data")
        super().__init__(str(self.meaning))
