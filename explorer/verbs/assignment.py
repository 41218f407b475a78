"""What ``train`` is asked to do: a run of its own, one that goes on, or one with given weights."""

import argparse
import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Final

from explorer.data.digits import BUNDLED, Digits, load
from explorer.data.errors import DataError
from explorer.training.augmentation import Augmentation
from explorer.training.checkpoint import Checkpoint
from explorer.training.checks import wrong
from explorer.training.errors import CheckpointError, SettingsError
from explorer.training.forking import fits, keeps_its_past
from explorer.training.history import History
from explorer.training.presets import RECIPES
from explorer.training.record import Record
from explorer.training.retold import until
from explorer.training.runfile import open_run
from explorer.training.schedules import is_spread
from explorer.training.settings import Settings, one_of

if TYPE_CHECKING:
    import torch

    from explorer.training.engine import Run

CAN_CHANGE: Final = ("data", "device", "epochs")
"""What may be another one when a run goes on."""
MOST_THREADS: Final = 999
_AUGMENTATION: Final = tuple(field.name for field in dataclasses.fields(Augmentation))
_SETTINGS: Final = tuple(
    field.name for field in dataclasses.fields(Settings) if field.name != "augmentation"
)


@dataclasses.dataclass(frozen=True)
class Assignment:
    """What to do, as far as it can be told without torch.

    Attributes
    ----------
    resumed
        The run that is to go on, and where it is.
    origin
        The file with the weights to begin with.
    network_is_given
        Whether the network was asked for by name; if not, it is the one of ``origin``.
    new_head
        Whether the last layer begins anew.
    frozen
        The layers that are not to learn.
    """

    settings: Settings
    resumed: tuple[Record, Checkpoint] | None = None
    origin: Path | None = None
    network_is_given: bool = False
    new_head: bool = False
    frozen: frozenset[str] = frozenset()


def understood(options: argparse.Namespace) -> Assignment:
    """Return what the options ask for.

    Raises
    ------
    SettingsError
        For settings that no run can have, or that do not go together.
    RunFileError
        When the run that is to go on cannot be read.
    """
    try:
        return _understood(options)
    except SettingsError as error:
        name, rest = str(error).split(" ", 1)
        if name not in (*_SETTINGS, *_AUGMENTATION, "recipe"):
            raise
        raise SettingsError(f"--{name.replace('_', '-')} {rest}") from error


def _understood(options: argparse.Namespace) -> Assignment:
    given = {name: value for name in _SETTINGS if (value := getattr(options, name)) is not None}
    if given.get("data", BUNDLED) not in (BUNDLED, ""):
        # The run is gone on with from anywhere.
        given["data"] = str(Path(given["data"]).absolute())
    moved = {name: value for name in _AUGMENTATION if (value := getattr(options, name)) is not None}
    if options.resume is not None:
        return _going_on(options, given, moved)
    if options.new_head and options.origin is None:
        raise SettingsError("--new-head is for given weights; add --from FILE.")
    recipe = _recipe(options.recipe)
    augmentation = dataclasses.replace(recipe.augmentation, **moved)
    return Assignment(
        dataclasses.replace(recipe, **given, augmentation=augmentation),
        origin=options.origin,
        network_is_given="network" in given or options.recipe is not None,
        new_head=options.new_head,
        frozen=_names(options.freeze),
    )


def _recipe(name: str | None) -> Settings:
    """Return what counts where nothing is given."""
    if name is None:
        return Settings()
    if name not in RECIPES:
        raise wrong("recipe", name, one_of(tuple(RECIPES)))
    return RECIPES[name]


def check_threads(count: int | None) -> None:
    """Refuse a number of CPU threads that nobody can mean.

    Raises
    ------
    SettingsError
        When it is out of range.
    """
    if count is not None and not 1 <= count <= MOST_THREADS:
        raise SettingsError(
            f"--threads cannot be {count}; choose a whole number from 1 to {MOST_THREADS}."
        )


def begin(assignment: Assignment, digits: Digits, device: "torch.device") -> tuple["Run", Record]:
    """Return the run, ready to go on or to begin, and its record so far.

    Raises
    ------
    RunFileError
        When the weights cannot be read or do not fit.
    CheckpointError, SettingsError
        When the run cannot go on with these settings and digits.
    """
    from explorer.training.engine import Run

    settings = assignment.settings
    if assignment.resumed is not None:
        record, checkpoint = assignment.resumed
        training = Run(settings, digits, device, checkpoint)
        _check_goes_on(record, training)
        return training, Record(settings, until(record.history, checkpoint))
    if assignment.origin is None:
        training = Run(settings, digits, device)
        training.frozen = assignment.frozen
        return training, Record(settings, History())

    from explorer.training.weights import opened

    held, new_head = opened(assignment.origin), assignment.new_head
    if not assignment.network_is_given:
        settings = dataclasses.replace(settings, network=held.network(new_head=new_head))
    weights = held.fitting(settings.network, new_head=new_head)
    if not new_head and not fits(settings.network, Checkpoint(0, weights), digits.class_count):
        raise CheckpointError(
            f"The weights in '{assignment.origin}' are not for the {digits.class_count} classes of "
            "the data; add --new-head, or give other data."
        )
    start = Checkpoint(
        0,
        weights,
        lr=settings.lr,
        momentum=settings.momentum,
        weight_decay=settings.weight_decay,
    )
    training = Run(settings, digits, device, start)
    # All weights are in this one, those of a new last layer as well.
    record = Record(settings, History(training.checkpoint()))
    training.frozen = assignment.frozen
    return training, record


def _going_on(
    options: argparse.Namespace, given: dict[str, object], moved: dict[str, object]
) -> Assignment:
    others = {
        "recipe": options.recipe,
        "from": options.origin,
        "freeze": options.freeze,
        "new_head": options.new_head,
    }
    unwanted = [name for name in {**given, **moved} if name not in CAN_CHANGE]
    unwanted += [name for name, value in others.items() if value]
    if unwanted:
        name = unwanted[0].replace("_", "-")
        raise SettingsError(
            f"--{name} cannot change in a run that goes on; leave it out, or begin another run "
            "with --from."
        )
    record, checkpoint = open_run(options.resume)
    settings = dataclasses.replace(record.settings, **given)  # type: ignore[arg-type]
    if not keeps_its_past(record.settings, settings):
        epochs = record.settings.epochs
        span = "its only epoch" if epochs == 1 else f"all of its {epochs} epochs"
        raise SettingsError(
            f"--epochs cannot change in a run whose schedule, {settings.schedule}, is spread over "
            f"{span}; leave it out, or begin another run with --from."
        )
    return Assignment(settings, resumed=(record, checkpoint))


def check_same_digits(assignment: Assignment, digits: Digits) -> str | None:
    """Refuse other digits than a run that goes on was trained on.

    Returns
    -------
    str or None
        What there is to say where those are not to be found any more.

    Raises
    ------
    SettingsError
        When the digits are others.
    """
    if assignment.resumed is None:
        return None
    own, given = assignment.resumed[0].settings.data, assignment.settings.data
    if own == given:
        return None
    try:
        before = load(own)
    except DataError:
        return (
            f"The digits of the run are not in '{own}' any more; those in '{given}' stand for them."
        )
    if not before.has_same_images(digits):
        raise SettingsError(
            f"The digits in '{given}' are not those in '{own}' that the run was trained on; leave "
            "--data out, or begin another run with --from, which takes other data."
        )
    return None


def _check_goes_on(record: Record, training: "Run") -> None:
    epochs = record.history.epochs
    if epochs and epochs[0].step != epochs[0].epoch * training.steps_per_epoch:
        raise CheckpointError(
            f"An epoch of the run took {epochs[0].step // epochs[0].epoch:,} steps, and one with "
            f"these digits takes {training.steps_per_epoch:,}; give the digits that it was "
            "trained on with --data DIR."
        )
    if training.step == training.total_steps and training.checkpoint().is_tested:
        count = training.settings.epochs
        ended = f"The run has ended after {count} epoch{'' if count == 1 else 's'}"
        if is_spread(training.settings.schedule):
            raise CheckpointError(
                f"{ended}, over which its schedule, {training.settings.schedule}, was spread; "
                "begin another run with its weights by --from."
            )
        raise CheckpointError(f"{ended}; let it go on with more, as in --epochs {count + 5}.")


def _names(written: str | None) -> frozenset[str]:
    return frozenset(name.strip() for name in (written or "").split(",") if name.strip())
