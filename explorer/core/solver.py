"""The size formula backwards: which settings of a layer make one size out of another."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, NamedTuple

import numpy as np

from explorer.core.cost import multiply_adds, parameters, receptive_field
from explorer.core.geometry import Pair
from explorer.core.layers import OPERATIONS, ConvTranspose2d, Layer
from explorer.core.text import QT_TRANSLATE_NOOP, Text, text

Ints = np.ndarray[Any, np.dtype[np.int64]]

MOST: Final = 60
"""Solutions that are listed unless one asks for another number: nobody reads more."""


class Setting(NamedTuple):
    """The numbers of one axis, by torch's names."""

    kernel_size: int
    stride: int
    padding: int = 0
    dilation: int = 1
    output_padding: int = 0


SOLVED: Final = Setting._fields
"""What the solver sets; every other parameter stays as it is given."""


@dataclass(frozen=True)
class Solution:
    """A layer that makes the wanted size, and what it costs."""

    layer: Layer
    parameters: int
    multiply_adds: int
    receptive_field: Pair

    @property
    def settings(self) -> tuple[tuple[str, Pair], ...]:
        """Name and value of what was solved for, as far as it is not torch's default."""
        return tuple(
            (field.name, getattr(self.layer, field.name))
            for field in dataclasses.fields(self.layer)
            if field.name in SOLVED and getattr(self.layer, field.name) != field.default
        )


@dataclass(frozen=True)
class Answer:
    """What the solver found.

    Attributes
    ----------
    solutions
        The most common ones first, no more than asked for.
    found
        How many there are in all.
    reason
        Why there is none, or None.
    """

    solutions: tuple[Solution, ...]
    found: int
    reason: Text | None = None


def can_solve(kind: type[Layer]) -> bool:
    """Tell whether the output size of a kind of layer follows from a kernel and a stride."""
    return {"kernel_size", "stride"} <= {about.name for about in kind.parameters()}


def solve(kind: type[Layer], size: Pair, wanted: Pair, limit: int = MOST, **kept: Any) -> Answer:
    """Return the settings with which a layer makes `wanted` out of `size`.

    Every combination that the sliders reach is tried, but for a dilated kernel of one cell, which
    is the same as an undilated one. Where `size` and `wanted` are both square, both axes get the
    same numbers. Otherwise each axis may have its own: those with the same numbers for both come
    first, then the others. The common ones come first, as `oddity` has it; every number in which
    the axes differ counts `APART` more.

    Parameters
    ----------
    kind
        Which layer; for one whose size does not follow from a kernel there is no solution.
    size, wanted
        (h, w) of the input and of the output.
    limit
        How many solutions to list at most; `Answer.found` counts all.
    **kept
        The other parameters of the layer: channels, groups, bias, ``ceil_mode`` and so on.
    """
    if not can_solve(kind):
        reason = QT_TRANSLATE_NOOP(
            "core", "The size of this layer's output is set as such: there is nothing to solve."
        )
        return Answer((), 0, text(reason))
    tables = [
        _table(
            kind.__name__, cells, kept.get("ceil_mode", False), kept.get("padding_mode", "zeros")
        )
        for cells in size
    ]
    for table, cells, goal in zip(tables, size, wanted, strict=True):
        if not (table.output == goal).any():
            return Answer((), 0, _reason(kind, table.output, cells, goal))
    h, w = (table.giving(goal) for table, goal in zip(tables, wanted, strict=True))
    both = set(w.settings)
    alike = [(setting, setting) for setting in h.settings if setting in both]
    square = size[0] == size[1] and wanted[0] == wanted[1]
    found = len(alike) if square else len(h.settings) * len(w.settings)
    pairs = alike[:limit]
    if not square and len(pairs) < limit:
        pairs += _mixed(h, w, limit - len(pairs))
    return Answer(tuple(_solution(kind, size, pair, kept) for pair in pairs), found)


def others(layer: Layer) -> dict[str, Any]:
    """Return the parameters of `layer` that the solver does not set, to be kept by `solve`."""
    names = {about.name for about in layer.parameters()} - {*SOLVED}
    return {name: getattr(layer, name) for name in names}


def oddity(kind: type[Layer], setting: Setting) -> int:
    """Return how uncommon the numbers of one axis are, 0 for the most common.

    The points add up, so that a little of everything ranks behind much of one thing:

    * the kernel: its place in `KERNELS`, for pooling in `POOLING_KERNELS`;
    * the stride: none for 1, one for 2, three times itself for more. Pooling has none where the
      stride is the kernel, and four more where it is not;
    * the padding: none without any, nor for half of the window (rounded either way, what ``same``
      would take); otherwise itself and 8;
    * dilation: 6 for every step beyond 1, for pooling 12;
    * ``output_padding``: 8 for every cell;
    * `BLIND` where whole windows lie in the padding.
    """
    return int(_oddity(kind, np.array([setting]).T)[0])


KERNELS: Final = (3, 5, 7, 1, 2, 4, 9, 11, 6, 8, 10)
POOLING_KERNELS: Final = (2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 1)
"""Sizes of kernels, the most common first."""
APART: Final = 12
"""Oddity of a number that is not the same for both axes."""
BLIND: Final = 1000
"""Oddity of a padding in which a window finds room: it sees nothing of the input, so that such a
setting comes behind all others."""


def _oddity(kind: type[Layer], columns: Ints) -> Ints:
    kernel, stride, padding, dilation, output_padding = columns
    order = POOLING_KERNELS if _pools(kind) else KERNELS
    place = np.argsort(order)[kernel - 1]
    steps = np.where(stride <= 2, stride - 1, 3 * stride)
    if _pools(kind):
        steps = np.where(stride == kernel, 0, 4 + steps)
    usual = (padding == 0) | (abs(2 * padding - dilation * (kernel - 1)) <= 1)
    pads = np.where(usual, 0, 8 + padding)
    apart = (12 if _pools(kind) else 6) * (dilation - 1)
    # The padding of a transposed convolution crops: its windows never lie there.
    blind = (padding > dilation * (kernel - 1)) & (kind is not ConvTranspose2d)
    points: Ints = place + steps + pads + apart + 8 * output_padding + BLIND * blind
    return points


def _pools(kind: type[Layer]) -> bool:
    return all(about.name != "out_channels" for about in kind.parameters())


@dataclass(frozen=True, eq=False)
class _Table:
    """Settings of one axis, the common ones first.

    Attributes
    ----------
    columns
        Shape (5, n): one row for each name of `Setting`.
    oddity, output
        Shape (n,): the ranking, and the size that each setting gives.
    """

    columns: Ints
    oddity: Ints
    output: Ints

    def giving(self, goal: int) -> _Table:
        chosen = self.output == goal
        return _Table(self.columns[:, chosen], self.oddity[chosen], self.output[chosen])

    @property
    def settings(self) -> list[Setting]:
        return [Setting(*numbers) for numbers in self.columns.T.tolist()]


@lru_cache(maxsize=8)
def _table(operation: str, size: int, ceil_mode: bool, padding_mode: str) -> _Table:
    """Return every setting that torch takes for an axis of `size` cells, and what it gives.

    Source of the formulas: the *Shape* sections of ``torch.nn.Conv2d``, ``ConvTranspose2d`` and
    ``MaxPool2d``.
    """
    kind = OPERATIONS[operation]
    stretches = "output_padding" in {about.name for about in kind.parameters()}
    largest = _largest(kind)
    kernels, strides = (range(1, largest[name] + 1) for name in ("kernel_size", "stride"))
    paddings = range(largest.get("padding", 0) + 1)
    dilations = range(1, largest.get("dilation", 1) + 1)
    beyond = range(max(strides[-1], dilations[-1]) if stretches else 1)
    grid = np.meshgrid(kernels, strides, paddings, dilations, beyond, indexing="ij")
    columns = np.stack([numbers.ravel() for numbers in grid])
    kernel, stride, padding, dilation, output_padding = columns

    reach = dilation * (kernel - 1)
    legal = output_padding < np.maximum(stride, dilation)
    legal &= (kernel > 1) | (dilation == 1)
    if _pools(kind):
        legal &= padding <= kernel // 2
    if padding_mode == "reflect":
        legal &= padding < size
    elif padding_mode == "circular":
        legal &= padding <= size
    if stretches:
        output = (size - 1) * stride - 2 * padding + reach + output_padding + 1
    else:
        room = size + 2 * padding - reach - 1
        output = (room + (stride - 1 if ceil_mode else 0)) // stride + 1
        if ceil_mode:  # a last window that would start behind the input is left out
            output -= (output - 1) * stride >= size + padding
    legal &= output >= 1
    points = _oddity(kind, columns)
    # Equals stay in the order of the grid: by kernel, then stride, padding, dilation.
    order = np.argsort(points, kind="stable")
    order = order[legal[order]]
    return _Table(columns[:, order], points[order], output[order])


def _mixed(h: _Table, w: _Table, count: int) -> list[tuple[Setting, Setting]]:
    """Return the best `count` pairs of unlike settings."""
    differing = (h.columns[:, :, None] != w.columns[:, None, :]).sum(axis=0)
    points = h.oddity[:, None] + w.oddity[None, :] + APART * differing
    # One number for each pair, all different: by oddity, then by place.
    keys = points.ravel() * points.size + np.arange(points.size)
    keys[(differing == 0).ravel()] = np.iinfo(keys.dtype).max
    count = min(count, int((differing > 0).sum()))
    best = np.argpartition(keys, count - 1)[:count] if count else keys[:0]
    rows, columns = np.divmod(best[np.argsort(keys[best])], differing.shape[1])
    first, second = h.settings, w.settings
    return [(first[i], second[j]) for i, j in zip(rows.tolist(), columns.tolist(), strict=True)]


def _solution(
    kind: type[Layer], size: Pair, pair: tuple[Setting, Setting], kept: dict[str, Any]
) -> Solution:
    names = {about.name: about for about in kind.parameters()}
    solved = zip(SOLVED, zip(*pair, strict=True), strict=True)
    changes: dict[str, Any] = {name: numbers for name, numbers in solved if name in names}
    # Pooling's stride is the kernel's size by default.
    if names["stride"].optional is not None and changes["stride"] == changes["kernel_size"]:
        changes["stride"] = None
    layer = kind(**kept | changes)
    channels = kept.get("in_channels", 1)
    return Solution(
        layer, parameters(layer), multiply_adds(layer, channels, size), receptive_field(layer)
    )


def _largest(kind: type[Layer]) -> dict[str, int]:
    """Return the largest number of each parameter that is tried, where the layer has it.

    `output_padding` has no such limit: torch allows no more than the others leave it.
    """
    limits = {about.name: about.maximum for about in kind.parameters()}
    return {name: limits[name] for name in SOLVED if name in limits and name != "output_padding"}


def _reason(kind: type[Layer], output: Ints, size: int, goal: int) -> Text:
    """Return that `goal` is not reached, how far was searched, and the nearest sizes that are."""
    limits = ", ".join(f"{name} ≤ {largest}" for name, largest in _largest(kind).items())
    below, above = output[output < goal], output[output > goal]
    if below.size and above.size:
        return text(
            QT_TRANSLATE_NOOP(
                "core",
                "With {limits}, no setting makes {wanted} out of {size}: "
                "the nearest sizes are {below} and {above}.",
            ),
            limits=limits,
            wanted=goal,
            size=size,
            below=int(below.max()),
            above=int(above.min()),
        )
    return text(
        QT_TRANSLATE_NOOP(
            "core",
            "With {limits}, no setting makes {wanted} out of {size}: "
            "the nearest size is {nearest}.",
        ),
        limits=limits,
        wanted=goal,
        size=size,
        nearest=int(below.max()) if below.size else int(above.min()),
    )
