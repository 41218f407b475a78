"""Writing small IDX files, independently of the reader, and being nobody for a while."""

import gzip
import os
import struct
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

WriteIdx = Callable[[Path, npt.NDArray[np.uint8]], Path]


@pytest.fixture(scope="session")
def write_idx() -> WriteIdx:
    """A function that writes an array as IDX, packed when the name ends in .gz."""

    def write(path: Path, array: npt.NDArray[np.uint8]) -> Path:
        data = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
        return path

    return write


@pytest.fixture
def without_privileges() -> Callable[[], AbstractContextManager[None]]:
    """A context in which root may not read everything; nothing changes for anybody else."""

    @contextmanager
    def nobody() -> Iterator[None]:
        root = os.geteuid() == 0
        if root:
            os.seteuid(65534)
        try:
            yield
        finally:
            if root:
                os.seteuid(0)

    return nobody
