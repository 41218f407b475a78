"""What the Lab says in words and formulas, as rich text: pure functions of state and palette."""

from html import escape

from PySide6.QtCore import QCoreApplication

from explorer.core.arithmetic import Cell, Proof, Term
from explorer.core.geometry import Axis, Pair, Token, size_formula
from explorer.core.scene import Focus, LabState
from explorer.core.text import Text
from explorer.core.trace import Trace
from explorer.drawing.colour import written
from explorer.drawing.palette import Palette


def translated(text: Text) -> str:
    """Return a sentence of the core in the user's language."""
    sentence = QCoreApplication.translate("core", text.source)
    return sentence.format(**dict(text.values))


def _tr(source: str) -> str:
    return QCoreApplication.translate("lab", source)


def coloured(text: str, colour: str, bold: bool = False) -> str:
    """Return `text` as HTML in a colour."""
    weight = "; font-weight: 600" if bold else ""
    return f'<span style="color: {colour}{weight}">{escape(text)}</span>'


def shape(channels: int, size: Pair) -> str:
    """Return a shape (N, C, H, W) for one picture."""
    return f"1 × {channels} × {size[0]} × {size[1]}"


def formula_in_words(axis: Axis, palette: Palette) -> str:
    """Return the size formula with the names of its quantities, in the colours of their sliders."""
    tokens = size_formula(axis)
    names = {
        "input_size": _tr("input"),
        "kernel_size": _tr("kernel"),
        "padding": _tr("padding"),
        "dilation": _tr("dilation"),
        "stride": _tr("stride"),
        "output": _tr("output"),
    }
    named = [Token(names[token.role], token.role) if token.role else token for token in tokens]
    return _formula(tuple(named), palette)


def formula(axis: Axis, palette: Palette) -> str:
    """Return the size formula with its numbers put in."""
    return _formula(size_formula(axis), palette)


def _formula(tokens: tuple[Token, ...], palette: Palette) -> str:
    parts = []
    for token in tokens:
        if not token.role:
            parts.append(escape(token.text).replace("− 1", "−\u00a01"))
        elif token.role == "output":
            parts.append(f"<b>{escape(token.text)}</b>")
        else:
            parts.append(coloured(token.text, getattr(palette, token.role), bold=True))
    return "".join(parts)


def arithmetic(apart: Cell, rule: str, palette: Palette) -> str:
    """Return the arithmetic of one output cell, term by term."""
    muted = palette.muted
    if rule == "max":
        listed = ", ".join(
            f"<b>{written(term.value)}</b>" if i == apart.winner else _value(term, muted)
            for i, term in enumerate(apart.terms)
        )
        return f"max({listed}) = <b>{written(apart.result)}</b>"
    if rule == "mean":
        listed = " + ".join(_value(term, muted) for term in apart.terms)
        divisor = written(apart.divisor or 0.0)
        return f"({listed}) ÷ {divisor} = <b>{written(apart.result)}</b>"
    listed = " + ".join(_product(term, palette) for term in apart.terms)
    bias = "" if apart.bias is None else f" + {_bracketed(apart.bias)}"
    return f"{listed}{bias} = <b>{written(apart.result)}</b>"


def _product(term: Term, palette: Palette) -> str:
    weight = 0.0 if term.weight is None else term.weight
    if term.source is None:
        return coloured(f"0·{_bracketed(weight)}", palette.muted)
    return f"{_bracketed(term.value)}·{coloured(_bracketed(weight), palette.kernel_size)}"


def _value(term: Term, muted: str) -> str:
    if term.source is None:
        return coloured("0" if term.counts else "–", muted)
    return _bracketed(term.value)


def _bracketed(value: float) -> str:
    return f"({written(value)})" if value < 0 else written(value)


def proof(proof: Proof) -> str:
    """Return what the comparison with torch gave, in a sentence."""
    if not proof.agrees:
        return _tr("PyTorch computes something else: the largest difference is {largest}.").format(
            largest=f"{proof.largest:.3g}"
        )
    if proof.largest == 0:
        return _tr("PyTorch agrees on all {cells} cells, to the last bit.").format(
            cells=proof.cells
        )
    return _tr("PyTorch agrees on all {cells} cells; largest difference {largest}.").format(
        cells=proof.cells, largest=f"{proof.largest:.1e}"
    )


def traced(state: LabState, trace: Trace | None) -> str:
    """Return what is traced, in a sentence, or how to begin."""
    focus = state.focus
    if focus is None or trace is None:
        return _tr("Point at any cell to trace it; click to hold it.")
    held = _tr("Held, Esc lets go: ") if state.pin == focus else ""
    return held + _sentence(state, focus, trace)


def _sentence(state: LabState, focus: Focus, trace: Trace) -> str:
    row, column = focus.cell
    if focus.board == "output":
        outside = sum(not _is_real(state, at) for at in trace.inputs)
        sentence = _tr("Output ({row}, {column}) reads {count} of the input's cells")
        tail = _tr(", {outside} of them outside of it.").format(outside=outside) if outside else "."
        return sentence.format(row=row, column=column, count=len(trace.inputs)) + tail
    if focus.board == "kernel":
        sentence = _tr("Weight ({row}, {column}) is used once for every output cell: {pairs} ×.")
        return sentence.format(row=row, column=column, pairs=trace.pairs)
    sentence = _tr("{name} ({row}, {column}) reaches {count} of {all} output cells.")
    return sentence.format(
        name=_name(state, focus.cell),
        row=row,
        column=column,
        count=len(trace.outputs),
        all=state.windows,
    )


def _name(state: LabState, at: Pair) -> str:
    """Return what kind of cell stands at a position of the input."""
    if _is_real(state, at):
        return _tr("Input")
    axes = state.layer.axes(state.size)
    overhangs = any(p >= axis.size + axis.padding for axis, p in zip(axes, at, strict=True))
    return _tr("Overhang") if overhangs else _tr("Padding")


def _is_real(state: LabState, at: Pair) -> bool:
    return 0 <= at[0] < state.size[0] and 0 <= at[1] < state.size[1]
