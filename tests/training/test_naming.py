from dataclasses import replace

from explorer.training.augmentation import Augmentation
from explorer.training.checkpoint import Checkpoint
from explorer.training.events import Change
from explorer.training.history import History
from explorer.training.naming import differing, names
from explorer.training.record import Record
from explorer.training.settings import Settings

PLAIN = Settings()


def at(step: int, settings: Settings = PLAIN) -> Checkpoint:
    """Return where a run begins that goes on from another."""
    rates = {name: getattr(settings, name) for name in ("lr", "momentum", "weight_decay")}
    return Checkpoint(step, {}, **rates)


def named(*settings: Settings) -> list[str]:
    return names([Record(one, History()) for one in settings])


def test_a_name_says_what_differs():
    assert named() == []
    assert named(PLAIN) == ["compact"]
    assert named(PLAIN, replace(PLAIN, lr=0.1)) == ["lr 0.01", "lr 0.1"]
    assert named(PLAIN, replace(PLAIN, augmentation=Augmentation(shift=2, rotate=9))) == [
        "not augmented",
        "augmented",
    ]
    assert named(PLAIN, replace(PLAIN, schedule="one_cycle")) == ["constant", "one cycle"]
    assert named(PLAIN, replace(PLAIN, epochs=1)) == ["10 epochs", "1 epoch"]


def test_a_name_says_no_more_than_it_takes():
    adam = replace(PLAIN, network="classic", optimizer="adam", lr=0.001)
    assert named(PLAIN, adam) == ["lr 0.01", "lr 0.001"]
    longer = replace(PLAIN, epochs=40)
    faster = replace(longer, lr=0.1)
    cycle = replace(PLAIN, lr=0.1, epochs=6, schedule="one_cycle")
    assert named(PLAIN, longer, faster, cycle) == [
        "lr 0.01, 10 epochs",
        "lr 0.01, 40 epochs",
        "lr 0.1, 40 epochs",
        "lr 0.1, 6 epochs",
    ]


def test_where_each_run_tries_something_else_its_name_says_that_alone():
    assert named(
        PLAIN,
        replace(PLAIN, lr=0.1),
        replace(PLAIN, optimizer="adamw"),
        replace(PLAIN, batch_size=32),
        replace(PLAIN, schedule="cosine"),
        replace(PLAIN, dropout=0.5),
        replace(PLAIN, seed=7),
        replace(PLAIN, network="lenet5"),
    ) == [
        "lr 0.01, SGD",
        "lr 0.1",
        "AdamW",
        "batch 32",
        "cosine",
        "dropout 0.5",
        "seed 7",
        "lenet5",
    ]


def test_two_augmentations_are_told_apart():
    weak, strong = (replace(PLAIN, augmentation=Augmentation(shift=s)) for s in (1, 3))
    assert named(weak, strong) == ["shift 1", "shift 3"]


def test_of_a_folder_the_last_part_is_told():
    folder = replace(PLAIN, data="/somewhere/fashion/")
    assert named(PLAIN, folder) == ["bundled", "fashion"]
    assert named(PLAIN, replace(PLAIN, data="C:\\data\\kmnist")) == ["bundled", "kmnist"]


def test_equal_runs_are_numbered():
    other = replace(PLAIN, seed=1)
    assert named(PLAIN, PLAIN) == ["compact (1)", "compact (2)"]
    assert named(PLAIN, other, PLAIN) == ["seed 0 (1)", "seed 1", "seed 0 (2)"]
    assert named(PLAIN, replace(PLAIN, data="/a/x"), replace(PLAIN, data="/b/x")) == [
        "bundled",
        "x (1)",
        "x (2)",
    ]


def test_a_run_that_goes_on_from_another_says_so():
    fork = Record(PLAIN, History(at(1_200)))
    fast = Record(faster := replace(PLAIN, lr=0.1), History(at(1_200, faster)))
    new = Record(PLAIN, History())
    assert names([new, fork]) == ["new weights", "fork at 1,200"]
    assert names([fork]) == ["compact"]
    assert names([fork, fast]) == ["lr 0.01", "lr 0.1"]
    assert names([new, fork, fast]) == [
        "lr 0.01",
        "lr 0.01, fork at 1,200",
        "lr 0.1, fork at 1,200",
    ]


def test_frozen_layers_are_a_difference():
    history = History()
    history.changes.append(Change(0, "frozen", ("conv2", "conv1")))
    runs = [Record(PLAIN, History()), Record(PLAIN, history)]
    assert names(runs) == ["nothing frozen", "conv1+conv2 frozen"]
    assert differing(runs) == {"frozen"}


def changed(settings: Settings, *changes: Change, start: Checkpoint | None = None) -> Record:
    record = Record(settings, History(start))
    record.history.changes.extend(changes)
    return record


def test_what_was_changed_on_the_way_is_told_with_an_arrow():
    plain = Record(PLAIN, History())
    faster = changed(PLAIN, Change(40, "lr", 0.05), Change(94, "lr", 0.1))
    assert names([plain, faster]) == ["lr 0.01", "lr 0.01 → 0.1"]
    assert differing([plain, faster]) == {"lr"}
    assert names([faster]) == ["compact"]
    back = changed(PLAIN, Change(40, "lr", 0.05), Change(94, "lr", 0.01))
    assert names([plain, back]) == ["compact (1)", "compact (2)"]
    other = changed(PLAIN, Change(40, "frozen", ("conv1",)), Change(40, "momentum", 0.9))
    assert names([plain, other]) == ["nothing frozen", "nothing frozen → conv1 frozen"]
    assert names([faster, changed(PLAIN, Change(94, "weight_decay", 1e-4))]) == [
        "lr 0.01 → 0.1",
        "lr 0.01",
    ]


def test_forks_that_were_steered_apart_are_told_apart():
    start = at(94)
    forks = [changed(PLAIN, start=start), changed(PLAIN, Change(188, "lr", 0.1), start=start)]
    new = Record(PLAIN, History())
    assert names([new, *forks]) == ["lr 0.01", "lr 0.01, fork at 94", "lr 0.01 → 0.1, fork at 94"]
    later = Record(PLAIN, History(at(188)))
    assert names([forks[0], later]) == ["fork at 94", "fork at 188"]


def test_what_differs_is_known_by_the_names_of_the_settings():
    new = Record(PLAIN, History())
    assert differing([]) == differing([new]) == frozenset()
    other = Record(replace(PLAIN, lr=0.1, batch_size=8), History())
    assert differing([new, other]) == {"lr", "batch_size"}


def test_a_run_that_goes_on_is_named_by_the_rates_with_which_it_begins():
    history = History(at(5, replace(PLAIN, lr=0.2)))
    record = Record(PLAIN, history)
    other = Record(replace(PLAIN, lr=0.5), History())
    assert names([record, other])[0].startswith("lr 0.2")
    history.changes.append(Change(8, "lr", 0.01))
    assert names([record, other])[0].startswith("lr 0.2 → 0.01")
