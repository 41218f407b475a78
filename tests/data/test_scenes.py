"""Scenes in files: what was saved is loaded, nothing is lost, and damage is named."""

import errno
import json
import math
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.core.inputs import numbers
from explorer.core.kernels import weights
from explorer.core.layers import Conv2d, MaxPool2d
from explorer.core.limits import MOST_NUMBERS
from explorer.core.record import LARGEST_SIDE, MOST_CHANNELS, MOST_WEIGHTS, to_record
from explorer.core.scene import OWN, Focus, LabState
from explorer.data.errors import DataError
from explorer.data.scenes import MOST_BYTES, SUFFIX, load, save

Nobody = Callable[[], AbstractContextManager[None]]

posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX alone has this")


def a_scene() -> LabState:
    layer = Conv2d(1, 2, (3, 3), padding="same")
    bias = np.array([0.1, math.nan], np.float32)
    return LabState(
        layer,
        "numbers",
        0,
        numbers("numbers", (5, 5), 1),
        "cross",
        weights("cross", layer),
        bias,
        channel=1,
        step=7.25,
        pins=(Focus("output", (1, 2), 1),),
    )


def another_scene() -> LabState:
    x = np.full((1, 40, 40), 0.1, np.float32)
    return LabState(MaxPool2d((2, 2)), OWN, 0, x, OWN, None, None, origin=x)


def same(one: LabState, other: LabState) -> bool:
    return to_record(one) == to_record(other)


def refusal(path: Path) -> str:
    with pytest.raises(DataError) as caught:
        load(path)
    return checked(path, caught.value)


def refusal_to_save(path: Path) -> str:
    with pytest.raises(DataError) as caught:
        save(path, a_scene())
    return checked(path, caught.value)


def checked(path: Path, error: DataError) -> str:
    message = str(error)
    assert message.startswith(f"'{path}'")
    assert message.endswith(".") and "\n" not in message
    rest = message.removeprefix(f"'{path}'")
    assert ". " not in rest and len(rest) < 400
    return rest


@pytest.mark.parametrize("make", [a_scene, another_scene])
def test_what_was_saved_is_loaded(tmp_path: Path, make: Callable[[], LabState]) -> None:
    path = tmp_path / f"my scène{SUFFIX}"
    save(path, make())
    assert same(load(path), make())
    assert [*tmp_path.iterdir()] == [path]


def test_a_person_can_read_and_change_the_file(tmp_path: Path) -> None:
    path = tmp_path / "scene.json"
    save(path, a_scene())
    text = path.read_text()
    assert text.isascii() and text.endswith("}\n")
    assert '  "version": 1,\n' in text
    assert "[2, 4, 6, 8, 2],\n" in text
    assert '"bias": [0.1, "nan"]' in text
    assert max(map(len, text.splitlines())) < 60
    path.write_text("\ufeff" + text.replace("[2, 4, 6, 8, 2]", "[2, 4,\r\n -0.5e1, 8, 2]"))
    state = load(path)
    assert state.input[0, 1].tolist() == [2, 4, -5, 8, 2]
    assert state.sample == OWN


def test_saving_replaces_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "scene.json"
    path.write_text("something longer " * 999)
    save(path, a_scene())
    assert same(load(path), a_scene())


def test_the_largest_scene_can_be_loaded(tmp_path: Path) -> None:
    made = np.random.default_rng(0)
    side = math.isqrt(MOST_NUMBERS // MOST_CHANNELS)
    shape = (MOST_CHANNELS, side, side)
    x, origin = made.random(shape, np.float32), made.random(shape, np.float32)
    layer = Conv2d(MOST_CHANNELS, MOST_WEIGHTS // (4 * MOST_CHANNELS), (2, 2))
    bias = made.random(layer.out_channels, np.float32)
    weight = made.random(layer.weight_shape, np.float32)
    state = LabState(layer, "picture", 0, x, OWN, weight, bias, origin=origin)
    save(tmp_path / "scene.json", state)
    assert same(load(tmp_path / "scene.json"), state)


@posix
def test_links_stay_and_so_does_who_may_read(tmp_path: Path) -> None:
    target, link = tmp_path / "folder" / "scene.json", tmp_path / "link.json"
    target.parent.mkdir()
    target.write_text("")
    target.chmod(0o640)
    link.symlink_to(target)
    save(link, a_scene())
    assert link.is_symlink() and same(load(link), a_scene())
    assert target.stat().st_mode & 0o777 == 0o640


@contextmanager
def no_room(limit: int) -> Iterator[None]:
    """Let no file of this process grow beyond `limit` bytes, as on a full disk."""
    resource = pytest.importorskip("resource")
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, old[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)


@pytest.mark.parametrize("limit", [0, 100])
def test_when_there_is_no_room_the_old_file_stays(tmp_path: Path, limit: int) -> None:
    path = tmp_path / "scene.json"
    save(path, another_scene())
    with no_room(limit):
        message = refusal_to_save(path)
    assert os.strerror(errno.EFBIG) in message and "choose another place" in message
    assert same(load(path), another_scene())
    assert [*tmp_path.iterdir()] == [path]


def test_a_scene_that_is_too_large_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "scene.json"
    save(path, a_scene())
    x = np.zeros((1, 1, LARGEST_SIDE + 1), np.float32)
    with pytest.raises(DataError, match=r"cannot be written: input\.values: the shape"):
        save(path, LabState(MaxPool2d((1, 1)), OWN, 0, x, OWN, None, None))
    assert same(load(path), a_scene())


def test_no_file_can_be_saved_over_a_folder_or_into_nothing(tmp_path: Path) -> None:
    assert "not an ordinary file" in refusal_to_save(tmp_path)
    assert os.strerror(errno.ENOENT) in refusal_to_save(tmp_path / "gone" / "scene.json")
    assert "cannot be written" in refusal_to_save(tmp_path / "null\0byte.json")
    assert [*tmp_path.iterdir()] == []


@posix
def test_no_file_can_be_saved_without_permission(without_privileges: Nobody) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "scene.json")
        save(path, a_scene())
        path.chmod(0o444)
        Path(folder).chmod(0o777)
        with without_privileges():
            assert "change its permissions" in refusal_to_save(path)
        Path(folder).chmod(0o755)
        with without_privileges():
            assert "change its permissions" in refusal_to_save(path.with_name("new.json"))
        assert [*Path(folder).iterdir()] == [path]


@posix
def test_a_circle_of_links_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "scene.json"
    path.symlink_to(path)
    assert "cannot be written" in refusal_to_save(path)
    assert "cannot be read" in refusal(path)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b" \n\t\r\n", "is empty"),
        (b"\xef\xbb\xbf", "not JSON (Expecting value in line 1, column 1)"),
        (b'{"format":\n "caf\xe9"}', "not a text in UTF-8 (byte 17 is wrong)"),
        ("{}".encode("utf-16"), "not a text in UTF-8"),
        (b"\x89PNG\r\n\x1a\n", "not a text in UTF-8"),
        (b"<html></html>", "not JSON (Expecting value in line 1, column 1)"),
        (b'{"format":\n  "cnn-exp', "Unterminated string starting at in line 2, column 3"),
        (b'{"a": 1} x', "Extra data in line 1, column 10"),
        (b'{"a": 1,}', "line 1, column"),
        (b'{"a": NaN}', 'NaN must be written as "nan"'),
        (b'{"a": -Infinity}', "-Infinity must be written as"),
        (b'{"a": ' + b"9" * 5000 + b"}", "one has 5,000 digits"),
        (b"[" * 200_000, "brackets in brackets"),
        (b'{"a":' * 200_000, "brackets in brackets"),
        (b"[]", "scene: must be an object"),
        (b"null", "scene: must be an object"),
        (b"{}", "format: this is no scene"),
        (
            b'{"format": "cnn-explorer scene", "version": 2}',
            "version: the scene comes from a newer",
        ),
        (b'{"format": "cnn-explorer scene", "version": 1}', "layer: is missing"),
    ],
)
def test_damage_is_named(tmp_path: Path, data: bytes, words: str) -> None:
    path = tmp_path / "scene.json"
    path.write_bytes(data)
    assert words in refusal(path)


def test_a_number_beyond_all_floats_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "scene.json"
    save(path, a_scene())
    path.write_text(path.read_text().replace("7.25", "1e999"))
    assert "view.step: must be a number" in refusal(path)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    assert "does not exist" in refusal(tmp_path / "gone.json")
    assert "is not a file" in refusal(tmp_path)
    assert "cannot be read" in refusal(tmp_path / "null\0byte.json")
    assert "cannot be read" in refusal(tmp_path / ("long" * 999))


@posix
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    assert "is not a file" in refusal(tmp_path / "pipe.json")


@posix
def test_a_file_that_may_not_be_read_is_refused(without_privileges: Nobody) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        path = Path(folder, "scene.json")
        save(path, a_scene())
        path.chmod(0)
        with without_privileges():
            assert "change its permissions" in refusal(path)


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "scene.json"
    with path.open("wb") as file:
        file.truncate(1 << 40)  # nearly no room on the disk, but far more than fits into memory
    assert f"larger than {MOST_BYTES >> 20} MiB" in refusal(path)


def test_strange_texts_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "scene.json"
    record = to_record(a_scene())
    record["input"]["sample"] = "\ud800"
    record["weights"]["\udfff\n"] = 1
    path.write_text(json.dumps(record))
    assert "'\\udfff\\n' is not known here" in refusal(path)


@given(st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_whatever_is_changed_in_a_file_it_is_refused_or_loaded(
    tmp_path: Path, data: st.DataObject
) -> None:
    path = tmp_path / "scene.json"
    save(path, data.draw(st.sampled_from([a_scene(), another_scene()])))
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content)))
        length = data.draw(st.sampled_from([0, 1, 1, 2, 50, 5000]))
        piece = data.draw(
            st.binary(max_size=3)
            | st.sampled_from([b"0", b"9", b"-", b"e", b"]", b"[", b"{", b'"', b",", b"null"])
        )
        content[start : start + length] = piece
    path.write_bytes(content)
    try:
        state = load(path)
    except DataError as error:
        checked(path, error)
    else:
        save(path, state)
        assert same(load(path), state)
