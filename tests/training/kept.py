"""Runs with everything that a file can keep, for the tests of the files."""

import functools
from collections.abc import Callable

import torch

from explorer.data.digits import Digits
from explorer.training.checkpoint import Checkpoint
from explorer.training.delivery import Delivery
from explorer.training.engine import Run
from explorer.training.events import Evaluated
from explorer.training.history import History
from explorer.training.mailbox import Mailbox
from explorer.training.record import Record
from explorer.training.settings import Settings
from explorer.training.shapes import layers
from tests.small_digits import few_digits

PLAIN = Settings(device="cpu", epochs=3)
"""Fifteen steps: five an epoch."""


def _steer(run: Run) -> None:
    if run.step == 4:
        run.lr, run.frozen = 0.02, frozenset(layers(run.settings.network)[:1])


def trained(
    settings: Settings = PLAIN,
    until: int = 15,
    start: Checkpoint | None = None,
    digits: Digits | None = None,
    steer: Callable[[Run], None] = _steer,
) -> tuple[Record, Checkpoint]:
    """Train on a few digits, with changes on the way, and return what a page has after a step.

    After the last step of an epoch the test belongs to it.
    """
    run = Run(settings, digits or few_digits(), torch.device("cpu"), start)
    mailbox = Mailbox(run.step)
    delivery = Delivery(run, mailbox)
    delivery.publish()
    steer(run)
    for event in run:
        delivery.take(event)
        steer(run)
        ends_epoch = run.step % run.steps_per_epoch == 0
        if run.step >= until and (not ends_epoch or isinstance(event, Evaluated)):
            break
    history = History(start)
    history.add(mailbox.drain())
    return Record(settings, history), run.checkpoint()


@functools.cache
def a_run(until: int = 15) -> tuple[Record, Checkpoint]:
    """Return ``trained`` of the plain settings, made once; nobody may change it."""
    return trained(until=until)


def same(one: Checkpoint, other: Checkpoint) -> bool:
    """Tell whether two moments are the same to the last bit."""
    for mine, others in ((one.weights, other.weights), (one.moments, other.moments)):
        if mine.keys() != others.keys():
            return False
        for name, array in mine.items():
            if array.shape != others[name].shape or array.tobytes() != others[name].tobytes():
                return False
    names = [name for name in Checkpoint.__dataclass_fields__ if name not in ("weights", "moments")]
    return all(getattr(one, name) == getattr(other, name) for name in names)
