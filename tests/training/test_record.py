from dataclasses import replace

from explorer.training.checkpoint import Checkpoint
from explorer.training.events import Change
from explorer.training.history import History
from explorer.training.networks import build
from explorer.training.record import Record
from explorer.training.settings import NETWORK_NAMES, Settings
from tests.training.kept import trained

PLAIN = Settings()


def own(network: str) -> Checkpoint:
    arrays = build(network, 3).state_dict().items()
    return Checkpoint(0, {name: array.numpy() for name, array in arrays})


def test_the_rates_at_the_start_are_those_of_the_moment_that_it_goes_on_from() -> None:
    start = Checkpoint(30, {}, lr=0.3, momentum=0.9, weight_decay=0.1)
    record = Record(PLAIN, History(start))
    assert record.start is start
    assert record.settings_at_start == replace(PLAIN, lr=0.3, momentum=0.9, weight_decay=0.1)
    record = Record(PLAIN, History())
    assert record.start is None and record.settings_at_start is PLAIN
    record.history.checkpoints.add(start)
    assert record.start is None, "a later moment is no start"


def test_what_is_frozen_before_the_first_step_is_frozen_at_the_start() -> None:
    record = Record(PLAIN, History(Checkpoint(8, {}, frozen=frozenset({"conv1"}))))
    assert record.frozen_at_start == {"conv1"}
    record.history.changes.append(Change(8, "frozen", ("fc",)))
    record.history.changes.append(Change(9, "frozen", ()))
    assert record.frozen_at_start == {"fc"}


def test_new_weights_are_told_from_those_that_have_learned() -> None:
    for network in NETWORK_NAMES:
        assert not Record(PLAIN, History(own(network))).is_tuned
    _, learned = trained(until=7)
    assert Record(PLAIN, History(learned.weights_alone())).is_tuned
    without_head = {n: a for n, a in learned.weights.items() if not n.startswith("fc")}
    assert Record(PLAIN, History(Checkpoint(0, without_head))).is_tuned
    assert not Record(PLAIN, History(learned)).is_tuned, "a fork"


def test_it_is_asked_until_the_first_moment_is_there() -> None:
    _, learned = trained(until=7)
    record = Record(PLAIN, History())
    assert not record.is_tuned
    record.history.checkpoints.add(learned.weights_alone())
    assert record.is_tuned
