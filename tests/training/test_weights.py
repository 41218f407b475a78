import os
import stat
from pathlib import Path

import pytest
import safetensors
import safetensors.torch
import torch

from explorer.training import weights
from explorer.training.errors import SaveError
from explorer.training.networks import build
from explorer.training.settings import NETWORK_NAMES


@pytest.mark.parametrize("name", NETWORK_NAMES)
def test_what_is_saved_can_be_loaded(name: str, tmp_path: Path):
    network = build(name, 3).to(memory_format=torch.channels_last)
    path = tmp_path / "weights.safetensors"
    path.write_bytes(b"something older")
    weights.check(path)
    assert path.read_bytes() == b"something older"
    weights.save(network, path, name)
    again = build(name, 4)
    again.load_state_dict(safetensors.torch.load_file(path))
    x = torch.randn(2, 1, 28, 28)
    torch.testing.assert_close(again(x), network(x))
    with safetensors.safe_open(path, "pt") as file:
        assert file.metadata()["network"] == name
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_is_followed(tmp_path: Path):
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"old")
    link.symlink_to(target)
    weights.save(build("compact", 0), link, "compact")
    assert link.is_symlink() and target.stat().st_size > 8_490 * 4


@pytest.mark.parametrize("name", ["missing/weights", ".", "file/weights", "a\0b", "x" * 300])
def test_a_path_that_cannot_be_written_is_refused(name: str, tmp_path: Path):
    (tmp_path / "file").write_bytes(b"")
    path = tmp_path / name
    for attempt in (weights.check, lambda path: weights.save(build("compact", 0), path, "compact")):
        with pytest.raises(SaveError) as caught:
            attempt(path)
        assert "\n" not in str(caught.value) and "choose another" in str(caught.value)
    assert [found.name for found in tmp_path.iterdir()] == ["file"]


def test_a_device_file_is_not_replaced():
    with pytest.raises(SaveError, match="not an ordinary file"):
        weights.check(Path(os.devnull))


@pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")
def test_others_may_read_the_file_as_the_user_wishes(tmp_path: Path):
    path = tmp_path / "weights"
    before = os.umask(0o022)
    try:
        weights.save(build("compact", 0), path, "compact")
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
