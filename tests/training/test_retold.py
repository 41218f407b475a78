import numpy as np

from explorer.training.checkpoint import Checkpoint
from explorer.training.history import History
from explorer.training.retold import mail, retold, until
from tests.training.kept import a_run, trained


def test_a_history_is_cut_off_at_a_moment() -> None:
    whole, _ = a_run(15)
    record, checkpoint = a_run(8)
    cut = until(whole.history, checkpoint)
    assert cut.losses.tolist() == record.history.losses.tolist() == cut.losses[:8].tolist()
    assert cut.epochs == whole.history.epochs[:1] and cut.changes == whole.history.changes
    assert cut.seconds_at([8]) == whole.history.seconds_at([8])
    *earlier, last = cut.checkpoints
    assert last is checkpoint and all(moment.step < 8 for moment in earlier)
    assert cut.first_step == 0 and cut.last_step == 8
    assert all(entry.step <= 8 for entry in cut.norms)


def test_an_epoch_whose_test_is_to_be_done_again_is_not_told_twice() -> None:
    record, checkpoint = a_run(10)
    assert [epoch.epoch for epoch in until(record.history, checkpoint).epochs] == [1, 2]
    untested = Checkpoint(10, checkpoint.weights, is_tested=False)
    assert [epoch.epoch for epoch in until(record.history, untested).epochs] == [1]


def test_a_run_that_left_another_keeps_its_first_step() -> None:
    _, middle = a_run(7)
    record, checkpoint = trained(start=middle, until=12)
    cut = until(record.history, checkpoint)
    assert (cut.first_step, cut.last_step) == (7, 12)
    assert cut.losses.tolist() == record.history.losses.tolist()
    assert next(iter(cut.checkpoints)).step == 7


def test_losses_that_nobody_read_are_those_before() -> None:
    history = History()
    history.add(mail(1, (3.0, 2.0), 1.0))
    assert until(history, Checkpoint(4, {})).losses.tolist() == [3.0, 2.0, 2.0, 2.0]
    assert until(History(), Checkpoint(1, {})).losses.tolist() == [0.0]


def test_time_goes_on_evenly_between_what_is_known() -> None:
    steps, times = np.array([2, 4, 5]), np.array([1.0, 3.0, 7.0])
    history = retold(2, np.array([3.0, 2.0, 1.0]), steps, times, ())
    assert history.seconds_at([2, 3, 4, 5]).tolist() == [1.0, 2.0, 3.0, 7.0]
    assert len(history.checkpoints) == 0 and history.last_step == 5
