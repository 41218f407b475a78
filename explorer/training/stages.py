"""The layers of each network that give maps, as the Lab knows them; free of torch."""

from dataclasses import dataclass
from typing import Final

from explorer.core.layers import Conv2d, Layer, MaxPool2d


@dataclass(frozen=True)
class Stage:
    """A layer of a network, by its name there.

    Attributes
    ----------
    layer
        What it is; None for one that the Lab does not have, such as a ReLU.
    """

    name: str
    layer: Layer | None = None


_HALVED: Final = MaxPool2d(kernel_size=(2, 2))

_STAGES: Final[dict[str, tuple[Stage, ...]]] = {
    "classic": (
        Stage("conv1", Conv2d(1, 10, kernel_size=(5, 5))),
        Stage("relu1"),
        Stage("pool1", _HALVED),
        Stage("conv2", Conv2d(10, 20, kernel_size=(5, 5))),
        Stage("relu2"),
        Stage("pool2", _HALVED),
    ),
    "compact": (
        Stage("conv1", Conv2d(1, 10, kernel_size=(5, 5))),
        Stage("pool1", _HALVED),
        Stage("relu1"),
        Stage("conv2", Conv2d(10, 20, kernel_size=(5, 5))),
        Stage("pool2", _HALVED),
        Stage("relu2"),
    ),
    "lenet5": (
        Stage("conv1", Conv2d(1, 6, kernel_size=(5, 5), padding=(2, 2))),
        Stage("relu1"),
        Stage("pool1", _HALVED),
        Stage("conv2", Conv2d(6, 16, kernel_size=(5, 5))),
        Stage("relu2"),
        Stage("pool2", _HALVED),
    ),
    "sprint": (
        Stage("conv1", Conv2d(1, 16, kernel_size=(5, 5))),
        Stage("pool1", _HALVED),
        Stage("relu1"),
        Stage("conv2", Conv2d(16, 32, kernel_size=(5, 5))),
        Stage("pool2", _HALVED),
        Stage("relu2"),
    ),
}


def stages_of(network: str) -> tuple[Stage, ...]:
    """Return the stages that give maps, in their order; none for a network that is not known."""
    return _STAGES.get(network, ())


def convolutions_of(network: str) -> tuple[str, ...]:
    """Return the names of the stages with kernels, in their order."""
    return tuple(stage.name for stage in stages_of(network) if isinstance(stage.layer, Conv2d))


def lab_stage(network: str, name: str) -> Stage | None:
    """Return the stage of that name, or the last one before it that the Lab has.

    A ReLU leaves every cell in its place, so the same cell of the layer before made its number.
    """
    found = None
    for stage in stages_of(network):
        if stage.layer is not None:
            found = stage
        if stage.name == name:
            return found
    return None
