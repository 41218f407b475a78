"""What the Lab says below the canvas about the cell that is pointed at, in a sentence."""

from math import prod

from PySide6.QtCore import QCoreApplication

from explorer.core.geometry import Pair, TransposedAxis
from explorer.core.scene import Focus, LabState
from explorer.core.trace import Trace
from explorer.core.usage import usage

MOST_STAMPS = 4
"""Input cells that are listed one by one."""

translate = QCoreApplication.translate


def traced(state: LabState, trace: Trace | None) -> str:
    """Return what is traced, in a sentence, or how often cells are used, or how to begin."""
    focus = state.focus
    if state.fits and state.usage and (focus is None or trace is None):
        return _used(state)
    if focus is None or trace is None:
        return translate(
            "lab", "Point at any cell to trace it; click to hold it, Ctrl+click several."
        )
    held = translate("lab", "Held, Esc lets go: ") if focus in state.pins else ""
    say = _stamped if state.stamps else _sentence
    return held + say(state, focus, trace)


def _used(state: LabState) -> str:
    """Return how many windows use the cells of the input, or how many outputs they stamp."""
    counts = usage(state.layer, state.size)
    low, high = counts.min(), counts.max()
    h, w = state.size
    corners = counts[:: h - 1 or 1, :: w - 1 or 1]
    middle = counts[(h - 1) // 2 : h // 2 + 1, (w - 1) // 2 : w // 2 + 1]
    if low == high:
        said = translate("lab", "{low} everywhere")
    elif (corners == low).all() and (middle == high).all():
        said = translate("lab", "fewest {low} in the corners, most {high} in the middle")
    else:
        said = translate("lab", "fewest {low}, most {high}")
    sentence = translate("lab", "Windows per cell: {said}.")
    if state.stamps:
        sentence = translate("lab", "Outputs per cell: {said}.")
    return sentence.format(said=said.format(low=low, high=high))


def _stamped(state: LabState, focus: Focus, trace: Trace) -> str:
    """Return what a cell has to do with the stamps of a transposed convolution."""
    row, column = focus.cell
    if focus.board == "output":
        sources = sorted(at for at in (_source(state, at) for at in trace.inputs) if at is not None)
        listed = ", ".join(f"({i},\u00a0{j})" for i, j in sources[:MOST_STAMPS])
        sentence = {
            0: translate("lab", "No stamp reaches output ({row}, {column})."),
            1: translate("lab", "Output ({row}, {column}): the stamp of input {listed} alone."),
        }.get(
            len(sources),
            translate("lab", "Output ({row}, {column}): {count} stamps add up, of input {listed}."),
        )
        listed += ", …" if len(sources) > MOST_STAMPS else ""
        return sentence.format(row=row, column=column, count=len(sources), listed=listed)
    if focus.board == "kernel":
        sentence = translate(
            "lab",
            "Weight ({row}, {column}) is part of every stamp: {count} of {all} put it on the "
            "output.",
        )
        there = prod(
            sum(axis.stamp(cell)[tap] in range(axis.output) for cell in range(axis.size))
            for axis, tap in zip(state.axes, focus.cell, strict=True)
            if isinstance(axis, TransposedAxis)
        )
        count = state.size[0] * state.size[1]
        return sentence.format(row=row, column=column, count=there, all=count)
    source = _source(state, focus.cell)
    if source is None or focus.channel not in state.read_channels:
        return _sentence(state, focus, trace)
    sentence = translate("lab", "Input ({row}, {column}) stamps {count} of {all} output cells.")
    count = len(trace.outputs)
    return sentence.format(row=source[0], column=source[1], count=count, all=state.windows)


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
    if state.is_put_in(at):
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
