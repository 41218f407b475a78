"""A few hundred real digits, in memory and as a folder."""

import struct
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from explorer.data.classes import numerals
from explorer.data.digits import Digits, load

Images = npt.NDArray[np.uint8]


@cache
def _every() -> Digits:
    """Return the bundled digits, unpacked once; what is given away is copied."""
    return load("bundled")


def few_digits() -> Digits:
    """Return 300 images to learn, so that the last batch of 64 is a small one, and 250 to test."""
    every = _every()
    return Digits(
        "few",
        every.train_images[:300].copy(),
        every.train_labels[:300].copy(),
        every.test_images[:250].copy(),
        every.test_labels[:250].copy(),
    )


def few_of(classes: int, train: int = 300, test: int = 250) -> Digits:
    """Return real digits, of which the turned and mirrored ones are classes of their own."""
    every = _every()
    turns = -(-classes // 10)

    def part(images: Images, labels: Images, count: int) -> tuple[Images, Images]:
        turned, classed = [], []
        for number, (image, label) in enumerate(zip(images, labels, strict=True)):
            turn = number % turns
            if label + 10 * turn < classes:
                mirrored = image if turn < 4 else image[:, ::-1]
                turned.append(np.rot90(mirrored, turn))
                classed.append(label + 10 * turn)
            if len(turned) == count:
                break
        return np.stack(turned), np.array(classed, np.uint8)

    learned = part(every.train_images, every.train_labels, train)
    tested = part(every.test_images, every.test_labels, test)
    return Digits("few", *learned, *tested, numerals(classes))


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
