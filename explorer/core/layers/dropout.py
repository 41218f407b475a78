"""Dropout: while it learns, a network does without some of its numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from explorer.core.layers.guise import At, Guise
from explorer.core.layers.module import Module, Shape, Wants, parameter
from explorer.core.text import QT_TRANSLATE_NOOP, Text, text

if TYPE_CHECKING:
    from explorer.core.layers.windows import Array

_P: dict[str, Any] = {
    "label": QT_TRANSLATE_NOOP("core", "Share dropped"),
    "help": QT_TRANSLATE_NOOP(
        "core",
        "How likely each is set to 0 while the network learns; the others are divided by 1 − p. "
        "In eval() nothing is dropped.",
    ),
    "default": 0.5,
    "minimum": 0,
    "maximum": 1,
}
_INPLACE: dict[str, Any] = {
    "label": QT_TRANSLATE_NOOP("core", "In place"),
    "help": QT_TRANSLATE_NOOP("core", "Whether the result is written over the input."),
    "default": False,
}


@dataclass(frozen=True)
class _Dropping(Module):
    """What both kinds share: in ``eval()`` they do nothing."""

    short: ClassVar[str] = "dropout"

    def guise(
        self, name: str, x: Array, at: At, learned: Mapping[str, Array], maps: Shape | None
    ) -> Guise | Text:
        return text(QT_TRANSLATE_NOOP("core", "{name} drops nothing in eval()."), name=name)


@dataclass(frozen=True)
class Dropout(_Dropping):
    """``torch.nn.Dropout``: single numbers are dropped."""

    p: float = parameter("share", **_P)
    inplace: bool = parameter("flag", **_INPLACE)


@dataclass(frozen=True)
class Dropout2d(_Dropping):
    """``torch.nn.Dropout2d``: whole channels are dropped."""

    wants: ClassVar[Wants] = "maps"

    p: float = parameter("share", **_P)
    inplace: bool = parameter("flag", **_INPLACE)

    def shape_problem(self, shape: Shape) -> Text | None:
        if len(shape) == 3:
            return None
        return text(
            QT_TRANSLATE_NOOP(
                "core",
                "Dropout2d drops whole maps, (C, H, W), and these are numbers in a row: use "
                "Dropout.",
            )
        )

    def instead(self, shape: Shape) -> Iterator[Module]:
        yield Dropout(self.p, self.inplace)
