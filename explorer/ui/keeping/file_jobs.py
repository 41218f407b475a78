"""What is done with the files of runs, for a thread of its own; what it takes is loaded there."""

import copy
from array import array
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from explorer.training.checkpoint import Checkpoint
from explorer.training.errors import RunFileError
from explorer.training.record import Record
from explorer.training.settings import NETWORK_NAMES


@dataclass(frozen=True, eq=False)
class Opened:
    """What was in a file.

    Attributes
    ----------
    record
        The run, None where there were weights alone.
    checkpoint
        Where the run was, or where one with these weights begins.
    network
        The network that the weights fit, perhaps but for its last layer.
    """

    record: Record | None
    checkpoint: Checkpoint
    network: str


def still(record: Record) -> Record:
    """Return the record as it is now, which another thread can read while the run goes on."""
    history = copy.copy(record.history)
    for name, value in vars(record.history).items():
        if isinstance(value, list | array):
            setattr(history, name, value[:])
    return replace(record, history=history)


def read(path: Path, network: str) -> Opened:
    """Read a run, or the weights of a network.

    Of the networks that fit, the one that the file tells is preferred, then `network`. Weights that
    fit none but for the last layer come without it.

    Raises
    ------
    RunFileError
        When the file cannot be read, or fits nothing.
    """
    from explorer.training.weights import opened

    held = opened(path)
    if held.run is not None:
        record, checkpoint = held.run
        return Opened(record, checkpoint, record.settings.network)
    told = () if held.told is None else (held.told,)
    names = tuple(dict.fromkeys((*told, network, *NETWORK_NAMES)))
    first: RunFileError | None = None
    for new_head in (False, True):
        for name in names:
            try:
                weights = held.fitting(name, new_head=new_head)
                return Opened(None, Checkpoint(0, weights), name)
            except RunFileError as error:
                first = first or error
    assert first is not None
    raise first


def writing(record: Record, checkpoint: Checkpoint, path: Path) -> Callable[[], None]:
    """Return what writes a run as it is now."""
    kept = still(record)

    def do() -> None:
        from explorer.training.runfile import save_run

        save_run(kept, checkpoint, path)

    return do


def exporting_weights(network: str, checkpoint: Checkpoint, path: Path) -> Callable[[], None]:
    """Return what writes weights alone, in the form that the name of the file asks for."""

    def do() -> None:
        from explorer.training.weights import export_weights

        export_weights(checkpoint.weights, path, network)

    return do


def exporting_script(record: Record, path: Path) -> Callable[[], None]:
    """Return what writes a script that does the same run again."""
    kept = still(record)

    def do() -> None:
        from explorer.training import files
        from explorer.training.script import as_script

        files.write(path, as_script(kept).encode())

    return do
