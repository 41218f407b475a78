"""A network's weights alone, as a plain ``state_dict`` that any PyTorch program understands."""

import io
import zipfile
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np

from explorer.core.text import QT_TRANSLATE_NOOP
from explorer.data.digits import MOST_CLASSES
from explorer.training import files
from explorer.training.checkpoint import Array
from explorer.training.errors import RunFileError, SaveError
from explorer.training.runfile import MOST_BYTES, from_bytes, is_run
from explorer.training.shapes import (
    SHAPES,
    Shape,
    class_count,
    head,
    network_of,
    of_layers,
    shapes_of,
)
from explorer.training.tensors import SUFFIX, is_safetensors, packed, short, unpacked

TORCH_SUFFIXES: Final = (".pt", ".pth")
SUFFIXES: Final = (*TORCH_SUFFIXES, SUFFIX)

_ZIP: Final = b"PK\x03\x04"
_MOST_ENTRIES: Final = 10_000


def check_name(path: Path) -> None:
    """Refuse a name that does not say what kind of file it is to be.

    Raises
    ------
    SaveError
        When it ends in none of ``SUFFIXES``.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise SaveError(
            QT_TRANSLATE_NOOP(
                "training", "'{path}' must end in .pt, .pth or .safetensors; choose another name."
            ),
            path=path,
        )


def export_weights(weights: Mapping[str, Array], path: Path, network: str) -> None:
    """Write weights as a ``state_dict``.

    Parameters
    ----------
    weights
        As a checkpoint has them.
    path
        ``torch.save`` writes ``.pt`` and ``.pth``, safetensors ``.safetensors``. What lies there
        is replaced in one go, after everything has been written.
    network
        The kind of network; safetensors keeps it in the file's metadata.

    Raises
    ------
    SaveError
        When the file could not be written; what lay there before is still there.
    """
    check_name(path)
    if path.suffix.lower() == SUFFIX:
        files.write(path, packed(weights, {"format": "pt", "network": network}))
        return
    import torch

    state = OrderedDict((name, torch.tensor(array)) for name, array in weights.items())
    buffer = io.BytesIO()
    torch.save(state, buffer)
    files.write(path, buffer.getvalue())


def load_weights(path: Path, network: str, *, new_head: bool = False) -> dict[str, Array]:
    """Read the weights of a network from a ``state_dict`` or from a run's file.

    Parameters
    ----------
    path
        A file of ``torch.save`` or of safetensors, whatever its name.
    network
        The kind of network that they must fit.
    new_head
        Leave out the last layer, which need not fit; otherwise it may tell any number of classes
        apart that there can be.

    Returns
    -------
    dict
        float32 arrays by their names in ``state_dict``, for ``Checkpoint.weights``.

    Raises
    ------
    RunFileError
        When the file cannot be read or holds something else.
    """
    data = files.read(path, MOST_BYTES)
    found = _found(data, path)
    left_out = of_layers(network, [head(network)]) if new_head else frozenset[str]()
    shapes = shapes_of(network)
    if not new_head:
        classes = class_count(network, found)
        if classes is not None and 2 <= classes <= MOST_CLASSES:
            shapes = shapes_of(network, classes)
    wanted = {name: shape for name, shape in shapes.items() if name not in left_out}
    weights = {name: array for name, array in found.items() if name not in left_out}
    _check_fit(found, weights, wanted, network, path)
    for name, array in weights.items():
        if array.dtype != np.float32 or not np.isfinite(array).all():
            raise RunFileError(
                QT_TRANSLATE_NOOP(
                    "training",
                    "'{path}' holds in {name} what is no finite float32; choose another file.",
                ),
                path=path,
                name=name,
            )
    return {name: weights[name] for name in wanted}


def network_in(path: Path, *, new_head: bool = False) -> str:
    """Return the name of the network whose weights a file holds.

    Parameters
    ----------
    new_head
        Do not ask whether the last layer fits.

    Raises
    ------
    RunFileError
        When the file cannot be read, or holds those of no network that there is here.
    """
    found = _found(files.read(path, MOST_BYTES), path)
    shapes = {name: array.shape for name, array in found.items()}
    if new_head:
        for network, own in SHAPES.items():
            last = of_layers(network, [head(network)])
            if own.keys() == shapes.keys() and all(
                own[name] == shapes[name] for name in own.keys() - last
            ):
                return network
    network_found = network_of(shapes)
    if network_found is None:
        raise RunFileError(
            QT_TRANSLATE_NOOP(
                "training",
                "'{path}' holds the weights of none of the networks {networks}; choose those of "
                "one of them.",
            ),
            path=path,
            networks=", ".join(SHAPES),
        )
    return network_found


def _found(data: bytes, path: Path) -> dict[str, Array]:
    if data.startswith(_ZIP):
        return _from_torch(data, path)
    if is_safetensors(data):
        found = unpacked(data, path)
        if not is_run(found):
            return found.tensors
        _, checkpoint = from_bytes(data, path)
        return dict(checkpoint.weights)
    raise RunFileError(
        QT_TRANSLATE_NOOP(
            "training",
            "'{path}' holds no weights that can be read; choose a file of torch.save (since "
            "PyTorch 1.6) or of safetensors.",
        ),
        path=path,
    )


def _check_fit(
    found: Mapping[str, Array],
    weights: Mapping[str, Array],
    wanted: Mapping[str, Shape],
    network: str,
    path: Path,
) -> None:
    shapes = {name: array.shape for name, array in weights.items()}
    if shapes == dict(wanted):
        return
    other = network_of({name: array.shape for name, array in found.items()})
    if other is not None:
        raise RunFileError(
            QT_TRANSLATE_NOOP(
                "training",
                "'{path}' holds the weights of the network '{other}', not of '{network}'; choose "
                "that network.",
            ),
            path=path,
            other=other,
            network=network,
        )
    names = [name for name in (*wanted, *shapes) if shapes.get(name) != wanted.get(name)]
    last = of_layers(network, [head(network)])
    classes = class_count(network, weights)
    if classes is not None and set(names) == last and len(shapes) == len(wanted):
        raise RunFileError(
            QT_TRANSLATE_NOOP(
                "training",
                "'{path}' holds a last layer for {classes:,} classes; choose one for 2 to {most}, "
                "or begin with a new last layer.",
            ),
            path=path,
            classes=classes,
            most=MOST_CLASSES,
        )
    name = names[0]
    sources = {
        name not in shapes: QT_TRANSLATE_NOOP(
            "training",
            "'{path}' does not fit the network '{network}': {name} is missing; choose the weights "
            "of such a network.",
        ),
        name not in wanted: QT_TRANSLATE_NOOP(
            "training",
            "'{path}' does not fit the network '{network}', which has no {name}; choose the "
            "weights of such a network.",
        ),
    }
    raise RunFileError(
        sources.get(
            True,
            QT_TRANSLATE_NOOP(
                "training",
                "'{path}' does not fit the network '{network}': {name} has the shape {found} and "
                "must have {wanted}; choose the weights of such a network.",
            ),
        ),
        path=path,
        network=network,
        name=short(name),
        found=shapes.get(name),
        wanted=wanted.get(name),
    )


def _from_torch(data: bytes, path: Path) -> dict[str, Array]:
    """Return the arrays of a file of ``torch.save``; nothing in it is executed."""
    _check_archive(data, path)
    import warnings

    import torch

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            state = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    except Exception as error:
        raise RunFileError(
            QT_TRANSLATE_NOOP(
                "training",
                "'{path}' is damaged or holds more than weights; save it again with "
                "torch.save(network.state_dict(), ...).",
            ),
            path=path,
        ) from error
    is_plain = (
        isinstance(state, dict)
        and bool(state)
        and all(isinstance(name, str) for name in state)
        and all(_is_plain(value) for value in state.values())
    )
    # A tensor may repeat a few numbers that are there as often as it likes.
    if not is_plain or sum(value.numel() * 4 for value in state.values()) > len(data):
        raise RunFileError(
            QT_TRANSLATE_NOOP(
                "training",
                "'{path}' is no state_dict of float32 tensors; save it with "
                "torch.save(network.state_dict(), ...).",
            ),
            path=path,
        )
    return {name: value.detach().numpy().copy(order="C") for name, value in state.items()}


def _is_plain(value: object) -> bool:
    """Tell an ordinary tensor of float32 from whatever else may stand there."""
    import torch

    return (
        isinstance(value, torch.Tensor)
        and value.layout == torch.strided
        and not value.is_quantized
        and value.device.type == "cpu"
        and value.dtype == torch.float32
    )


def _check_archive(data: bytes, path: Path) -> None:
    """Refuse an archive that is larger than it looks: torch packs nothing, so neither may it."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except Exception as error:
        raise RunFileError(
            QT_TRANSLATE_NOOP(
                "training", "'{path}' is a damaged archive; choose another copy of it."
            ),
            path=path,
        ) from error
    if (
        len(entries) > _MOST_ENTRIES
        or any(entry.compress_type != zipfile.ZIP_STORED for entry in entries)
        or sum(entry.file_size for entry in entries) > len(data)
    ):
        raise RunFileError(
            QT_TRANSLATE_NOOP(
                "training",
                "'{path}' unpacks to more than PyTorch ever writes; save it again with torch.save.",
            ),
            path=path,
        )
