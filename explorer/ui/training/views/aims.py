"""What of a network is pointed at and chosen, in a view of its kernels or of its maps."""

from dataclasses import dataclass

from explorer.core.geometry import Pair
from explorer.training.in_lab import Spot

INPUT = ""
"""Name of the stage that stands for the picture itself."""


@dataclass(frozen=True)
class KernelOf:
    """A kernel: (output channel, input channel) of a convolution.

    Attributes
    ----------
    has_sources
        Whether there are several input channels, so that the one meant has to be told.
    """

    layer: str
    kernel: Pair
    has_sources: bool


Target = KernelOf | Spot


@dataclass(frozen=True)
class Aim:
    """What a view has to tell: what is chosen, what is pointed at, and how to choose."""

    hint: str = ""
    chosen: Target | None = None
    pointed: Target | None = None
