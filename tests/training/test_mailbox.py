import threading

import numpy as np

from explorer.training.checkpoint import Checkpoint
from explorer.training.events import Change, Evaluated
from explorer.training.mailbox import Mailbox
from explorer.training.reports import GradientNorms, Kernels, Progress, Status


def test_numbers_are_appended_and_pictures_overwritten():
    box = Mailbox()
    epoch = Evaluated(1, 2, 0.5, 0.4, 0.9, 1.0, 2.0)
    box.add_losses((1.0, 2.0), 0.2)
    box.add_losses((), 0.2)
    box.add_losses((3.0,), 0.3)
    box.add_epoch(epoch)
    for value in (1.0, 2.0):
        box.put_kernels((Kernels("conv1", 1, np.full((10, 1, 5, 5), value, np.float32)),))
        box.add_checkpoint(Checkpoint(int(value), {}))
        box.add_change(Change(int(value), "lr", 0.1))
        box.add_norms(GradientNorms(int(value), (("conv1", value),)))
        box.put_progress(Progress(1, 10, int(value), 100))
        box.put_status(Status("running", str(value)))
    mail = box.drain()
    assert (mail.first_step, mail.losses, mail.epochs) == (1, (1.0, 2.0, 3.0), (epoch,))
    assert mail.kernels is not None and mail.kernels[0].values[0, 0, 0, 0] == 2
    assert mail.seconds == 0.3
    for moments in (mail.checkpoints, mail.changes, mail.norms):
        assert [moment.step for moment in moments] == [1, 2]
    assert mail.progress == Progress(1, 10, 2, 100) and mail.progress.fraction == 0.02
    assert mail.status == Status("running", "2.0") and not mail.status.is_final


def test_a_drained_box_is_empty_and_counts_on():
    box = Mailbox()
    box.add_losses((1.0, 2.0), 0.2)
    box.drain()
    mail = box.drain()
    assert (mail.first_step, mail.losses, mail.epochs) == (3, (), ())
    assert mail.checkpoints == mail.changes == mail.norms == ()
    assert mail.kernels is mail.started is mail.progress is mail.status is None
    box.add_losses((3.0,), 0.3)
    assert (box.drain().first_step, box.drain().first_step) == (3, 4)


def test_a_session_that_goes_on_counts_on():
    box = Mailbox(first_step=100)
    box.add_losses((1.0,), 0.1)
    assert (box.drain().first_step, box.drain().first_step) == (101, 102)


def test_nothing_is_lost_between_two_threads():
    box = Mailbox()
    count = 20_000

    def write() -> None:
        for step in range(1, count + 1):
            box.add_losses((float(step),), float(step))

    writer = threading.Thread(target=write)
    writer.start()
    seen: list[float] = []
    while len(seen) < count:
        mail = box.drain()
        assert mail.first_step == len(seen) + 1
        seen += mail.losses
    writer.join()
    assert seen == [float(step) for step in range(1, count + 1)]
