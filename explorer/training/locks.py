"""A mark on a file that goes away with the process that holds it, however that ends."""

import os
import sys
from pathlib import Path


class Lock:
    """An empty file that one process at a time holds.

    Parameters
    ----------
    path
        Where it lies; it is made where there is none.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    def take(self) -> bool:
        """Hold it, and return whether that can be done: not while somebody else does.

        Raises
        ------
        OSError
            When the file cannot be made.
        """
        if self._descriptor is not None:
            return True
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(descriptor)
        except OSError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Let others hold it."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def remove(self) -> None:
        """Take the file away, and let go of it."""
        # Windows removes no file that is open, and elsewhere nobody else may hold one that is gone.
        if sys.platform == "win32":
            self.release()
        self.path.unlink(missing_ok=True)
        self.release()


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
