"""Where another run begins that has something of an earlier one; free of torch."""

from dataclasses import replace

from explorer.data.digits import CLASSES
from explorer.training.checkpoint import Checkpoint
from explorer.training.runfile.form import own_moments
from explorer.training.schedules import is_spread
from explorer.training.settings import EPOCHS, Settings
from explorer.training.shapes import class_count, of_head


def continued(
    settings: Settings, start: Checkpoint, steps_per_epoch: int
) -> tuple[Settings, Checkpoint]:
    """Return how a run goes on from one of its moments as if nothing had happened.

    Where that was its end, it goes on for as many epochs again.
    """
    return _with_epochs_left(settings, start, steps_per_epoch), start


def keeps_its_past(old: Settings, new: Settings) -> bool:
    """Tell whether a run that goes on with other epochs would take the steps that it has taken.

    A schedule is spread over all epochs: with more of them the learning rates would have been
    others from the first step on.
    """
    return old.epochs == new.epochs or not is_spread(old.schedule)


def forked(
    old: Settings,
    new: Settings,
    start: Checkpoint,
    steps_per_epoch: int,
    frozen: frozenset[str] | None = None,
    classes: int = CLASSES,
) -> tuple[Settings, Checkpoint]:
    """Return how a run goes on from a moment of another with other settings.

    The network is the old one. With other images or batches of another size the steps mean
    something else, and it begins to count anew.

    Parameters
    ----------
    frozen
        The layers that do not learn; None leaves them as they were at the moment.
    classes
        How many the new data has. Where the network tells another number of them apart, other
        data begins with a new last layer.
    """
    settings = replace(new, network=old.network)
    if (old.data, old.batch_size) != (new.data, new.batch_size):
        start = start.weights_alone()
    if old.data != new.data and not fits(settings.network, start, classes):
        start = _without_head(start, settings.network)
    # What another kind of optimizer has counted belongs to nothing in this run, nor in its file.
    start = replace(start, moments=own_moments(start, settings.optimizer))
    start = _with_rates(start, settings, start.frozen if frozen is None else frozen)
    return _with_epochs_left(settings, start, steps_per_epoch), start


def fine_tuned(
    settings: Settings,
    start: Checkpoint,
    frozen: frozenset[str],
    *,
    new_head: bool,
    classes: int = CLASSES,
) -> tuple[Settings, Checkpoint]:
    """Return how a run begins with the weights of another, at step 0.

    Parameters
    ----------
    frozen
        The layers that do not learn.
    new_head
        Whether the last layer begins as the seed says: for other images its answers mean nothing.
    classes
        How many the data has; where the last layer is not for so many, it has to begin anew.
    """
    begin = start.weights_alone()
    if new_head or not fits(settings.network, start, classes):
        begin = _without_head(begin, settings.network)
    return settings, _with_rates(begin, settings, frozen)


def fits(network: str, start: Checkpoint, classes: int) -> bool:
    """Tell whether a moment has a last layer that tells so many classes apart."""
    return class_count(network, start.weights) == classes


def _without_head(start: Checkpoint, network: str) -> Checkpoint:
    last = of_head(network)
    kept = {name: array for name, array in start.weights.items() if name not in last}
    return replace(start, weights=kept)


def _with_rates(start: Checkpoint, settings: Settings, frozen: frozenset[str]) -> Checkpoint:
    return replace(
        start,
        lr=settings.lr,
        momentum=settings.momentum,
        weight_decay=settings.weight_decay,
        frozen=frozen,
    )


def _with_epochs_left(settings: Settings, start: Checkpoint, steps_per_epoch: int) -> Settings:
    done = start.step // steps_per_epoch
    if start.step < settings.epochs * steps_per_epoch:
        return settings
    return replace(settings, epochs=min(done + settings.epochs, EPOCHS[1]))
