"""The sentences beside the examples, and that their numbers are true."""

import numpy as np
import pytest

from explorer.core.arithmetic import evaluate
from explorer.core.cost import is_separable, parameters
from explorer.core.hints import HINTS
from explorer.core.inputs import numbers
from explorer.core.kernels import weights
from explorer.core.layers import Array, MaxPool2d
from explorer.core.presets import PRESETS
from explorer.core.usage import usage


def counts(name: str) -> list[list[int]]:
    found: list[list[int]] = usage(PRESETS[name].layer, PRESETS[name].size).tolist()
    return found


def test_every_example_has_one_and_it_is_short():
    assert list(HINTS) == list(PRESETS)
    for name, hint in HINTS.items():
        assert str(hint).endswith("."), name
        assert 40 < len(str(hint)) <= 150, name
    assert len({str(hint) for hint in HINTS.values()}) == len(HINTS)


def test_a_corner_is_used_once_without_padding_and_four_times_with_it():
    assert counts("numbers")[0][0] == 1
    assert counts("numbers_padding")[0][0] == 4
    assert "used once" in str(HINTS["numbers_padding"])
    assert "here 4 times" in str(HINTS["numbers_padding"])


def test_padding_from_the_other_side_uses_every_cell_nine_times():
    assert np.unique(counts("circular")).tolist() == [9]
    assert "9 times" in str(HINTS["circular"])


def test_repeated_cells_are_used_by_as_many_windows_as_with_zeros():
    assert counts("replicate") == counts("numbers_padding")
    assert "4 windows use a corner" in str(HINTS["replicate"])


def test_two_rows_and_columns_are_never_used():
    assert [row[-2:] for row in counts("small_pool")] == [[0, 0]] * 5
    assert counts("small_pool")[-2:] == [[0] * 5] * 2
    assert isinstance(PRESETS["small_pool"].layer, MaxPool2d)


def test_the_weights_that_two_steps_save():
    assert parameters(PRESETS["depthwise"].layer) == 27
    assert parameters(PRESETS["depthwise"].layer.with_(groups=1)) == 81
    both = [parameters(PRESETS[f"separable_{step}wise"].layer) for step in ("depth", "point")]
    assert (sum(both), parameters(PRESETS["six_maps"].layer)) == (45, 162)
    sobel = weights(PRESETS["sobel"].kernel, PRESETS["sobel"].layer)
    assert sobel is not None and is_separable(sobel)


def test_three_weights_of_the_second_kernel_are_0():
    weight = weights(PRESETS["small"].kernel, PRESETS["small"].layer)
    assert weight is not None and (weight == 0).sum() == 3


@pytest.mark.parametrize(
    ("name", "pairs"),
    [
        ("leaky_relu", ((-6, -0.6),)),
        ("elu", ((-0.5, -0.393), (-4, -0.982), (-6, -0.998))),
        ("silu", ((-1.5, -0.274), (-6, -0.015))),
        ("sigmoid", ((0, 0.5),)),
        ("tanh", ((0, 0), (3, 0.995), (6, 1))),
    ],
)
def test_what_an_activation_makes_of_single_numbers(
    name: str, pairs: tuple[tuple[float, float], ...]
):
    before, after = numbers("signed", (5, 5))[0], made(name)[0]
    for given, expected in pairs:
        (found,) = after[before == given]
        assert found == pytest.approx(expected, abs=5e-4)
        assert all(f"{one:g}".replace("-", "−") in str(HINTS[name]) for one in (given, expected))


def test_what_else_the_hints_of_activations_say():
    assert (made("relu") == 0).sum() == 1 + 12
    assert made("silu").min() == pytest.approx(-0.274, abs=5e-4)
    large = made("sigmoid")[numbers("signed", (5, 5)) >= 4]
    assert large.min() > 0.98 and large.max() < 1
    shares = made("softmax")
    assert shares.shape == (4, 3, 3)
    assert np.allclose(shares.sum(axis=0), 1)
    assert np.allclose(shares[:, 1, 1], 0.25)
    assert np.allclose(np.exp(made("log_softmax")), shares)
    assert made("log_softmax").max() < 0
    assert made("log_softmax")[0, 1, 1] == pytest.approx(-1.386, abs=5e-4)


def made(name: str) -> Array:
    preset = PRESETS[name]
    x = numbers(preset.sample, preset.size, preset.channels)
    output = evaluate(preset.layer, x, None, None).output
    assert output is not None
    return output
