"""The reader of IDX files, above all with files that are not as they should be."""

import gzip
import os
import struct
import sys
import tempfile
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from explorer.data.errors import DataError
from explorer.data.idx import MAX_BYTES, read_idx

WriteIdx = Callable[[Path, npt.NDArray[np.uint8]], Path]
Nobody = Callable[[], AbstractContextManager[None]]
Mutation = Callable[[bytes, int, bytes], bytes]

ARRAY = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
VALID = struct.pack(">HBB3I", 0, 8, 3, 2, 3, 4) + bytes(range(24))
PACKED = gzip.compress(VALID, mtime=0)
FREE_MEMORY = 8 << 20
"""What reading a small file may take at most; a promise that is believed takes far more."""


def refusal(path: Path) -> str:
    with pytest.raises(DataError) as caught:
        read_idx(path)
    message = str(caught.value)
    assert f"'{path}'" in message
    assert message.endswith(".")
    assert "\n" not in message
    assert ". " not in message.replace(str(path), "")
    return message


@contextmanager
def measured() -> Iterator[Callable[[], int]]:
    """Give a function that tells the most memory taken since, in bytes."""
    tracemalloc.start()
    try:
        yield lambda: tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", ["plain", "packed.gz"])
@pytest.mark.parametrize("shape", [(1,), (7,), (3, 5), (2, 28, 28), (2, 1, 3, 2)])
def test_what_was_written_is_read(
    tmp_path: Path, write_idx: WriteIdx, name: str, shape: tuple[int, ...]
) -> None:
    array = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    read = read_idx(write_idx(tmp_path / name, array))
    assert read.dtype == np.uint8
    assert read.flags.writeable
    np.testing.assert_array_equal(read, array)


def test_the_contents_tell_whether_a_file_is_packed_not_the_name(tmp_path: Path) -> None:
    unpacked_by_a_browser = tmp_path / "a.gz"
    unpacked_by_a_browser.write_bytes(VALID)
    packed_without_its_ending = tmp_path / "b"
    packed_without_its_ending.write_bytes(PACKED)
    for path in (unpacked_by_a_browser, packed_without_its_ending):
        np.testing.assert_array_equal(read_idx(path), ARRAY)


def test_a_gzip_file_in_several_members_is_read(tmp_path: Path) -> None:
    path = tmp_path / "members.gz"
    path.write_bytes(gzip.compress(VALID[:20]) + gzip.compress(VALID[20:]))
    np.testing.assert_array_equal(read_idx(path), ARRAY)


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gz"])
@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (VALID[:3], "cut off within its header"),
        (VALID[:11], "cut off within its header"),
        (VALID[:16], "promises 24 values, but only 0"),
        (VALID[:-1], "promises 24 values, but only 23"),
        (VALID + b"\0", "goes on after the 24 values"),
        (b"\x89PNG\r\n\x1a\n" + VALID, "begins with 89 50 4e 47"),
        (b"\x03\x08\0\0" + VALID[4:], "is not an IDX file"),
        (b"\0\0\x0d\x03" + VALID[4:], "holds float32 values"),
        (b"\0\0\x0c\x03" + VALID[4:], "holds int32 values"),
        (b"\0\0\x07\x03" + VALID[4:], "is not an IDX file"),
        (b"\0\0\x08\0" + VALID[4:], "is not an IDX file"),
        (b"\0\0\x08\xff" + bytes(1020), "is not an IDX file"),
        (struct.pack(">HBB3I", 0, 8, 3, 0, 28, 28), "holds no values (0 x 28 x 28)"),
        (struct.pack(">HBB2I", 0, 8, 2, 2**32 - 1, 2**32 - 1), "cannot be true"),
        (struct.pack(">HBB1I", 0, 8, 1, MAX_BYTES + 1), "cannot be true"),
    ],
)
def test_damage_is_named(
    tmp_path: Path, pack: Callable[[bytes], bytes], data: bytes, words: str
) -> None:
    path = tmp_path / "digits-ubyte"
    path.write_bytes(pack(data))
    assert words in refusal(path)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (PACKED[:-1], "is cut off"),
        (PACKED[:-8], "is cut off"),
        (PACKED[: len(PACKED) // 2], "is cut off"),
        (PACKED[:5], "is cut off"),
        (PACKED[:-8] + bytes([PACKED[-8] ^ 1]) + PACKED[-7:], "is a damaged gzip file"),
        (PACKED[:-1] + bytes([PACKED[-1] ^ 1]), "is a damaged gzip file"),
        (PACKED[:10] + b"\xff" * 10 + PACKED[20:], "is a damaged gzip file"),
        (PACKED[:2] + b"\x07" + PACKED[3:], "is a damaged gzip file"),
        (PACKED + b"more", "is a damaged gzip file"),
    ],
)
def test_damage_to_the_packing_is_named(tmp_path: Path, data: bytes, words: str) -> None:
    path = tmp_path / "digits-ubyte.gz"
    path.write_bytes(data)
    assert words in refusal(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert "does not exist" in refusal(tmp_path / "nowhere" / "digits-ubyte")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert "is not a file" in refusal(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes with a name in a folder")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "is not a file" in refusal(tmp_path / "pipe")


def test_a_name_that_no_system_takes_is_refused(tmp_path: Path) -> None:
    assert "cannot be read" in refusal(tmp_path / ("long" * 1000))


@pytest.mark.skipif(sys.platform == "win32", reason="chmod does not take reading away there")
def test_a_file_without_permission_is_named(without_privileges: Nobody) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        path = Path(folder, "digits-ubyte")
        path.write_bytes(VALID)
        path.chmod(0)
        with without_privileges():
            message = refusal(path)
    assert "may not be read" in message


def test_a_promise_is_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "promise-ubyte"
    path.write_bytes(struct.pack(">HBB1I", 0, 8, 1, MAX_BYTES) + bytes(20))
    with measured() as peak:
        assert "is cut off" in refusal(path)
        assert peak() < FREE_MEMORY


def test_a_gzip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb-ubyte.gz"
    with gzip.open(path, "wb") as bomb:
        bomb.write(VALID)
        for _ in range(64):
            bomb.write(bytes(1 << 20))
    with measured() as peak:
        assert "goes on after the 24 values" in refusal(path)
        assert peak() < FREE_MEMORY


def cut(data: bytes, position: int, _: bytes) -> bytes:
    return data[:position]


def drop(data: bytes, position: int, extra: bytes) -> bytes:
    return data[:position] + data[position + len(extra) :]


def insert(data: bytes, position: int, extra: bytes) -> bytes:
    return data[:position] + extra + data[position:]


def overwrite(data: bytes, position: int, extra: bytes) -> bytes:
    return data[:position] + extra + data[position + len(extra) :]


def flip(data: bytes, position: int, extra: bytes) -> bytes:
    if position >= len(data):
        return data
    return data[:position] + bytes([data[position] ^ (1 << extra[0] % 8)]) + data[position + 1 :]


MUTATIONS = st.lists(
    st.tuples(
        st.sampled_from([cut, drop, insert, overwrite, flip]),
        st.integers(0, len(PACKED)),
        st.binary(min_size=1, max_size=8),
    ),
    min_size=1,
    max_size=4,
)


@settings(deadline=None, max_examples=400)
@given(original=st.sampled_from([VALID, PACKED]), mutations=MUTATIONS, packed_after=st.booleans())
@example(original=VALID, mutations=[(flip, 4, b"\x07")], packed_after=False)
def test_any_mutation_gives_an_array_or_a_data_error(
    tmp_path_factory: pytest.TempPathFactory,
    original: bytes,
    mutations: list[tuple[Mutation, int, bytes]],
    packed_after: bool,
) -> None:
    data = original
    for mutate, position, extra in mutations:
        data = mutate(data, position, extra)
    check_that_only_data_errors_come_out(
        tmp_path_factory.getbasetemp() / "mutated", gzip.compress(data) if packed_after else data
    )


@settings(deadline=None)
@given(start=st.sampled_from([b"", b"\0\0\x08", PACKED[:10]]), data=st.binary(max_size=80))
def test_any_bytes_give_an_array_or_a_data_error(
    tmp_path_factory: pytest.TempPathFactory, start: bytes, data: bytes
) -> None:
    check_that_only_data_errors_come_out(tmp_path_factory.getbasetemp() / "noise", start + data)


def check_that_only_data_errors_come_out(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    try:
        array = read_idx(path)
    except DataError:
        return
    assert array.dtype == np.uint8
    assert array.size > 0
