"""Names that are too long for their place, with what tells them from others."""

from collections.abc import Collection

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics

MODES = (
    Qt.TextElideMode.ElideRight,
    Qt.TextElideMode.ElideMiddle,
    Qt.TextElideMode.ElideLeft,
)
"""Where a name can be cut; the first is read most easily."""


def elided(name: str, others: Collection[str], metrics: QFontMetrics, width: int) -> str:
    """Return as much of a name as there is room for.

    It is cut where it is taken for the fewest of the others, if these are cut there as well.
    """
    shared = set(name.split(", ")).intersection(*(other.split(", ") for other in others))
    cuts = _cuts(name, shared, metrics, width)
    of_others = [_cuts(other, shared, metrics, width) for other in others]
    taken_for = [
        sum(cut == same for same in each) for cut, *each in zip(cuts, *of_others, strict=True)
    ]
    return cuts[taken_for.index(min(taken_for))]


def _cuts(name: str, shared: set[str], metrics: QFontMetrics, width: int) -> list[str]:
    """Return what can be left of a name, at last without the parts that all share."""
    cuts = [metrics.elidedText(name, mode, width) for mode in MODES]
    own = ", ".join(part for part in name.split(", ") if part not in shared)
    return [*cuts, metrics.elidedText(f"… {own}" if own else name, MODES[0], width)]
