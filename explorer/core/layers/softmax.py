"""Scores to probabilities: each number's share of the sum of all exponentials."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from explorer.core.cell import Cell, number
from explorer.core.geometry import KeptAxis, Pair, Token
from explorer.core.layers.base import Layer, in_relation
from explorer.core.layers.dimensions import nearest
from explorer.core.layers.guise import At, Guise
from explorer.core.layers.module import Gives, Module, Shape, Wants, parameter
from explorer.core.layers.windows import Array, Windows
from explorer.core.text import QT_TRANSLATE_NOOP, Text, text

if TYPE_CHECKING:
    import torch
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
_CHANNELS, _ROWS, _COLUMNS = range(3)
"""The axes of maps."""


@dataclass(frozen=True)
class Shares(Layer):
    """What both kinds share: the axis along which they work."""

    beginning: ClassVar[dict[str, Any]] = {"dim": 1}
    wants: ClassVar[Wants] = "any"
    keeps_range: ClassVar[bool] = False
    part_sign: ClassVar[str] = "eˣ"

    dim: int | None = parameter("number", **_DIM)

    def setting(self, name: str) -> Any:
        """Return the value in force; left out it is that for numbers in a row, and for maps."""
        return 1 if name == "dim" and self.dim is None else getattr(self, name)

    def dim_for(self, shape: Shape) -> int:
        """Return the axis in force for an input of `shape`, as torch counts it."""
        if self.dim is not None:
            return self.dim
        # For three axes torch takes the first, as if there were no batch.
        return 0 if len(shape) == 2 else 1

    def axis(self, shape: Shape) -> int:
        """Return which axis of `shape`, which is without the batch, the shares add up along."""
        dim = self.dim_for(shape)
        return dim - 1 if dim >= 0 else dim + len(shape)

    @property
    def _along(self) -> int:
        """Which axis of maps it is; -1 for the batch, where each number is all that there is."""
        return self.axis((1, 1, 1))

    def axes(self, size: Pair) -> tuple[KeptAxis, KeptAxis]:
        h, w = size
        return KeptAxis(h, self._along == _ROWS), KeptAxis(w, self._along == _COLUMNS)

    def inputs_of(self, channel: int, channels: int) -> range:
        if self._along == _CHANNELS:
            return range(channels)
        return super().inputs_of(channel, channels)

    def channel_problem(self, channels: int) -> Text | None:
        return _out_of_range(self.dim, 3) if self._along > _COLUMNS else None

    def shape_problem(self, shape: Shape) -> Text | None:
        if 0 <= self.axis(shape) < len(shape):
            return None
        if self.axis(shape) == -1:
            return text(
                QT_TRANSLATE_NOOP(
                    "core", "dim={dim} is the batch: pictures would share out among each other."
                ),
                dim=self.dim_for(shape),
            )
        return _out_of_range(self.dim, len(shape))

    def output_shape(self, shape: Shape) -> Shape:
        return shape

    def instead(self, shape: Shape) -> Iterator[Module]:
        yield from nearest(self, shape, dim=self.dim_for(shape))

    def mixed(self, shape: Shape) -> tuple[int, ...]:
        return (self.axis(shape),)

    def channels_read(self, channel: int, shape: Shape) -> range:
        return range(shape[0]) if self.axis(shape) == 0 else range(channel, channel + 1)

    def in_row(self) -> Layer | None:
        return self.with_(dim=_COLUMNS + 1) if self._along == _CHANNELS else None

    def guise(
        self, name: str, x: Array, at: At, learned: Mapping[str, Array], maps: Shape | None
    ) -> Guise | Text:
        """Return the layer itself; the numbers of a row are channels of one cell each."""
        if x.ndim == 3:
            return Guise(self, x, at)
        laid = x.reshape(*x.shape, *(1 for _ in range(3 - x.ndim)))
        note = QT_TRANSLATE_NOOP("core", "Each of its {count} numbers in a row is a channel here.")
        guise = Guise(self.with_(dim=self.axis(x.shape) + 1), laid, at)
        return guise.noted(text(note, count=len(x)))

    def as_torch(self) -> nn.Module:
        from torch import nn

        # Without a dim, torch warns every time.
        made: nn.Module = getattr(nn, type(self).__name__)(dim=self.setting("dim"))
        return made

    def forward(
        self, x: torch.Tensor, weight: torch.Tensor | None, bias: torch.Tensor | None
    ) -> torch.Tensor:
        made: torch.Tensor = self.as_torch()(x)
        return made

    def _sums(self, windows: Windows) -> tuple[Array, Array]:
        """Return each number less the largest beside it, and the sum of the exponentials of those.

        Less the largest none overflows, and no share changes. Both in float64, the windows' own.
        """
        x = windows.board.astype(np.float64)
        along = None if self._along < 0 else self._along
        largest = x if along is None else x.max(axis=along, keepdims=True)
        less = x - largest
        powers = np.exp(less)
        sums = powers if along is None else powers.sum(axis=along, keepdims=True)
        first, count = windows.columns.start, len(windows.columns.source)
        here = np.s_[..., first : first + count]
        return less[here], np.broadcast_to(sums, x.shape)[here]

    def power(self, value: float) -> float:
        with np.errstate(over="ignore"):
            return float(np.exp(value))

    def term(self, cell: Cell, index: int) -> tuple[Token, ...]:
        is_own = index == self.own(cell)
        return (Token(_power(cell.terms[index].value), "output" if is_own else ""),)

    def own(self, cell: Cell) -> int:
        place = (cell.at[1], cell.at[2])
        return next(
            i
            for i, term in enumerate(cell.terms)
            if term.channel == cell.at[0] and term.position == place
        )


@dataclass(frozen=True)
class Softmax(Shares):
    """``torch.nn.Softmax``: eˣ ÷ Σ eˣ."""

    short: ClassVar[str] = "softmax"
    signed: ClassVar[bool | None] = False

    def gives(self, shape: Shape) -> Gives:
        return "probabilities" if self.axis(shape) == 0 else "scores"

    def combine(self, windows: Windows, weight: Array | None, bias: Array | None) -> Array:
        less, sums = self._sums(windows)
        return np.exp(less) / sums

    def deviation(
        self,
        windows: Windows,
        weight: Array | None,
        bias: Array | None,
        difference: Array,
        output: Array,
    ) -> Array:
        """Return the deviation in relation to each share itself."""
        return in_relation(difference, self.combine(windows, None, None), output, 1)

    def sign(self, cell: Cell) -> str:
        return "eˣ ÷ Σ eˣ"

    def gist(self, cell: Cell) -> str:
        return f"{_power(cell.terms[self.own(cell)].value)} ÷ Σ"

    def around(self, cell: Cell) -> tuple[str, str, str]:
        return f"{_power(cell.terms[self.own(cell)].value)} ÷ (", " + ", ")"


@dataclass(frozen=True)
class LogSoftmax(Shares):
    """``torch.nn.LogSoftmax``: x − log Σ eˣ, the logarithm of the shares."""

    short: ClassVar[str] = "log_softmax"
    signed: ClassVar[bool | None] = True

    def gives(self, shape: Shape) -> Gives:
        return "log_probabilities" if self.axis(shape) == 0 else "scores"

    def combine(self, windows: Windows, weight: Array | None, bias: Array | None) -> Array:
        less, sums = self._sums(windows)
        return less - np.log(sums)

    def deviation(
        self,
        windows: Windows,
        weight: Array | None,
        bias: Array | None,
        difference: Array,
        output: Array,
    ) -> Array:
        """Return the deviation in relation to both parts of the difference.

        The sum of the exponentials is 1 at least, and is rounded before its logarithm is taken.
        """
        less, sums = self._sums(windows)
        return in_relation(difference, np.abs(less) + np.log(sums) + 1.0, output, 1)

    def sign(self, cell: Cell) -> str:
        return "x − log Σ eˣ"

    def gist(self, cell: Cell) -> str:
        return f"{number(cell.terms[self.own(cell)].value)} − log Σ"

    def around(self, cell: Cell) -> tuple[str, str, str]:
        return f"{number(cell.terms[self.own(cell)].value)} − log(", " + ", ")"


def _power(value: float) -> str:
    written = number(value)
    return f"e^({written})" if "e" in written else f"e^{written}"


def _out_of_range(dim: int | None, count: int) -> Text:
    return text(
        QT_TRANSLATE_NOOP("core", "dim={dim} is out of range: the input has {count} axes."),
        dim=dim,
        count=count + 1,
    )
