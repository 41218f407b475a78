"""When the C library gives freed memory back: not between two steps, but after a run."""

import ctypes
import sys
from typing import Any, Final

M_TRIM_THRESHOLD: Final = -1
M_MMAP_THRESHOLD: Final = -3
M_ARENA_MAX: Final = -8
"""Parameters of mallopt(3)."""

LARGEST_BLOCK: Final = 32 * 2**20
"""Bytes of a block that glibc cuts out of its pool; for larger ones it always asks the system."""
KEPT: Final = 64 * 2**20
"""Bytes that a pool may keep at its end while a run goes on."""
ENOUGH: Final = 256 * 2**10
"""Bytes of a block that makes glibc look at the end of a pool when it is freed."""


def share_one_pool() -> None:
    """Let all threads have one pool; to be called before there are any.

    By default glibc makes one for each that works at the same time, and gives back what is free at
    the end of a pool only when a block there is freed: what the window's thread frees of the work
    of another stayed, up to 64 MiB in each. A training run takes no longer with one.
    """
    if (glibc := _glibc()) is not None:
        glibc.mallopt(M_ARENA_MAX, 1)


def keep_freed_memory() -> None:
    """Let glibc keep what a training step frees.

    A step needs a few megabytes and frees them again. By default glibc returns them to the system
    at once, and the next step pays for every page anew: 400 to 1,000 page faults a step, a third
    of its time. With other C libraries nothing happens.
    """
    if (glibc := _glibc()) is not None:
        glibc.mallopt(M_MMAP_THRESHOLD, LARGEST_BLOCK)
        glibc.mallopt(M_TRIM_THRESHOLD, KEPT)


def give_back_memory() -> None:
    """Return to the system what a run has freed; to be called by the thread that ran it.

    Without the window threads have pools of their own: malloc_trim(3) passes over their ends, which
    are looked at when a block is freed there. With other C libraries nothing happens.
    """
    if (glibc := _glibc()) is not None:
        glibc.mallopt(M_TRIM_THRESHOLD, ENOUGH)
        glibc.free(glibc.malloc(ENOUGH))
        glibc.malloc_trim(0)
        # Another run may have begun.
        glibc.mallopt(M_TRIM_THRESHOLD, KEPT)


def give_back_holes() -> None:
    """Return to the system what lies free between blocks in use, of all threads; takes some ms."""
    if (glibc := _glibc()) is not None:
        glibc.malloc_trim(0)


def _glibc() -> Any:
    """Return glibc, or None where the C library is another one."""
    if sys.platform != "linux":
        return None
    library = ctypes.CDLL(None)
    if not hasattr(library, "malloc_trim"):
        return None
    library.malloc.argtypes, library.malloc.restype = [ctypes.c_size_t], ctypes.c_void_p
    library.free.argtypes, library.free.restype = [ctypes.c_void_p], None
    return library
