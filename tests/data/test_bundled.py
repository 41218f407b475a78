"""The bundled digits are what their README says."""

import gzip
import hashlib
import os
import subprocess
import sys
from itertools import groupby

import numpy as np
import numpy.typing as npt
import pytest

from explorer.data.digits import Digits, bundled_test, load
from explorer.paths import resource

SUMS = {
    "train-images-idx3-ubyte": (
        "9a2f80f64d02c84f68d6eb9ca3811524b81daa96f5e85d56428bf7b7ff702a30",
        "fe9d98ab2c1b9d81a3574b47d0b6f7c993f7a15d597f1988b621c06c196398e4",
    ),
    "train-labels-idx1-ubyte": (
        "51338f9e246d32614b0ff0b37b3ad48c352014c1a13aa78ae3cdd6f200f8f4c1",
        "31738da9f38d9de470aeacd421b1ad8d78431db845beb3ff58a6a58d1814b29a",
    ),
    "t10k-images-idx3-ubyte": (
        "b04ac189be212729f74c50de7ccbc651ac8678aa0d73ad652cbfaad3d323de0a",
        "a51e2d3dd51e45c9b4d3696ea77423669135a941d6f9dd0601b1f25118d2faeb",
    ),
    "t10k-labels-idx1-ubyte": (
        "363319d1904c09496ee888fa10ad6cb2356bda994a15782182c2352b055c75f5",
        "c8d9c1279793466699980474ba7404217cd19185782723424d76af81c28b86c4",
    ),
}
TRAIN_COUNTS = [1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978]
TEST_COUNTS = [451, 591, 501, 511, 480, 458, 499, 519, 466, 524]


@pytest.fixture(scope="module")
def bundled() -> Digits:
    return load()


@pytest.fixture(scope="module")
def complete() -> Digits:
    folder = os.environ.get("CNN_EXPLORER_DATA")
    if not folder:
        pytest.skip("set CNN_EXPLORER_DATA to a folder with the complete MNIST")
    return load(folder)


def positions(images: npt.NDArray[np.uint8]) -> dict[bytes, int]:
    return {image.tobytes(): index for index, image in enumerate(images)}


def test_counts(bundled: Digits) -> None:
    assert bundled.name == "bundled"
    assert bundled.train_images.shape == (10_000, 28, 28)
    assert bundled.test_images.shape == (5_000, 28, 28)
    assert np.bincount(bundled.train_labels).tolist() == TRAIN_COUNTS
    assert np.bincount(bundled.test_labels).tolist() == TEST_COUNTS


def test_no_image_stands_in_both_or_twice(bundled: Digits) -> None:
    train, test = positions(bundled.train_images), positions(bundled.test_images)
    assert len(train) == 10_000
    assert len(test) == 5_000
    assert not train.keys() & test.keys()


def test_the_digits_are_mixed(bundled: Digits) -> None:
    for labels in (bundled.train_labels, bundled.test_labels):
        assert max(len(list(run)) for _, run in groupby(labels)) < 10
        for part in np.array_split(labels, 10):
            assert (np.bincount(part, minlength=10) > 0.05 * len(part)).all()


@pytest.mark.parametrize("name", SUMS)
def test_checksums(name: str) -> None:
    data = resource("mnist", f"{name}.gz").read_bytes()
    sums = tuple(hashlib.sha256(each).hexdigest() for each in (data, gzip.decompress(data)))
    assert sums == SUMS[name]
    row = f"| `{name}` | `{sums[0]}` | `{sums[1]}` |"
    assert row in resource("mnist", "README.md").read_text(encoding="utf-8")


def test_the_test_images_alone(bundled: Digits) -> None:
    images, labels = bundled_test()
    np.testing.assert_array_equal(images, bundled.test_images)
    np.testing.assert_array_equal(labels, bundled.test_labels)
    assert bundled_test()[0] is images
    assert not images.flags.writeable
    assert not labels.flags.writeable


def test_training_images_are_the_first_of_mnist_with_their_labels(
    bundled: Digits, complete: Digits
) -> None:
    real = positions(complete.train_images)
    found = [real[image.tobytes()] for image in bundled.train_images]
    assert sorted(found) == list(range(10_000))
    np.testing.assert_array_equal(bundled.train_labels, complete.train_labels[found])


def test_test_images_are_every_second_one_of_mnist_with_their_labels(
    bundled: Digits, complete: Digits
) -> None:
    np.testing.assert_array_equal(bundled.test_images, complete.test_images[::2])
    np.testing.assert_array_equal(bundled.test_labels, complete.test_labels[::2])
    assert not positions(bundled.test_images).keys() & positions(complete.train_images).keys()


def test_the_start_of_the_window_needs_neither_pillow_nor_torch() -> None:
    code = (
        "import sys; from explorer.data.digits import bundled_test; "
        "from explorer.data.resize import resize; image = bundled_test()[0][0]; "
        "resize(image, image.shape); print(*sorted({'PIL', 'torch', 'PySide6'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
