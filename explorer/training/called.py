"""What a network is called where there is little room; free of torch."""

from explorer.core.network.naming import network_named
from explorer.core.network.presets import PRESETS
from explorer.core.text import QT_TRANSLATE_NOOP, Text


def called(network: str) -> Text:
    """Return the name of a network, or how many layers one has that has no name.

    Parameters
    ----------
    network
        As in ``explorer.training.settings.Settings``.
    """
    if network in PRESETS:
        return Text("{name}", (("name", network),))
    count = len(network_named(network).layers)
    source = QT_TRANSLATE_NOOP("training", "own network, {count} layers")
    return Text(source, (("count", count),), "training")


def in_file_name(network: str) -> str:
    """Return the same as a part of a file's name."""
    return network if network in PRESETS else f"network-{len(network_named(network).layers)}-layers"
