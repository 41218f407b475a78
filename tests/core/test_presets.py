"""The worked examples of the lessons, number by number."""

from itertools import product

import numpy as np
import pytest

from explorer.core.arithmetic import cell, evaluate
from explorer.core.layers import Array, Conv2d, MaxPool2d
from explorer.core.presets import (
    DIGIT,
    KERNELS,
    NUMBERS,
    PRESETS,
    numbers,
    own_size,
    weights,
)
from tests.core.strategies import torch_accepts

WORKED = {
    "numbers": "211 295 262 / 259 282 214 / 251 253 169",
    "numbers_padding": "91 168 224 215 127 / 114 211 295 262 149 / 192 259 282 214 122 / "
    "194 251 253 169 86 / 96 112 110 68 31",
    "numbers_stride": "211 262 / 251 169",
    "small": "10 12 12 / 18 16 16 / 13 9 3",
    "small_stride": "10 12 / 13 3",
    "small_padding": "1 3 4 10 8 / 5 10 12 12 6 / 7 18 16 16 8 / 11 13 9 3 4 / 14 13 9 7 4",
    "small_pool_ceil": "2 3 / 5 1",
    "small_pool": "2",
    "max_pool": "4 8 / 9 8",
    "avg_pool": "3.25 6.25 / 5.75 6.25",
}
SIDES = range(1, 12)


def table(text: str) -> list[list[float]]:
    return [[float(number) for number in row.split()] for row in text.split("/")]


def setting(name: str) -> tuple[Array, Array | None]:
    """Return the input and the weights of a preset."""
    preset = PRESETS[name]
    return numbers(preset.sample, preset.size), weights(preset.kernel, preset.layer)


def test_every_example_is_either_a_digit_or_written_down_here():
    assert {n for n, preset in PRESETS.items() if preset.sample != DIGIT} == set(WORKED)


@pytest.mark.parametrize("name", WORKED)
def test_an_example_has_the_numbers_of_the_lesson(name: str):
    x, weight = setting(name)
    evaluation = evaluate(PRESETS[name].layer, x, weight, None)
    assert evaluation.output is not None and evaluation.proof is not None
    assert evaluation.output[0].tolist() == table(WORKED[name])
    assert evaluation.proof.agrees


def test_the_first_cell_is_the_sum_of_the_lesson():
    x, weight = setting("numbers")
    layer = PRESETS["numbers"].layer
    output = evaluate(layer, x, weight, None).output
    assert output is not None
    taken = cell(layer, x, weight, None, output, (0, 0, 0))
    written = " + ".join(f"{term.value:g}·{term.weight:g}" for term in taken.terms)
    assert written == "3·1 + 4·2 + 6·3 + 2·4 + 4·5 + 6·6 + 1·7 + 6·8 + 7·9"
    assert taken.result == 211


@pytest.mark.parametrize("name", PRESETS)
def test_torch_takes_every_example(name: str):
    preset = PRESETS[name]
    assert torch_accepts(preset.layer, 1, preset.size)
    assert preset.sample == DIGIT or preset.sample in NUMBERS
    assert preset.kernel in KERNELS
    assert own_size(preset.sample) == preset.size


def test_the_titles_are_told_apart():
    for named in (PRESETS, KERNELS):
        titles = [str(entry.title) for entry in named.values()]
        assert len(set(titles)) == len(titles)


def test_a_table_is_cut_off_or_repeated():
    x = numbers("pool", (2, 6))
    assert x.tolist() == [[[3, 4, 6, 5, 3, 4], [2, 4, 6, 8, 2, 4]]]
    assert x.dtype == np.float32
    assert numbers("numbers", (32, 32)).shape == (1, 32, 32)
    for name, rows in NUMBERS.items():
        assert numbers(name, own_size(name))[0].tolist() == [list(row) for row in rows]


@pytest.mark.parametrize("name", KERNELS)
def test_a_family_has_a_kernel_of_every_size(name: str):
    for h, w in product(SIDES, SIDES):
        made = KERNELS[name].make(h, w)
        assert made.shape == (h, w)
        assert made.dtype == np.float32
        assert np.isfinite(made).all()


def test_the_edge_kernels_are_sobels():
    sobel = [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]
    assert KERNELS["edge_across"].make(3, 3).tolist() == sobel
    assert KERNELS["edge_down"].make(3, 3).tolist() == np.transpose(sobel).tolist()


def test_what_the_kernels_do_to_a_flat_picture():
    for h, w in product(SIDES, SIDES):
        total = {name: float(kernel.make(h, w).sum()) for name, kernel in KERNELS.items()}
        assert total["edge_across"] == total["edge_down"] == 0
        assert total["box"] == pytest.approx(1, rel=1e-5)
        assert total["identity"] == total["sharpen"] == 1


def test_the_identity_gives_the_input_back():
    layer = Conv2d(1, 1, (3, 5), padding=(1, 2), bias=False)
    x = numbers("numbers", (9, 9))
    output = evaluate(layer, x, weights("identity", layer), None).output
    assert output is not None
    assert output.tolist() == x.tolist()


def test_weights_have_the_layers_shape():
    layer = Conv2d(4, 2, (3, 3), groups=2)
    made = weights("counting", layer)
    assert made is not None
    assert made.shape == layer.weight_shape
    assert (made == made[0, 0]).all()
    assert weights("counting", MaxPool2d((2, 2))) is None
