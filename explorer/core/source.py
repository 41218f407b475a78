"""Layer to PyTorch source text."""

import dataclasses

from explorer.core.geometry import written
from explorer.core.layers import Layer


def source(layer: Layer) -> str:
    """Return the line of PyTorch that makes `layer`, leaving out what is torch's default."""
    arguments = []
    for field in dataclasses.fields(layer):
        value = getattr(layer, field.name)
        if value == field.default:
            continue
        shown = written(value) if isinstance(value, tuple) else repr(value)
        positional = field.name in ("in_channels", "out_channels")
        arguments.append(shown if positional else f"{field.name}={shown}")
    return f"nn.{type(layer).__name__}({', '.join(arguments)})"
