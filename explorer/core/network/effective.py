"""The effective receptive field: how much each pixel of the picture moves one unit.

In theory a unit sees a whole rectangle of pixels. How much it listens to each of them is the
gradient of its number with respect to the picture (Luo, Li, Urtasun and Zemel 2016, "Understanding
the effective receptive field in deep convolutional neural networks").
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final

import numpy as np

from explorer.core.geometry import Pair
from explorer.core.layers import Array
from explorer.core.network.flow import FLOAT_BYTES, flow
from explorer.core.network.flow import total as sum_of
from explorer.core.network.running import Off, Runner, Weights
from explorer.core.network.stack import Network
from explorer.core.network.state import Spot
from explorer.core.network.tracing import Region, trace_back

MOST: Final = 0.95
"""Of the gradient: where so much of it lies, the unit is said to look."""
TOGETHER: Final = 32
"""Pictures that are run at once, of which there are less with a large network."""
MOST_NUMBERS: Final = 16_000_000
"""That all layers together may make of them: they are kept until the gradient is known."""


@dataclass(frozen=True)
class Box:
    """Rows and columns of the picture, the ends included."""

    top: int
    left: int
    bottom: int
    right: int

    @classmethod
    def around(cls, region: Region) -> Box:
        """Return the smallest box around a region of the picture; it has cells."""
        return cls(min(region.rows), min(region.columns), max(region.rows), max(region.columns))

    @property
    def size(self) -> Pair:
        """(h, w)."""
        return self.bottom - self.top + 1, self.right - self.left + 1

    @property
    def middle(self) -> Box:
        """The box in the middle with half the height and half the width, rounded up."""
        (h, w), (inner_h, inner_w) = self.size, (-(-self.size[0] // 2), -(-self.size[1] // 2))
        top, left = self.top + (h - inner_h) // 2, self.left + (w - inner_w) // 2
        return Box(top, left, top + inner_h - 1, left + inner_w - 1)

    def share(self, heat: Array) -> float:
        """Return how much of what there is of `heat` (H, W) lies in the box, from 0 to 1."""
        inside = heat[self.top : self.bottom + 1, self.left : self.right + 1]
        return float(inside.sum(dtype=np.float64) / (heat.sum(dtype=np.float64) or 1.0))


def theoretical(network: Network, shape: tuple[int, ...], spot: Spot) -> Region:
    """Return the pixels that a unit is made of; none where it reads nothing but padding."""
    return trace_back(flow(network, shape), spot.place, spot.at)[0]


def effective(
    network: Network,
    weights: Weights,
    spot: Spot,
    pictures: Array,
    off: Mapping[str, Off] | None = None,
) -> Iterator[Array | None]:
    """Yield how much each pixel moves a unit, in the mean over some pictures.

    The absolute value of the gradient in ``eval()``, summed over the channels of the picture. It is
    0 everywhere where a ReLU keeps the unit at 0.

    Parameters
    ----------
    spot
        The unit, in the output of a layer.
    pictures
        As the first layer gets them, (N, C, H, W).
    off
        The layers that are switched off, by name.

    Yields
    ------
    numpy.ndarray or None
        float32, (H, W); the mean of the pictures so far, so that the last one is of all. None
        between two layers, where nothing is known that was not known before.
    """
    import torch

    runner = Runner(network)
    runner.load(weights)
    total = np.zeros(pictures.shape[2:], np.float64)
    together = _together(network, pictures.shape[1:])
    for begin in range(0, len(pictures), together):
        batch = torch.from_numpy(np.array(pictures[begin : begin + together], np.float32))
        links = []
        for link in islice(runner.links(batch, off), spot.place + 1):
            links.append(link)
            yield None
        output = links[-1][1]
        unit = output.movedim(0, -1)[spot.index(output.ndim - 1)]
        # From the unit back to the picture; a layer that is switched off may stop it.
        now, gradient = unit, torch.ones_like(unit)
        while links and now.requires_grad:
            before, _ = links.pop()
            (gradient,) = torch.autograd.grad(now, before, gradient)
            now = links[-1][1] if links else before
            yield None
        if not links:
            total += gradient.abs().sum(dim=(0, 1)).numpy()
        done = min(begin + together, len(pictures))
        yield (total / done).astype(np.float32)


def _together(network: Network, shape: tuple[int, ...]) -> int:
    numbers = sum_of(network, shape).activation_bytes // FLOAT_BYTES
    return min(max(MOST_NUMBERS // max(numbers, 1), 1), TOGETHER)


def strongest(output: Array, place: int) -> Spot:
    """Return the unit with the largest number of an output (C, H, W) or (F,)."""
    found = np.unravel_index(int(np.nan_to_num(output, nan=-np.inf).argmax()), output.shape)
    return Spot(place, *(int(index) for index in found))


def smallest_square(heat: Array, share: float = MOST) -> Box | None:
    """Return the smallest square that holds `share` of a heat map (H, W); None if that is empty.

    Of several of a size, the one that holds most. At the borders of a map that is no square it may
    be cut off.
    """
    whole = float(heat.sum(dtype=np.float64))
    if not np.isfinite(whole) or whole <= 0:
        return None
    h, w = heat.shape
    sums = np.zeros((h + 1, w + 1))
    sums[1:, 1:] = heat.astype(np.float64).cumsum(axis=0).cumsum(axis=1)

    def best(side: int) -> tuple[float, Box]:
        tall, wide = min(side, h), min(side, w)
        inside = (
            sums[tall:, wide:] - sums[:-tall, wide:] - sums[tall:, :-wide] + sums[:-tall, :-wide]
        )
        top, left = (int(i) for i in np.unravel_index(int(inside.argmax()), inside.shape))
        return float(inside[top, left]), Box(top, left, top + tall - 1, left + wide - 1)

    low, high = 1, max(h, w)
    while low < high:  # a larger square holds no less
        side = (low + high) // 2
        low, high = (low, side) if best(side)[0] >= share * whole else (side + 1, high)
    return best(low)[1]
