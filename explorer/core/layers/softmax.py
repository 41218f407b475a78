"""Scores to probabilities: each number's share of the sum of all exponentials."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from explorer.core.layers.module import Module, Shape, parameter
from explorer.core.text import QT_TRANSLATE_NOOP, Text, text

if TYPE_CHECKING:
    from torch import nn

_DIM: dict[str, Any] = {
    "label": QT_TRANSLATE_NOOP("core", "Dimension"),
    "help": QT_TRANSLATE_NOOP(
        "core",
        "The axis along which the shares add up to 1, the batch being 0: 1 is the classes, or the "
        "channels of maps. Left out, torch guesses, and warns of it.",
    ),
    "default": None,
    "minimum": -3,
    "maximum": 3,
    "optional": QT_TRANSLATE_NOOP("core", "Left to torch"),
}


@dataclass(frozen=True)
class Shares(Module):
    """What both kinds share: the axis along which they work."""

    beginning: ClassVar[dict[str, Any]] = {"dim": 1}

    dim: int | None = parameter("number", **_DIM)

    def setting(self, name: str) -> Any:
        """Return the value in force: torch takes the classes, or the channels of a batch."""
        return 1 if name == "dim" and self.dim is None else getattr(self, name)

    def axis(self, shape: Shape) -> int:
        """Return which axis of `shape`, which is without the batch, the shares add up along."""
        dim: int = self.setting("dim")
        return dim - 1 if dim >= 0 else dim + len(shape)

    def shape_problem(self, shape: Shape) -> Text | None:
        if 0 <= self.axis(shape) < len(shape):
            return None
        if self.axis(shape) == -1:
            return text(
                QT_TRANSLATE_NOOP(
                    "core", "dim={dim} is the batch: pictures would share out among each other."
                ),
                dim=self.dim,
            )
        return text(
            QT_TRANSLATE_NOOP("core", "dim={dim} is out of range: the input has {count} axes."),
            dim=self.dim,
            count=len(shape) + 1,
        )

    def as_torch(self) -> nn.Module:
        from torch import nn

        made: nn.Module = getattr(nn, type(self).__name__)(dim=self.setting("dim"))
        return made


@dataclass(frozen=True)
class Softmax(Shares):
    """``torch.nn.Softmax``: eˣ ÷ Σ eˣ."""

    short: ClassVar[str] = "softmax"


@dataclass(frozen=True)
class LogSoftmax(Shares):
    """``torch.nn.LogSoftmax``: x − log Σ eˣ, the logarithm of the shares."""

    short: ClassVar[str] = "log_softmax"
