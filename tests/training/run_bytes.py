"""Taking a run's file apart and putting it together again with something changed."""

import json
from collections.abc import Callable
from typing import Any


def split(data: bytes) -> tuple[dict[str, Any], bytes]:
    """Return the header of a safetensors file and what follows it."""
    length = int.from_bytes(data[:8], "little")
    return json.loads(data[8 : 8 + length]), data[8 + length :]


def joined(header: dict[str, Any] | str, body: bytes) -> bytes:
    """Return the file of a header, which may be any text, and a body."""
    text = header if isinstance(header, str) else json.dumps(header)
    written = text.encode("utf-8", "surrogatepass")
    return len(written).to_bytes(8, "little") + written + body


def edited(data: bytes, edit: Callable[[dict[str, Any]], object]) -> bytes:
    """Return a run's file with its JSON changed: settings, checkpoint, start and history."""
    header, body = split(data)
    run = json.loads(header["__metadata__"]["run"])
    edit(run)
    header["__metadata__"]["run"] = json.dumps(run)
    return joined(header, body)


def relabelled(data: bytes, edit: Callable[[dict[str, Any]], object]) -> bytes:
    """Return a file with its header changed."""
    header, body = split(data)
    edit(header)
    return joined(header, body)
