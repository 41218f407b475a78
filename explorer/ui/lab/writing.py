"""What the Lab says in words and formulas, as rich text: pure functions of state and palette."""

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import QCoreApplication

from explorer.core.arithmetic import Proof
from explorer.core.cell import Cell, bracketed, number
from explorer.core.cost import at_once, compare, cost
from explorer.core.geometry import AnyAxis, Axis, Pair, Token, TransposedAxis, size_formula
from explorer.core.layers import Conv2d, Layer
from explorer.core.presets import two_steps
from explorer.core.scene import Focus, LabState
from explorer.core.trace import Trace
from explorer.drawing.palette import Palette

MOST_TERMS = 500
"""Terms of a cell that are written in one line at most."""


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
    if all(isinstance(axis, Axis) and axis.dilation == 1 and not axis.extra for axis in axes):
        lines.append(translate("lab", "In short: (W − F + 2P) / S + 1"))
    return [coloured(line, palette.muted) for line in lines]


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
    if len(apart.terms) <= MOST_TERMS:
        return "".join(token.text for token in layer.spelled(apart))
    summands = [bracketed(amount) for _, amount in apart.partials]
    summands += [] if apart.bias is None else [bracketed(apart.bias)]
    return f"{' + '.join(summands)} = {number(apart.result)}"


def proof(proof: Proof) -> str:
    """Return what the comparison with torch gave, in a sentence."""
    if not proof.agrees:
        return translate(
            "lab", "PyTorch computes something else: the largest difference is {largest}."
        ).format(largest=f"{proof.largest:.3g}")
    if proof.largest == 0:
        sentence = translate("lab", "PyTorch agrees to the last bit (cells compared: {cells}).")
        return sentence.format(cells=proof.cells)
    sentence = translate(
        "lab",
        "PyTorch agrees (cells compared: {cells}). Largest difference {largest}: "
        "{relative} of the terms.",
    )
    return sentence.format(
        cells=proof.cells, largest=f"{proof.largest:.1e}", relative=f"{proof.relative:.0e}"
    )


def traced(state: LabState, trace: Trace | None) -> str:
    """Return what is traced, in a sentence, or how to begin."""
    focus = state.focus
    if focus is None or trace is None:
        return translate(
            "lab", "Point at any cell to trace it; click to hold it, Ctrl+click several."
        )
    held = translate("lab", "Held, Esc lets go: ") if focus in state.pins else ""
    return held + _sentence(state, focus, trace)


def _sentence(state: LabState, focus: Focus, trace: Trace) -> str:
    row, column = focus.cell
    if focus.board == "output":
        outside = sum(not _is_real(state, at) for at in trace.inputs)
        sentence = translate("lab", "Output ({row}, {column}) reads {count} of the input's cells.")
        if outside:
            sentence = translate(
                "lab",
                "Output ({row}, {column}) reads {count} of the input's cells, "
                "{outside} of them outside of it.",
            )
        if outside and isinstance(state.axes[0], TransposedAxis):
            sentence = translate(
                "lab",
                "Output ({row}, {column}) reads {count} cells of the stretched input, "
                "{outside} of them zeros.",
            )
        said = sentence.format(row=row, column=column, count=len(trace.inputs), outside=outside)
        channels = len(state.read_channels)
        if channels > 1:
            more = translate("lab", "In each of {channels} channels: {count} in all.")
            said += " " + more.format(channels=channels, count=channels * len(trace.inputs))
        return said
    if focus.board == "kernel":
        sentence = translate(
            "lab", "Weight ({row}, {column}) is used once for every output cell: {pairs} ×."
        )
        return sentence.format(row=row, column=column, pairs=trace.pairs)
    if focus.channel not in state.read_channels:
        sentence = translate(
            "lab", "Channel {channel} does not enter output channel {shown}: look at another one."
        )
        return sentence.format(channel=focus.channel, shown=state.channel)
    reached = translate("lab", "{name} ({row}, {column}) reaches {count} of {all} output cells.")
    sentence = reached.format(
        name=_name(state, focus.cell),
        row=row,
        column=column,
        count=len(trace.outputs),
        all=state.windows,
    )
    source = _source(state, focus.cell)
    if source is not None and not _is_real(state, focus.cell):
        copies = translate(
            "lab",
            "Padding ({row}, {column}) copies input ({from_row}, {from_column}), which reaches "
            "{count} of {all} output cells through all its copies.",
        )
        return copies.format(
            row=row,
            column=column,
            from_row=source[0],
            from_column=source[1],
            count=len(trace.outputs),
            all=state.windows,
        )
    return sentence


def _name(state: LabState, at: Pair) -> str:
    """Return what kind of cell stands at a position of the input."""
    if _is_real(state, at):
        return translate("lab", "Input")
    ends = (axis.first + axis.shown - max(0, axis.overhang) for axis in state.axes)
    if any(position >= end for position, end in zip(at, ends, strict=True)):
        return translate("lab", "Overhang")
    if all(
        isinstance(axis, TransposedAxis) and 0 <= position < axis.stretched
        for axis, position in zip(state.axes, at, strict=True)
    ):
        return translate("lab", "Inserted zero")
    return translate("lab", "Padding")


def _source(state: LabState, at: Pair) -> Pair | None:
    """Return the real cell whose value stands at a position, or None."""
    row, column = (axis.source(p) for axis, p in zip(state.axes, at, strict=True))
    return None if row is None or column is None else (row, column)


def _is_real(state: LabState, at: Pair) -> bool:
    """Tell whether a real cell itself stands at a position."""
    padded = any(axis.is_padding(p) for axis, p in zip(state.axes, at, strict=True))
    return not padded and _source(state, at) is not None


def costs(state: LabState, palette: Palette) -> str:
    """Return what the layer costs: its parameters and its multiplications for this input.

    Below a full convolution stands what it costs taken apart, and below a step of two what both
    cost together, and at once.
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
            rows.append((translate("lab", "Depthwise, 1 × 1"), apart.depthwise_separable))
        h, w = layer.kernel_size
        name = translate("lab", "{h} × 1, then 1 × {w}").format(h=h, w=w)
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
