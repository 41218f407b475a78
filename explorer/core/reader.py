"""PyTorch source text to layer: read with ast, never executed."""

from __future__ import annotations

from typing import Final

from explorer.core.calls import Call, Calls
from explorer.core.layers import OPERATIONS, Layer
from explorer.core.pasted import Pasted, Place, ReadError
from explorer.core.text import QT_TRANSLATE_NOOP, text

__all__ = ["LONGEST", "Call", "Place", "ReadError", "read", "read_call"]

LONGEST: Final = 2_000
"""Characters that are read at most."""


def read(line: str) -> Layer:
    """Return the layer that a line of PyTorch makes.

    The line may be as people paste it: with ``torch.nn.``, ``nn.`` or neither, arguments by
    position or by name, a name in front (``self.conv1 = ...``), a comma, a semicolon or a comment
    behind.

    Raises
    ------
    ReadError
        For all else, with the place of the mistake.
    """
    layer = read_call(line).layer()
    assert isinstance(layer, Layer)
    return layer


def read_call(line: str) -> Call:
    """Return what is written in a line of PyTorch, as `read` does, but let every value pass.

    Raises
    ------
    ReadError
        For what is no single call of a layer of the Lab with its own arguments, written as
        numbers, pairs, True, False, None or words in quotes.
    """
    too_long = QT_TRANSLATE_NOOP("core", "Write one layer in at most {limit} characters.")
    pasted = Pasted(line, LONGEST, text(too_long, limit=LONGEST))
    wanted = text(QT_TRANSLATE_NOOP("core", "Write a layer, such as nn.Conv2d(1, 1, 3)."))
    alone = text(QT_TRANSLATE_NOOP("core", "Write one layer only."))
    return Calls(pasted, OPERATIONS, wanted).read(pasted.expression(wanted, alone))
