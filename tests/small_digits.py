"""A few hundred real digits, in memory and as a folder."""

import struct
from pathlib import Path

from explorer.data.digits import Digits, load


def few_digits() -> Digits:
    """Return 300 images to learn, so that the last batch of 64 is a small one, and 250 to test."""
    every = load("bundled")
    return Digits(
        "few",
        every.train_images[:300],
        every.train_labels[:300],
        every.test_images[:250],
        every.test_labels[:250],
    )


def write_folder(digits: Digits, folder: Path) -> None:
    """Write digits as the four IDX files of MNIST."""
    for name, array in {
        "train-images-idx3-ubyte": digits.train_images,
        "train-labels-idx1-ubyte": digits.train_labels,
        "t10k-images-idx3-ubyte": digits.test_images,
        "t10k-labels-idx1-ubyte": digits.test_labels,
    }.items():
        header = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
        (folder / name).write_bytes(header + array.tobytes())
