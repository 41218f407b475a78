"""What flows through a network: the shape after each layer, its cost, and where it breaks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import prod

from explorer.core.layers import Module, Shape
from explorer.core.network.field import Field, after
from explorer.core.network.stack import Network
from explorer.core.text import Text

FLOAT_BYTES = 4
"""Of a float32."""


@dataclass(frozen=True)
class Place:
    """A layer at its place in a network.

    Attributes
    ----------
    input, output
        The shapes before and behind it, without the batch; None behind a layer that does not fit.
    problem
        Why torch refuses the layer, at the first one that it refuses.
    parameters, multiply_adds
        What it learns, and what one picture takes; 0 where nothing flows.
    field
        What one cell of its output sees of the picture; None where nothing flows, or where the
        picture has no rows and columns.
    """

    name: str
    layer: Module
    input: Shape | None
    output: Shape | None
    problem: Text | None
    parameters: int
    multiply_adds: int
    field: Field | None

    @property
    def activation_bytes(self) -> int:
        """The bytes that the output of one picture takes in float32."""
        return 0 if self.output is None else FLOAT_BYTES * prod(self.output)


@dataclass(frozen=True)
class Total:
    """The sums over all layers.

    Attributes
    ----------
    output
        What comes out at the end; None where the network breaks.
    """

    output: Shape | None
    parameters: int
    multiply_adds: int
    activation_bytes: int


@lru_cache(maxsize=64)
def flow(network: Network, shape: Shape) -> tuple[Place, ...]:
    """Follow a picture of `shape` (C, H, W) through all layers."""
    places = []
    now: Shape | None = shape
    field = Field() if len(shape) == 3 else None
    for name, layer in zip(network.names, network.layers, strict=True):
        problem = None if now is None else layer.shape_problem(now)
        output = None if now is None or problem is not None else layer.output_shape(now)
        field = None if field is None or output is None else after(field, layer, now or ())
        places.append(
            Place(
                name=name,
                layer=layer,
                input=now,
                output=output,
                problem=problem,
                parameters=sum(map(prod, layer.weight_shapes().values())),
                multiply_adds=0 if now is None or output is None else layer.multiply_adds(now),
                field=field,
            )
        )
        now = output
    return tuple(places)


def total(network: Network, shape: Shape) -> Total:
    """Return the sums over all layers for a picture of `shape` (C, H, W)."""
    places = flow(network, shape)
    return Total(
        output=places[-1].output if places else shape,
        parameters=sum(place.parameters for place in places),
        multiply_adds=sum(place.multiply_adds for place in places),
        activation_bytes=sum(place.activation_bytes for place in places),
    )
