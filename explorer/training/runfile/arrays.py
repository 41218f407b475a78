"""The arrays of a run's file, each with the shape and the numbers that it has to have."""

from collections.abc import Mapping
from typing import Final

import numpy as np

from explorer.core.text import QT_TRANSLATE_NOOP
from explorer.data.digits import MOST_CLASSES
from explorer.training.checkpoint import Array
from explorer.training.runfile import form
from explorer.training.runfile.checks import MisfitError
from explorer.training.settings import KINDS, Settings
from explorer.training.shapes import Shape, class_count, head, is_variance, learned, shapes_of
from explorer.training.tensors import short

_SERIES: Final = (form.LOSSES, form.TIMED_STEPS, form.TIMES, form.NORM_STEPS, form.NORMS)


def shapes(tensors: Mapping[str, Array], settings: Settings) -> dict[str, Shape]:
    """Return what weights a run must have; how many classes there are, its last layer says."""
    found = class_count(settings.network, tensors)
    if found is None:
        return shapes_of(settings.network)
    if not 2 <= found <= MOST_CLASSES:
        raise MisfitError(
            head(settings.network),
            QT_TRANSLATE_NOOP("training", "is for {found:,} classes and must be for 2 to {most}"),
            found=found,
            most=MOST_CLASSES,
        )
    return shapes_of(settings.network, found)


def weights(
    tensors: Mapping[str, Array], shapes: Mapping[str, Shape], prefix: str
) -> dict[str, Array]:
    """Return the weights of the network in its own order.

    They are all there but at the start, when a new last layer may not have been made yet.
    """
    found: dict[str, Array] = {}
    for name, shape in shapes.items():
        place = f"{prefix}{name}"
        if not prefix or place in tensors:
            found[name] = array(tensors, place, shape, "float32")
            if is_variance(name) and found[name].min() < 0:
                raise MisfitError(place, QT_TRANSLATE_NOOP("training", "has numbers below 0"))
    return found


def moments(
    tensors: Mapping[str, Array], settings: Settings, shapes: Mapping[str, Shape], prefix: str
) -> dict[str, Array]:
    """Return the running numbers of the optimizer, as many as it has had need of."""
    found: dict[str, Array] = {}
    for kind, name in _moments_of(settings):
        place = f"{prefix}{form.MOMENTS}{kind}/{name}"
        if place in tensors:
            shape = () if kind == "steps" else shapes[name]
            numbers = array(tensors, place, shape, "float32")
            if kind in ("square", "steps") and numbers.min() < 0:
                raise MisfitError(place, QT_TRANSLATE_NOOP("training", "has numbers below 0"))
            found[f"{kind}/{name}"] = numbers
    return found


def array(tensors: Mapping[str, Array], name: str, shape: Shape, dtype: str) -> Array:
    """Return the array of a name, which must have this shape, this type and finite numbers.

    One without numbers need not be there.
    """
    if name not in tensors and 0 in shape:
        return np.zeros(shape, dtype)
    if name not in tensors:
        raise MisfitError(name, QT_TRANSLATE_NOOP("training", "is missing"))
    found = tensors[name]
    if found.shape != shape or found.dtype != np.dtype(dtype):
        raise MisfitError(
            name,
            QT_TRANSLATE_NOOP("training", "is {dtype} {found} and must be {wanted} {shape}"),
            dtype=found.dtype,
            found=found.shape,
            wanted=dtype,
            shape=shape,
        )
    if not np.isfinite(found).all():
        raise MisfitError(
            name, QT_TRANSLATE_NOOP("training", "has values that are not finite numbers")
        )
    return found


def check_all_known(tensors: Mapping[str, Array], settings: Settings) -> None:
    """Refuse arrays that a run of these settings does not have."""
    own = {*shapes_of(settings.network)}
    own |= {f"{form.MOMENTS}{kind}/{name}" for kind, name in _moments_of(settings)}
    known = own | {f"{form.START}{name}" for name in own} | set(_SERIES)
    if strange := sorted(tensors.keys() - known):
        raise MisfitError(
            short(strange[0]), QT_TRANSLATE_NOOP("training", "does not belong to the run")
        )


def _moments_of(settings: Settings) -> list[tuple[str, str]]:
    moved = learned(settings.network)
    return [(kind, name) for kind in KINDS[settings.optimizer] for name in moved]
