import threading

import numpy as np

from explorer.training.events import Evaluated
from explorer.training.mailbox import Mailbox
from explorer.training.reports import Progress, Status


def test_numbers_are_appended_and_pictures_overwritten():
    box = Mailbox()
    epoch = Evaluated(1, 2, 0.5, 0.4, 0.9, 1.0, 2.0)
    box.add_losses((1.0, 2.0))
    box.add_losses(())
    box.add_losses((3.0,))
    box.add_epoch(epoch)
    for value in (1.0, 2.0):
        box.put_kernels(np.full((10, 1, 5, 5), value, np.float32))
        box.put_progress(Progress(1, 10, int(value), 100))
        box.put_status(Status("running", str(value)))
    mail = box.drain()
    assert (mail.first_step, mail.losses, mail.epochs) == (1, (1.0, 2.0, 3.0), (epoch,))
    assert mail.kernels is not None and mail.kernels[0, 0, 0, 0] == 2
    assert mail.progress == Progress(1, 10, 2, 100) and mail.progress.fraction == 0.02
    assert mail.status == Status("running", "2.0") and not mail.status.is_final


def test_a_drained_box_is_empty_and_counts_on():
    box = Mailbox()
    box.add_losses((1.0, 2.0))
    box.drain()
    mail = box.drain()
    assert (mail.first_step, mail.losses, mail.epochs) == (3, (), ())
    assert mail.kernels is mail.started is mail.progress is mail.status is None
    box.add_losses((3.0,))
    assert (box.drain().first_step, box.drain().first_step) == (3, 4)


def test_nothing_is_lost_between_two_threads():
    box = Mailbox()
    count = 20_000

    def write() -> None:
        for step in range(1, count + 1):
            box.add_losses((float(step),))

    writer = threading.Thread(target=write)
    writer.start()
    seen: list[float] = []
    while len(seen) < count:
        mail = box.drain()
        assert mail.first_step == len(seen) + 1
        seen += mail.losses
    writer.join()
    assert seen == [float(step) for step in range(1, count + 1)]
