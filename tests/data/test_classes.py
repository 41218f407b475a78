import hashlib
from pathlib import Path

import pytest

from explorer.data import classes
from explorer.data.catalogue import SET_NAMES, remote_set
from explorer.data.classes import CLOTHES, DIGITS, LETTERS, class_names
from explorer.data.digits import CLASSES, load
from tests.small_digits import few_digits, write_folder

LABELS = "t10k-labels-idx1-ubyte"
NAMES = {"mnist": DIGITS, "fashion-mnist": CLOTHES, "kmnist": LETTERS}


def test_every_class_has_a_name_of_its_own():
    for names in NAMES.values():
        assert len(set(names)) == CLASSES


@pytest.mark.parametrize("name", SET_NAMES)
def test_they_stand_for_what_torchvision_says(name: str):
    from torchvision import datasets

    kind = getattr(datasets, remote_set(name).folder)
    for ours, theirs in zip(NAMES[name], kind.classes, strict=True):
        assert ours.lower()[:5] in theirs.lower()


@pytest.mark.parametrize("name", SET_NAMES)
def test_a_downloaded_set_is_known_by_its_labels(name: str):
    (checksum,) = (file.md5 for file in remote_set(name).files if file.name == f"{LABELS}.gz")
    assert classes._SETS.get(checksum, DIGITS) == NAMES[name]


def test_an_unpacked_file_is_known_by_the_packed_one_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    plain, packed = tmp_path / LABELS, tmp_path / f"{LABELS}.gz"
    plain.write_bytes(b"plain")
    assert class_names(plain) == DIGITS
    packed.write_bytes(b"packed")
    known = hashlib.md5(b"packed", usedforsecurity=False).hexdigest()
    monkeypatch.setitem(classes._SETS, known, LETTERS)
    assert class_names(plain) == class_names(packed) == LETTERS


def test_whatever_else_lies_there_is_taken_for_digits(tmp_path: Path):
    assert class_names(tmp_path / "missing") == DIGITS
    assert class_names(tmp_path) == DIGITS
    large = tmp_path / LABELS
    large.write_bytes(bytes(100_000))
    assert class_names(large) == DIGITS


def test_a_folder_of_digits_has_digits(tmp_path: Path):
    write_folder(few_digits(), tmp_path)
    assert load(tmp_path).classes == load().classes == DIGITS
