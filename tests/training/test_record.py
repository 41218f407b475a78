from dataclasses import replace

from explorer.training.augmentation import Augmentation
from explorer.training.checkpoint import Checkpoint
from explorer.training.history import History
from explorer.training.record import Record, names
from explorer.training.settings import Settings

PLAIN = Settings()


def named(*settings: Settings) -> list[str]:
    return names([Record(one, History()) for one in settings])


def test_a_name_says_what_differs():
    assert named(PLAIN) == ["compact"]
    assert named(PLAIN, replace(PLAIN, lr=0.1)) == ["lr 0.01", "lr 0.1"]
    assert named(PLAIN, replace(PLAIN, network="classic", optimizer="adam", lr=0.001)) == [
        "compact, lr 0.01, sgd",
        "classic, lr 0.001, adam",
    ]
    assert named(PLAIN, replace(PLAIN, augmentation=Augmentation(shift=2), batch_size=32)) == [
        "batch 64, plain",
        "batch 32, augmented",
    ]


def test_two_augmentations_are_told_apart():
    weak, strong = (replace(PLAIN, augmentation=Augmentation(shift=s)) for s in (1, 3))
    assert len(set(named(weak, strong))) == 2


def test_of_a_folder_the_last_part_is_told():
    folder = replace(PLAIN, data="/somewhere/fashion/")
    assert named(PLAIN, folder) == ["bundled", "fashion"]
    assert named(PLAIN, replace(PLAIN, data="C:\\data\\kmnist")) == ["bundled", "kmnist"]


def test_equal_runs_are_numbered():
    other = replace(PLAIN, seed=1)
    assert named(PLAIN, PLAIN) == ["compact (1)", "compact (2)"]
    assert named(PLAIN, other, PLAIN) == ["seed 0 (1)", "seed 1", "seed 0 (2)"]


def test_a_fork_says_where_it_left():
    fork = Record(PLAIN, History(Checkpoint(1_200, {})))
    assert names([Record(PLAIN, History()), fork]) == ["compact", "from 1,200"]
