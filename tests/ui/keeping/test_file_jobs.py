"""Files of every kind, read whatever they are; and a record that stands still."""

from pathlib import Path

import numpy as np
import pytest
import torch

from explorer.training.checkpoint import Checkpoint
from explorer.training.errors import RunFileError
from explorer.training.mailbox import Mail
from explorer.training.networks import build
from explorer.training.record import Record
from explorer.training.runfile import save_run, to_bytes
from explorer.training.settings import NETWORK_NAMES
from explorer.training.tensors import unpacked
from explorer.ui.keeping.file_jobs import (
    exporting_script,
    exporting_weights,
    read,
    still,
    writing,
)
from tests.training.kept import a_run, same, trained


def mail(first_step: int, *losses: float) -> Mail:
    return Mail(first_step, losses, (), None, None, None, None, seconds=99.0)


def content(
    record: Record, checkpoint: Checkpoint
) -> tuple[dict[str, list[float]], dict[str, str]]:
    """Return what a file would hold, whose parts have no order."""
    found = unpacked(to_bytes(record, checkpoint), Path("run"))
    return {name: array.tolist() for name, array in found.tensors.items()}, found.metadata


def test_a_run_is_told_from_weights(tmp_path: Path):
    record, checkpoint = a_run()
    save_run(record, checkpoint, tmp_path / "run.safetensors")
    exporting_weights("compact", checkpoint, tmp_path / "weights.safetensors")()
    found = read(tmp_path / "run.safetensors", "lenet5")
    assert found.record is not None and found.record.settings == record.settings
    assert same(found.checkpoint, checkpoint) and found.network == "compact"
    found = read(tmp_path / "weights.safetensors", "lenet5")
    assert found.record is None and found.network == "compact"
    assert found.checkpoint.step == 0 and not found.checkpoint.moments


@pytest.mark.parametrize("network", NETWORK_NAMES)
@pytest.mark.parametrize("suffix", [".pt", ".pth", ".safetensors"])
def test_weights_find_their_network(tmp_path: Path, network: str, suffix: str):
    path = tmp_path / f"weights{suffix}"
    state = {name: value.numpy() for name, value in build(network, 3).state_dict().items()}
    exporting_weights(network, Checkpoint(0, state), path)()
    for preferred in NETWORK_NAMES:
        found = read(path, preferred)
        assert found.network == network
        assert all(np.array_equal(found.checkpoint.weights[name], state[name]) for name in state)


def test_weights_for_other_classes_come_with_their_last_layer(tmp_path: Path):
    torch.save(build("compact", 0, classes=26).state_dict(), tmp_path / "letters.pt")
    found = read(tmp_path / "letters.pt", "classic")
    assert found.network == "compact"
    assert found.checkpoint.weights["fc.weight"].shape == (26, 320)


def test_weights_with_a_last_layer_for_too_many_classes_come_without_it(tmp_path: Path):
    state = build("compact", 0).state_dict()
    state["fc.weight"], state["fc.bias"] = torch.zeros(100, 320), torch.zeros(100)
    torch.save(state, tmp_path / "letters.pt")
    found = read(tmp_path / "letters.pt", "classic")
    assert found.network == "compact"
    assert set(found.checkpoint.weights) == {
        "conv1.weight",
        "conv1.bias",
        "conv2.weight",
        "conv2.bias",
    }


@pytest.mark.parametrize("network", NETWORK_NAMES)
def test_what_fits_nothing_is_refused_with_the_network_that_is_set(tmp_path: Path, network: str):
    torch.save({"conv.weight": torch.zeros(3, 3)}, tmp_path / "foreign.pt")
    with pytest.raises(RunFileError, match=f"'{network}'"):
        read(tmp_path / "foreign.pt", network)


def test_a_record_stands_still_while_the_run_goes_on():
    record, checkpoint = trained(until=7)
    kept = still(record)
    before = content(kept, checkpoint)
    record.history.add(mail(record.history.last_step + 1, 1.0, 2.0))
    record.history.epochs.clear()
    record.history.changes.clear()
    record.history.norms.clear()
    assert kept.settings is record.settings
    assert content(kept, checkpoint) == before != content(record, checkpoint)


def test_what_is_to_be_written_is_what_it_was_when_it_was_asked_for(tmp_path: Path):
    record, checkpoint = trained(until=7)
    save, script = tmp_path / "run.safetensors", tmp_path / "run.py"
    jobs = [writing(record, checkpoint, save), exporting_script(record, script)]
    steps = record.history.last_step
    record.history.add(mail(steps + 1, 1.0))
    for do in jobs:
        do()
    found = read(save, "compact").record
    assert found is not None and found.history.last_step == steps
    compile(script.read_text("utf-8"), str(script), "exec")
