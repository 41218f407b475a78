"""How far a unit looks, in words: pure functions."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from explorer.core.geometry import Pair
from explorer.ui.network.surgery.looking import Look, Measure, Wish, measured

translate = QCoreApplication.translate


def name_of(wish: Wish) -> str:
    """Return which unit it is."""
    spot, names = wish.spot, wish.state.network.names
    output = wish.state.places[spot.place].output
    if output is None or len(output) == 1:
        words = translate("field", "{layer}, number {index}")
        return words.format(layer=names[spot.place], index=spot.channel)
    words = translate("field", "{layer}, channel {channel}, ({row}, {column})")
    return words.format(
        layer=names[spot.place], channel=spot.channel, row=spot.row, column=spot.column
    )


def sentence(found: Look) -> str:
    """Say how far the unit looks in theory and by its gradient, before and now."""
    region = found.region
    if region is None:
        return translate("field", "It sees padding only, and nothing of the picture.")
    theory = translate("field", "In theory it sees {size} pixels.").format(size=_size(region.size))
    before, now = (measured(heat, region) for heat in (found.untrained, found.now))
    if not found.is_complete:
        return theory
    if before is None and now is None:
        return f"{theory} " + translate("field", "For this picture nothing moves it: it is silent.")
    if now is None:
        return f"{theory} " + translate("field", "For this picture it is silent now.")
    if before is None:
        return f"{theory} {_one(now)} " + translate("field", "Untrained it was silent.")
    if before == now:
        return f"{theory} {_one(now)} " + translate("field", "Nothing is learned yet.")
    return f"{theory} {_both(before, now)}"


def _one(measure: Measure) -> str:
    words = translate(
        "field",
        "95\u00a0% of the gradient lie in {size}, and {share} in the middle half of the field.",
    )
    return words.format(size=_size(measure.square.size), share=_percent(measure.in_middle))


def _both(before: Measure, now: Measure) -> str:
    words = translate(
        "field",
        "95\u00a0% of the gradient lay in {before} and lie in {now} now; the middle half of the "
        "field had {before_share} and has {now_share}.",
    )
    return words.format(
        before=_size(before.square.size),
        now=_size(now.square.size),
        before_share=_percent(before.in_middle),
        now_share=_percent(now.in_middle),
    )


def _size(size: Pair) -> str:
    return f"{size[0]}\u00a0×\u00a0{size[1]}"


def _percent(share: float) -> str:
    return f"{100 * share:.0f}\u00a0%"
