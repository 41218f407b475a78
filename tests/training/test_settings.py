import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.training.errors import SettingsError
from explorer.training.settings import NETWORK_NAMES, OPTIMIZERS, SCHEDULES, Settings

NOT_NUMBERS = (True, False, None, "1", b"1", [1], 1j, math.nan, math.inf, -math.inf, 10**400)


def test_the_defaults_are_those_of_the_textbook():
    assert Settings() == Settings(
        "compact", "bundled", "auto", 10, 64, 0.01, 0.5, 0, "sgd", 0.0, "constant"
    )


@given(
    network=st.sampled_from(NETWORK_NAMES),
    device=st.sampled_from(["auto", "cpu", "cuda", "cuda:0", "cuda:12", "mps"]),
    epochs=st.integers(1, 1000),
    batch_size=st.integers(1, 60_000),
    lr=st.floats(0, 100, exclude_min=True) | st.integers(1, 100),
    momentum=st.floats(0, 1, exclude_max=True) | st.just(0),
    seed=st.integers(0, 2**63 - 1),
    optimizer=st.sampled_from(OPTIMIZERS),
    weight_decay=st.floats(0, 1) | st.integers(0, 1),
    schedule=st.sampled_from(SCHEDULES),
)
def test_whatever_lies_in_the_ranges_is_taken(
    network: str,
    device: str,
    epochs: int,
    batch_size: int,
    lr: float,
    momentum: float,
    seed: int,
    optimizer: str,
    weight_decay: float,
    schedule: str,
):
    settings = Settings(
        network,
        "folder",
        device,
        epochs,
        batch_size,
        lr,
        momentum,
        seed,
        optimizer,
        weight_decay,
        schedule,
    )
    assert settings.lr == lr and isinstance(settings.lr, float)
    assert settings.momentum == momentum and isinstance(settings.momentum, float)
    assert settings.weight_decay == weight_decay and isinstance(settings.weight_decay, float)
    assert hash(settings) == hash(dataclasses.replace(settings))


@pytest.mark.parametrize(
    ("field", "bad"),
    [
        *(("epochs", value) for value in (0, -1, 1001, 2**70, 1.0, np.int64(3), *NOT_NUMBERS)),
        *(("batch_size", value) for value in (0, -64, 60_001, 64.0, *NOT_NUMBERS)),
        *(("seed", value) for value in (-1, 2**63, 0.0, *NOT_NUMBERS)),
        *(("lr", value) for value in (0, 0.0, -0.01, 100.5, *NOT_NUMBERS)),
        *(("momentum", value) for value in (-0.1, 1, 1.0, 2, *NOT_NUMBERS)),
        *(("weight_decay", value) for value in (-0.1, 1.1, *NOT_NUMBERS)),
        *(("optimizer", value) for value in ("", "SGD", None, ["sgd"])),
        *(("schedule", value) for value in ("", "linear", None)),
        *(("network", value) for value in ("", "Compact", "lenet", None, 1, ["compact"])),
        *(("device", value) for value in ("", "gpu", "cuda:", "cuda:x", "cuda:-1", "cpu\n", None)),
        *(("data", value) for value in ("", None, 3)),
    ],
)
def test_anything_else_is_refused_with_one_sentence(field: str, bad: object):
    with pytest.raises(SettingsError) as caught:
        Settings(**{field: bad})  # type: ignore[arg-type]
    sentence = str(caught.value)
    assert sentence.startswith(f"{field} cannot be ") and "; choose " in sentence
    assert sentence.endswith(".") and "\n" not in sentence and len(sentence) < 220


@given(st.one_of(st.floats(), st.integers(), st.text(), st.none(), st.booleans()))
def test_a_learning_rate_is_positive_and_finite_or_refused(value: object):
    try:
        settings = Settings(lr=value)  # type: ignore[arg-type]
    except SettingsError:
        return
    assert 0 < settings.lr <= 100


def test_a_change_is_checked_too():
    with pytest.raises(SettingsError):
        dataclasses.replace(Settings(), momentum=1)
