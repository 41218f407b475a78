"""A few hundred real digits, made once."""

from pathlib import Path

import pytest

from explorer.data.digits import Digits
from tests.small_digits import few_digits, write_folder


@pytest.fixture(scope="session")
def digits() -> Digits:
    """300 images to learn and 250 to test."""
    return few_digits()


@pytest.fixture(scope="session")
def folder(digits: Digits, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same digits as IDX files."""
    place = tmp_path_factory.mktemp("digits")
    write_folder(digits, place)
    return place
