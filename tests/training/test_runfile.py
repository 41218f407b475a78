import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import safetensors
import torch
from safetensors.numpy import load_file

from explorer.training.augmentation import Augmentation
from explorer.training.checkpoint import Checkpoint
from explorer.training.engine import Run
from explorer.training.errors import SaveError
from explorer.training.history import History
from explorer.training.networks import build
from explorer.training.record import Record
from explorer.training.reports import GradientNorms
from explorer.training.retold import mail
from explorer.training.runfile import from_bytes, open_run, save_run, to_bytes
from explorer.training.settings import Settings
from tests.small_digits import few_digits
from tests.training.kept import PLAIN, a_run, same, trained
from tests.training.run_bytes import split

HERE = Path("run")
ROOT = Path(__file__).parents[2]


def check_same_record(one: Record, other: Record) -> None:
    assert one.settings == other.settings
    mine, others = one.history, other.history
    assert mine.first_step == others.first_step and mine.last_step == others.last_step
    assert mine.losses.tobytes() == others.losses.tobytes()
    assert mine.smoothed.tobytes() == others.smoothed.tobytes()
    assert mine.epochs == others.epochs and mine.changes == others.changes
    assert mine.norms == others.norms
    steps = np.arange(mine.first_step, mine.last_step + 1)
    assert np.array_equal(mine.seconds_at(steps), others.seconds_at(steps))


@pytest.mark.parametrize(
    "settings",
    [
        PLAIN,
        replace(PLAIN, network="classic", momentum=0.0, augmentation=Augmentation(1, 2, 0.3, 0.4)),
        replace(PLAIN, network="lenet5", optimizer="adamw", lr=0.002, dropout=0.5, data="a/b ü"),
    ],
    ids=lambda settings: settings.network,
)
@pytest.mark.parametrize("until", [3, 10, 15])
def test_a_run_comes_back_to_the_last_bit(settings: Settings, until: int, tmp_path: Path) -> None:
    record, checkpoint = trained(replace(settings, data="bundled"), until)
    record = Record(settings, record.history)
    path = tmp_path / "run.safetensors"
    path.write_bytes(b"something older")
    save_run(record, checkpoint, path)
    assert list(tmp_path.iterdir()) == [path]
    again, moment = open_run(path)
    check_same_record(again, record)
    assert same(moment, checkpoint)
    start, last = again.history.checkpoints
    assert last is moment and start.step == 0
    assert same(start, next(iter(record.history.checkpoints)))
    assert split(to_bytes(again, moment)) == split(path.read_bytes())


def test_a_run_goes_on_from_its_file_as_if_it_had_never_stopped() -> None:
    record, checkpoint = a_run(7)
    _, opened = from_bytes(to_bytes(record, checkpoint), HERE)
    run = Run(record.settings, few_digits(), torch.device("cpu"), opened)
    for _ in run:
        pass
    _, end = a_run(15)
    # But for the seconds that it took.
    moment = replace(run.checkpoint(), training_seconds=0.0, evaluation_seconds=0.0)
    assert same(moment, replace(end, training_seconds=0.0, evaluation_seconds=0.0))


def test_a_run_that_left_another_keeps_its_beginning() -> None:
    _, middle = a_run(7)
    record, checkpoint = trained(start=middle, until=12)
    again, moment = from_bytes(to_bytes(record, checkpoint), HERE)
    check_same_record(again, record)
    assert same(moment, checkpoint)
    assert same(next(iter(again.history.checkpoints)), middle)


def test_a_run_that_left_another_with_another_optimizer() -> None:
    _, middle = a_run(7)
    settings = replace(PLAIN, optimizer="adam", lr=0.002)
    record, checkpoint = trained(settings, start=middle, until=12)
    history = History(middle)
    for kept in (record, Record(settings, history)):
        again, _ = from_bytes(to_bytes(kept, checkpoint), HERE)
        start = next(iter(again.history.checkpoints))
        assert start.step == 7 and not any("momentum" in name for name in start.moments)


def test_a_run_that_burst_can_be_kept() -> None:
    record, checkpoint = trained(until=10)
    burst = GradientNorms(11, (("conv1", 0.0), ("conv2", float("inf")), ("fc", float("nan"))))
    record.history.norms.append(burst)
    again, _ = from_bytes(to_bytes(record, checkpoint), HERE)
    assert again.history.norms == record.history.norms[:-1]


def test_a_run_that_has_not_begun_has_a_file_too() -> None:
    state = {name: tensor.numpy() for name, tensor in build("compact", 0).state_dict().items()}
    again, moment = from_bytes(to_bytes(Record(PLAIN, History()), Checkpoint(0, state)), HERE)
    assert again.history.last_step == 0 and moment.step == 0
    assert list(again.history.checkpoints) == [moment]


def test_an_earlier_moment_can_be_saved() -> None:
    record, _ = a_run(15)
    earlier = record.history.checkpoints.nearest(5)
    again, moment = from_bytes(to_bytes(record, earlier), HERE)
    assert moment.step == earlier.step < again.history.last_step


def test_any_reader_of_safetensors_finds_the_weights(tmp_path: Path) -> None:
    record, checkpoint = a_run()
    path = tmp_path / "run.safetensors"
    save_run(record, checkpoint, path)
    arrays = load_file(path)
    weights = {name: array for name, array in arrays.items() if "/" not in name}
    assert list(weights) == sorted(checkpoint.weights)
    build("compact", 1).load_state_dict({k: torch.tensor(v) for k, v in weights.items()})
    with safetensors.safe_open(path, "np") as file:
        metadata = file.metadata()
    assert metadata["format"] == "cnn-explorer run" and metadata["version"] == "1"
    assert json.loads(metadata["run"])["settings"]["network"] == metadata["network"] == "compact"


def test_the_memory_may_lie_in_any_order() -> None:
    record, checkpoint = a_run()
    turned = {
        name: np.asfortranarray(array) if array.ndim else array
        for name, array in checkpoint.weights.items()
    }
    _, moment = from_bytes(to_bytes(record, replace(checkpoint, weights=turned)), HERE)
    assert same(moment, checkpoint)


def test_what_is_no_number_is_not_saved(tmp_path: Path) -> None:
    record, checkpoint = a_run()
    path = tmp_path / "run"
    path.write_bytes(b"something older")
    weights, moments = dict(checkpoint.weights), dict(checkpoint.moments)
    weights["fc.bias"] = np.full(10, np.inf, np.float32)
    moments["momentum/fc.bias"] = np.full(10, np.nan, np.float32)
    for ruined in (replace(checkpoint, weights=weights), replace(checkpoint, moments=moments)):
        with pytest.raises(SaveError, match="no finite numbers any more; save it as it was"):
            save_run(record, ruined, path)
    assert path.read_bytes() == b"something older"


def test_of_a_long_run_nothing_is_lost() -> None:
    _, checkpoint = a_run()
    history = History()
    losses = tuple(np.linspace(2, 0.1, 100_000).tolist())
    history.add(mail(1, losses, 10.0))
    again, _ = from_bytes(to_bytes(Record(PLAIN, history), checkpoint), HERE)
    assert again.history.losses.tolist() == list(losses)
    assert again.history.seconds_at([50_000])[0] == pytest.approx(5.0)


def test_it_loads_no_torch() -> None:
    asked = (
        "import sys; import explorer.training.runfile, explorer.training.autosave, "
        "explorer.training.weights, explorer.training.script; print('torch' in sys.modules)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ran.stdout == "False\n"
