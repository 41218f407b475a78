"""When the C library gives freed memory back: not between two steps, but after a run."""

import ctypes
import sys
from typing import Any, Final

M_TRIM_THRESHOLD: Final = -1
M_MMAP_THRESHOLD: Final = -3
"""Parameters of mallopt(3)."""

LARGEST_BLOCK: Final = 32 * 2**20
"""Bytes of a block that glibc cuts out of its pool; for larger ones it always asks the system."""
KEPT: Final = 64 * 2**20
"""Bytes that a pool may keep at its end while a run goes on."""
ENOUGH: Final = 256 * 2**10
"""Bytes of a block that makes glibc look at the end of a pool when it is freed."""


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

    glibc has a pool for each thread, and every run has a new thread: without this the process
    holds on to the memory of the last ones. malloc_trim(3) passes over the end of the pools of
    threads, which is looked at when a block is freed there. With other C libraries nothing
    happens.
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
