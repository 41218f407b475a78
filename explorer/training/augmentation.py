"""Augmentation: every time that a digit is learned from, it lies a little differently.

By torch's own ``affine_grid`` and ``grid_sample``, on whole batches on the device. The transforms
of torchvision draw one set of numbers for a whole batch, where here every image has its own, and
they take 1.3 s to import.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from explorer.training.checks import number, wrong

if TYPE_CHECKING:
    import torch
    from torch import Tensor

HIGHEST: Final = {"shift": 8.0, "rotate": 90.0, "scale": 0.5, "noise": 1.0}
"""The most of each, as ``Augmentation`` describes them; the least is 0."""

FULL_INK: Final = 255.0


@dataclass(frozen=True)
class Augmentation:
    """How far the training images may differ from those of the data set; all 0 is not at all.

    Attributes
    ----------
    shift
        Pixels, 0 to 8: each image moves by up to this much along each side, either way.
    rotate
        Degrees, 0 to 90: each image turns about its middle by up to this much, either way.
    scale
        0 to 0.5: each image becomes larger or smaller by up to this share of its size.
    noise
        0 to 1: the standard deviation of what is added to each pixel, where 1 is full ink. No pixel
        gets more than full ink or less than none.

    Raises
    ------
    SettingsError
        When a value is no number or lies outside its range.
    """

    shift: float = 0.0
    rotate: float = 0.0
    scale: float = 0.0
    noise: float = 0.0

    def __post_init__(self) -> None:
        for name, highest in HIGHEST.items():
            given = getattr(self, name)
            value = number(given)
            if value is None or not 0 <= value <= highest:
                raise wrong(name, given, f"a number from 0 to {highest:g}")
            object.__setattr__(self, name, value)

    @property
    def moves(self) -> bool:
        """Whether images change their place, not only their pixels."""
        return bool(self.shift or self.rotate or self.scale)

    @property
    def is_on(self) -> bool:
        """Whether anything changes."""
        return self.moves or bool(self.noise)


def augmented(images: Tensor, augmentation: Augmentation, generator: torch.Generator) -> Tensor:
    """Return images that lie a little differently, each in its own way.

    Parameters
    ----------
    images
        (B, 28, 28) on any device, bytes or floats from 0, paper, to 255, full ink. They stay as
        they are.
    augmentation
        How far they may go. Everything is equally likely between the bounds.
    generator
        One of the CPU, whatever the device of the images: the same numbers give the same pictures
        everywhere. Every call takes as many numbers for the places, whatever is on.

    Returns
    -------
    Tensor
        New, float32 (B, 28, 28) from 0 to 255: what ``pixels.normalise`` takes.
    """
    import torch

    count, device = len(images), images.device
    ink = images.float()  # (B, 28, 28)
    places = torch.rand(4, count, generator=generator) * 2 - 1  # -1 to 1
    if augmentation.moves:
        places = places.to(device)
        ink = moved(
            ink,
            shift=places[:2].T * augmentation.shift,
            degrees=places[2] * augmentation.rotate,
            factor=1 + places[3] * augmentation.scale,
        )
    if augmentation.noise:
        noise = torch.randn(ink.shape, generator=generator).to(device)
        ink = (ink + noise * (augmentation.noise * FULL_INK)).clamp_(0, FULL_INK)
    return ink.clone() if ink is images else ink


def moved(images: Tensor, shift: Tensor, degrees: Tensor, factor: Tensor) -> Tensor:
    """Return images that are enlarged and turned about their middle, and then shifted.

    What comes in from beyond the border is paper, and what lies between pixels is interpolated
    bilinearly.

    Parameters
    ----------
    images
        float32 (B, S, S), where paper is 0.
    shift
        (B, 2), in pixels: to the right, and down.
    degrees
        (B,), clockwise.
    factor
        (B,), above 0: 2 makes an image twice as large.

    Returns
    -------
    Tensor
        float32 (B, S, S).
    """
    import torch
    import torch.nn.functional as F

    # A pixel of the result asks where it comes from, so this is the way back: first the shift is
    # undone, then the turn, then the size. Sides run from -1 to 1.
    angle = torch.deg2rad(degrees)
    cos, sin = torch.cos(angle) / factor, torch.sin(angle) / factor
    right, down = (shift * (2 / images.shape[-1])).unbind(1)
    rows = (
        torch.stack((cos, sin, -(cos * right + sin * down)), 1),
        torch.stack((-sin, cos, sin * right - cos * down), 1),
    )
    back = torch.stack(rows, 1)  # (B, 2, 3)
    batch = images.unsqueeze(1)  # (B, 1, S, S)
    grid = F.affine_grid(back, list(batch.shape), align_corners=False)  # (B, S, S, 2)
    return F.grid_sample(batch, grid, padding_mode="zeros", align_corners=False).squeeze(1)


def examples(
    picture: npt.NDArray[np.uint8], augmentation: Augmentation, count: int, seed: int
) -> npt.NDArray[np.uint8]:
    """Return what a run may get to see of one picture.

    Parameters
    ----------
    picture
        uint8 (28, 28).
    augmentation
        How far it may go.
    count
        How many times it is shown.
    seed
        The same one draws the same places, so that a change of the augmentation is seen alone.

    Returns
    -------
    ndarray
        uint8 (count, 28, 28).
    """
    import torch

    images = torch.tensor(picture).expand(count, *picture.shape)
    made = augmented(images, augmentation, torch.Generator().manual_seed(seed))
    shown: npt.NDArray[np.uint8] = made.round().clamp(0, FULL_INK).to(torch.uint8).numpy()
    return shown
