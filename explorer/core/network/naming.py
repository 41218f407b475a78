"""What a network is called in settings and files: the name of a preset, or its source."""

from __future__ import annotations

from functools import lru_cache

from explorer.core.network.presets import PRESETS
from explorer.core.network.reader import read_network
from explorer.core.network.source import written
from explorer.core.network.stack import Network


@lru_cache(maxsize=64)
def network_named(text: str) -> Network:
    """Return the preset of that name, or else the network that `text` makes.

    Raises
    ------
    ReadError
        Where it is neither.
    """
    return PRESETS[text].network if text in PRESETS else read_network(text)


def name_of(network: Network) -> str:
    """Return the name of the first preset that is this network, or else its source."""
    same = (name for name, preset in PRESETS.items() if preset.network == network)
    return next(same, None) or written(network)
