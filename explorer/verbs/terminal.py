"""Writing to the terminal: results to standard output, everything else to standard error."""

import contextlib
import sys
import unicodedata
from typing import TextIO


class OutputError(Exception):
    """Results that could not be written; the message is one sentence."""


def say(line: str) -> None:
    """Write a line to standard error, if there is anybody to read it."""
    _write(sys.stderr, f"{_harmless(line)}\n")


def complain(reason: Exception | str) -> None:
    """Write what is wrong to standard error, in one line even if a file's name has several."""
    say(f"cnn-explorer: error: {' '.join(str(reason).split())}")


def put(line: str) -> None:
    """Write a line of results to standard output at once.

    Raises
    ------
    BrokenPipeError
        When whoever read it has gone.
    OutputError
        When it cannot be written for another reason, as on a full disk.
    """
    if sys.stdout is None:  # closed by the shell: >&-
        return
    try:
        try:
            sys.stdout.write(f"{_harmless(line)}\n")
        except UnicodeEncodeError:  # the name of a file, where there is no UTF-8
            known = _harmless(line).encode(sys.stdout.encoding, "backslashreplace")
            sys.stdout.write(f"{known.decode(sys.stdout.encoding)}\n")
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(f"the results cannot be written ({error.strerror}).") from error


class StatusLine:
    """A line on standard error that is written anew again and again, where that is a terminal.

    Elsewhere, in a file or a pipe, it stays away.
    """

    def __init__(self) -> None:
        self.is_live = sys.stderr is not None and sys.stderr.isatty()

    def show(self, text: str) -> None:
        """Replace the line."""
        if self.is_live:
            _write(sys.stderr, f"\r{text}\x1b[K")

    def clear(self) -> None:
        """Take the line away."""
        self.show("")


def _harmless(text: str) -> str:
    """Return text with what a terminal obeys, or cannot show, written as Python writes it.

    The name of a file may have anything in it.
    """
    return "".join(
        char.encode("unicode_escape").decode()
        if char not in "\n\t" and unicodedata.category(char) in ("Cc", "Cf", "Cs")
        else char
        for char in text
    )


def _write(stream: TextIO | None, text: str) -> None:
    # print(file=None) would write to standard output.
    if stream is not None:
        with contextlib.suppress(OSError, ValueError):
            stream.write(text)
            stream.flush()
