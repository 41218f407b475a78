"""Fetches files over an unreliable network: what lies there in the end is whole, or not there.

A file grows as ``NAME.part`` beside its place and takes its name when its checksum is right. After
an interruption the part is gone on with, where the server knows how.
"""

import hashlib
import http.client
import os
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, Literal
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from explorer.core.text import QT_TRANSLATE_NOOP
from explorer.data.catalogue import RemoteFile, RemoteSet
from explorer.data.errors import DataError

TIMEOUT: Final = 20.0
"""Seconds without a single byte after which a server is given up."""
LARGEST: Final = 100 * 2**20
"""Bytes of a file: a server that sends more does not send what was asked for."""
_CHUNK: Final = 2**16
_GOES_ON: Final = 206
"""The status of an answer that begins where the part ends."""
_PAST_THE_END: Final = 416
"""The status where the part is longer than the file, or as long and another one."""


@dataclass(frozen=True)
class Downloading:
    """How far a download has come.

    Attributes
    ----------
    file, files
        The number of the file that comes at the moment, counted from 1, and of all.
    done, total
        Bytes of this file; the total is None where the server does not tell.
    bytes_per_second
        Since the file's first byte came.
    """

    name: str
    file: int
    files: int
    done: int
    total: int | None
    bytes_per_second: float

    @property
    def fraction(self) -> float:
        """From 0 to 1, over all files, each counted alike."""
        part = min(self.done / self.total, 1.0) if self.total else 0.0
        return (self.file - 1 + part) / self.files

    @property
    def seconds_left(self) -> float | None:
        """For this file; None where that cannot be told."""
        if self.total is None or self.bytes_per_second <= 0:
            return None
        return max(self.total - self.done, 0) / self.bytes_per_second


class _BrokenError(Exception):
    """One place did not give a file; another may. Its text is the cause."""


def download(
    wanted: RemoteSet, folder: Path, timeout: float = TIMEOUT
) -> Generator[Downloading, None, None]:
    """Bring all files of a set into a folder; what lies there already and is whole stays.

    Every yield is a place to stop: to go on later, download again.

    Parameters
    ----------
    folder
        Is made where there is none.
    timeout
        Seconds without a single byte after which a server is given up.

    Raises
    ------
    DataError
        When a file comes from nowhere, or cannot be written.
    """
    with _writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    for number, file in enumerate(wanted.files, start=1):
        with _writing(folder):
            is_there = _md5(folder / file.name) == file.md5
        if not is_there:
            for progress in _from_anywhere(wanted.mirrors, file, folder, timeout):
                yield Downloading(file.name, number, len(wanted.files), *progress)


_Progress = tuple[int, int | None, float]
"""Bytes that are there, bytes in all if known, bytes per second."""


def _from_anywhere(
    mirrors: tuple[str, ...], file: RemoteFile, folder: Path, timeout: float
) -> Iterator[_Progress]:
    causes = []
    for mirror in mirrors:
        try:
            yield from _fetch(mirror + file.name, file.md5, folder / file.name, timeout)
        except _BrokenError as broken:
            causes.append(str(broken))
        else:
            return
    raise DataError(
        QT_TRANSLATE_NOOP(
            "data",
            "'{name}' cannot be downloaded ({causes}); look at your network and try again, or "
            "choose a folder that has the files.",
        ),
        name=file.name,
        causes="; ".join(dict.fromkeys(causes)),
    )


def _fetch(address: str, md5: str, place: Path, timeout: float) -> Iterator[_Progress]:
    """Bring one file from one place."""
    part = place.with_name(f"{place.name}.part")
    with _writing(part):
        done = part.stat().st_size if part.is_file() else 0
    # The part may have come from another place: the checksum tells whether they fit together.
    is_whole = True
    if not done or _md5(part) != md5:
        is_whole = yield from _receive(address, part, done, timeout)
    with _writing(part):
        if _md5(part) != md5:
            if not is_whole:
                raise _BrokenError("the connection broke")
            if place.is_file() and _md5(place) == md5:
                return  # somebody else has fetched it meanwhile
            part.unlink(missing_ok=True)
            if done:
                # The beginning may have been what was wrong.
                yield from _fetch(address, md5, place, timeout)
                return
            raise _BrokenError("the file that came is another one")
        part.replace(place)


def _receive(
    address: str, part: Path, done: int, timeout: float
) -> Generator[_Progress, None, bool]:
    """Append to `part` what a server sends, from byte `done` on where it can.

    Returns whether all came that it announced.
    """
    headers = {"User-Agent": "cnn-explorer", "Accept-Encoding": "identity"}
    if done:
        headers["Range"] = f"bytes={done}-"
    try:
        with urlopen(Request(address, headers=headers), timeout=timeout) as answer:
            begins = answer.headers.get("Content-Range", "")
            goes_on = answer.status == _GOES_ON and begins.startswith(f"bytes {done}-")
            done = done if goes_on else 0
            length = answer.headers.get("Content-Length", "")
            total = done + int(length) if length.isdecimal() and len(length) < 12 else None
            began, before = time.monotonic(), done
            with _opened(part, "ab" if goes_on else "wb") as file:
                while chunk := answer.read1(_CHUNK):
                    with _writing(part):
                        file.write(chunk)
                    done += len(chunk)
                    if done > LARGEST:
                        raise _BrokenError("the file that comes is far too long")
                    passed = time.monotonic() - began
                    yield done, total, (done - before) / passed if passed > 0 else 0.0
            # A connection that is closed too early is an ordinary end to `read1`.
            return total is None or done >= total
    except HTTPError as error:
        error.close()
        if done and error.code == _PAST_THE_END:
            return True  # the checksum will tell, and all begins anew
        raise _BrokenError(f"the server answered {error.code}") from error
    except TimeoutError as error:
        raise _BrokenError("the server stopped answering") from error
    except URLError as error:
        cause = error.reason
        if isinstance(cause, TimeoutError):
            raise _BrokenError("the server does not answer") from error
        raise _BrokenError(f"no connection: {getattr(cause, 'strerror', None) or cause}") from error
    except (http.client.HTTPException, ValueError) as error:
        raise _BrokenError("the server answered what nobody understands") from error
    except OSError as error:
        raise _BrokenError("the connection broke") from error


@contextmanager
def _opened(path: Path, mode: Literal["ab", "wb"]) -> Iterator[BinaryIO]:
    """Open a file to write; what the disk refuses, also at the end, is told as such."""
    with _writing(path):
        file = path.open(mode)
    try:
        yield file
    finally:
        with _writing(path):
            file.close()


def _md5(path: Path) -> str | None:
    """Return the checksum of a file, None where there is none."""
    if not path.is_file():
        return None
    with path.open("rb") as file:
        # It only tells damage: what it protects is no secret.
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Turn what the disk refuses into a sentence."""
    try:
        yield
    except OSError as error:
        raise DataError(
            QT_TRANSLATE_NOOP(
                "data", "'{path}' cannot be written ({error}); make room or choose another folder."
            ),
            path=path,
            error=error.strerror or os.strerror(error.errno or 0),
        ) from error
