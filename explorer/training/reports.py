"""What a session says about itself; free of torch."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

from explorer.core.text import Text
from explorer.data.digits import Digits

State = Literal["loading", "running", "paused", "finished", "stopped", "failed"]


@dataclass(frozen=True)
class Status:
    """Where a session stands, and a sentence about it; after ``failed`` it says what to do.

    Attributes
    ----------
    meaning
        The sentence to be translated, where there is one.
    """

    state: State
    message: str
    meaning: Text | None = None

    @property
    def is_final(self) -> bool:
        """Whether the session has ended."""
        return self.state in ("finished", "stopped", "failed")


def status(state: State, source: str, /, **values: object) -> Status:
    """Return a status with a sentence that is marked for the context "training"."""
    meaning = Text(source, tuple(values.items()), "training")
    return Status(state, str(meaning), meaning)


@dataclass(frozen=True)
class Started:
    """What a run found when it began.

    Attributes
    ----------
    device
        As torch spells it, ``"cuda:0"``.
    device_label, device_reason
        What the device is, and a sentence that says why this one.
    digits
        What it learns, and what it is tested on.
    """

    device: str
    device_label: str
    device_reason: str
    digits: Digits
    steps_per_epoch: int
    total_steps: int


@dataclass(frozen=True, eq=False)
class Kernels:
    """What a convolution has learned after a step.

    Attributes
    ----------
    values
        float32 (out_channels, in_channels, h, w).
    bias
        float32 (out_channels,), where it has one.
    """

    layer: str
    step: int
    values: npt.NDArray[np.float32]
    bias: npt.NDArray[np.float32] | None = None


@dataclass(frozen=True)
class GradientNorms:
    """How long the gradient of each layer with weights was in a step: the Euclidean norm.

    A layer that does not learn has none, which counts as 0.
    """

    step: int
    norms: tuple[tuple[str, float], ...]


@dataclass(frozen=True, eq=False)
class Maps:
    """What came out of a layer, float32 (C, h, w)."""

    layer: str
    values: npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Answer:
    """What the network made of a picture after a step.

    Attributes
    ----------
    picture
        uint8 (28, 28): 0 is paper, 255 is ink.
    probabilities
        One per class, float32 (K,).
    maps
        Of the layers that give maps, in their order.
    weights
        What these layers have learned, float32, by their names in ``state_dict``.
    """

    picture: npt.NDArray[np.uint8]
    step: int
    probabilities: npt.NDArray[np.float32]
    maps: tuple[Maps, ...]
    weights: dict[str, npt.NDArray[np.float32]] = field(default_factory=dict)


@dataclass(frozen=True)
class Progress:
    """How far a run is.

    Attributes
    ----------
    epoch, step
        The ones last worked on, counted from 1; 0 before the first.
    images_per_second
        Over the last seconds of training; None before the first step.
    seconds_left
        Until the last evaluation, if nobody pauses; None before the first step.
    evaluated
        The fraction of the test images that have been looked at, while that is being done.
    device_memory
        Bytes that the run holds on an accelerator; None where it has no memory of its own.
    """

    epoch: int
    epochs: int
    step: int
    total_steps: int
    images_per_second: float | None = None
    seconds_left: float | None = None
    evaluated: float | None = None
    device_memory: int | None = None

    @property
    def fraction(self) -> float:
        """From 0 to 1."""
        return self.step / self.total_steps
