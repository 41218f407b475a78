"""What a run is asked to do, checked once and for all when it is made."""

import re
import reprlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from explorer.core.network.naming import name_of, network_named
from explorer.core.network.presets import TRAINABLE
from explorer.core.pasted import ReadError
from explorer.training.augmentation import Augmentation
from explorer.training.checks import number, wrong
from explorer.training.errors import SettingsError
from explorer.training.learnable import problem

NETWORK_NAMES: Final = TRAINABLE
"""Networks that have a name; any other has its source in the place of one."""
OPTIMIZERS: Final = ("sgd", "nesterov", "adam", "adamw")
KINDS: Final = {
    "sgd": ("momentum",),
    "nesterov": ("momentum",),
    "adam": ("mean", "square", "steps"),
    "adamw": ("mean", "square", "steps"),
}
"""The running numbers of each optimizer."""
SCHEDULES: Final = ("constant", "step", "cosine", "one_cycle")
EPOCHS: Final = (1, 1_000)
BATCH_SIZE: Final = (1, 60_000)
SEED: Final = (0, 2**63 - 1)
HIGHEST_LR: Final = 100.0
HIGHEST_WEIGHT_DECAY: Final = 1.0
HIGHEST_DROPOUT: Final = 0.9

_DEVICE: Final = re.compile(r"auto|cpu|mps|cuda(:[0-9]{1,3})?")


@dataclass(frozen=True)
class Settings:
    """The settings of a run, with the defaults of the textbook.

    Attributes
    ----------
    network
        One of ``NETWORK_NAMES``, or the source of another one, ``nn.Sequential(...)``. It is read,
        never executed, and kept in the one way in which it is written here.
    data
        ``"bundled"`` or a folder, as for ``explorer.data.digits.load``.
    device
        ``"auto"``, ``"cpu"``, ``"cuda"``, ``"cuda:1"``... or ``"mps"``.
    epochs, batch_size, seed
        Whole numbers within ``EPOCHS``, ``BATCH_SIZE`` and ``SEED``.
    lr, momentum, weight_decay
        As in ``torch.optim``: above 0 up to ``HIGHEST_LR``, from 0 to below 1, and from 0 up to
        ``HIGHEST_WEIGHT_DECAY``. Adam takes no notice of the momentum.
    optimizer
        One of ``OPTIMIZERS``; ``"nesterov"`` is SGD with Nesterov's momentum.
    schedule
        One of ``SCHEDULES``; ``lr`` is the highest learning rate of each.
    dropout
        The share of its inputs that the layer which gives the answers does without, up to
        ``HIGHEST_DROPOUT``.
    augmentation
        What is done to the training images each time they are seen.

    Raises
    ------
    SettingsError
        When a value has another type or lies outside its range.
    """

    network: str = "compact"
    data: str = "bundled"
    device: str = "auto"
    epochs: int = 10
    batch_size: int = 64
    lr: float = 0.01
    momentum: float = 0.5
    seed: int = 0
    optimizer: str = "sgd"
    weight_decay: float = 0.0
    schedule: str = "constant"
    dropout: float = 0.0
    augmentation: Augmentation = Augmentation()

    def __post_init__(self) -> None:
        object.__setattr__(self, "network", check_network(self.network))
        if not isinstance(self.data, str) or not self.data:
            raise wrong("data", self.data, "bundled or a folder")
        if not isinstance(self.device, str) or not _DEVICE.fullmatch(self.device):
            raise wrong("device", self.device, "auto, cpu, cuda, cuda:0, cuda:1, ... or mps")
        _check_whole("epochs", self.epochs, EPOCHS)
        _check_whole("batch_size", self.batch_size, BATCH_SIZE)
        _check_whole("seed", self.seed, SEED)
        object.__setattr__(self, "lr", check_lr(self.lr))
        object.__setattr__(self, "momentum", check_momentum(self.momentum))
        if self.optimizer not in OPTIMIZERS:
            raise wrong("optimizer", self.optimizer, one_of(OPTIMIZERS))
        object.__setattr__(self, "weight_decay", check_weight_decay(self.weight_decay))
        if self.schedule not in SCHEDULES:
            raise wrong("schedule", self.schedule, one_of(SCHEDULES))
        object.__setattr__(self, "dropout", _check_dropout(self.dropout))
        if not isinstance(self.augmentation, Augmentation):
            raise wrong("augmentation", self.augmentation, "an Augmentation")


def check_network(value: object) -> str:
    """Return the name of a network that learns digits, or its source as it is written here.

    Raises
    ------
    SettingsError
        When it is no text, no network, or one that cannot learn digits.
    """
    if not isinstance(value, str) or (value not in NETWORK_NAMES and "(" not in value):
        raise wrong("network", value, f"{one_of(NETWORK_NAMES)}, or write nn.Sequential(...)")
    return _checked(value)


@lru_cache(maxsize=128)
def _checked(source: str) -> str:
    try:
        network = network_named(source)
    except ReadError as error:
        why = str(error)
    else:
        found = problem(network)
        if found is None:
            return name_of(network)
        why = str(found)
    why = " ".join(why.split()).rstrip(".")
    raise SettingsError(f"network cannot be {reprlib.repr(source)}: {why}.")


def check_lr(value: object) -> float:
    """Return a learning rate as a float.

    Raises
    ------
    SettingsError
        When it is no number above 0 and at most ``HIGHEST_LR``.
    """
    checked = number(value)
    if checked is None or not 0 < checked <= HIGHEST_LR:
        raise wrong("lr", value, f"a number above 0 and at most {HIGHEST_LR:g}")
    return checked


def check_momentum(value: object) -> float:
    """Return a momentum as a float.

    Raises
    ------
    SettingsError
        When it is no number from 0 to below 1.
    """
    checked = number(value)
    if checked is None or not 0 <= checked < 1:
        raise wrong("momentum", value, "a number from 0 to below 1")
    return checked


def check_weight_decay(value: object) -> float:
    """Return a weight decay as a float.

    Raises
    ------
    SettingsError
        When it is no number from 0 to ``HIGHEST_WEIGHT_DECAY``.
    """
    checked = number(value)
    if checked is None or not 0 <= checked <= HIGHEST_WEIGHT_DECAY:
        raise wrong("weight_decay", value, f"a number from 0 to {HIGHEST_WEIGHT_DECAY:g}")
    return checked


def _check_dropout(value: object) -> float:
    checked = number(value)
    if checked is None or not 0 <= checked <= HIGHEST_DROPOUT:
        raise wrong("dropout", value, f"a number from 0 to {HIGHEST_DROPOUT:g}")
    return checked


def one_of(names: Sequence[str]) -> str:
    """Return the names as a sentence lists a choice: a, b or c."""
    return f"{', '.join(names[:-1])} or {names[-1]}"


def _check_whole(name: str, value: object, limits: tuple[int, int]) -> None:
    low, high = limits
    # True is an int to Python, but nobody means one epoch by it.
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        # Above a billion the separators hide more than they show: 2^63 - 1 is no number to read.
        top = f"{high:,}" if high < 10**9 else str(high)
        raise wrong(name, value, f"a whole number from {low} to {top}")
