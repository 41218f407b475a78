"""Folders of digits: layouts that circulate, and sets that do not fit together."""

import sys
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.data.digits import Digits, count_classes, load
from explorer.data.errors import DataError
from tests.small_digits import write_folder

Image = npt.NDArray[np.uint8]
WriteIdx = Callable[[Path, Image], Path]
WriteSet = Callable[..., Path]
Nobody = Callable[[], AbstractContextManager[None]]

TRAIN_IMAGES = "train-images-idx3-ubyte"
TRAIN_LABELS = "train-labels-idx1-ubyte"
TEST_IMAGES = "t10k-images-idx3-ubyte"
TEST_LABELS = "t10k-labels-idx1-ubyte"


def arrays(seed: int = 0) -> dict[str, Image]:
    random = np.random.default_rng(seed)
    return {
        TRAIN_IMAGES: random.integers(0, 256, (5, 28, 28), np.uint8),
        TRAIN_LABELS: random.integers(0, 10, 5, np.uint8),
        TEST_IMAGES: random.integers(0, 256, (3, 28, 28), np.uint8),
        TEST_LABELS: random.integers(0, 10, 3, np.uint8),
    }


@pytest.fixture
def write_set(write_idx: WriteIdx) -> WriteSet:
    """A function that writes a small set; keyword arguments replace arrays, None leaves one out."""

    def write(
        folder: Path,
        *,
        seed: int = 0,
        spelling: str = "{}",
        replaced: dict[str, Image | None] | None = None,
    ) -> Path:
        for name, array in (arrays(seed) | (replaced or {})).items():
            if array is not None:
                write_idx(folder / spelling.format(name), array)
        return folder

    return write


def check(digits: Digits, seed: int = 0) -> None:
    read = digits.train_images, digits.train_labels, digits.test_images, digits.test_labels
    for array, expected in zip(read, arrays(seed).values(), strict=True):
        assert array.dtype == np.uint8
        assert array.flags.writeable
        np.testing.assert_array_equal(array, expected)


def refusal(folder: Path | str) -> str:
    with pytest.raises(DataError) as caught:
        load(folder)
    message = str(caught.value)
    assert str(folder) in message
    assert message.endswith(".")
    assert "\n" not in message
    return message


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gz"])
@pytest.mark.parametrize(
    "layout", [".", "raw", "MNIST/raw", "FashionMNIST/raw", "KMNIST/raw", "my own/raw"]
)
def test_layouts(tmp_path: Path, write_set: WriteSet, layout: str, packed: bool) -> None:
    write_set(tmp_path / layout, spelling="{}.gz" if packed else "{}")
    digits = load(tmp_path)
    check(digits)
    assert digits.name == str(tmp_path)
    check(load(str(tmp_path)))


@pytest.mark.parametrize("ending", ["", ".gz"])
def test_names_with_a_dot(tmp_path: Path, write_idx: WriteIdx, ending: str) -> None:
    for name, array in arrays().items():
        write_idx(tmp_path / (name.replace("-idx", ".idx") + ending), array)
    check(load(tmp_path))


def test_plain_files_are_preferred(tmp_path: Path, write_set: WriteSet) -> None:
    write_set(tmp_path, seed=1)
    write_set(tmp_path, seed=2, spelling="{}.gz")
    check(load(tmp_path), seed=1)


def test_plain_and_packed_files_may_be_mixed(tmp_path: Path, write_idx: WriteIdx) -> None:
    for name, array in arrays().items():
        write_idx(tmp_path / (name if "labels" in name else f"{name}.gz"), array)
    check(load(tmp_path))


def test_mnist_is_taken_from_a_folder_with_all_of_torchvision(
    tmp_path: Path, write_set: WriteSet
) -> None:
    for seed, name in enumerate(["FashionMNIST", "MNIST", "KMNIST"]):
        write_set(tmp_path / name / "raw", seed=seed)
    check(load(tmp_path), seed=1)


def test_a_complete_set_below_wins_over_a_stray_file(
    tmp_path: Path, write_set: WriteSet, write_idx: WriteIdx
) -> None:
    write_idx(tmp_path / TEST_LABELS, np.zeros(2, np.uint8))
    write_set(tmp_path / "MNIST" / "raw")
    check(load(tmp_path))


def test_folders_named_like_files_are_passed_over(tmp_path: Path, write_set: WriteSet) -> None:
    for name in arrays():
        (tmp_path / name).mkdir()
    write_set(tmp_path, spelling="{}.gz")
    check(load(tmp_path))


def test_a_folder_named_bundled(
    tmp_path: Path, write_set: WriteSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_set(tmp_path / "bundled")
    monkeypatch.chdir(tmp_path)
    check(load("./bundled"))
    check(load(Path("bundled")))
    assert len(load("bundled").train_images) == 10_000


def test_several_sets_are_not_guessed_at(tmp_path: Path, write_set: WriteSet) -> None:
    for name in ("KMNIST", "FashionMNIST"):
        write_set(tmp_path / name / "raw")
    assert "several data sets (FashionMNIST, KMNIST)" in refusal(tmp_path)


def test_a_missing_folder(tmp_path: Path) -> None:
    assert "does not exist" in refusal(tmp_path / "nowhere")


def test_a_file_is_no_folder(tmp_path: Path, write_idx: WriteIdx) -> None:
    assert "is not a folder" in refusal(write_idx(tmp_path / TEST_LABELS, np.zeros(2, np.uint8)))


def test_a_name_that_no_system_takes() -> None:
    assert "cannot be opened" in refusal("nul\0byte")


def test_an_empty_folder(tmp_path: Path) -> None:
    assert "holds no MNIST files" in refusal(tmp_path)


def test_missing_files_are_all_named(tmp_path: Path, write_set: WriteSet) -> None:
    write_set(tmp_path / "raw", replaced={TRAIN_LABELS: None, TEST_IMAGES: None})
    message = refusal(tmp_path)
    assert f"{TRAIN_LABELS} and {TEST_IMAGES}" in message
    assert str(tmp_path / "raw") in message


@pytest.mark.skipif(sys.platform == "win32", reason="chmod does not take reading away there")
@pytest.mark.parametrize("below", [".", "raw"])
def test_a_folder_without_permission(
    write_set: WriteSet, without_privileges: Nobody, below: str
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_set(folder / "raw")
        folder.chmod(0o755)
        closed = folder / below
        closed.chmod(0)
        with without_privileges():
            message = refusal(folder)
        closed.chmod(0o755)
    assert "may not be opened" in message


@pytest.mark.parametrize(
    ("replaced", "words"),
    [
        ({TRAIN_LABELS: np.zeros(4, np.uint8)}, "5 images, but"),
        ({TEST_IMAGES: np.zeros((4, 28, 28), np.uint8)}, "4 images, but"),
        ({TRAIN_IMAGES: np.zeros((5, 28, 27), np.uint8)}, "5 x 28 x 27 values, not images of 28"),
        ({TRAIN_IMAGES: np.zeros((5, 1, 28, 28), np.uint8)}, "not images of 28 x 28"),
        ({TEST_IMAGES: np.zeros(3, np.uint8)}, "not images of 28 x 28"),
        ({TEST_LABELS: np.zeros((3, 28, 28), np.uint8)}, "not a list of labels"),
        ({TEST_LABELS: np.array([0, 64, 9], np.uint8)}, "holds the label 64; choose a data set"),
    ],
)
def test_files_that_do_not_fit(
    tmp_path: Path, write_set: WriteSet, replaced: dict[str, Image], words: str
) -> None:
    message = refusal(write_set(tmp_path, replaced=replaced))
    assert words in message
    assert str(tmp_path / next(iter(replaced))) in message


@given(st.lists(st.integers(0, 63), min_size=8, max_size=8))
def test_the_labels_say_how_many_classes_there_are(labels: list[int]) -> None:
    train, test = np.array(labels[:5], np.uint8), np.array(labels[5:], np.uint8)
    made = arrays()
    with tempfile.TemporaryDirectory() as place:
        write_folder(Digits("", made[TRAIN_IMAGES], train, made[TEST_IMAGES], test), Path(place))
        digits = load(place)
        assert digits.class_count == count_classes(place) == max(2, max(labels) + 1)
        assert digits.classes == tuple(map(str, range(digits.class_count)))
        assert digits.are_digits == (digits.class_count <= 10)


def test_the_bundled_digits_have_ten_classes() -> None:
    assert load().class_count == count_classes("bundled") == 10
    assert load().are_digits


def test_classes_are_counted_without_the_images(tmp_path: Path, write_set: WriteSet) -> None:
    folder = write_set(tmp_path)
    (folder / TRAIN_IMAGES).write_bytes(b"")
    assert count_classes(folder) <= 10
    (folder / TRAIN_LABELS).write_bytes(b"")
    with pytest.raises(DataError, match="is empty"):
        count_classes(folder)
    with pytest.raises(DataError, match="does not exist"):
        count_classes(folder / "elsewhere")


def test_there_can_be_classes_without_images() -> None:
    digits = load()
    assert digits.with_classes(12).classes == (*digits.classes, "10", "11")
    assert digits.with_classes(5) is digits


@pytest.mark.parametrize("name", arrays())
def test_damage_to_any_file_is_reported_with_its_name(
    tmp_path: Path, write_set: WriteSet, name: str
) -> None:
    path = write_set(tmp_path) / name
    path.write_bytes(path.read_bytes()[:-1])
    assert f"'{path}' is cut off" in refusal(tmp_path)
