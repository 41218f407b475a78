"""Sets of labelled digits: the bundled one, or a folder in the layout of MNIST."""

import functools
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from explorer.core.text import QT_TRANSLATE_NOOP
from explorer.data.classes import DIGITS, class_names, numerals
from explorer.data.errors import DataError
from explorer.data.idx import read_idx
from explorer.paths import resource

BUNDLED: Final = "bundled"
CLASSES: Final = 10
"""Of MNIST and its kin, and wherever nothing else is said."""
MOST_CLASSES: Final = 64
IMAGE_SIZE: Final = (28, 28)

_Part = Literal["train", "t10k"]
_Pair = tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]
_IMAGES: Final = "{}-images-idx3-ubyte"
_LABELS: Final = "{}-labels-idx1-ubyte"
_STEMS: Final = tuple(
    kind.format(part) for part in ("train", "t10k") for kind in (_IMAGES, _LABELS)
)


@dataclass(frozen=True, eq=False)
class Digits:
    """Training and test images with their labels.

    Attributes
    ----------
    name
        ``"bundled"``, or the folder that was asked for.
    train_images, test_images
        uint8, (N, 28, 28): 0 is paper, 255 is ink.
    train_labels, test_labels
        uint8, (N,), from 0 to ``class_count - 1``.
    classes
        What each label stands for, in English: "0" to "9", or the names of clothes or letters.
    """

    name: str
    train_images: npt.NDArray[np.uint8]
    train_labels: npt.NDArray[np.uint8]
    test_images: npt.NDArray[np.uint8]
    test_labels: npt.NDArray[np.uint8]
    classes: tuple[str, ...] = DIGITS

    @property
    def class_count(self) -> int:
        """How many classes there are, those without an image included."""
        return len(self.classes)

    @property
    def are_digits(self) -> bool:
        """Whether the labels are called 0 to 9, or the first of these."""
        return self.classes == DIGITS[: self.class_count]

    def has_same_images(self, other: "Digits") -> bool:
        """Tell whether another set has the same images with the same labels, in the same order."""
        return all(
            np.array_equal(getattr(self, part), getattr(other, part))
            for part in ("train_images", "train_labels", "test_images", "test_labels")
        )

    def with_classes(self, count: int) -> "Digits":
        """Return the same images among at least so many classes, further ones without images."""
        more = numerals(count)[self.class_count :]
        return replace(self, classes=self.classes + more) if more else self


def load(source: str | os.PathLike[str] = BUNDLED) -> Digits:
    """Read a set of digits.

    Parameters
    ----------
    source
        ``"bundled"``, or a folder with the four IDX files of MNIST, plain or ``.gz`` (the plain one
        is taken where both lie). They may lie in the folder itself, in its ``raw``, in its
        ``MNIST/raw`` as torchvision puts them, or in the ``raw`` of any one other subfolder. A
        folder that is itself named "bundled" is ``"./bundled"``.

    Returns
    -------
    Digits
        New, writable arrays. There are as many classes as the labels need, but at least 2.

    Raises
    ------
    DataError
        When the folder or one of its files cannot be used.
    """
    files = files_of(source)
    train, test = _read_pair(files, "train"), _read_pair(files, "t10k")
    names = class_names(files[_LABELS.format("t10k")], _count(train[1], test[1]))
    return Digits(str(source), *train, *test, names)


def files_of(source: str | os.PathLike[str]) -> dict[str, Path]:
    """Return the four files that `load` reads, by what is in them.

    Raises
    ------
    DataError
        When they are not all there.
    """
    return _locate(resource("mnist") if source == BUNDLED else Path(source))


def count_classes(source: str | os.PathLike[str]) -> int:
    """Return how many classes a set has, of whose files the labels alone are read.

    Raises
    ------
    DataError
        When the folder or its labels cannot be used.
    """
    if source == BUNDLED:
        return CLASSES
    files = files_of(source)
    return _count(*(_read_labels(files[_LABELS.format(part)]) for part in ("train", "t10k")))


def _count(*labels: npt.NDArray[np.uint8]) -> int:
    return max(2, *(int(array.max()) + 1 for array in labels))


def is_complete(folder: Path) -> bool:
    """Tell whether a folder has all four files; what is in them shows when they are loaded."""
    try:
        return len(_search(folder)) == len(_STEMS)
    except (OSError, ValueError):
        return False


@functools.cache
def bundled_test() -> _Pair:
    """Return the bundled test images alone, which is quick enough for the start of the window.

    Returns
    -------
    images, labels
        Read-only uint8 arrays (5000, 28, 28) and (5000,), the same ones at every call.

    Raises
    ------
    DataError
        When the installed files are missing or damaged.
    """
    pair = _read_pair(_locate(resource("mnist")), "t10k")
    for array in pair:
        array.flags.writeable = False
    return pair


def _locate(folder: Path) -> dict[str, Path]:
    """Return the four files by their standard names."""
    try:
        files = _search(folder)
    except FileNotFoundError as error:
        raise DataError(
            QT_TRANSLATE_NOOP(
                "data", "'{folder}' does not exist; choose a folder with MNIST files."
            ),
            folder=folder,
        ) from error
    except NotADirectoryError as error:
        raise DataError(
            QT_TRANSLATE_NOOP(
                "data", "'{folder}' is not a folder; choose the folder that the MNIST files are in."
            ),
            folder=folder,
        ) from error
    except PermissionError as error:
        raise DataError(
            QT_TRANSLATE_NOOP("data", "'{place}' may not be opened; change its permissions."),
            place=error.filename or folder,
        ) from error
    except (OSError, ValueError) as error:
        raise DataError(
            QT_TRANSLATE_NOOP(
                "data", "'{folder}' cannot be opened ({error}); choose another folder."
            ),
            folder=folder,
            error=error,
        ) from error
    if not files:
        raise DataError(
            QT_TRANSLATE_NOOP(
                "data",
                "'{folder}' holds no MNIST files; choose a folder with {names} (plain or .gz).",
            ),
            folder=folder,
            names=", ".join(_STEMS),
        )
    missing = [stem for stem in _STEMS if stem not in files]
    if missing:
        place = next(iter(files.values())).parent
        raise DataError(
            QT_TRANSLATE_NOOP(
                "data", "'{place}' lacks {names} (plain or .gz); put all four MNIST files there."
            ),
            place=place,
            names=" and ".join(missing),
        )
    return files


def _search(folder: Path) -> dict[str, Path]:
    usual = [folder / "raw", folder / "MNIST" / "raw"]
    places = [folder, *(place for place in usual if place.is_dir())]
    files = max(map(_standard_files, places), key=len)
    if files:
        return files
    others = [place for place in sorted(folder.glob("*/raw")) if place.is_dir()]
    sets = {place: found for place in others if (found := _standard_files(place))}
    if len(sets) > 1:
        names = ", ".join(place.parent.name for place in sets)
        raise DataError(
            QT_TRANSLATE_NOOP(
                "data", "'{folder}' holds several data sets ({names}); choose one of its folders."
            ),
            folder=folder,
            names=names,
        )
    return next(iter(sets.values()), {})


def _standard_files(folder: Path) -> dict[str, Path]:
    with os.scandir(folder) as entries:
        names = {entry.name for entry in entries if not entry.is_dir()}
    files = {}
    for stem in _STEMS:
        dotted = stem.replace("-idx", ".idx")
        for name in (stem, dotted, f"{stem}.gz", f"{dotted}.gz"):
            if name in names:
                files[stem] = folder / name
                break
    return files


def _read_pair(files: dict[str, Path], part: _Part) -> _Pair:
    images_path, labels_path = files[_IMAGES.format(part)], files[_LABELS.format(part)]
    images = read_idx(images_path)
    if images.shape[1:] != IMAGE_SIZE:
        raise DataError(
            QT_TRANSLATE_NOOP(
                "data",
                "'{images_path}' holds {shape} values, not images of 28 x 28 pixels; "
                "choose a data set like MNIST.",
            ),
            images_path=images_path,
            shape=_written(images),
        )
    labels = _read_labels(labels_path)
    if len(images) != len(labels):
        raise DataError(
            QT_TRANSLATE_NOOP(
                "data",
                "'{images_path}' holds {images:,} images, but '{labels_path}' {labels:,} "
                "labels; download both again from one place.",
            ),
            images_path=images_path,
            images=len(images),
            labels_path=labels_path,
            labels=len(labels),
        )
    return images, labels


def _read_labels(labels_path: Path) -> npt.NDArray[np.uint8]:
    labels = read_idx(labels_path)
    if labels.ndim != 1:
        raise DataError(
            QT_TRANSLATE_NOOP(
                "data",
                "'{labels_path}' holds {shape} values, not a list of labels; "
                "choose a data set like MNIST.",
            ),
            labels_path=labels_path,
            shape=_written(labels),
        )
    if labels.max() >= MOST_CLASSES:
        raise DataError(
            QT_TRANSLATE_NOOP(
                "data",
                "'{labels_path}' holds the label {label}; choose a data set with labels from "
                "0 to {last}.",
            ),
            labels_path=labels_path,
            label=labels.max(),
            last=MOST_CLASSES - 1,
        )
    return labels


def _written(array: npt.NDArray[np.uint8]) -> str:
    return " x ".join(map(str, array.shape))
