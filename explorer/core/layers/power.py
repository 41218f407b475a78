"""Power-average pooling: the root of the sum of powers, from a sum (1) to nearly a maximum."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from explorer.core.cell import Cell
from explorer.core.geometry import Axis, Pair, Token
from explorer.core.layers.base import in_relation
from explorer.core.layers.module import parameter
from explorer.core.layers.pooling import CEIL, KERNEL, STRIDE, SlidingPool
from explorer.core.layers.windows import Array, Windows
from explorer.core.text import QT_TRANSLATE_NOOP

if TYPE_CHECKING:
    import torch

_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class LPPool2d(SlidingPool):
    """``torch.nn.LPPool2d``: its parameters, names, order and defaults.

    torch takes the mean of the powers of the real cells, multiplies it by the cells of a whole
    window, and draws the root: a window that sticks out counts as if it were full. The powers keep
    their sign, so that an odd `norm_type` can meet a negative sum, whose root is NaN.
    """

    short: ClassVar[str] = "pool"
    beginning: ClassVar[dict[str, Any]] = {"norm_type": 2, "kernel_size": (2, 2)}

    norm_type: float = parameter(
        "decimal",
        QT_TRANSLATE_NOOP("core", "Norm"),
        QT_TRANSLATE_NOOP(
            "core",
            "The power p to which each cell is raised, and of the root of their sum: 1 is the "
            "sum, 2 the length of a vector, and the larger it is, the nearer to the maximum.",
        ),
        minimum=1,
        maximum=8,
    )
    kernel_size: Pair = parameter("pair", **KERNEL)
    stride: Pair | None = parameter("pair", **STRIDE)
    ceil_mode: bool = parameter("flag", **CEIL)

    def axes(self, size: Pair) -> tuple[Axis, Axis]:
        return self._axes(size)

    def forward(
        self, x: torch.Tensor, weight: torch.Tensor | None, bias: torch.Tensor | None
    ) -> torch.Tensor:
        import torch.nn.functional as F

        return F.lp_pool2d(x, float(self.norm_type), self.kernel_size, self.stride, self.ceil_mode)

    def counts(self, real: bool, inside: bool) -> bool:
        return real

    def divisor(self, counted: int) -> float | None:
        """Return the share of a whole window that is inside, or None where all of it is."""
        whole = self.kernel_size[0] * self.kernel_size[1]
        return None if counted == whole else counted / whole

    def sign(self, cell: Cell) -> str:
        if self.norm_type in (1, 2):
            return "Σ" if self.norm_type == 1 else "√Σ²"
        return f"L{self.norm_type:g}"

    def term(self, cell: Cell, index: int) -> tuple[Token, ...]:
        written = super().term(cell, index)
        if self.norm_type == 1 or not cell.terms[index].counts:
            return written
        p = f"{self.norm_type:g}"
        return (*written, Token(p.translate(_SUPERSCRIPTS) if p.isdigit() else f"^{p}"))

    def around(self, cell: Cell) -> tuple[str, str, str]:
        opening, closing = "(", f")^(1/{self.norm_type:g})"
        if self.norm_type == 1:
            opening, closing = "", ""
        elif self.norm_type == 2:
            opening, closing = "√(", ")"
        counted = sum(term.counts for term in cell.terms)
        if counted < len(cell.terms):  # it counts as if the rest were as large on average
            opening += "("
            closing = f") · {len(cell.terms)}/{counted}" + closing
        return opening, " + ", closing

    def _powers(self, windows: Windows) -> Array:
        """Return the sums before the root; beyond the range of float32 where torch is."""
        with np.errstate(over="ignore", invalid="ignore", under="ignore"):
            powers = windows.board.astype(np.float32) ** np.float32(self.norm_type)
            sums = replace(windows, board=powers).reduced(np.add, 0.0)
            return sums / windows.counted(real=True) * windows.taps

    def combine(self, windows: Windows, weight: Array | None, bias: Array | None) -> Array:
        with np.errstate(over="ignore", invalid="ignore"):
            root: Array = self._powers(windows) ** (1 / self.norm_type)
        return root

    def deviation(
        self,
        windows: Windows,
        weight: Array | None,
        bias: Array | None,
        difference: Array,
        output: Array,
    ) -> Array:
        """Return the deviation before the root, where it is smaller than that of the result.

        Rounding is relative to the powers that are added: where they cancel, the root of what
        is left magnifies it, up to a NaN on one side only.
        """
        plain = super().deviation(windows, weight, bias, difference, output)
        sums, scale = self._powers(windows), self._powers(windows.magnitudes())
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            powered = np.where(np.isnan(output), 0.0, output.astype(np.float64) ** self.norm_type)
            inner = in_relation(np.abs(powered - sums), scale, output, windows.taps)
        return np.fmin(plain, inner)
