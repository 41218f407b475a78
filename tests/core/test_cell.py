"""One output cell taken apart: which cell of the input torch names as the largest."""

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from explorer.core.arithmetic import cell, evaluate
from explorer.core.cell import flat_index
from explorer.core.layers import MaxPool2d

SEEDS = st.integers(0, 2**32 - 1)


@given(
    SEEDS,
    st.tuples(st.integers(3, 9), st.integers(3, 9)),
    st.tuples(st.integers(2, 3), st.integers(2, 3)),
    st.integers(1, 3),
    st.integers(0, 1),
    st.booleans(),
)
def test_the_index_is_the_one_that_torch_returns(
    seed: int,
    size: tuple[int, int],
    kernel: tuple[int, int],
    stride: int,
    padding: int,
    ceil_mode: bool,
):
    layer = MaxPool2d(
        kernel, (stride, stride), (padding, padding), return_indices=True, ceil_mode=ceil_mode
    )
    x = np.random.default_rng(seed).integers(-3, 4, (2, *size)).astype(np.float32)  # many alike
    output = evaluate(layer, x, None, None).output
    assert output is not None
    _, indices = torch.nn.functional.max_pool2d(
        torch.from_numpy(x), kernel, stride, padding, ceil_mode=ceil_mode, return_indices=True
    )
    for at in np.ndindex(*output.shape):
        taken = cell(layer, x, None, None, output, (at[0], at[1], at[2])).taken
        assert taken is not None
        assert flat_index(taken, size[1]) == indices[at].item()
