"""What a session says about itself; free of torch."""

from dataclasses import dataclass
from typing import Literal

State = Literal["loading", "running", "paused", "finished", "stopped", "failed"]


@dataclass(frozen=True)
class Status:
    """Where a session stands, and a sentence about it; after ``failed`` it says what to do."""

    state: State
    message: str

    @property
    def is_final(self) -> bool:
        """Whether the session has ended."""
        return self.state in ("finished", "stopped", "failed")


@dataclass(frozen=True)
class Started:
    """What a run found when it began.

    Attributes
    ----------
    device
        As torch spells it, ``"cuda:0"``.
    device_label, device_reason
        What the device is, and a sentence that says why this one.
    train_images, test_images
        How many there are.
    """

    device: str
    device_label: str
    device_reason: str
    train_images: int
    test_images: int
    steps_per_epoch: int
    total_steps: int


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
    """

    epoch: int
    epochs: int
    step: int
    total_steps: int
    images_per_second: float | None = None
    seconds_left: float | None = None
    evaluated: float | None = None

    @property
    def fraction(self) -> float:
        """From 0 to 1."""
        return self.step / self.total_steps
