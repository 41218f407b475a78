"""The shape command on the inputs on which PyTorch tests its own functions."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from explorer.core.reader import ReadError, read
from explorer.verbs.shape import ShapeError, output_shape, written

LEAST = {"Conv2d": 30, "ConvTranspose2d": 12, "MaxPool2d": 1_000, "AvgPool2d": 7}


@pytest.fixture(scope="module")
def samples() -> list[dict[str, Any]]:
    ran = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("torch_samples.py"))],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return [json.loads(line) for line in ran.stdout.splitlines()]


def is_odd(line: str) -> bool:
    """Tell whether torch takes what a layer of ours does not: sides left out, a divisor below 0."""
    return any(piece in line for piece in ("()", ",)", "None, -")) or line.endswith(", -2)")


def test_the_samples_are_all_there(samples: list[dict[str, Any]]):
    count = Counter(sample["layer"] for sample in samples)
    assert all(count[layer] >= least for layer, least in LEAST.items()), count
    assert any(sample["answer"] is None for sample in samples)


@pytest.mark.parametrize("layer", LEAST)
def test_agrees_with_torch(layer: str, samples: list[dict[str, Any]]):
    for sample in samples:
        if sample["layer"] != layer:
            continue
        try:
            answer = list(output_shape(sample["line"], written(sample["shape"])))
        except ShapeError:
            answer = None
        assert answer == sample["answer"], sample


@pytest.mark.parametrize("layer", LEAST)
def test_our_geometry_agrees_with_torch(layer: str, samples: list[dict[str, Any]]):
    for sample in samples:
        if sample["layer"] != layer or sample["answer"] is None:
            continue
        try:
            made = read(sample["line"])
        except ReadError:
            assert is_odd(sample["line"]), sample
            continue
        *batch, channels, h, w = sample["shape"]
        ours = [*batch, made.output_channels(channels), *made.out_size((h, w))]
        assert ours == sample["answer"], sample
