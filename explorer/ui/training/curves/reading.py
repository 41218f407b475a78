"""What the curves say at one step: numbers first, then the words for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from PySide6.QtCore import QCoreApplication

from explorer.drawing.palette import Palette
from explorer.training.events import Change, Evaluated
from explorer.ui.training import figures
from explorer.ui.training.curves.run_lines import RunLines, symbol

translate = QCoreApplication.translate

LONGEST_NAME = 28
"""Letters; what is longer is cut."""
NONE = "–"
"""What stands for a value that there is not yet."""


@dataclass(frozen=True)
class Reading:
    """The numbers of a run at one of its steps; None where there is none.

    Attributes
    ----------
    tested
        The last test up to this step.
    changes
        What was set anew close to it.
    """

    name: str
    symbol: str
    place: int
    step: int
    epoch: float | None
    seconds: float
    loss: float
    smoothed: float
    lr: float | None
    tested: Evaluated | None
    changes: tuple[Change, ...]


def read(lines: RunLines, axis: str, x: float, reach: float) -> Reading | None:
    """Return the numbers at a place on the axis; None where the run has no step.

    Parameters
    ----------
    reach
        How far the run or a change may be away on the axis and still belong to it.
    """
    trace = lines.trace
    if trace is None or not len(lines.losses):
        return None
    history = trace.history
    first = history.first_step
    step = min(max(trace.step_at(axis, x), first + 1), first + len(lines.losses))
    if not abs(float(trace.along(axis, np.array([step]))[0]) - x) <= reach:
        return None
    at = step - first - 1
    lr = float(trace.lr(np.array([step]))[0])
    changes = history.settled
    changed_at = np.array([change.step for change in changes], np.float64)
    near = [
        change
        for change, place in zip(changes, trace.along(axis, changed_at), strict=True)
        if abs(place - x) <= reach
    ]
    return Reading(
        name=trace.name,
        symbol=symbol(trace),
        place=trace.place,
        step=step,
        epoch=None if trace.epoch_steps is None else step / trace.epoch_steps,
        seconds=float(history.seconds_at([step])[0]),
        loss=float(lines.losses[at]),
        smoothed=float(lines.smoothed[at]),
        lr=None if np.isnan(lr) else lr,
        tested=trace.tested_by(step),
        changes=tuple(near),
    )


def clock(seconds: float) -> str:
    """Return a time as 8.2 s, or as minutes and seconds."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d} min"


def where(axis: str, x: float, epoch_steps: int | None, there: Sequence[Reading]) -> str:
    """Return which place of the axis it is, for where the chosen run has no step.

    Parameters
    ----------
    epoch_steps
        Of the chosen run.
    there
        The runs that have a step there; where there is only one it says more.
    """
    if len(there) == 1:
        return _where(there[0].step, there[0].epoch, there[0].seconds)
    if axis == "time":
        return _where(None, None, x)
    if axis == "epoch":
        return _where(None if epoch_steps is None else round(x * epoch_steps), x, None)
    return _where(round(x), None if epoch_steps is None else x / epoch_steps, None)


def _where(step: int | None, epoch: float | None, seconds: float | None) -> str:
    parts: list[str] = []
    if step is not None:
        parts.append(translate("curves", "step {step}").format(step=f"{step:,}"))
    if epoch is not None:
        parts.append(translate("curves", "epoch {epoch}").format(epoch=f"{epoch:.2f}"))
    if seconds is not None:
        parts.append(clock(seconds))
    return " · ".join(parts)


def plain(reading: Reading, smooths: bool) -> list[str]:
    """Return the lines about the chosen run."""
    lines = [_where(reading.step, reading.epoch, reading.seconds)]
    trained = translate("curves", "training {loss}").format(loss=figures.loss(reading.loss))
    if smooths:
        smoothed = translate("curves", "smoothed {loss}")
        trained += " · " + smoothed.format(loss=figures.loss(reading.smoothed))
    lines.append(trained)
    if reading.tested is not None:
        tested = translate("curves", "test {loss} · {accuracy} after epoch {epoch}")
        lines.append(
            tested.format(
                loss=figures.loss(reading.tested.test_loss),
                accuracy=figures.per_cent(reading.tested.test_accuracy),
                epoch=reading.tested.epoch,
            )
        )
    if reading.lr is not None:
        lines.append(translate("curves", "learning rate {lr}").format(lr=f"{reading.lr:.4g}"))
    lines += [_change(change) for change in reading.changes]
    return lines


def rich(
    chosen: Reading | None,
    others: Sequence[Reading],
    place: str,
    shown: str,
    smooths: bool,
    palette: Palette,
) -> str:
    """Return the lines of the chosen run, and the values of the others by their names.

    Parameters
    ----------
    place
        What stands there in the stead of the chosen run where it has no step.
    shown
        Which values: "loss", or one of `explorer.ui.training.curves.run_lines.LOWER`.
    """
    rows: list[str] = []
    if chosen is None:
        rows.append(escape(place))
    else:
        if others:
            rows.append(_named(chosen, "", palette))
        rows += [escape(line) for line in plain(chosen, smooths)]
    rows += [_named(other, _value(other, shown), palette) for other in others]
    return "<br>".join(rows)


def _value(reading: Reading, shown: str) -> str:
    tested = reading.tested
    if shown == "accuracy":
        return NONE if tested is None else figures.per_cent(tested.test_accuracy)
    if shown == "lr":
        return NONE if reading.lr is None else f"{reading.lr:.4g}"
    trained = figures.loss(reading.smoothed)
    if tested is None:
        return trained
    test = translate("curves", "test {loss}").format(loss=figures.loss(tested.test_loss))
    return f"{trained} · {test}"


def _named(reading: Reading, value: str, palette: Palette) -> str:
    name = reading.name
    if len(name) > LONGEST_NAME:
        name = f"{name[: LONGEST_NAME - 1]}…"
    words = escape(f"{reading.symbol} {name}  {value}".rstrip()).replace(" ", "&nbsp;")
    return f'<span style="color: {palette.runs[reading.place]}">{words}</span>'


def short(change: Change) -> str:
    """Return what was changed in the fewest words."""
    if change.name == "frozen":
        assert isinstance(change.value, tuple)
        if not change.value:
            return translate("curves", "all learn")
        return translate("curves", "{layers} frozen").format(layers=", ".join(change.value))
    sentence = {
        "lr": translate("curves", "lr {value}"),
        "momentum": translate("curves", "momentum {value}"),
        "weight_decay": translate("curves", "decay {value}"),
    }[change.name]
    return sentence.format(value=f"{change.value:.4g}")


def _change(change: Change) -> str:
    if change.name == "frozen":
        assert isinstance(change.value, tuple)
        if not change.value:
            return translate("curves", "from here on every layer learns")
        sentence = translate("curves", "from here on frozen: {layers}")
        return sentence.format(layers=", ".join(change.value))
    sentence = {
        "lr": translate("curves", "from here on learning rate {value}"),
        "momentum": translate("curves", "from here on momentum {value}"),
        "weight_decay": translate("curves", "from here on weight decay {value}"),
    }[change.name]
    return sentence.format(value=f"{change.value:.4g}")
