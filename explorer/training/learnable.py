"""Whether a network can learn digits here, and why not; free of torch."""

from functools import lru_cache
from typing import Final

from explorer.core.layers import Gives
from explorer.core.network import Network, Place, answering, flow, total
from explorer.core.network.flow import FLOAT_BYTES
from explorer.core.network.presets import DIGIT
from explorer.core.text import QT_TRANSLATE_NOOP, Text

MOST_PARAMETERS: Final = 10_000_000
"""So many fit into the file of a run, with an optimizer's running numbers and once more."""
MOST_NUMBERS: Final = 4_000_000
"""That all layers together make of one picture: a batch of 64 then takes a gigabyte."""
MOST_MULTIPLY_ADDS: Final = 1_000_000_000
"""For one picture: a step takes several seconds then, and no button answers before it is over."""


@lru_cache(maxsize=128)
def problem(network: Network, classes: int | None = None) -> Text | None:
    """Return why a network cannot learn digits, in one sentence, or None where it can.

    Parameters
    ----------
    classes
        How many it is to tell apart; None for as many as it is written for, which its last layer
        can be changed from.
    """
    if network.head is None:
        return _because(
            QT_TRANSLATE_NOOP(
                "training",
                "No layer has the weights for one number per class: add a Linear, or a Conv2d, "
                "at the end.",
            )
        )
    if classes is not None:
        network = network.with_classes(classes)
    places = flow(network, DIGIT)
    broken = next((place for place in places if place.problem is not None), None)
    if broken is not None:
        return _because(
            QT_TRANSLATE_NOOP(
                "training", "A digit is 1 × 28 × 28, and then {name} does not fit: {why}"
            ),
            name=broken.name,
            why=broken.problem,
        )
    return _too_large(network) or _end(network, places)


def gives(network: Network) -> Gives:
    """Return what comes out of a network that can learn digits; the last layer says it."""
    return answering.gives(flow(network, DIGIT))


def needing_company(network: Network) -> tuple[str, ...]:
    """Return the names of the layers that learn from two images at a time or more.

    A batch normalisation on maps of a single cell finds no variance in one image.
    """
    return tuple(
        place.name
        for place in flow(network, DIGIT)
        if place.input is not None and place.layer.needs_company(place.input)
    )


def _too_large(network: Network) -> Text | None:
    sums = total(network, DIGIT)
    if sums.parameters > MOST_PARAMETERS:
        return _because(
            QT_TRANSLATE_NOOP(
                "training", "The network has {count:,} parameters, and {most:,} is the limit here."
            ),
            count=sums.parameters,
            most=MOST_PARAMETERS,
        )
    if sums.activation_bytes > MOST_NUMBERS * FLOAT_BYTES:
        return _because(
            QT_TRANSLATE_NOOP(
                "training",
                "The network makes {count:,} numbers of one digit, and {most:,} is the limit here: "
                "take fewer channels, or a stride.",
            ),
            count=sums.activation_bytes // FLOAT_BYTES,
            most=MOST_NUMBERS,
        )
    if sums.multiply_adds > MOST_MULTIPLY_ADDS:
        return _because(
            QT_TRANSLATE_NOOP(
                "training",
                "One digit takes {count:,} multiply-adds, and {most:,} is the limit here: take "
                "fewer channels, or a stride.",
            ),
            count=sums.multiply_adds,
            most=MOST_MULTIPLY_ADDS,
        )
    return None


def _end(network: Network, places: tuple[Place, ...]) -> Text | None:
    """Return why what comes out is not one number for each class."""
    assert network.head is not None
    last, head = places[-1], places[network.place(network.head)]
    assert last.output is not None and head.output is not None
    if len(last.output) != 1:
        return _because(
            QT_TRANSLATE_NOOP(
                "training",
                "At the end there are maps of {shape}, and there must be one number per class: "
                "add a Flatten.",
            ),
            shape=" × ".join(map(str, last.output)),
        )
    answers = head.output[-1 if head.layer.wants == "row" else 0]
    if last.output != (answers,):
        return _because(
            QT_TRANSLATE_NOOP(
                "training",
                "{head} gives {answers} answers, and {count} numbers come out at the end: shrink "
                "its maps to 1 × 1, or add a Linear.",
            ),
            head=head.name,
            answers=answers,
            count=last.output[0],
        )
    return None


def _because(source: str, /, **values: object) -> Text:
    return Text(source, tuple(values.items()), "training")
