"""Sets of digits that several have at a time."""

import gc
import weakref
from pathlib import Path

import numpy as np
import pytest

from explorer.data.digits import load
from explorer.data.errors import DataError
from explorer.data.shared import shared
from tests.small_digits import few_of, write_folder


def test_a_set_that_somebody_has_is_not_read_again() -> None:
    digits = shared("bundled")
    assert shared("bundled") is digits
    np.testing.assert_array_equal(digits.train_images, load("bundled").train_images)


def test_a_set_that_nobody_has_any_more_is_gone(tmp_path: Path) -> None:
    write_folder(few_of(10, train=40, test=20), tmp_path)
    gone = weakref.ref(shared(tmp_path))
    gc.collect()
    assert gone() is None


def test_files_that_have_changed_are_read_anew(tmp_path: Path) -> None:
    write_folder(few_of(10, train=40, test=20), tmp_path)
    before = shared(tmp_path)
    assert shared(tmp_path) is before
    write_folder(few_of(10, train=50, test=20), tmp_path)
    after = shared(tmp_path)
    assert len(before.train_images) == 40
    assert len(after.train_images) == 50


def test_every_folder_has_a_set_of_its_own(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        write_folder(few_of(10, train=40, test=20), tmp_path / name)
    assert shared(tmp_path / "a") is not shared(tmp_path / "b")


def test_files_that_are_not_there_are_refused_in_the_same_words(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds no MNIST files"):
        shared(tmp_path)
