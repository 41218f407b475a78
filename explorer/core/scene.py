"""What the Lab shows, as one immutable value."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, Literal

import numpy as np

from explorer.core.geometry import AnyAxis, Pair, TransposedAxis
from explorer.core.layers import Array, Layer
from explorer.core.limits import too_large
from explorer.core.text import Text

OWN: Final = "own"
"""Name of an input or of weights that the user has typed."""
PICTURE: Final = "picture"
"""Name of the input that comes from a file or was pasted."""
EDITED: Final = "edited"
"""Name of any other picture of which the user has changed some brightnesses."""
PICTURES: Final = ("digit", "shapes", "drawing", PICTURE, EDITED)
"""Names of the inputs whose numbers are brightnesses."""

BRIGHTEST: Final = 255
"""Largest number of a picture."""

BoardName = Literal["input", "kernel", "output"]
Fit = Literal["crop", "scale"]
"""Whether of a picture the middle is taken, in the proportions of the input, or the whole."""


@dataclass(frozen=True)
class Focus:
    """The cell that a hand points at: (row, column) on a board.

    On the input, rows and columns count from the first real cell; padding before it is negative.
    Those of a transposed convolution are positions on the stretched input.

    Attributes
    ----------
    channel
        Of the input, of the output, or, on the kernel, the input channel that its slice meets.
    """

    board: BoardName
    cell: Pair
    channel: int = 0


@dataclass(frozen=True)
class Visit:
    """Where a state has come into the Lab from, so that one can go back.

    Attributes
    ----------
    page
        Name of the page.
    title
        What it is there: a layer of a network, a channel, a cell.
    note
        Why it looks different here, where it does.
    """

    page: str
    title: str = ""
    note: str = ""


@dataclass(frozen=True, eq=False)
class LabState:
    """A layer, what goes in, its weights, and where one looks.

    Attributes
    ----------
    sample, digit
        Name of the input: one of `explorer.core.inputs`, or a digit and its number.
    input
        Shape (C, H, W), float32.
    kernel
        Name of the family that the weights come from.
    weight, bias
        Shapes ``layer.weight_shape`` and (out_channels,), or None.
    flip
        Whether the kernel is turned by half a turn before it slides: true convolution.
    channel
        The output channel that is looked at.
    step
        How far the window has come: 3.4 is on its way from output cell 3 to cell 4. Where input
        cells stamp, the same in cells of the input.
    pins, hover
        The cells that clicks hold, the last one at the end, and the one under the pointer.
    usage
        Whether the input shows how many windows use each cell, in place of its values.
    tints
        Whether each weight, and the cell that it meets, has a colour of its own.
    stamping
        Whether the input cells of a transposed convolution stamp the kernel onto the output, in
        place of a window over the stretched input.
    origin
        Shape (C, H, W): what the user has drawn, opened or typed, in the size that it had then;
        None while the input is made by its name.
    fit
        How a picture from a file comes into its size, this one and the next.
    visit
        Where all this comes from; None where it was made here, or is something else by now.
    """

    layer: Layer
    sample: str
    digit: int
    input: Array
    kernel: str
    weight: Array | None
    bias: Array | None
    flip: bool = False
    channel: int = 0
    step: float = 0.0
    pins: tuple[Focus, ...] = ()
    hover: Focus | None = None
    usage: bool = False
    stamping: bool = False
    tints: bool = False
    origin: Array | None = None
    fit: Fit = "crop"
    visit: Visit | None = None

    @property
    def arrays(self) -> tuple[Array, ...]:
        """All that it holds."""
        held = self.input, self.weight, self.bias, self.origin
        return tuple(array for array in held if array is not None)

    @property
    def size(self) -> Pair:
        """(h, w) of the input."""
        return self.input.shape[1], self.input.shape[2]

    @property
    def channels(self) -> int:
        """How many channels the input has."""
        count: int = self.input.shape[0]
        return count

    def computes_as(self, other: LabState) -> bool:
        """Tell whether both have the very same layer, input, weights and bias."""
        parts = ("layer", "input", "weight", "bias", "flip")
        return all(getattr(self, part) is getattr(other, part) for part in parts)

    def looks_as(self, other: LabState) -> bool:
        """Tell whether both show the very same, but for the step and what is pointed at."""
        views = ("channel", "usage", "stamping", "tints")
        same = all(getattr(self, view) == getattr(other, view) for view in views)
        return same and self.computes_as(other)

    @property
    def is_picture(self) -> bool:
        """Whether the numbers of the input are brightnesses from 0 to 255."""
        return self.sample in PICTURES

    def visited_from(self, page: str) -> LabState:
        """Return the state as it has come from a page, with what is said about it, if there is."""
        return replace(self, visit=replace(self.visit or Visit(page), page=page))

    def with_own_numbers(self, changed: Array) -> LabState:
        """Return the state with numbers of the user's own as its input, shape (C, H, W).

        A picture stays one, and keeps its look, as long as all of them are brightnesses.
        """
        sample = OWN
        if self.is_picture and bool(((changed >= 0) & (changed <= BRIGHTEST)).all()):
            sample = PICTURE if self.sample == PICTURE else EDITED
        return replace(self, sample=sample, input=changed, origin=changed)

    @cached_property
    def used_weight(self) -> Array | None:
        """The weights as they slide: turned by half a turn where `flip` asks for it."""
        if self.weight is None or not self.flip:
            return self.weight
        return np.ascontiguousarray(self.weight[:, :, ::-1, ::-1])

    @cached_property
    def axes(self) -> tuple[AnyAxis, AnyAxis]:
        """The vertical and the horizontal axis."""
        return self.layer.axes(self.size)

    @cached_property
    def too_large(self) -> Text | None:
        """Why this cannot be computed and shown while somebody waits, or None."""
        return too_large(self.layer, self.channels, self.size)

    @cached_property
    def fits(self) -> bool:
        """Whether torch takes this layer for this input."""
        if self.layer.channel_problem(self.channels) is not None or self.too_large is not None:
            return False
        return self.layer.size_problem(self.size) is None

    @cached_property
    def output_size(self) -> Pair:
        """(h, w) of the output, (0, 0) where the layer does not fit."""
        return self.layer.out_size(self.size) if self.fits else (0, 0)

    @property
    def output_channels(self) -> int:
        """How many channels come out."""
        return self.layer.output_channels(self.channels)

    @property
    def tells_indices(self) -> bool:
        """Whether torch tells with each maximum which cell it is."""
        return bool(getattr(self.layer, "return_indices", False))

    @property
    def read_channels(self) -> range:
        """The input channels that the output channel looked at is made of."""
        return self.layer.inputs_of(self.channel, self.channels) if self.fits else range(0)

    @property
    def windows(self) -> int:
        """How many positions the window takes, 0 where it does not fit."""
        h, w = self.output_size
        return h * w

    @property
    def stamps(self) -> bool:
        """Whether input cells stamp the kernel onto the output, one after the other."""
        return self.stamping and isinstance(self.axes[0], TransposedAxis)

    @property
    def turns_kernel(self) -> bool:
        """Whether the kernel is shown turned by half a turn, with its last weight first.

        So it lies on the stretched input: there the window of a transposed convolution meets the
        weights from the last to the first.
        """
        return isinstance(self.axes[0], TransposedAxis) and not self.stamping

    def is_put_in(self, position: Pair) -> bool:
        """Tell whether what is no real cell there lies between such, as zeros of stretching do."""
        return all(
            isinstance(axis, TransposedAxis) and 0 <= at < axis.stretched
            for axis, at in zip(self.axes, position, strict=True)
        )

    @property
    def shown_channel(self) -> int:
        """The input channel whose part of the sum is shown large: the last one pointed at.

        The first one that is read while none is.
        """
        read = self.read_channels
        for focus in (self.hover, *reversed(self.pins)):
            if focus is not None and focus.board != "output" and focus.channel in read:
                return focus.channel
        return read[0] if read else 0

    @property
    def course(self) -> Pair:
        """(h, w) of the cells that the animation goes through, row by row."""
        if not self.fits:
            return 0, 0
        return self.size if self.stamps else self.output_size

    @property
    def steps(self) -> int:
        """How many steps the animation has: input cells where they stamp, else windows."""
        h, w = self.course
        return h * w

    @property
    def place(self) -> Pair:
        """The (row, column) of the step, among the cells of `course`."""
        return divmod(min(int(self.step), max(self.steps - 1, 0)), max(self.course[1], 1))

    @property
    def focus(self) -> Focus | None:
        """What is traced: the pointer before the last pin, None while the animation leads."""
        return self.hover or (self.pins[-1] if self.pins else None)

    @property
    def explained(self) -> Focus | None:
        """The output cell that is pointed at, or else held: the last one. None while none is."""
        for focus in (self.hover, *reversed(self.pins)):
            if focus is not None and focus.board == "output":
                return focus
        return None

    @property
    def stamper(self) -> Pair:
        """The real input cell whose stamp is taken apart: the traced one, or that of the step."""
        if self.focus is not None and self.focus.board == "input":
            row, column = (
                axis.source(at) for axis, at in zip(self.axes, self.focus.cell, strict=True)
            )
            if row is not None and column is not None:
                return row, column
        return self.place

    @property
    def cell(self) -> Pair:
        """The output cell that is taken apart: the one explained, or where the window is.

        While an input cell stamps, it is the one below the middle of the stamp.
        """
        if self.explained is not None:
            return self.explained.cell
        if not self.stamps:
            return self.place
        row, column = (_middle(axis, at) for axis, at in zip(self.axes, self.stamper, strict=True))
        return row, column


def _middle(axis: AnyAxis, cell: int) -> int:
    """Return the output cell below the middle of the stamp of `cell`, or the nearest there is."""
    assert isinstance(axis, TransposedAxis)
    below = axis.stamp(cell)[axis.kernel // 2]
    return min(max(below, 0), max(axis.output - 1, 0))
