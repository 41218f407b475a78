"""What the Lab says in words and formulas, as rich text: pure functions of state and palette."""

from collections.abc import Sequence
from html import escape
from math import isfinite

import numpy as np
from PySide6.QtCore import QCoreApplication

from explorer.core.arithmetic import Proof
from explorer.core.cell import Cell, bracketed
from explorer.core.cost import at_once, compare, cost, is_separable
from explorer.core.geometry import (
    AdaptiveAxis,
    AnyAxis,
    Axis,
    Pair,
    Token,
    TransposedAxis,
    size_formula,
)
from explorer.core.layers import Conv2d, Layer
from explorer.core.presets import two_steps
from explorer.core.scene import LabState
from explorer.drawing.palette import Palette
from explorer.ui.lab.ledger import equals

MOST_TERMS = 500
"""Terms of a cell that are written in one line at most."""
MOST_WINDOWS = 4
"""Windows of adaptive pooling that are listed one by one."""


_NUMBER = "text-align: right; padding-left: 6px"
"""Style of a cell of a table that holds a number."""

translate = QCoreApplication.translate


def coloured(text: str, colour: str, bold: bool = False) -> str:
    """Return `text` as HTML in a colour."""
    weight = "; font-weight: 600" if bold else ""
    return f'<span style="color: {colour}{weight}">{escape(text)}</span>'


def shape(channels: int, size: Pair) -> str:
    """Return a shape (N, C, H, W) for one picture."""
    return f"1 × {channels} × {size[0]} × {size[1]}"


def formula_in_words(axis: AnyAxis, palette: Palette) -> str:
    """Return the size formula with the names of its quantities, in the colours of their sliders."""
    tokens = size_formula(axis)
    names = {
        "input_size": translate("lab", "input"),
        "kernel_size": translate("lab", "kernel"),
        "padding": translate("lab", "padding"),
        "dilation": translate("lab", "dilation"),
        "output_padding": translate("lab", "output padding"),
        "stride": translate("lab", "stride"),
        "output": translate("lab", "output"),
    }
    named = [Token(names[token.role], token.role) if token.role else token for token in tokens]
    return _formula(tuple(named), palette)


def formula(axis: AnyAxis, palette: Palette, fits: bool = True) -> str:
    """Return the size formula with its numbers put in; the result is pale if torch refuses it."""
    return _formula(size_formula(axis), palette, fits)


def remarks(axes: tuple[AnyAxis, AnyAxis], palette: Palette) -> list[str]:
    """Return what is to be said about the formulas of both axes, a line each."""
    lines = []
    if any(axis.drops_last for axis in axes):
        lines.append(translate("lab", "− 1: the last window would begin behind the input."))
    lines += dict.fromkeys(_dilated(axis) for axis in axes if _steps(axis) > 1)
    if all(isinstance(axis, Axis) and _is_plain(axis) for axis in axes):
        lines.append(translate("lab", "In short: ⌊(W − F + 2P) / S⌋ + 1"))
    lines += dict.fromkeys(_shared_out(axis) for axis in axes if isinstance(axis, AdaptiveAxis))
    return [coloured(line, palette.muted) for line in lines]


def _is_plain(axis: Axis) -> bool:
    """Tell whether the textbook formula holds: no dilation, no odd cell, rounded down."""
    return axis.dilation == 1 and not axis.extra and not axis.ceil_mode


def _steps(axis: AnyAxis) -> int:
    return axis.dilation if isinstance(axis, Axis | TransposedAxis) else 1


def _dilated(axis: AnyAxis) -> str:
    """Return what a dilation counts, here and elsewhere, and what it makes of the kernel."""
    sentence = translate(
        "lab",
        "Dilation {step}: a step of {step} from tap to tap, with holes of {holes} (some texts "
        "write {holes}). The kernel spans {step}·({kernel} − 1) + 1 = {extent} cells.",
    )
    step = _steps(axis)
    spread = step * (axis.kernel - 1) + 1
    return sentence.format(step=step, holes=step - 1, kernel=axis.kernel, extent=spread)


def _shared_out(axis: AdaptiveAxis) -> str:
    """Return where the windows of adaptive pooling begin and end, in words and one by one."""
    sentence = translate(
        "lab",
        "Window i begins at i·{size}/{count}, rounded down, and ends before "
        "(i + 1)·{size}/{count}, rounded up: {windows}.",
    )
    ends = [axis.window(i) for i in range(min(axis.output, MOST_WINDOWS))]
    windows = [f"{each[0]}–{each[-1]}" for each in ends]
    windows += ["…"] if axis.output > MOST_WINDOWS else []
    return sentence.format(size=axis.size, count=axis.output, windows=", ".join(windows))


def _formula(tokens: tuple[Token, ...], palette: Palette, valid: bool = True) -> str:
    parts = []
    for token in tokens:
        if not token.role:
            parts.append(escape(token.text).replace("− 1", "−\u00a01"))
        elif token.role == "output":
            parts.append(coloured(token.text, palette.text if valid else palette.muted, bold=valid))
        else:
            quiet = token.role in ("weight", "muted")
            hue = "kernel_size" if token.role == "weight" else token.role
            parts.append(coloured(token.text, getattr(palette, hue), bold=not quiet))
    return "".join(parts)


def arithmetic(layer: Layer, apart: Cell) -> str:
    """Return the arithmetic of one output cell in one line.

    Where the terms are too many for that, it says what each channel adds.
    """
    sign, result = equals(apart.result)
    if len(apart.terms) <= MOST_TERMS:
        *said, before, _ = (token.text for token in layer.spelled(apart))
        return f"{''.join(said)}{before.removesuffix('= ')}{sign} {result}"
    summands = [bracketed(amount) for _, amount in apart.partials]
    summands += [] if apart.bias is None else [bracketed(apart.bias)]
    return f"{' + '.join(summands)} {sign} {result}"


def proof(proof: Proof) -> str:
    """Return what the comparison with torch gave, in a sentence."""
    if not proof.agrees:
        return translate(
            "lab", "PyTorch computes something else: the largest difference is {largest}."
        ).format(largest=_plainly(proof.largest))
    if proof.largest == 0:
        return translate("lab", "PyTorch agrees exactly (cells:\u00a0{cells}).").format(
            cells=f"{proof.cells:,}"
        )
    sentence = translate(
        "lab",
        "PyTorch agrees (cells:\u00a0{cells}). Largest difference: {largest}, by rounding.",
    )
    return sentence.format(cells=f"{proof.cells:,}", largest=_plainly(proof.largest))


def about_proof(proof: Proof) -> str:
    """Return what was compared with what, and what a difference means."""
    said = translate(
        "lab",
        "Every cell of the output is computed a second time, without PyTorch, and compared.",
    )
    if proof.agrees and proof.largest > 0:
        rounding = translate(
            "lab",
            "The numbers have about seven digits, and what is added in another order is rounded "
            "elsewhere: the largest difference is {relative} of all that was added up in its cell.",
        )
        said += " " + rounding.format(relative=_plainly(proof.relative))
    return said


def _plainly(value: float) -> str:
    """Return two digits of a number from 0 on, without a power of ten if that can be read."""
    if not 1e-9 <= value < 1e15:
        return f"{value:.1e}" if isfinite(value) else f"{value}"
    rounded = float(f"{value:.1e}")
    if rounded >= 10:
        return f"{rounded:,.0f}"
    return np.format_float_positional(rounded, trim="-")


def costs(state: LabState, palette: Palette) -> str:
    """Return what the layer costs: its parameters and its multiplications for this input.

    Below a full convolution stands what a depthwise one with a 1 × 1 after it would cost, which is
    another layer, and, if its kernels are outer products, what the same costs in two steps. Below a
    step of two stands what both cost together, and at once.
    """
    layer = state.layer
    rows = [(translate("lab", "This layer"), cost((layer,), state.channels, state.size))]
    first, second = two_steps(layer, state.sample, state.size) or (None, None)
    if first and second and isinstance(first.layer, Conv2d) and isinstance(second.layer, Conv2d):
        both, full = (first.layer, second.layer), (at_once(first.layer, second.layer),)
        given = first.channels, first.size
        rows.append((translate("lab", "Both steps"), cost(both, *given)))
        rows.append((translate("lab", "In one, full"), cost(full, *given)))
    elif isinstance(layer, Conv2d) and layer.groups == 1 and min(layer.kernel_size) > 1:
        apart = compare(layer, state.size)
        if state.channels > 1:
            name = translate("lab", "Depthwise, then 1\u00a0×\u00a01 (another layer)")
            rows.append((name, apart.depthwise_separable))
        cheaper = apart.spatially_separable.multiply_adds < apart.full.multiply_adds
        if cheaper and state.weight is not None and is_separable(state.weight):
            h, w = layer.kernel_size
            name = translate("lab", "The same as {h}\u00a0×\u00a01, then 1\u00a0×\u00a0{w}").format(
                h=h, w=w
            )
            rows.append((name, apart.spatially_separable))
    head = ("", translate("lab", "parameters"), translate("lab", "MACs"))
    table = [head, *((name, f"{c.parameters:,}", f"{c.multiply_adds:,}") for name, c in rows)]
    return _table(table, palette.muted)


def _table(rows: Sequence[tuple[str, ...]], colour: str) -> str:
    """Return rows of a name and numbers, the numbers one below the other."""
    cells = [
        "".join(
            f'<td style="{"" if i == 0 else _NUMBER}">{coloured(text, colour)}</td>'
            for i, text in enumerate(row)
        )
        for row in rows
    ]
    inner = "".join(f"<tr>{row}</tr>" for row in cells)
    return f'<table width="100%" cellspacing="0" cellpadding="0">{inner}</table>'
