"""What a run's file may hold, and how much of it."""

from typing import Final

from explorer.training.checkpoint import Array, Checkpoint
from explorer.training.settings import KINDS

FORMAT: Final = "cnn-explorer run"
VERSION: Final = 2
"""Goes up when an older application could no longer read a file."""
_OF_VERSION_1: Final = ("classic", "compact", "lenet5", "sprint")
"""The networks that there were; a file with one of these is still written so that all can read it.
"""
MOST_BYTES: Final = 256 << 20
"""Ten epochs of the complete MNIST need a quarter of a megabyte."""

START: Final = "start/"
MOMENTS: Final = "moments/"
LOSSES: Final = "history/losses"
TIMED_STEPS: Final = "history/timed_steps"
TIMES: Final = "history/times"
NORM_STEPS: Final = "history/norm_steps"
NORMS: Final = "history/norms"

MOST_TIMES: Final = 1_000
"""Steps whose time is written; between two of them training went on evenly, or nearly so."""
MOST_NORMS: Final = 100_000
MOST_STEPS: Final = 10**9
MOST_SECONDS: Final = 1e9
"""Thirty years; to a number much larger a float cannot add the time of a step."""


def version_for(network: str) -> int:
    """Return the oldest version whose readers know the network of a run."""
    return 1 if network in _OF_VERSION_1 else VERSION


def own_moments(checkpoint: Checkpoint, optimizer: str) -> dict[str, Array]:
    """Return the running numbers that an optimizer has a use for.

    A run that left another with another optimizer was given those of the old one.
    """
    kinds = KINDS[optimizer]
    moments = checkpoint.moments.items()
    return {name: array for name, array in moments if name.partition("/")[0] in kinds}
