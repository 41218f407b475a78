"""A run as a Python script that does it again, with torch alone.

What decides about the numbers is copied out of this application as it is, so that the script cannot
say something else: the layers as they are described, and the functions for schedule, dropout and
augmentation as they stand in their modules.
"""

import base64
import dataclasses
import inspect
import io
import textwrap
from collections.abc import Callable
from string import Template
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from explorer import __version__
from explorer.core.layers import Gives, Module
from explorer.core.network import Network
from explorer.core.source import source
from explorer.core.text import QT_TRANSLATE_NOOP
from explorer.data.digits import BUNDLED
from explorer.training.checkpoint import Checkpoint
from explorer.training.errors import SaveError
from explorer.training.events import Change
from explorer.training.record import Record
from explorer.training.runfile.form import own_moments
from explorer.training.script_text import BEGIN_ANYWHERE, BEGIN_BY_SEED, PROGRAM
from explorer.training.settings import Settings

if TYPE_CHECKING:
    from explorer.training.networks import DigitNetwork

_WHENCE: Final = "DATA below says where that was."
_WHENCE_BUNDLED: Final = """\
Those were the digits that come with CNN Explorer, in resources/mnist of its source code. To train
on the complete MNIST instead, with the same settings, fetch it:

    cnn-explorer fetch mnist FOLDER"""
_LOSSES: Final[dict[Gives, str]] = {
    "scores": "F.cross_entropy",
    "log_probabilities": "F.nll_loss",
    "probabilities": "nll_of_probabilities",
}


def as_script(record: Record) -> str:
    """Return the text of a script that trains a network as a run did.

    It reads the digits from a folder that it is given, prints a line for each epoch, and makes the
    changes that were made in the course of the run. Loads torch.

    Raises
    ------
    SaveError
        When the run goes on from another one, and the weights of that moment were not kept.
    """
    from explorer.training.networks import build, described

    settings = record.settings
    start = _start(record)
    network = build(settings.network, settings.seed, settings.dropout, record.class_count)
    begin = BEGIN_BY_SEED if start is None else BEGIN_ANYWHERE
    rates = settings if start is None else start
    values = {
        "version": __version__,
        "data": ascii(settings.data),
        "whence": _WHENCE_BUNDLED if settings.data == BUNDLED else _WHENCE,
        "seed": repr(settings.seed),
        "epochs": repr(settings.epochs),
        "batch_size": repr(settings.batch_size),
        "optimizer": _optimizer(settings),
        "nesterov": repr(settings.optimizer == "nesterov"),
        "rates": repr(
            {"lr": rates.lr, "momentum": rates.momentum, "weight_decay": rates.weight_decay}
        ),
        "frozen": repr(sorted(start.frozen) if start is not None else []),
        "changes": _changes(record.history.changes),
        "network": _layers(network, described(settings.network, record.class_count)),
        "loss": _LOSSES[network.gives],
        "imports": _imports(settings, start),
        "functions": _functions(settings, network),
        "images": _images(settings),
        "schedule": f"_{settings.schedule}",
    }
    if start is not None:
        values["progress"] = repr((start.step, start.is_tested, start.epoch_loss))
        values["functions"] += f'\n\n\nSTART = """\n{_embedded(start, settings)}\n"""'
    values["begin"] = Template(begin).substitute(values)
    return Template(PROGRAM).substitute(values)


def _start(record: Record) -> Checkpoint | None:
    """Return where the run began, and None where the seed says it all."""
    from explorer.training.networks import build

    settings, first_step = record.settings, record.history.first_step
    start = next(iter(record.history.checkpoints), None)
    if start is None or start.step != first_step:
        if first_step == 0:
            return None
        raise SaveError(
            QT_TRANSLATE_NOOP(
                "training",
                "The run goes on from step {step:,} of another one, whose weights were not kept; "
                "export the script of that run.",
            ),
            step=first_step,
        )
    if first_step == 0 and not start.frozen:
        own = build(settings.network, settings.seed, classes=record.class_count).state_dict()
        if all(np.array_equal(array, own[name].numpy()) for name, array in start.weights.items()):
            return None
    return start


def _imports(settings: Settings, start: Checkpoint | None) -> str:
    lines = ["argparse", "gzip", "math", "sys"] + (["base64", "io"] if start is not None else [])
    imports = [f"import {name}" for name in sorted(lines)]
    imports += ["from collections import OrderedDict", "from pathlib import Path"]
    if settings.augmentation.is_on:
        imports.append("from types import SimpleNamespace")
    return "\n".join(imports)


def _embedded(start: Checkpoint, settings: Settings) -> str:
    """Return the tensors of a moment as text, as ``torch.save`` writes them."""
    import torch

    parts = {"weights": start.weights, "moments": own_moments(start, settings.optimizer)}
    tensors = {
        kind: {name: torch.tensor(array) for name, array in part.items()}
        for kind, part in parts.items()
    }
    buffer = io.BytesIO()
    torch.save(tensors, buffer)
    return "\n".join(textwrap.wrap(base64.b85encode(buffer.getvalue()).decode("ascii"), 100))


def _layers(network: "DigitNetwork", described: Network) -> str:
    layers = dict(zip(described.names, described.layers, strict=True))
    lines = []
    for name, module in network.named_children():
        # The dropout that can be repeated is a class of its own, which the script defines.
        kind = type(module)
        is_own = kind.__module__.startswith("explorer.")
        written = f"{kind.__name__}({module.p!r})" if is_own else source(_as_run(layers[name]))
        lines.append(f"        {name}={written},")
    return "\n".join(lines)


def _as_run(layer: Module) -> Module:
    """Return a layer with all that decides what torch makes of it said, and nothing in place."""
    changes: dict[str, Any] = {}
    for field in dataclasses.fields(layer):
        if field.name in ("inplace", "return_indices"):
            changes[field.name] = False
        elif field.name == "dim":
            changes["dim"] = layer.setting("dim")
    return layer.with_(**changes)


def _optimizer(settings: Settings) -> str:
    return {"adam": "Adam", "adamw": "AdamW"}.get(settings.optimizer, "SGD")


def _changes(changes: list[Change]) -> str:
    return "".join(f"    {(change.step, change.name, change.value)!r},\n" for change in changes)


def _functions(settings: Settings, network: "DigitNetwork") -> str:
    from explorer.core.network import preparing
    from explorer.training import augmentation, networks, pixels, schedules

    constants = {
        "MEAN": preparing.MEAN,
        "STANDARD_DEVIATION": preparing.STANDARD_DEVIATION,
    }
    wanted: list[Callable[..., Any]] = [pixels.normalise]
    match settings.schedule:
        case "constant":
            wanted += [schedules._constant]
        case "step":
            constants |= {"DROPS": schedules.DROPS, "DROP": schedules.DROP}
            wanted += [schedules._step]
        case "cosine":
            wanted += [schedules._blend, schedules._cosine]
        case "one_cycle":
            constants |= {
                "WARM_UP": schedules.WARM_UP,
                "BEGIN": schedules.BEGIN,
                "END": schedules.END,
            }
            wanted += [schedules._blend, schedules._one_cycle]
    used = set(map(type, network.children()))
    wanted += [kind for kind in (networks.SeededDropout, networks.SeededDropout2d) if kind in used]
    if network.gives == "probabilities":
        wanted += [networks.nll_of_probabilities]
    if settings.augmentation.is_on:
        constants["FULL_INK"] = augmentation.FULL_INK
        wanted += [augmentation.moved, augmentation.augmented]
    sources = [inspect.getsource(function).strip() for function in wanted]
    return "\n\n\n".join(
        ["\n".join(f"{name} = {value!r}" for name, value in constants.items()), *sources]
    )


def _images(settings: Settings) -> str:
    given = settings.augmentation
    if not given.is_on:
        return "images[batch]"
    values = {
        "shift": given.shift,
        "rotate": given.rotate,
        "scale": given.scale,
        "noise": given.noise,
        "moves": given.moves,
    }
    written = ", ".join(f"{name}={value!r}" for name, value in values.items())
    return f"augmented(images[batch], SimpleNamespace({written}), chance)"
