"""The shape command on the inputs on which PyTorch tests its own functions."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from explorer.core.reader import ReadError, read, read_call
from explorer.verbs.shape import ShapeError, output_shape, written

Sample = dict[str, Any]

LEAST = {"Conv2d": 30, "ConvTranspose2d": 12, "MaxPool2d": 1_400, "AvgPool2d": 7}
"""Samples that are meant to work; torch 2.10 and later have no fewer."""
LEAST_WRONG = {"Conv2d": 7, "MaxPool2d": 7, "AvgPool2d": 5}
"""Samples that torch is meant to refuse, as far as a layer can be asked for them."""
SKIPPED = {"input and weights are of different types": 2, "the kernel has one dimension": 1}
"""Samples that no layer can express, all of them among those that torch is meant to refuse."""
MOST_ODD = 3
"""Samples that work and that no layer of ours takes, see `is_odd`."""


@pytest.fixture(scope="module")
def all_samples() -> list[Sample]:
    ran = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("torch_samples.py"))],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return [json.loads(line) for line in ran.stdout.splitlines()]


@pytest.fixture(scope="module")
def samples(all_samples: list[Sample]) -> list[Sample]:
    return [sample for sample in all_samples if "skipped" not in sample]


def is_odd(line: str) -> bool:
    """Tell whether torch takes what a layer of ours does not: sides left out, a divisor below 0."""
    given = read_call(line).arguments
    short = any(isinstance(value, tuple) and len(value) < 2 for value in given.values())
    return short or (given.get("divisor_override") or 1) < 0


def test_the_samples_are_all_there(samples: list[Sample]):
    for least, is_wrong in ((LEAST, False), (LEAST_WRONG, True)):
        count = Counter(sample["layer"] for sample in samples if sample["is_wrong"] is is_wrong)
        assert all(count[layer] >= number for layer, number in least.items()), count
    for sample in samples:
        assert isinstance(sample["function"], str if sample["is_wrong"] else list), sample


def test_no_more_is_left_out_than_no_layer_can_express(all_samples: list[Sample]):
    skipped = [sample for sample in all_samples if "skipped" in sample]
    assert Counter(sample["skipped"] for sample in skipped) <= Counter(SKIPPED)
    assert all(sample["is_wrong"] for sample in skipped)


@pytest.mark.parametrize("layer", LEAST)
def test_agrees_with_torch(layer: str, samples: list[Sample]):
    for sample in samples:
        if sample["layer"] != layer:
            continue
        try:
            answer: list[int] | str = list(output_shape(sample["line"], written(sample["shape"])))
        except ShapeError as refusal:
            answer = str(refusal)
        # Where groups do not divide, torch's layer is not made, and says so in its own words.
        assert answer == sample["module"], sample
        assert isinstance(answer, str) or answer == sample["function"], sample
        assert isinstance(answer, str) == isinstance(sample["function"], str), sample


@pytest.mark.parametrize("layer", LEAST)
def test_our_geometry_agrees_with_torch(layer: str, samples: list[Sample]):
    odd = 0
    for sample in samples:
        if sample["layer"] != layer:
            continue
        *batch, channels, h, w = sample["shape"]
        works = isinstance(sample["function"], list)
        try:
            made = read(sample["line"])
        except ReadError:
            odd += works
            assert not works or is_odd(sample["line"]), sample
            continue
        if works:
            ours = [*batch, made.output_channels(channels), *made.out_size((h, w))]
            assert ours == sample["function"], sample
        elif min(sample["shape"]) > 0:
            problem = made.channel_problem(channels) or made.size_problem((h, w))
            assert problem is not None, sample
    assert odd <= MOST_ODD
