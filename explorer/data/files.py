"""Writing a file so that a crash leaves either the old one or the new one."""

import contextlib
import os
import re
import shutil
import sys
from pathlib import Path


def part_of(target: Path) -> Path:
    """Return the temporary file beside `target` that this process writes to first."""
    before, after = _around_number(target)
    return target.with_name(f"{before}{os.getpid()}{after}")


def parts_of(target: Path) -> list[tuple[Path, int]]:
    """Return the temporary files beside `target`, and the number of the process that wrote each.

    Raises
    ------
    OSError
        When the folder cannot be read.
    """
    before, after = _around_number(target)
    form = re.compile(rf"{re.escape(before)}([1-9][0-9]{{0,8}}){re.escape(after)}")
    with os.scandir(target.parent) as entries:
        return [
            (Path(entry.path), int(written[1]))
            for entry in entries
            if (written := form.fullmatch(entry.name)) and entry.is_file(follow_symlinks=False)
        ]


def _around_number(target: Path) -> tuple[str, str]:
    """Return what of a temporary file's name stands before and after the process's number."""
    return f".{target.name}.", ".part"


def replace(target: Path, data: bytes) -> None:
    """Put `data` in the place of a file in one go, keeping who may read it.

    What processes that were killed have left beside it is taken away.

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
    # The file is there, so this may fail.
    with contextlib.suppress(OSError):
        _clear(target)


def _clear(target: Path) -> None:
    """Take away the temporary files of a target whose processes are gone."""
    for part, pid in parts_of(target):
        if _is_gone(pid):
            part.unlink(missing_ok=True)


def _is_gone(pid: int) -> bool:
    """Tell whether there is no such process; where that cannot be asked, there may be one."""
    if sys.platform == "win32":
        return False
    try:
        os.kill(pid, 0)  # which only asks
    except OSError as error:
        return isinstance(error, ProcessLookupError)
    return False
