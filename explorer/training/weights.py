"""A network's weights alone, as a plain ``state_dict`` that any PyTorch program understands."""

import io
import pickletools
import re
import zipfile
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from explorer.core.text import QT_TRANSLATE_NOOP
from explorer.data.digits import CLASSES, MOST_CLASSES
from explorer.training import files
from explorer.training.called import called
from explorer.training.checkpoint import Array, Checkpoint
from explorer.training.errors import RunFileError, SaveError, SettingsError
from explorer.training.record import Record
from explorer.training.runfile import MOST_BYTES, from_bytes, is_run
from explorer.training.settings import NETWORK_NAMES, check_network
from explorer.training.shapes import (
    Shape,
    class_count,
    is_variance,
    of_head,
    shapes_of,
)
from explorer.training.tensors import (
    SUFFIX,
    is_safetensors,
    of_another_type,
    packed,
    short,
    unpacked,
)

TORCH_SUFFIXES: Final = (".pt", ".pth")
SUFFIXES: Final = (*TORCH_SUFFIXES, SUFFIX)

_ZIP: Final = b"PK\x03\x04"
_MADE_OF: Final = frozenset(
    {
        "collections OrderedDict",
        "torch._utils _rebuild_tensor_v2",
        "torch._utils _rebuild_parameter",
        "torch FloatStorage",
        "torch LongStorage",
        # Read only to say that they are none of float32.
        "torch DoubleStorage",
        "torch HalfStorage",
        "torch BFloat16Storage",
        "torch IntStorage",
        "torch ShortStorage",
        "torch CharStorage",
        "torch ByteStorage",
        "torch BoolStorage",
    }
)
"""What a pickle of weights may name, as pickle spells it."""
_COUNTS: Final = ".num_batches_tracked"
"""How the batches that a BatchNorm2d has seen are called, which PyTorch keeps and nobody needs."""
_NUMBERED: Final = re.compile("(0|[1-9][0-9]{0,8})[.]([a-z_]+)")
"""How an ``nn.Sequential`` calls the weights of its layers."""
_MOST_PICKLED: Final = 2**20
"""Bytes of the pickle itself, which holds names and shapes only."""
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
        The network, as settings have it; safetensors keeps it in the file's metadata.

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


@dataclass(frozen=True, eq=False)
class Held:
    """What a file holds: weights, and perhaps the run that they belong to.

    Attributes
    ----------
    arrays
        The weights by their names in ``state_dict``, whatever they fit.
    run
        The run and where it was when it was saved; None for weights alone.
    told
        The network that they belong to as the file says, if it says so; they need not fit it.
    """

    path: Path
    arrays: Mapping[str, Array]
    run: tuple[Record, Checkpoint] | None = None
    told: str | None = None

    def fitting(self, network: str, *, new_head: bool = False) -> dict[str, Array]:
        """Return the weights as a network has them, for ``Checkpoint.weights``.

        Parameters
        ----------
        new_head
            Leave out the last layer, which need not fit.

        Raises
        ------
        RunFileError
            When they do not fit, or are not finite float32 numbers.
        """
        left_out = of_head(network) if new_head else frozenset[str]()
        arrays = in_names_of(network, self.arrays)
        shapes = shapes_of(network, CLASSES if new_head else _classes(network, arrays))
        wanted = {name: shape for name, shape in shapes.items() if name not in left_out}
        weights = {name: array for name, array in arrays.items() if name not in left_out}
        _check_fit(self.arrays, weights, wanted, network, self.path)
        # A file of which the last layer is damaged is damaged as well.
        for name, array in arrays.items():
            if array.dtype != np.float32:
                raise of_another_type(self.path, name, array.dtype.name)
            if not np.isfinite(array).all() or (is_variance(name) and array.min() < 0):
                raise RunFileError(
                    QT_TRANSLATE_NOOP(
                        "training",
                        "'{path}' has values in {name} that are not finite float32 numbers, or "
                        "below 0 where there are variances; choose another file.",
                    ),
                    path=self.path,
                    name=name,
                )
        return {name: weights[name] for name in wanted}

    def network(self, *, new_head: bool = False) -> str:
        """Return the network that the weights belong to: the one that the file tells, or a named.

        Parameters
        ----------
        new_head
            Do not ask whether the last layer fits.

        Raises
        ------
        RunFileError
            When it is neither.
        """
        told = [] if self.told is None else [self.told]
        found = _owner([*told, *NETWORK_NAMES], self.arrays, new_head=new_head)
        if found is None:
            raise RunFileError(
                QT_TRANSLATE_NOOP(
                    "training",
                    "'{path}' holds the weights of none of the networks {networks}; choose those "
                    "of one of them, or say which network it is.",
                ),
                path=self.path,
                networks=", ".join(NETWORK_NAMES),
            )
        return found


def opened(path: Path) -> Held:
    """Read a run, or weights from a ``state_dict``.

    Parameters
    ----------
    path
        A file of ``torch.save`` or of safetensors, whatever its name.

    Raises
    ------
    RunFileError
        When the file cannot be read or holds something else.
    """
    data = files.read(path, MOST_BYTES)
    if data.startswith(_ZIP):
        return Held(path, _from_torch(data, path))
    if is_safetensors(data):
        found = unpacked(data, path)
        if not is_run(found):
            arrays = {
                name: array
                for name, array in found.tensors.items()
                if not (name.endswith(_COUNTS) and array.dtype == np.int64 and array.ndim == 0)
            }
            return Held(path, arrays, told=_told(found.metadata.get("network")))
        record, checkpoint = from_bytes(data, path)
        return Held(path, checkpoint.weights, (record, checkpoint), record.settings.network)
    raise RunFileError(
        QT_TRANSLATE_NOOP(
            "training",
            "'{path}' holds no weights that can be read; choose a file of torch.save (since "
            "PyTorch 1.6) or of safetensors.",
        ),
        path=path,
    )


def in_names_of(network: str, arrays: Mapping[str, Array]) -> Mapping[str, Array]:
    """Return the weights of a plain ``nn.Sequential`` by the names of a network's layers.

    PyTorch numbers the layers of one, those without weights as well, so only their order counts.
    Other weights, and those of another number of layers, are returned as they are.
    """
    numbered: dict[int, dict[str, Array]] = {}
    for name, array in arrays.items():
        found = _NUMBERED.fullmatch(name)
        if found is None:
            return arrays
        numbered.setdefault(int(found[1]), {})[found[2]] = array
    layers = dict.fromkeys(name.rpartition(".")[0] for name in shapes_of(network))
    if len(numbered) != len(layers):
        return arrays
    return {
        f"{layer}.{kind}": array
        for layer, (_, kinds) in zip(layers, sorted(numbered.items()), strict=True)
        for kind, array in kinds.items()
    }


def _owner(
    networks: Sequence[str], arrays: Mapping[str, Array], *, new_head: bool = False
) -> str | None:
    """Return the first of some networks that weights belong to.

    Parameters
    ----------
    new_head
        Do not ask whether the last layer fits.
    """
    for network in networks:
        theirs = in_names_of(network, arrays)
        own = shapes_of(network, _classes(network, theirs))
        last = of_head(network) if new_head else frozenset[str]()
        if own.keys() == theirs.keys() and all(
            own[name] == theirs[name].shape for name in own.keys() - last
        ):
            return network
    return None


def _classes(network: str, arrays: Mapping[str, Array]) -> int:
    """Return how many classes the last layer tells apart; ten where there cannot be so many."""
    classes = class_count(network, arrays)
    return classes if classes is not None and 2 <= classes <= MOST_CLASSES else CLASSES


def _told(network: str | None) -> str | None:
    """Return the network that a file names, None where it is none that can learn digits."""
    try:
        return None if network is None else check_network(network)
    except SettingsError:
        return None


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
    other = _owner(NETWORK_NAMES, found)
    if other is not None:
        raise RunFileError(
            QT_TRANSLATE_NOOP(
                "training",
                "'{path}' holds the weights of the network '{other}', not of '{network}'; choose "
                "that network.",
            ),
            path=path,
            other=other,
            network=called(network),
        )
    names = [name for name in (*wanted, *shapes) if shapes.get(name) != wanted.get(name)]
    last = of_head(network)
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
    if name not in shapes:
        source = QT_TRANSLATE_NOOP(
            "training",
            "'{path}' does not fit the network '{network}': {name} is missing; choose the weights "
            "of such a network.",
        )
    elif name not in wanted:
        source = QT_TRANSLATE_NOOP(
            "training",
            "'{path}' does not fit the network '{network}', which has no {name}; choose the "
            "weights of such a network.",
        )
    else:
        source = QT_TRANSLATE_NOOP(
            "training",
            "'{path}' does not fit the network '{network}': {name} has the shape {found} and "
            "must have {wanted}; choose the weights of such a network.",
        )
    raise RunFileError(
        source,
        path=path,
        network=called(network),
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
    is_named = isinstance(state, dict) and all(isinstance(name, str) for name in state)
    if is_named:
        state = {name: value for name, value in state.items() if not _is_count(name, value)}
        for name, value in state.items():
            if isinstance(value, torch.Tensor) and value.dtype != torch.float32:
                raise of_another_type(path, name, str(value.dtype).removeprefix("torch."))
    is_plain = is_named and bool(state) and all(_is_plain(value) for value in state.values())
    # A tensor may repeat a few numbers that are there as often as it likes.
    if not is_plain or sum(value.numel() * 4 for value in state.values()) > len(data):
        raise RunFileError(
            QT_TRANSLATE_NOOP(
                "training",
                "'{path}' is not a state_dict of float32 tensors; save it with "
                "torch.save(network.state_dict(), ...).",
            ),
            path=path,
        )
    return {
        name: value.detach().resolve_neg().numpy().copy(order="C") for name, value in state.items()
    }


def _is_count(name: str, value: object) -> bool:
    """Tell the number of batches that a BatchNorm2d has seen from what belongs to a network."""
    import torch

    return (
        name.endswith(_COUNTS)
        and isinstance(value, torch.Tensor)
        and value.dtype == torch.int64
        and value.dim() == 0
    )


def _is_plain(value: object) -> bool:
    """Tell an ordinary tensor from whatever else may stand there."""
    import torch

    return (
        isinstance(value, torch.Tensor)
        and value.layout == torch.strided
        and not value.is_quantized
        and value.device.type == "cpu"
    )


def _check_archive(data: bytes, path: Path) -> None:
    """Refuse an archive that is larger than it looks: torch packs nothing, so neither may it."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            is_sound = all(
                _is_sound(archive.read(entry))
                for entry in entries
                if entry.filename.endswith(".pkl") and entry.compress_type == zipfile.ZIP_STORED
            )
    except Exception as error:
        raise RunFileError(
            QT_TRANSLATE_NOOP(
                "training", "'{path}' is a damaged archive; choose another copy of it."
            ),
            path=path,
        ) from error
    if (
        not is_sound
        or len(entries) > _MOST_ENTRIES
        or any(entry.compress_type != zipfile.ZIP_STORED for entry in entries)
        or sum(entry.file_size for entry in entries) > len(data)
    ):
        raise RunFileError(
            QT_TRANSLATE_NOOP(
                "training",
                "'{path}' holds more than weights, or unpacks to more than PyTorch ever writes; "
                "save it again with torch.save(network.state_dict(), ...).",
            ),
            path=path,
        )


def _is_sound(pickled: bytes) -> bool:
    """Tell whether a pickle names nothing but what a state_dict of tensors is made of.

    What torch's own reader lets through may ask for gigabytes: ``bytearray`` of any length.
    """
    if len(pickled) > _MOST_PICKLED:
        return False
    for operation, argument, _ in pickletools.genops(pickled):
        if operation.name == "GLOBAL" and argument not in _MADE_OF:
            return False
        # torch.save has always written the second protocol, which has none of these.
        if operation.proto > 2:
            return False
    return True
