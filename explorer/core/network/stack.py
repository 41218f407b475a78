"""The stack: modules one after the other, each with the name that it has in a ``state_dict``."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from explorer.core.layers import Module, Shape

MOST_LAYERS: Final = 100
"""Layers of a network that is read; no more should be put together."""


@dataclass(frozen=True)
class Network:
    """An immutable list of modules; every change gives another one."""

    layers: tuple[Module, ...] = ()

    @cached_property
    def names(self) -> tuple[str, ...]:
        """A name for each layer: its kind, with a number where there are several of the kind."""
        count = Counter(layer.short for layer in self.layers)
        seen: Counter[str] = Counter()
        names = []
        for layer in self.layers:
            seen[layer.short] += 1
            alone = count[layer.short] == 1 and not layer.is_numbered
            names.append(layer.short if alone else f"{layer.short}{seen[layer.short]}")
        return tuple(names)

    def place(self, name: str) -> int:
        """Return where the layer of that name stands.

        Raises
        ------
        KeyError
            When there is none.
        """
        if name not in self.names:
            raise KeyError(name)
        return self.names.index(name)

    def inserted(self, place: int, layer: Module) -> Network:
        """Return the network with one layer more, in front of the one at `place`."""
        return Network((*self.layers[:place], layer, *self.layers[place:]))

    def replaced(self, place: int, layer: Module) -> Network:
        """Return the network with another layer at `place`."""
        return Network((*self.layers[:place], layer, *self.layers[place + 1 :]))

    def removed(self, place: int) -> Network:
        """Return the network without the layer at `place`."""
        return Network((*self.layers[:place], *self.layers[place + 1 :]))

    def moved(self, place: int, to: int) -> Network:
        """Return the network with the layer at `place` at place `to`."""
        return self.removed(place).inserted(to, self.layers[place])

    @cached_property
    def weight_shapes(self) -> dict[str, Shape]:
        """The shapes of what is learned, by the names of ``state_dict``."""
        return {
            f"{name}.{part}": shape
            for name, layer in zip(self.names, self.layers, strict=True)
            for part, shape in layer.weight_shapes().items()
        }

    @cached_property
    def state_shapes(self) -> dict[str, Shape]:
        """The shapes of all that ``state_dict`` holds, weights and buffers, in its order."""
        return {
            f"{name}.{part}": shape
            for name, layer in zip(self.names, self.layers, strict=True)
            for part, shape in {**layer.weight_shapes(), **layer.buffer_shapes()}.items()
        }

    @cached_property
    def learning(self) -> tuple[str, ...]:
        """The names of the layers that have weights, in their order."""
        return tuple(
            name
            for name, layer in zip(self.names, self.layers, strict=True)
            if layer.weight_shapes()
        )

    @property
    def head(self) -> str | None:
        """The name of the layer that gives the answers: the last that mixes, or None."""
        for name, layer in zip(reversed(self.names), reversed(self.layers), strict=True):
            if layer.makes:
                return name
        return None

    def with_classes(self, classes: int) -> Network:
        """Return the network with a last layer that gives so many answers.

        Groups that would not divide them become others, and a normalisation behind it gets the new
        channels.
        """
        if self.head is None:
            return self
        place = self.place(self.head)
        layer = self.layers[place]
        before = getattr(layer, layer.makes)
        if before == classes:
            return self
        behind = (
            one.taking(classes) if one.takes and getattr(one, one.takes) == before else one
            for one in self.layers[place + 1 :]
        )
        return Network((*self.layers[:place], layer.making(classes), *behind))
