import numpy as np
import pytest
from hypothesis import given

from explorer.core.arithmetic import gather
from explorer.core.geometry import TransposedAxis
from explorer.core.layers import Conv2d, ConvTranspose2d, Layer, MaxPool2d
from explorer.core.scene import Focus
from explorer.core.trace import trace
from explorer.core.usage import usage
from tests.core.strategies import Case, cases


def test_a_corner_is_used_once_and_the_centre_nine_times():
    counts = usage(Conv2d(1, 1, (3, 3)), (5, 5))
    assert counts[0].tolist() == [1, 2, 3, 2, 1]
    assert counts[2, 2] == 9


@pytest.mark.parametrize(
    "layer",
    [
        Conv2d(1, 1, (11, 11), padding=(8, 8), padding_mode="circular"),
        ConvTranspose2d(1, 1, (5, 3), (3, 2)),
        MaxPool2d((11, 3), (1, 5), ceil_mode=True),
    ],
)
def test_a_large_input_is_counted_as_its_rows_and_columns_are(layer: Layer):
    size = (512, 509)
    windows = gather(layer, np.zeros((1, *size), np.float32))
    rows, columns = (
        np.bincount(taps.source[taps.real], minlength=n)
        for taps, n in zip((windows.rows, windows.columns), size, strict=True)
    )
    assert np.array_equal(usage(layer, size), np.outer(rows, columns))


def test_a_window_that_reads_a_cell_and_its_copies_is_one_window():
    mirrored = Conv2d(1, 1, (3, 3), padding=(1, 1), padding_mode="reflect")
    assert usage(mirrored, (5, 5))[1, 1] == 9
    repeated = mirrored.with_(padding_mode="replicate")
    assert (
        usage(repeated, (5, 5)).tolist()
        == usage(Conv2d(1, 1, (3, 3), padding=(1, 1)), (5, 5)).tolist()
    )


@given(cases())
def test_it_counts_the_outputs_that_a_cell_reaches(case: Case):
    h, w = (
        range(0, axis.size * step, step)
        for axis in case.layer.axes(case.size)
        for step in [axis.stride if isinstance(axis, TransposedAxis) else 1]
    )
    reached = [
        [len(trace(case.layer, case.size, Focus("input", (i, j))).outputs) for j in w] for i in h
    ]
    assert usage(case.layer, case.size).tolist() == reached
