"""The network that was there at the end, and how the page was divided, for the next start."""

import re
from dataclasses import dataclass

from PySide6.QtCore import QSettings

from explorer.core.layers import Shape
from explorer.core.network.naming import name_of, network_named
from explorer.core.network.presets import DIGIT, PRESETS
from explorer.core.network.stack import Network
from explorer.core.pasted import ReadError

_NETWORK = "network/network"
_INPUT = "network/input"
_TAB = "network/tab"
_HEIGHTS = "network/heights"
_SMALL = re.compile("[0-9]{1,5}")


@dataclass(frozen=True)
class Remembered:
    """What the page was like.

    Attributes
    ----------
    network : Network or None
        None where there was none, or where nobody can read it any more.
    input : Shape
        What it gets, (C, H, W).
    tab : int
        Which of the tabs below the picture was seen.
    heights : tuple of int
        Of the picture and of what is below it, in pixels; empty where they are not known.
    """

    network: Network | None = None
    input: Shape = DIGIT
    tab: int = 0
    heights: tuple[int, ...] = ()


def read(settings: QSettings) -> Remembered:
    """Return what `settings` hold, with the default for everything missing or damaged."""
    try:
        network = network_named(str(settings.value(_NETWORK)))
    except ReadError:
        network = None
    inputs = {_written(preset.input): preset.input for preset in PRESETS.values()}
    tab, heights = (_numbers(str(settings.value(key, ""))) for key in (_TAB, _HEIGHTS))
    return Remembered(
        network,
        inputs.get(str(settings.value(_INPUT)), DIGIT),
        tab[0] if tab else 0,
        heights if len(heights) == 2 and any(heights) else (),
    )


def remember(settings: QSettings, now: Remembered) -> None:
    """Keep what is shown."""
    if now.network is not None:
        settings.setValue(_NETWORK, name_of(now.network))
    settings.setValue(_INPUT, _written(now.input))
    settings.setValue(_TAB, str(now.tab))
    settings.setValue(_HEIGHTS, _written(now.heights))


def _written(numbers: tuple[int, ...]) -> str:
    return "x".join(map(str, numbers))


def _numbers(written: str) -> tuple[int, ...]:
    parts = written.split("x")
    return tuple(map(int, parts)) if all(map(_SMALL.fullmatch, parts)) else ()
