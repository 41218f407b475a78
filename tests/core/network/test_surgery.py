"""Replaced kernels: where they lie in torch's tensors, what they are, and nothing else moves."""

import gc
import weakref

import numpy as np
import pytest
import torch

from explorer.core.layers import Array, BatchNorm2d, Conv2d, ConvTranspose2d, Linear, Module, ReLU
from explorer.core.network.surgery import (
    LEARNED,
    REPLACEMENTS,
    differing,
    kernels_of,
    offered,
    places,
    put,
    replacement,
    standing,
)

LAYERS = [
    Conv2d(1, 4, (5, 5)),
    Conv2d(3, 4, (3, 3)),
    Conv2d(4, 6, (3, 4), groups=2),
    Conv2d(4, 4, (2, 2), groups=4),
    Conv2d(3, 2, (1, 1)),
    Conv2d(2, 2, (11, 11)),
    ConvTranspose2d(3, 4, (3, 3)),
    ConvTranspose2d(4, 6, (4, 3), groups=2),
    Linear(12, 5),
]


def learned(layer: Module, seed: int = 0) -> Array:
    drawn = np.random.default_rng(seed).standard_normal(layer.weight_shapes()["weight"])
    return drawn.astype(np.float32)


def where_in(layer: Module) -> np.ndarray:
    found = places(layer)
    assert found is not None
    return found


@pytest.mark.parametrize("layer", LAYERS, ids=str)
def test_each_number_of_the_weight_has_one_place(layer: Module):
    where = where_in(layer)
    assert where.shape[0] == layer.weight_shapes().get("bias", (0,))[0]
    assert sorted(where.ravel().tolist()) == list(range(learned(layer).size))


def test_other_layers_have_no_kernels():
    assert places(ReLU()) is None
    assert places(BatchNorm2d(3)) is None
    assert places(Conv2d(3, 4, (3, 3), groups=2)) is None


def test_places_are_known_as_long_as_somebody_has_them() -> None:
    found = places(Conv2d(3, 5, (7, 2)))
    assert found is not None and places(Conv2d(3, 5, (7, 2))) is found
    gone = weakref.ref(found)
    del found
    gc.collect()
    assert gone() is None


@pytest.mark.parametrize("layer", [layer for layer in LAYERS if not isinstance(layer, Linear)])
def test_without_a_kernel_an_output_hears_one_input_less(layer: Conv2d | ConvTranspose2d):
    weight, where = learned(layer), where_in(layer)
    out, into = where.shape[0] - 1, where.shape[1] - 1
    x = torch.randn(1, layer.in_channels, 12, 12, generator=torch.Generator().manual_seed(1))
    silent = x.clone()
    silent[:, layer.inputs_of(out, layer.in_channels)[into]] = 0
    cut = put(weight, where[out, into], replacement("zeros", weight, where, out, into))

    def run(numbers: Array, given: torch.Tensor) -> torch.Tensor:
        return layer.forward(given, torch.from_numpy(numbers), None)[0]

    torch.testing.assert_close(run(cut, x)[out], run(weight, silent)[out])
    before, after = run(weight, x), run(cut, x)
    others = [i for i in range(len(before)) if i != out]
    torch.testing.assert_close(before[others], after[others])


def test_a_row_of_a_linear_is_a_kernel_for_each_map_before_it():
    layer = Linear(3 * 4 * 5, 7)
    where = places(layer, (3, 4, 5))
    assert where is not None and where.shape == (7, 3, 4, 5)
    weight = learned(layer)
    maps = np.random.default_rng(2).standard_normal((3, 4, 5)).astype(np.float32)
    answer = (kernels_of(weight, where) * maps).sum(axis=(1, 2, 3))
    np.testing.assert_allclose(answer, weight @ maps.ravel(), rtol=1e-4)
    assert where_in(layer).shape == (7, 1, 1, 60)
    other = places(layer, (2, 4, 5))
    assert other is not None and other.shape == (7, 1, 1, 60), "not what it reads"


@pytest.mark.parametrize("layer", LAYERS, ids=str)
def test_what_is_offered_replaces_one_kernel_and_no_other(layer: Module):
    weight, where = learned(layer), where_in(layer)
    before = weight.copy()
    size = (where.shape[2], where.shape[3])
    for name in offered(layer, size):
        made = replacement(name, weight, where, 1, 0)
        assert made.shape == size and made.dtype == np.float32 and np.isfinite(made).all()
        now = put(weight, where[1, 0], made)
        assert now.shape == weight.shape and now.dtype == np.float32
        changed = differing(weight, now, where)
        assert changed[1, 0] and changed.sum() == 1
        assert standing(offered(layer, size), weight, now, where, 1, 0) == name
    np.testing.assert_array_equal(weight, before)


@pytest.mark.parametrize("name", ["edge_across", "edge_down", "laplacian", "gaussian"])
def test_patterns_are_as_strong_as_what_they_replace(name: str):
    layer = Conv2d(2, 3, (5, 5))
    weight, where = learned(layer), where_in(layer)
    for out in range(3):
        made = replacement(name, weight, where, out)
        assert made.shape == (2, 5, 5)
        for into in range(2):
            norm = np.linalg.norm(kernels_of(weight, where)[out, into])
            assert np.linalg.norm(made[into]) == pytest.approx(norm, rel=1e-5)


def test_a_pattern_in_place_of_zeros_is_as_strong_as_the_others():
    layer = Conv2d(2, 3, (3, 3))
    where = where_in(layer)
    weight = put(learned(layer), where[0, 0], 0.0)
    made = replacement("edge_across", weight, where, 0, 0)
    mean = np.sqrt((np.linalg.norm(kernels_of(weight, where), axis=(2, 3)) ** 2).mean())
    assert np.linalg.norm(made) == pytest.approx(mean, rel=1e-5)
    nothing = np.zeros_like(weight)
    assert np.linalg.norm(replacement("gaussian", nothing, where, 0, 0)) == pytest.approx(1)
    assert replacement("noise", nothing, where, 0, 0).any()


def test_sobel_sees_the_edges_it_is_named_after():
    layer = Conv2d(1, 1, (3, 3))
    where = where_in(layer)
    across = replacement("edge_across", learned(layer), where, 0, 0)
    np.testing.assert_allclose(across / across[0, 2], [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    down = replacement("edge_down", learned(layer), where, 0, 0)
    np.testing.assert_allclose(down / down[2, 0], [[-1, -2, -1], [0, 0, 0], [1, 2, 1]])


def test_an_identity_hands_on_what_it_gets():
    layer = Conv2d(1, 1, (5, 5), padding=(2, 2), bias=False)
    where = where_in(layer)
    weight = put(learned(layer), where[0], replacement("identity", learned(layer), where, 0))
    x = torch.randn(1, 1, 8, 8)
    torch.testing.assert_close(layer.forward(x, torch.from_numpy(weight), None), x)


def test_noise_scatters_like_the_layer_and_can_be_repeated():
    layer = Conv2d(8, 8, (5, 5))
    weight, where = learned(layer) * np.float32(0.03), where_in(layer)
    made = replacement("noise", weight, where, 3)
    assert made.std() == pytest.approx(weight.std(), rel=0.2)
    np.testing.assert_array_equal(made, replacement("noise", weight, where, 3))
    np.testing.assert_array_equal(made[2], replacement("noise", weight, where, 3, 2))
    assert not np.array_equal(made[0], made[1])
    assert not np.array_equal(made, replacement("noise", weight, where, 3, seed=1))


def test_small_kernels_and_linears_are_not_offered_what_means_nothing_there():
    assert offered(Conv2d(3, 2, (1, 1)), (1, 1)) == ("zeros", "flipped", "noise", "identity")
    assert "edge_down" not in offered(Conv2d(3, 2, (1, 3)), (1, 3))
    assert offered(Linear(4, 2), (2, 2)) == ("zeros", "flipped", "noise")
    assert offered(Conv2d(1, 1, (3, 3)), (3, 3)) == tuple(REPLACEMENTS)


def test_one_can_tell_what_stands_there():
    layer = Conv2d(2, 3, (3, 3))
    weight, where = learned(layer), where_in(layer)
    names = offered(layer, (3, 3))
    assert standing(names, weight, weight, where, 1, 1) == LEARNED
    whole = put(weight, where[1], replacement("laplacian", weight, where, 1))
    assert standing(names, weight, whole, where, 1) == "laplacian"
    assert standing(names, weight, whole, where, 1, 0) == "laplacian"
    assert standing(names, weight, whole, where, 0) == LEARNED
    own = put(whole, int(where[1, 1, 0, 0]), 7.0)
    assert standing(names, weight, own, where, 1, 1) is None
    assert own[1, 1, 0, 0] == 7 and differing(whole, own, where).sum() == 1
    lost = np.full_like(weight, np.nan)
    assert standing(names, lost, lost, where, 0, 0) == LEARNED
    assert not differing(lost, lost, where).any()
