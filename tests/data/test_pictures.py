"""Pictures from files: what is read, how it is brought to a size, and what is refused."""

import io
import os
import struct
import sys
import tempfile
import tracemalloc
import zlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ExifTags, Image

from explorer.data.errors import DataError
from explorer.data.pictures import BAND, FORMATS, LARGEST, MOST_PIXELS, picture

Nobody = Callable[[], AbstractContextManager[None]]
Bytes = npt.NDArray[np.uint8]

RANDOM = np.random.default_rng(0)
GREY: Bytes = RANDOM.integers(0, 256, (6, 9), np.uint8)
COLOUR: Bytes = RANDOM.integers(0, 256, (6, 9, 3), np.uint8)
LOSSLESS = ("PNG", "BMP")


def encoded(image: Image.Image | Bytes, kind: str = "PNG", **options: Any) -> bytes:
    made = image if isinstance(image, Image.Image) else Image.fromarray(image)
    stream = io.BytesIO()
    made.save(stream, kind, **options)
    return stream.getvalue()


def planes(values: Bytes) -> npt.NDArray[np.float32]:
    return np.moveaxis(np.atleast_3d(values), 2, 0).astype(np.float32)


def refusal(source: Path | bytes) -> str:
    with pytest.raises(DataError) as caught:
        picture(source)
    message = str(caught.value)
    assert message.startswith("The picture " if isinstance(source, bytes) else f"'{source}' ")
    assert message.endswith(".") and "\n" not in message
    assert ". " not in message.replace(str(source), "")
    return message


@pytest.mark.parametrize("kind", LOSSLESS)
@pytest.mark.parametrize("values", [GREY, COLOUR], ids=["grey", "colour"])
def test_every_pixel_is_read(tmp_path: Path, kind: str, values: Bytes) -> None:
    path = tmp_path / "picture"
    path.write_bytes(encoded(values, kind))
    for source in (path, str(path), path.read_bytes()):
        read = picture(source)
        assert read.dtype == np.float32
        assert read.flags.c_contiguous and read.flags.writeable
        np.testing.assert_array_equal(read, planes(values))


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_is_read(kind: str) -> None:
    y, x = np.indices((40, 60))
    smooth = np.stack([4 * x, 6 * y, 255 - 4 * x], axis=2).astype(np.uint8)
    read = picture(encoded(smooth, kind))
    assert read.shape == (3, 40, 60)
    assert np.abs(read - planes(smooth)).mean() < 12  # a GIF has 256 colours


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "GIF"])
def test_grey_stays_one_channel(kind: str) -> None:
    assert picture(encoded(GREY, kind)).shape == (1, 6, 9)


def test_a_grey_palette_is_grey() -> None:
    indexed = Image.new("P", (9, 6))
    indexed.putdata((GREY // 64).flatten().tolist())
    indexed.putpalette([0, 0, 0, 85, 85, 85, 170, 170, 170, 255, 255, 255])
    np.testing.assert_array_equal(picture(encoded(indexed)), planes(GREY // 64 * 85))
    indexed.putpalette([0, 0, 0, 85, 85, 85, 170, 170, 170, 255, 255, 0])
    assert picture(encoded(indexed)).shape == (3, 6, 9)


def test_black_and_white_is_zero_and_255() -> None:
    lines = Image.fromarray(GREY).convert("1", dither=Image.Dither.NONE)
    expected = np.where(GREY > 127, 255, 0).astype(np.uint8)
    np.testing.assert_array_equal(picture(encoded(lines)), planes(expected))


def test_sixteen_bits_become_eight() -> None:
    deep = Image.fromarray(GREY.astype(np.uint16) * 257)
    np.testing.assert_array_equal(picture(encoded(deep)), planes(GREY))


def test_every_sixteen_bits_become_the_nearest_eight() -> None:
    deep = np.arange(1 << 16, dtype=np.uint16).reshape(-1, 256)  # in several bands
    assert len(deep) > BAND
    read = picture(encoded(Image.fromarray(deep)))
    np.testing.assert_array_equal(read[0], (deep / 257).round())


def test_sixteen_bits_need_little_more_memory_than_they_take() -> None:
    image = Image.new("I;16", (2000, 2000), 1000)
    size = 2 * 2000 * 2000
    data = encoded(image)
    tracemalloc.start()
    picture(data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2 * size


def test_four_inks_become_three_colours() -> None:
    inks = Image.new("CMYK", (16, 16), (0, 255, 255, 0))
    read = picture(encoded(inks, "JPEG"))
    assert read.shape == (3, 16, 16)
    assert read[0].min() > 240 and read[1:].max() < 15


@pytest.mark.parametrize("mode", ["LA", "RGBA"])
def test_what_is_transparent_is_white_paper(mode: str) -> None:
    image = Image.new(mode, (3, 1))
    ink = (0,) * (len(mode) - 1)
    for x, opacity in enumerate((0, 51, 255)):
        image.putpixel((x, 0), (*ink, opacity))
    read = picture(encoded(image))
    assert len(read) == len(mode) - 1
    np.testing.assert_allclose(read[:, 0], [[255, 204, 0]] * len(read))


def test_a_transparent_colour_is_white_paper() -> None:
    assert picture(encoded(np.zeros((2, 2), np.uint8), transparency=0)).tolist() == [
        [[255, 255], [255, 255]]
    ]
    indexed = Image.new("P", (2, 2))
    indexed.putpalette([0, 0, 0, 255, 0, 0])
    indexed.putpixel((0, 0), 1)
    for kind in ("PNG", "GIF"):
        read = picture(encoded(indexed, kind, transparency=0))
        assert read[:, 0, 0].tolist() == [255, 0, 0]
        assert read[:, 1, 1].tolist() == [255, 255, 255]


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_the_camera_may_lie(orientation: int, kind: str) -> None:
    upright = np.zeros((16, 24), np.uint8)
    upright[:8, :8] = 250
    upright[:8, 8:16] = 120
    back: dict[int, Callable[[Bytes], Bytes]] = {
        1: lambda a: a,
        2: lambda a: a[:, ::-1],
        3: lambda a: a[::-1, ::-1],
        4: lambda a: a[::-1],
        5: lambda a: a.T,
        6: np.rot90,
        7: lambda a: a[::-1, ::-1].T,
        8: lambda a: np.rot90(a, -1),
    }
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    stored = Image.fromarray(np.ascontiguousarray(back[orientation](upright)))
    read = picture(encoded(stored, kind, exif=exif, quality=95)).mean(0)
    assert np.abs(read - upright).max() < 12


def test_damaged_notes_of_the_camera_do_not_matter() -> None:
    data = encoded(COLOUR, "JPEG", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff" + bytes(20))
    assert picture(data).shape == (3, 6, 9)


@pytest.mark.parametrize("turned", [False, True])
def test_a_large_picture_is_made_smaller_and_keeps_its_proportions(turned: bool) -> None:
    values = np.zeros((20, 60), np.uint8)
    values[:, 30:] = 200
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6 if turned else 1
    read = picture(encoded(values, exif=exif), 12)[0]
    read = np.rot90(read) if turned else read
    assert read.shape == (4, 12)
    assert (read[:, :6] == 0).all() and (read[:, 6:] == 200).all()


def test_a_side_that_divides_averages_boxes() -> None:
    means = GREY[:4, :8].reshape(2, 2, 4, 2).mean(axis=(1, 3))
    np.testing.assert_allclose(picture(encoded(GREY[:4, :8]), 4)[0], means, atol=1)


@given(
    old=st.tuples(st.integers(1, 90), st.integers(1, 90)),
    longest=st.integers(1, 64),
    level=st.integers(0, 255),
    colour=st.booleans(),
)
def test_any_picture_comes_in_its_proportions(
    old: tuple[int, int], longest: int, level: int, colour: bool
) -> None:
    values = np.full((*old, 3) if colour else old, level, np.uint8)
    read = picture(encoded(values), longest)
    share = min(longest / max(old), 1)
    assert read.shape == (3 if colour else 1, *(max(1, round(side * share)) for side in old))
    assert (read == level).all()


def test_the_largest_result() -> None:
    wide = np.zeros((100, 2 * LARGEST, 3), np.uint8)
    assert picture(encoded(wide)).shape == (3, 50, LARGEST)


@pytest.mark.parametrize("longest", [0, LARGEST + 1, -1])
def test_a_size_out_of_range_is_a_mistake(longest: int) -> None:
    with pytest.raises(ValueError, match="from 1 to 512"):
        picture(encoded(GREY), longest)


def test_of_a_film_the_first_picture_is_taken() -> None:
    film = [Image.new("L", (4, 4), shade) for shade in (30, 200)]
    for kind in ("GIF", "PNG", "WEBP"):
        data = encoded(film[0], kind, save_all=True, append_images=film[1:], lossless=True)
        assert np.unique(picture(data)).tolist() == [30]


def test_of_a_large_jpeg_only_a_part_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = []
    resize = Image.Image.resize

    def noting(self: Image.Image, *args: Any, **named: Any) -> Image.Image:
        loaded.append(self.size)
        return resize(self, *args, **named)

    monkeypatch.setattr(Image.Image, "resize", noting)
    values = np.full((1600, 2400), 90, np.uint8)
    assert picture(encoded(values, "JPEG"), 36).shape == (1, 24, 36)
    assert loaded[0] == (300, 200)


def test_an_empty_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.png").touch()
    assert "is empty" in refusal(tmp_path / "a.png")
    assert "is empty" in refusal(b"")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert "does not exist" in refusal(tmp_path / "nowhere" / "a.png")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert "is not a file" in refusal(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes with a name in a folder")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "is not a file" in refusal(tmp_path / "pipe")


@pytest.mark.parametrize("name", ["long" * 1000, "nul\0"])
def test_a_name_that_no_system_takes_is_refused(tmp_path: Path, name: str) -> None:
    assert "cannot be read" in refusal(tmp_path / name)


@pytest.mark.skipif(sys.platform == "win32", reason="chmod does not take reading away there")
def test_a_file_without_permission_is_named(without_privileges: Nobody) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        path = Path(folder, "a.png")
        path.write_bytes(encoded(GREY))
        path.chmod(0)
        with without_privileges():
            message = refusal(path)
    assert "may not be read" in message


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no file is known that opens so")
def test_a_file_that_opens_and_cannot_be_read_is_refused() -> None:
    assert "copy or download it again" in refusal(Path("/proc/self/mem"))


@pytest.mark.parametrize("kind", ["TIFF", "PPM", "ICO", "TGA"])
def test_other_formats_are_refused(kind: str) -> None:
    assert "choose a PNG, JPEG" in refusal(encoded(COLOUR, kind))


@pytest.mark.parametrize("data", [b"hello", b"\x89PNG\r\n\x1a\n", b"%!PS-Adobe-3.0 EPSF-3.0\n"])
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    refusal(data)


@pytest.mark.parametrize("kind", FORMATS)
def test_a_cut_off_picture_is_refused(kind: str) -> None:
    noise = RANDOM.integers(0, 256, (64, 64, 3), np.uint8)
    data = encoded(noise, kind)
    assert "is damaged or cut off" in refusal(data[: len(data) // 2])


def bomb(h: int, w: int) -> bytes:
    """Return a PNG of a few bytes that promises h × w pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", w, h, 8, 2, 0, 0, 0)
    data = zlib.compress(bytes(100_000))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("side", [8_100, 9_800, 20_000, 2**31 - 1])
def test_a_promise_of_too_many_pixels_is_refused(side: int) -> None:
    assert side * side > MOST_PIXELS
    assert "too many" in refusal(bomb(side, side))


def test_a_narrow_promise_is_not_believed() -> None:
    assert "damaged" in refusal(bomb(1, MOST_PIXELS // 4))


@given(
    kind=st.sampled_from(FORMATS),
    edits=st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=6)),
        min_size=1,
        max_size=5,
    ),
    end=st.floats(0.3, 1),
)
def test_any_damage_gives_an_array_or_a_data_error(
    kind: str, edits: list[tuple[float, bytes]], end: float
) -> None:
    data = encoded(COLOUR, kind)
    data = data[: int(end * len(data))]
    for place, extra in edits:
        at = int(place * len(data))
        data = data[:at] + extra + data[at + len(extra) :]
    try:
        read = picture(data, 7)
    except DataError:
        return
    assert len(read) in (1, 3) and max(read.shape[1:]) <= 7
    assert np.isfinite(read).all()
