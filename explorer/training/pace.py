"""How fast a run is, and how long it will take."""

from collections import deque

WINDOW = 3.0
"""Seconds of training over which the speed is measured."""


class Pace:
    """Estimates the speed from what was done in the last seconds of training.

    Parameters
    ----------
    total_images
        Training images in the whole run, each counted once per epoch.
    images, seconds
        Where the run begins, when it goes on from an earlier one.
    """

    def __init__(self, total_images: int, images: int = 0, seconds: float = 0.0) -> None:
        self._total = total_images
        self._notes: deque[tuple[int, float]] = deque([(images, seconds)])

    def note(self, images: int, seconds: float) -> None:
        """Note how many images had been trained on after how many seconds of training."""
        self._notes.append((images, seconds))
        # One note older than the window stays as the point to measure from.
        while seconds - self._notes[1][1] > WINDOW:
            self._notes.popleft()

    @property
    def images_per_second(self) -> float | None:
        """None before the first step, and as long as no clock has seen time pass."""
        (first_images, first_seconds), (images, seconds) = self._notes[0], self._notes[-1]
        went_on = images > first_images and seconds > first_seconds
        return (images - first_images) / (seconds - first_seconds) if went_on else None

    @property
    def seconds_left(self) -> float | None:
        """Seconds of training until the end; None where the speed is not known."""
        speed = self.images_per_second
        return (self._total - self._notes[-1][0]) / speed if speed else None
