from pathlib import Path

import pytest

from explorer.training.locks import Lock


def test_one_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    one, other = Lock(path), Lock(path)
    assert one.take() and one.take()
    assert not other.take()
    one.release()
    assert other.take() and not one.take()
    other.remove()
    assert not path.exists()


def test_what_is_not_held_can_be_let_go(tmp_path: Path) -> None:
    lock = Lock(tmp_path / "lock")
    lock.release()
    lock.remove()
    with pytest.raises(FileNotFoundError):
        Lock(tmp_path / "missing" / "lock").take()
