"""Writing a network's weights to a file that is either complete or not there."""

import os
from pathlib import Path

import safetensors.torch
from torch import nn

from explorer.training.errors import SaveError


def check(path: Path) -> None:
    """Find out whether ``save`` could write to a path, without changing what lies there.

    Raises
    ------
    SaveError
        When it could not.
    """
    try:
        if path.exists() and not path.is_file():
            raise SaveError(f"'{path}' is not an ordinary file; choose another name.")
        part = _part(path)
        part.write_bytes(b"")
        part.unlink()
    except (OSError, ValueError) as error:
        raise _refusal(path, error) from error


def save(network: nn.Module, path: Path, name: str) -> None:
    """Write a network's ``state_dict`` as safetensors.

    Parameters
    ----------
    network
        On whatever device; the file knows nothing of it.
    path
        What lies there is replaced in one go, after everything has been written.
    name
        The kind of network, kept in the file's metadata as ``network``.

    Raises
    ------
    SaveError
        When the file could not be written; what lay there before is still there.
    """
    state = {key: value.cpu().contiguous() for key, value in network.state_dict().items()}
    data = safetensors.torch.save(state, metadata={"format": "pt", "network": name})
    try:
        part = _part(path)
        try:
            with part.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path.resolve())
        finally:
            part.unlink(missing_ok=True)
    except (OSError, ValueError) as error:
        raise _refusal(path, error) from error


def _part(path: Path) -> Path:
    """Return the temporary file beside the one that a path leads to."""
    target = path.resolve()
    return target.with_name(f".{target.name}.{os.getpid()}.part")


def _refusal(path: Path, error: Exception) -> SaveError:
    cause = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return SaveError(f"'{path}' cannot be written ({cause}); choose another place.")
