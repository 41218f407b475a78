"""The terms of one output cell, and the proof that torch gets the same numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.core.cell import Cell, Term
from explorer.core.geometry import Pair
from explorer.core.layers import Array, Layer, Windows

TOLERANCE = 1e-5
"""Largest difference from torch, relative to the sum of the absolute terms of a cell."""

SMALLEST = 1e-30
"""Sum of absolute terms below which float32 has no digits left to compare."""


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
    sources, insides = [], []
    for axis in layer.axes((x.shape[1], x.shape[2])):
        positions = [axis.window(index) for index in range(axis.output)]
        found = [[axis.source(p) for p in window] for window in positions]
        sources.append(np.array([[-1 if s is None else s for s in row] for row in found]))
        insides.append(np.array(positions) < axis.size + axis.padding)
    rows, columns = sources[0][:, None, :, None], sources[1][None, :, None, :]
    real = (rows >= 0) & (columns >= 0)
    inside = insides[0][:, None, :, None] & insides[1][None, :, None, :]
    return Windows(np.where(real, x[:, rows, columns], 0.0), real, inside)


def evaluate(layer: Layer, x: Array, weight: Array | None, bias: Array | None) -> Evaluation:
    """Let torch compute the layer's output for `x` and hold our own arithmetic against it.

    Parameters
    ----------
    x
        Shape (C, H, W), float32.
    weight
        Shape ``layer.weight_shape``, or None.
    bias
        Shape (out_channels,), or None.
    """
    import torch

    def tensor(array: Array | None) -> torch.Tensor | None:
        return None if array is None else torch.from_numpy(np.array(array))

    batch = torch.from_numpy(np.array(x)).unsqueeze(0)
    try:
        with torch.no_grad():
            result = layer.forward(batch, tensor(weight), tensor(bias))
    except (RuntimeError, ValueError, NotImplementedError) as refusal:
        return Evaluation(refusal=str(refusal).split("\n", 1)[0])
    output: Array = result[0].numpy()
    return Evaluation(output, prove(layer, gather(layer, x), weight, bias, output))


def prove(
    layer: Layer, windows: Windows, weight: Array | None, bias: Array | None, output: Array
) -> Proof:
    """Compare `output` with our own arithmetic over the same windows, cell by cell."""
    own = layer.combine(windows, weight, bias)
    if own.shape != output.shape:
        return Proof(False, float("inf"), output.size)
    same = (own == output) | (np.isnan(own) & np.isnan(output))
    with np.errstate(invalid="ignore"):
        difference = np.where(same, 0.0, np.abs(own - output))
    magnitudes = Windows(np.abs(windows.values), windows.real, windows.inside)
    absolute = (None if a is None else np.abs(a) for a in (weight, bias))
    scale = layer.combine(magnitudes, *absolute)
    relative = difference / np.maximum(SMALLEST, np.where(np.isfinite(scale), scale, 1.0))
    return Proof(
        agrees=bool(np.all(relative <= TOLERANCE)),
        largest=float(difference.max(initial=0.0)),
        cells=output.size,
        relative=float(relative.max(initial=0.0)),
    )


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
    terms = []
    for k, read in enumerate(layer.inputs_of(channel, x.shape[0])):
        for i, y in enumerate(vertical.window(row)):
            for j, z in enumerate(horizontal.window(column)):
                source = _source(vertical.source(y), horizontal.source(z))
                value = 0.0 if source is None else float(x[(read, *source)])
                inside = y < vertical.size + vertical.padding
                inside = inside and z < horizontal.size + horizontal.padding
                counts = layer.counts(source is not None, inside)
                factor = None if weight is None else float(weight[channel, k, i, j])
                terms.append(Term((k, i, j), read, (y, z), source, value, factor, counts))
    candidates = [i for i, term in enumerate(terms) if term.counts]
    winner = None
    if layer.picks_largest and candidates:  # argmax: NaN wins, as in torch
        winner = candidates[int(np.argmax([terms[i].value for i in candidates]))]
    return Cell(
        at=at,
        terms=tuple(terms),
        bias=None if bias is None else float(bias[channel]),
        divisor=layer.divisor(len(candidates)),
        winner=winner,
        result=float(output[at]),
    )


def _source(row: int | None, column: int | None) -> Pair | None:
    return None if row is None or column is None else (row, column)
