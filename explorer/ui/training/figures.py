"""How the numbers of a run are written, the same in the curves and beside them."""

from explorer.core.cell import number

LARGE = 100.0
"""A loss from here on is written with fewer digits: of a run that has blown up it has dozens."""


def loss(value: float) -> str:
    """Return a loss as it is written."""
    return f"{value:.4f}" if value < LARGE else number(value)


def per_cent(share: float, decimals: int = 2) -> str:
    """Return a share of 1 in per cent."""
    return f"{100 * share:.{decimals}f} %"
