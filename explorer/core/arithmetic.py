"""The terms of one output cell, and the proof that torch gets the same numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import isnan

import numpy as np

from explorer.core.cell import Cell, Term
from explorer.core.geometry import AnyAxis, Pair
from explorer.core.layers import Array, Layer, Taps, Windows
from explorer.core.layers.windows import Mask

TOLERANCE = 1e-5
"""Largest difference from torch, relative to the sum of the absolute terms of a cell."""

LARGE = 128 * 128
"""Cells of an input from which on a convolution is computed with its channels side by side.

In torch's usual order oneDNN makes a routine for every new size of the output, which takes up to
30 ms, and is slower afterwards too.
"""


@dataclass(frozen=True)
class Proof:
    """The comparison of every output cell with our own arithmetic.

    Attributes
    ----------
    largest
        The largest difference.
    relative
        The largest difference in relation to the sum of the absolute terms of its cell.
    """

    agrees: bool
    largest: float
    cells: int
    relative: float = 0.0


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What a layer makes of an input.

    Attributes
    ----------
    output
        Shape (C, out_h, out_w), computed by torch; None where torch refuses or is not loaded yet.
    refusal
        torch's own message where it refuses.
    """

    output: Array | None = None
    proof: Proof | None = None
    refusal: str | None = None


def gather(layer: Layer, x: Array) -> Windows:
    """Return all windows of `x`, shape (C, H, W), by index arithmetic alone."""
    rows, columns = (Taps.of(axis) for axis in layer.axes((x.shape[1], x.shape[2])))
    return Windows(x, rows, columns)


def evaluate(
    layer: Layer,
    x: Array,
    weight: Array | None,
    bias: Array | None,
    *,
    with_proof: bool = True,
) -> Evaluation:
    """Let torch compute the layer's output for `x` and hold our own arithmetic against it.

    Parameters
    ----------
    x
        Shape (C, H, W), float32.
    weight
        Shape ``layer.weight_shape``, or None.
    bias
        Shape (out_channels,), or None.
    with_proof
        Whether to compare at once; else ``proof`` is None, for whoever does it later.
    """
    import torch

    def tensor(array: Array | None) -> torch.Tensor | None:
        return None if array is None else torch.from_numpy(np.array(array))

    batch = torch.from_numpy(np.array(x)).unsqueeze(0)
    if weight is not None and x[0].size >= LARGE:
        batch = batch.contiguous(memory_format=torch.channels_last)
    try:
        with torch.no_grad():
            result = layer.forward(batch, tensor(weight), tensor(bias))
    except (RuntimeError, ValueError, IndexError, NotImplementedError) as refusal:
        return Evaluation(refusal=str(refusal).split("\n", 1)[0])
    output: Array = np.ascontiguousarray(result[0].numpy())
    if not with_proof:
        return Evaluation(output)
    return Evaluation(output, prove(layer, gather(layer, x), weight, bias, output))


def prove(
    layer: Layer, windows: Windows, weight: Array | None, bias: Array | None, output: Array
) -> Proof:
    """Compare `output` with our own arithmetic over the same windows, cell by cell."""
    proof = Proof(True, 0.0, 0)
    for proof in proving(layer, windows, weight, bias, output):  # noqa: B007 - the last one counts
        pass
    return proof


def proving(
    layer: Layer, windows: Windows, weight: Array | None, bias: Array | None, output: Array
) -> Iterator[Proof]:
    """Do the same as `prove` in steps: yield what is known so far, the whole at the end."""
    out_size = len(windows.rows.source), len(windows.columns.source)
    expected = layer.output_channels(len(windows.board)), *out_size
    if output.shape != expected:
        yield Proof(False, float("inf"), output.size)
        return
    largest = relative = 0.0
    cells = 0
    for columns, part in windows.parts():
        there = output[..., columns]
        with np.errstate(invalid="ignore", over="ignore"):
            own = layer.combine(part, weight, bias)
            same = (own.astype(np.float32) == there) | (np.isnan(own) & np.isnan(there))
            same |= _undecided(layer, part, weight)
            difference = np.where(same, 0.0, np.abs(own - there))
            deviation = layer.deviation(part, weight, bias, difference, there)
            deviation[same] = 0.0
        difference[(deviation == 0) & ~np.isfinite(difference)] = 0.0
        largest = max(largest, _most(difference))
        relative = max(relative, _most(deviation))
        cells += there.size
        yield Proof(relative <= TOLERANCE, largest, cells, relative)


def _undecided(layer: Layer, windows: Windows, weight: Array | None) -> Mask:
    """Tell which output cells, (C_out, out_h, out_w) or less, let an infinite weight meet no cell.

    0 · ∞ is NaN, but torch leaves such a product out wherever it does not look at the padding.
    """
    if weight is None or np.isfinite(weight).all():
        return np.zeros((1, 1, 1), bool)
    lost = (~np.isfinite(weight)).astype(np.float64)
    met = layer.combine(replace(windows, board=np.ones_like(windows.board)), lost, None)
    of_channel = [layer.kernel_for(lost, channel).sum() for channel in range(len(met))]
    missed: Mask = met < np.array(of_channel)[:, None, None] - 0.5
    return missed


def _most(values: Array) -> float:
    """Return the largest of `values`, to which NaN counts as infinite."""
    return float(np.where(np.isnan(values), np.inf, values).max(initial=0.0))


def cell(
    layer: Layer,
    x: Array,
    weight: Array | None,
    bias: Array | None,
    output: Array,
    at: tuple[int, int, int],
) -> Cell:
    """Take output cell `at` (channel, row, column) apart into its terms."""
    channel, row, column = at
    vertical, horizontal = layer.axes((x.shape[1], x.shape[2]))
    kernel = None if weight is None else layer.kernel_for(weight, channel)
    terms = []
    for k, read in enumerate(layer.inputs_of(channel, x.shape[0])):
        for i, y in enumerate(vertical.window(row)):
            for j, z in enumerate(horizontal.window(column)):
                source = _source(vertical.source(y), horizontal.source(z))
                value = 0.0 if source is None else float(x[(read, *source)])
                inside = _is_inside(vertical, y) and _is_inside(horizontal, z)
                counts = layer.counts(source is not None, inside)
                factor = None if kernel is None else float(kernel[k, i, j])
                power = layer.power(value)
                terms.append(Term((k, i, j), read, (y, z), source, value, factor, counts, power))
    candidates = [i for i, term in enumerate(terms) if term.counts]
    winner = _largest(terms, candidates) if layer.picks_largest else None
    return Cell(
        at=at,
        terms=tuple(terms),
        bias=None if bias is None else float(bias[channel]),
        divisor=layer.divisor(len(candidates)),
        winner=winner,
        result=float(output[at]),
    )


def _is_inside(axis: AnyAxis, position: int) -> bool:
    return axis.is_padding(position) or axis.source(position) is not None


def _largest(terms: list[Term], candidates: list[int]) -> int | None:
    """Return which of the terms torch takes: the last NaN, or the first of the largest."""
    lost = [i for i in candidates if isnan(terms[i].value)]
    if lost:
        return lost[-1]
    return max(candidates, key=lambda i: terms[i].value, default=None)


def _source(row: int | None, column: int | None) -> Pair | None:
    return None if row is None or column is None else (row, column)
