"""Writing a file so that a crash leaves either the old one or the new one."""

import os
import shutil
from pathlib import Path


def part_of(target: Path) -> Path:
    """Return the temporary file beside `target` that this process writes to first."""
    return target.with_name(f".{target.name}.{os.getpid()}.part")


def replace(target: Path, data: bytes) -> None:
    """Put `data` in the place of a file in one go, keeping who may read it.

    Raises
    ------
    OSError
        When it cannot be done; what lay there before is still there.
    """
    if target.exists():
        if not target.is_file():
            raise IsADirectoryError(None, "it is not an ordinary file")
        # It could be replaced without this permission, against the wish of who took it away.
        target.open("r+b").close()
    part = part_of(target)
    try:
        part.unlink(missing_ok=True)
        with part.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            shutil.copymode(target, part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
