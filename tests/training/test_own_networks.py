"""Networks that nobody has given a name, from the engine to files and back."""

import itertools
import runpy
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from explorer.data.digits import Digits, load
from explorer.training import captured, optimizers
from explorer.training.called import called, in_file_name
from explorer.training.checkpoint import Checkpoint
from explorer.training.engine import Run
from explorer.training.errors import RunFileError, SettingsError
from explorer.training.events import Evaluated, Failed, Step
from explorer.training.examine import examine, kernels_at
from explorer.training.forking import fine_tuned, forked
from explorer.training.naming import names
from explorer.training.record import Record
from explorer.training.runfile import from_bytes, open_run, save_run, to_bytes
from explorer.training.script import as_script
from explorer.training.settings import NETWORK_NAMES, Settings
from explorer.training.shapes import class_count, layers, of_head, shapes_of
from explorer.training.stages import convolutions_of, stages_of
from explorer.training.stepping import PlainStepper
from tests.small_digits import few_digits, few_of
from tests.training.kept import PLAIN, same, trained
from tests.training.own_networks import OWN
from tests.training.run_bytes import edited, relabelled

CPU = torch.device("cpu")
every = pytest.mark.parametrize("network", OWN.values(), ids=OWN)


def settings_for(network: str, **changes: object) -> Settings:
    return replace(PLAIN, network=network, momentum=0.9, lr=0.05, **changes)  # type: ignore[arg-type]


def losses_of(run: Run, count: int) -> list[float]:
    steps = (event for event in run if isinstance(event, Step))
    return [loss for event in itertools.islice(steps, count) for loss in event.losses]


@pytest.mark.parametrize("network", NETWORK_NAMES)
def test_every_network_with_a_name_learns(network: str):
    settings = Settings(network, device="cpu", epochs=1, optimizer="adam", lr=0.005)
    losses = losses_of(Run(settings, load("bundled"), CPU), 40)
    assert np.mean(losses[-5:]) < 0.85 * np.mean(losses[:3])


@every
def test_every_other_learns_too(network: str, digits: Digits):
    settings = settings_for(network, optimizer="adam", epochs=10)
    losses = losses_of(Run(replace(settings, lr=0.01), digits, CPU), 50)
    assert np.mean(losses[-5:]) < 0.97 * np.mean(losses[:3])


@every
@pytest.mark.parametrize("optimizer", ["nesterov", "adamw"])
def test_it_goes_on_to_the_bit(network: str, optimizer: str, digits: Digits, tmp_path: Path):
    settings = settings_for(network, optimizer=optimizer, dropout=0.2)
    record, middle = trained(settings, until=7)
    save_run(record, middle, tmp_path / "run.safetensors")
    opened, again = open_run(tmp_path / "run.safetensors")
    assert opened.settings == settings and same(again, middle)
    ends = [trained(settings, 10**6, start)[1] for start in (None, again)]
    # What was changed on the way is changed once more, so only what came later can be compared.
    straight = Run(settings, digits, CPU, middle)
    gone_on = Run(settings, digits, CPU, again)
    assert losses_of(straight, 100) == losses_of(gone_on, 100) != []
    one, other = straight.checkpoint(), gone_on.checkpoint()
    for name, array in one.weights.items():
        np.testing.assert_array_equal(array, other.weights[name])
    assert ends[0].step == ends[1].step == 15


@every
def test_looking_changes_nothing_and_tells_all(network: str, digits: Digits):
    settings = settings_for(network, epochs=1)
    plain = losses_of(Run(settings, digits, CPU), 100)
    run, seen = Run(settings, digits, CPU), list[float]()
    for event in run:
        seen += event.losses if isinstance(event, Step) else ()
        answer, kernels = run.answer(digits.test_images[run.step]), run.kernels()
        assert [maps.layer for maps in answer.maps] == [stage.name for stage in stages_of(network)]
        assert answer.probabilities.sum() == pytest.approx(1, abs=1e-5)
        assert tuple(one.layer for one in kernels) == convolutions_of(network)
        assert [name for name, _ in run.gradient_norms().norms] == list(layers(network))
    assert seen == plain
    assert isinstance(event, Evaluated)
    # And later, from its moment.
    moment = run.checkpoint()
    picture = digits.test_images[0]
    *_, past = examine(settings, moment, digits, picture, wants_answers=True)
    assert past.answer is not None and past.answered is not None
    assert np.array_equal(past.answer.probabilities, run.answer(picture).probabilities)
    assert np.mean(past.answered.answers == digits.test_labels) == event.test_accuracy
    assert [one.layer for one in kernels_at(network, moment)] == [one.layer for one in kernels]


@every
def test_a_script_does_it_again(
    network: str,
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    start = None
    if "BatchNorm2d" in network:
        _, start = trained(settings_for(network), until=7)
        start = replace(start, frozen=frozenset(layers(network)[:2]))
    record, _ = trained(settings_for(network, dropout=0.1), 10**6, start)
    script = tmp_path / "again.py"
    script.write_text(as_script(record), encoding="utf-8")
    assert "import explorer" not in script.read_text(encoding="utf-8")
    monkeypatch.setattr(sys, "argv", [str(script), str(folder)])
    with torch.random.fork_rng(devices=[]):
        runpy.run_path(str(script), run_name="__main__")
    rows = [row.split() for row in capsys.readouterr().out.splitlines()[1:]]
    assert len(rows) == len(record.history.epochs) >= 2
    for row, epoch in zip(rows, record.history.epochs, strict=True):
        assert float(row[1]) == pytest.approx(epoch.train_loss, rel=1e-4)
        assert float(row[2]) == pytest.approx(epoch.test_loss, rel=1e-4)


@every
@pytest.mark.parametrize("classes", [2, 26])
def test_other_classes_have_a_last_layer_of_their_own(network: str, classes: int):
    digits = few_of(classes, 64, 40)
    settings = settings_for(network, epochs=1)
    run = Run(settings, digits, CPU)
    assert isinstance(list(run)[-1], Evaluated)
    moment = run.checkpoint()
    assert class_count(network, moment.weights) == classes
    assert {name: array.shape for name, array in moment.weights.items()} == shapes_of(
        network, classes
    )
    _, start = fine_tuned(settings, moment, frozenset(), new_head=False, classes=10)
    assert moment.weights.keys() - start.weights.keys() == of_head(network)
    assert isinstance(list(Run(settings, few_digits(), CPU, start))[-1], Evaluated)
    _, fork = forked(settings, replace(settings, data="ten"), moment, 5)
    assert fork.weights.keys() == start.weights.keys()


@pytest.mark.parametrize("network", [OWN["normed"], "all_convolutional"])
def test_what_is_frozen_neither_learns_nor_gathers(network: str, digits: Digits):
    run = Run(settings_for(network, epochs=2), digits, CPU)
    norm = layers(network)[1]
    run.frozen = frozenset({norm})
    before = run.checkpoint().weights
    for event in run:
        after = run.checkpoint().weights
        mine = [np.array_equal(before[n], after[n]) for n in before if n.startswith(f"{norm}.")]
        others = [np.array_equal(before[n], after[n]) for n in before if n.startswith("conv1.")]
        if run.step <= 7:
            assert mine == [True] * 4, event
            assert not all(others)
        if run.step == 7:
            run.frozen = frozenset()
    assert not any(mine)


def test_one_image_alone_has_no_variance(digits: Digits):
    network = OWN["one_cell"]
    for batch_size in (1, 299):
        settings = settings_for(network, batch_size=batch_size, epochs=1)
        run = Run(settings, digits, CPU)
        (failed,) = list(run)
        assert isinstance(failed, Failed) and run.step == failed.step == 0
        assert "norm finds no variance" in failed.reason
        assert f"choose another batch size than {batch_size}, or freeze norm." in failed.reason
        run = Run(settings, digits, CPU)
        run.frozen = frozenset({"norm"})
        events = iter(run)
        next(events)
        run.frozen = frozenset() if batch_size == 1 else run.frozen
        *_, last = events
        assert isinstance(last, Failed if batch_size == 1 else Evaluated)
        assert run.step == (1 if batch_size == 1 else 2)
    run = Run(settings_for(OWN["normed"], batch_size=299, epochs=1), digits, CPU)
    assert isinstance(list(run)[-1], Evaluated), "elsewhere there is"


def test_the_test_at_the_end_needs_no_company(digits: Digits):
    settings = settings_for(OWN["one_cell"], batch_size=299, epochs=1)
    weights = Run(settings, digits, CPU).checkpoint().weights
    end = Checkpoint(2, weights, is_tested=False)
    assert isinstance(list(Run(settings, digits, CPU, end))[-1], Evaluated)


@pytest.mark.parametrize(("name", "is_captured"), [("dropping", False), ("normed", True)])
def test_a_graph_can_hold_no_dropout(
    name: str, is_captured: bool, digits: Digits, monkeypatch: pytest.MonkeyPatch
):
    class There:
        device = torch.device("cuda")

    made: list[object] = []
    monkeypatch.setattr(captured, "CapturedStepper", lambda *given: made.append(given))
    run = Run(settings_for(OWN[name]), digits, CPU)
    stepper = captured.stepper_for(
        run.network,
        optimizers.build("sgd", dict(run.network.named_parameters())),
        There(),  # type: ignore[arg-type]
        torch.tensor(digits.train_labels),
        run.settings,
        torch.Generator(),
    )
    assert bool(made) == is_captured == (not isinstance(stepper, PlainStepper))


# Files


def test_an_older_file_still_opens():
    path = Path(__file__).parent / "old" / "run_1.safetensors"
    record, moment = open_run(path)
    assert (record.settings.network, moment.step, record.history.last_step) == ("compact", 7, 7)
    assert moment.weights["fc.bias"].sum() == pytest.approx(0.025867, abs=1e-6)
    assert record.history.losses[-1] == pytest.approx(2.284172, abs=1e-6)
    assert record.history.epochs[0].epoch == 1 and moment.frozen == {"conv1"}
    metadata = from_bytes(to_bytes(record, moment), path)[0]
    assert metadata.settings == record.settings
    assert b'"version":"1"' in to_bytes(record, moment)[:4000]


@pytest.mark.parametrize("network", ["small_vgg", OWN["dropping"]])
def test_older_readers_are_told_that_they_are_old(network: str):
    record, moment = trained(replace(PLAIN, network=network, epochs=1), until=2)
    data = to_bytes(record, moment)
    assert b'"version":"2"' in data[:4000]
    assert from_bytes(data, Path("run"))[0].settings.network == network


def test_statistics_in_a_file_are_looked_at():
    record, moment = trained(settings_for(OWN["normed"]), until=2)
    weights = dict(moment.weights)
    weights["norm.running_var"] = -weights["norm.running_var"]
    with pytest.raises(RunFileError, match=r"norm\.running_var has numbers below 0"):
        from_bytes(to_bytes(record, replace(moment, weights=weights)), Path("run"))
    del weights["norm.running_var"]
    with pytest.raises(RunFileError, match=r"norm\.running_var is missing"):
        from_bytes(to_bytes(record, replace(moment, weights=weights)), Path("run"))


TRACE = "touched by a network"
INJECTED = [
    f"__import__('pathlib').Path('{TRACE}').touch()",
    f"nn.Sequential(__import__('pathlib').Path('{TRACE}').touch())",
    f"nn.Sequential(nn.Linear(784, open('{TRACE}', 'w')))",
    f"nn.Sequential(nn.Flatten(), nn.Linear(784, (lambda: open('{TRACE}', 'w'))() or 10))",
    f"nn.Sequential(nn.Flatten(), nn.Linear(784, 10)); open('{TRACE}', 'w')",
    f"[open('{TRACE}', 'w') for _ in (1,)] and nn.Sequential(nn.Flatten(), nn.Linear(784, 10))",
    f"nn.Sequential(nn.Flatten(), nn.Linear(784, 10, bias=exec(\"open('{TRACE}', 'w')\")))",
    "nn.Sequential(nn.Flatten(), nn.Linear(784, 10 ** 10 ** 10))",
    "nn.Sequential(nn.Flatten(), nn.Linear(784, 99999999999999999999))",
    "nn.Sequential(" + "nn.Sequential(" * 500 + ")" * 501,
    "nn.Sequential(" + "-" * 5000 + "1)",
    "nn.Sequential(nn.Flatten(), nn.Linear(784, 10))" + " " * 10**6,
    "nn.Sequential(\0)",
    "nn.Sequential(*[])",
    "classic\n",
    "(",
    "",
]


@pytest.mark.parametrize("text", INJECTED, ids=lambda text: text[:30] if text else "nothing")
def test_nothing_in_a_network_is_executed(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError) as caught:
        Settings(text)
    said = str(caught.value)
    assert said.startswith("network cannot be ") and said.endswith(".") and "\n" not in said
    assert len(said) < 400

    def edit(run: dict[str, dict[str, str]]) -> None:
        run["settings"]["network"] = text

    record, moment = trained(PLAIN, until=2)
    data = edited(to_bytes(record, moment), edit)
    data = relabelled(data, lambda header: header["__metadata__"].update(network=text))
    with pytest.raises(RunFileError) as refused:
        from_bytes(data, Path("run"))
    assert "\n" not in str(refused.value)
    assert not list(tmp_path.iterdir())


def test_nothing_is_executed_on_the_command_line(tmp_path: Path):
    ran = subprocess.run(
        [sys.executable, "-m", "explorer", "train", "--network", INJECTED[2]],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("cnn-explorer: error: --network cannot be ")
    assert not (Path(__file__).parents[2] / TRACE).exists()


# Names


def test_a_source_is_kept_in_one_way():
    written = " torch.nn.Sequential( Flatten( ),\n nn.Linear( 784,10, bias = True) ) # own"
    assert Settings(written).network == "nn.Sequential(nn.Flatten(), nn.Linear(784, 10))"
    compact = Settings(
        "nn.Sequential(nn.Conv2d(1, 10, 5), nn.MaxPool2d(2), nn.ReLU(), nn.Conv2d(10, 20, 5), "
        "nn.MaxPool2d(2), nn.ReLU(), nn.Flatten(), nn.Linear(320, 10))"
    )
    assert compact == Settings("compact")


def test_it_is_called_by_its_layers():
    assert (
        str(called(OWN["normed"])) == "own network, 6 layers" and str(called("sprint")) == "sprint"
    )
    assert in_file_name(OWN["normed"]) == "network-6-layers" and in_file_name("sprint") == "sprint"
    record, _ = trained(settings_for(OWN["normed"], epochs=1), until=2)
    others = [Record(replace(record.settings, network=n), record.history) for n in OWN.values()]
    assert names([record]) == ["own network, 6 layers"]
    told = names(others)
    assert len(set(told)) == len(told) and not any("nn." in name for name in told)
