"""One output cell taken apart, and how its numbers are written."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from math import isfinite

from explorer.core.geometry import Pair, Token


@dataclass(frozen=True)
class Term:
    """One number that enters an output cell.

    Attributes
    ----------
    tap
        Where in the kernel: (channel within the kernel, row, column).
    channel
        The input channel that is read.
    position
        (row, column) in the input; outside of it in the padding.
    source
        The real cell whose value stands there, or None where there is none.
    value
        The number itself; 0 in empty padding.
    weight
        What it is multiplied with, or None in pooling.
    counts
        Whether it takes part: empty padding never wins a maximum, overhang is not averaged.
    power
        What it adds to a sum where that is neither its value nor a product, as eˣ in a softmax.
    """

    tap: tuple[int, int, int]
    channel: int
    position: Pair
    source: Pair | None
    value: float
    weight: float | None
    counts: bool
    power: float | None = None

    @property
    def product(self) -> float:
        """What the term adds to a sum."""
        if self.power is not None:
            return self.power
        return self.value if self.weight is None else self.value * self.weight


@dataclass(frozen=True)
class Cell:
    """How one output cell came about.

    Attributes
    ----------
    divisor
        What the sum of the terms is divided by, in average pooling, and in power-average pooling
        where a window sticks out.
    winner
        Which term is the maximum, in max pooling; None where no real cell is read.
    result
        torch's number.
    """

    at: tuple[int, int, int]
    terms: tuple[Term, ...]
    bias: float | None
    divisor: float | None
    winner: int | None
    result: float

    @cached_property
    def places(self) -> dict[int, tuple[int, ...]]:
        """For each input channel that is read, in order, which of the terms read it."""
        found: dict[int, list[int]] = {}
        for i, term in enumerate(self.terms):
            found.setdefault(term.channel, []).append(i)
        return {channel: tuple(each) for channel, each in found.items()}

    @property
    def taken(self) -> Pair | None:
        """(row, column) of the real cell that is the maximum; None where there is none."""
        return None if self.winner is None else self.terms[self.winner].source

    @property
    def channels(self) -> tuple[int, ...]:
        """The input channels that are read, in order."""
        return tuple(self.places)

    def of_channel(self, channel: int) -> tuple[Term, ...]:
        """Return the terms that read the input's `channel`."""
        return tuple(self.terms[i] for i in self.places.get(channel, ()))

    def partial(self, channel: int) -> float:
        """Return what the input's `channel` adds to the result, without the bias."""
        return sum(term.product for term in self.of_channel(channel))

    @property
    def partials(self) -> tuple[tuple[int, float], ...]:
        """Each input channel that is read, and what it adds."""
        return tuple((channel, self.partial(channel)) for channel in self.channels)


def flat_index(at: Pair, width: int) -> int:
    """Return the number of cell `at` (row, column), counted row by row over rows of `width`.

    So ``return_indices`` of torch's max pooling tells which cell of a channel was the largest.
    """
    return at[0] * width + at[1]


def number(value: float) -> str:
    """Return a number in at most about seven characters; one with few decimals is exact."""
    if not isfinite(value):
        return {"inf": "∞", "-inf": "−∞"}.get(str(value), "NaN")
    if abs(value) >= 1e6 or 0 < abs(value) < 1e-3:
        shown = f"{value:.1e}"
    elif abs(value) < 100 and round(value, 4) == value:
        shown = f"{abs(value) if value == 0 else value:.4f}".rstrip("0").rstrip(".")
    elif float(value).is_integer():
        shown = f"{abs(value) if value == 0 else value:.0f}"
    elif abs(value) < 0.1:
        shown = f"{value:.2g}"
    else:
        shown = f"{value:.2f}" if abs(value) < 100 else f"{value:.1f}"
    return shown.replace("-", "−")


def bracketed(value: float) -> str:
    """Return a number as it stands in a sum: a negative one in brackets."""
    return f"({number(value)})" if value < 0 else number(value)


def factor(term: Term) -> Token:
    """Return the number of a term alone; what does not take part is a dash."""
    if term.source is None:
        return Token("0" if term.counts else "–", "muted")
    return Token(bracketed(term.value))


def joined(groups: Iterable[Iterable[Token]], separator: str) -> tuple[Token, ...]:
    """Return all tokens of `groups` in a row, with a separator between the groups."""
    row: list[Token] = []
    for group in groups:
        row += [Token(separator)] if row else []
        row += group
    return tuple(row)
