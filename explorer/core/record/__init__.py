"""A scene as values for a JSON file, and back; of what a file says nothing is taken on trust.

A record is an object with five parts, of which the last two may be left out where nothing is in
them::

    {"format": "cnn-explorer scene", "version": 1,
     "layer": {"type": "MaxPool2d", "kernel_size": [2, 2], "stride": null, ...},
     "input": {"sample": "own", "digit": 0, "values": [[[1, 2], [3, 4]]], "origin": ...,
               "fit": "crop"},
     "weights": {"kernel": "counting", "weight": ..., "bias": ...},
     "view": {"flip": false, "channel": 0, "step": 0, "pins": [], "usage": false,
              "stamping": false, "tints": false}}

Up to `MOST_READABLE` numbers stand there as nested lists, so that a person can read and change
them; JSON has no word for what is not finite, which is written as ``"nan"``, ``"inf"`` and
``"-inf"``. More of them, and those that no decimal gives back to the last bit, are packed as
``{"dtype": "float32", "shape": [1, 28, 28], "base64": "..."}``, little-endian and in C order;
whole numbers from 0 to 255 have the dtype ``"uint8"``.
"""

from explorer.core.record.checks import RecordError
from explorer.core.record.form import (
    FORMAT,
    LARGEST_SIDE,
    MOST_CHANNELS,
    MOST_PINS,
    MOST_READABLE,
    MOST_WEIGHTS,
    VERSION,
)
from explorer.core.record.reading import from_record
from explorer.core.record.writing import to_record

__all__ = [
    "FORMAT",
    "LARGEST_SIDE",
    "MOST_CHANNELS",
    "MOST_PINS",
    "MOST_READABLE",
    "MOST_WEIGHTS",
    "VERSION",
    "RecordError",
    "from_record",
    "to_record",
]
