"""When the C library gives freed memory back: not between two steps, but after a run."""

import ctypes
import sys
from typing import Final

BLOCK: Final = 31 * 2**20
"""Bytes; glibc's threshold never rises above 32 MiB."""


def keep_freed_memory() -> None:
    """Let glibc keep what a training step frees, up to some 60 MiB.

    A step needs a few megabytes and frees them again. By default glibc returns them to the system
    at once, and the next step pays for every page anew: 400 to 1,000 page faults a step, a third
    of its time. The threshold for that rises to the largest block that has been freed, see
    M_MMAP_THRESHOLD and M_TRIM_THRESHOLD in mallopt(3). With other C libraries nothing happens.
    """
    import torch  # late, because a session gives memory back without it

    torch.empty(BLOCK, dtype=torch.uint8)


def give_back_memory() -> None:
    """Return to the system what a run has freed.

    glibc keeps it in a pool for each thread, and every run has a new thread: without this the
    process grows with each of them, see malloc_trim(3). With other C libraries nothing happens.
    """
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
