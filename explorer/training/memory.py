"""Keeping the C library from giving memory back that the next step asks for again."""

from typing import Final

import torch

BLOCK: Final = 31 * 2**20
"""Bytes; glibc's threshold never rises above 32 MiB."""


def keep_freed_memory() -> None:
    """Let glibc keep what a training step frees, up to some 60 MiB.

    A step needs a few megabytes and frees them again. By default glibc returns them to the system
    at once, and the next step pays for every page anew: 400 to 1,000 page faults a step, a third
    of its time. The threshold for that rises to the largest block that has been freed, see
    M_MMAP_THRESHOLD and M_TRIM_THRESHOLD in mallopt(3). With other C libraries nothing happens.
    """
    torch.empty(BLOCK, dtype=torch.uint8)
