"""A network that has no name on the Training page: handed over, trained, opened from a file."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QComboBox

from explorer.training.checkpoint import Checkpoint
from explorer.training.engine import Run
from explorer.training.runfile import save_run
from explorer.training.settings import Settings
from explorer.training.shapes import layers
from explorer.training.stages import convolutions_of
from tests.small_digits import few_digits
from tests.training.kept import PLAIN, trained
from tests.training.own_networks import OWN
from tests.ui.training.hand import Trainer


def weights_of(network: str, seed: int = 4) -> Checkpoint:
    """Return a moment with weights that another seed has drawn."""
    run = Run(Settings(network, device="cpu", seed=seed), few_digits())
    return Checkpoint(0, run.checkpoint().weights, frozen=frozenset(layers(network)[:1]))


@pytest.mark.parametrize("network", [OWN["normed"], OWN["dropping"], "all_convolutional"])
def test_a_network_that_is_handed_over_is_trained(at_few: Trainer, network: str):
    page = at_few.page
    page.use_network(network)
    assert page.controls.settings().network == network
    at_few.choose("train.device", "cpu")
    at_few.click("train.start")
    at_few.wait_for("Training", 6)
    at_few.click("train.stop")
    at_few.wait_for("Stopped")
    run = page.runs.chosen
    assert run is not None and run.record.settings.network == network
    assert tuple(one.layer for one in run.kernels or ()) == convolutions_of(network)
    for view in ("maps", "norms", "confusion", "mistakes", "kernels"):
        at_few.choose("train.view", view)


def test_a_network_without_kernels_has_something_to_look_at(at_few: Trainer):
    at_few.page.use_network(OWN["no_kernels"])
    at_few.type_into("train.epochs", "2")
    at_few.click("train.start")
    at_few.wait_for("Finished", 10)
    offered = at_few.find(QComboBox, "train.view")
    views = [offered.itemData(row) for row in range(offered.count())]
    assert views == ["maps", "norms", "confusion", "mistakes"]
    for view in views:
        at_few.choose("train.view", view)
    at_few.page.use_network("classic")
    at_few.click("train.reset")
    at_few.click("train.batch")
    at_few.wait_for("Paused", 1)
    assert offered.findData("kernels.conv2") == 1


def test_weights_that_are_handed_over_are_where_it_starts(at_few: Trainer):
    network = OWN["normed"]
    start = weights_of(network)
    at_few.page.use_network(network, start)
    assert at_few.page.controls.frozen_wish() == {"conv1"}
    assert "conv1 frozen" in at_few.reads("train.origin.line")
    at_few.click("train.batch")
    at_few.wait_for("Paused", 1)
    run = at_few.page.runs.chosen
    assert run is not None and run.record.start is not None
    assert run.record.start.frozen == {"conv1"}
    for name, array in start.weights.items():
        assert np.array_equal(run.record.start.weights[name], array), name
    assert run.last is not None
    assert np.array_equal(run.last.weights["conv1.weight"], start.weights["conv1.weight"])
    assert not np.array_equal(run.last.weights["fc.weight"], start.weights["fc.weight"])
    # Without weights it begins anew.
    at_few.click("train.stop")
    at_few.wait_for("Stopped")
    at_few.page.use_network("compact")
    assert at_few.page.controls.origin.value() == ""


def test_a_run_that_goes_on_is_not_disturbed(at_few: Trainer):
    at_few.click("train.batch")
    at_few.wait_for("Paused", 1)
    at_few.page.use_network(OWN["normed"])
    assert at_few.page.controls.settings().network == "compact"
    assert "Stop it" in at_few.message
    at_few.click("train.stop")
    at_few.wait_for("Stopped")
    at_few.page.use_network(OWN["normed"])
    assert at_few.page.controls.settings().network == OWN["normed"] and not at_few.message


def test_a_run_from_a_file_brings_its_network_along(at_few: Trainer, tmp_path: Path):
    network = OWN["convolutional"]
    record, moment = trained(PLAIN.__class__(network, device="cpu", epochs=3), until=7)
    path = tmp_path / "own.safetensors"
    save_run(record, moment, path)
    at_few.page.keeping.open_file(str(path))
    at_few.qtbot.waitUntil(lambda: at_few.page.runs.chosen is not None)
    assert at_few.page.controls.settings().network == network
    assert at_few.page.runs.names() == ["own network, 6 layers"]
    assert at_few.page.runs.keepable() is not None
