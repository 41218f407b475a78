"""``cnn-explorer train``: a run without a window."""

import argparse
import json
import signal
import time
from typing import TYPE_CHECKING, Final

from explorer.data.digits import Digits, load
from explorer.data.errors import DataError
from explorer.training import files
from explorer.training.called import called
from explorer.training.errors import (
    CheckpointError,
    DeviceError,
    RunFileError,
    SaveError,
    SettingsError,
)
from explorer.training.events import Answered, Evaluated, Evaluating, Failed, Step
from explorer.training.pace import Pace
from explorer.training.record import Record
from explorer.verbs.assignment import (
    Assignment,
    begin,
    check_same_digits,
    check_threads,
    understood,
)
from explorer.verbs.keeping import Keeper
from explorer.verbs.places import check_places
from explorer.verbs.stopping import Wish, wish_to_stop
from explorer.verbs.terminal import StatusLine, complain, put, say

if TYPE_CHECKING:
    import torch

    from explorer.training.engine import Run

REFRESH_INTERVAL: Final = 0.1
_HEADER: Final = "epoch  train loss  test loss  test accuracy  seconds  images/s"


def run(options: argparse.Namespace) -> int:
    """Train as the options say and return the exit code."""
    try:
        check_threads(options.threads)
        check_places(options)
        assignment = understood(options)
        digits = load(assignment.settings.data)
        doubt = check_same_digits(assignment, digits)
    except (SettingsError, RunFileError, DataError) as error:
        return _refuse(error, 2)
    # Late, because they load torch.
    try:
        from explorer.training import weights
        from explorer.training.devices import choose
        from explorer.training.threads import thread_count, torch_threads
    except (ImportError, OSError, RuntimeError) as error:
        return _refuse(f"PyTorch cannot be loaded ({error}); run cnn-explorer doctor", 1)
    save = options.save or options.resume
    try:
        if save is not None:
            files.check(save)
        if options.weights_out is not None:
            weights.check_name(options.weights_out)
            files.check(options.weights_out)
        choice = choose(assignment.settings.device)
        training, record = _begun(assignment, digits, choice.device)
    except (SaveError, DeviceError, RunFileError, CheckpointError, SettingsError) as error:
        return _refuse(error, 2)

    if doubt is not None:
        say(doubt)
    keeper = Keeper(training, record, save, options.weights_out)
    say(
        f"{called(training.settings.network)} on {choice.device} ({choice.label}), "
        f"{len(digits.train_images):,} images to learn and {len(digits.test_images):,} to test. "
        f"{choice.reason}"
    )
    with torch_threads(options.threads or thread_count()), wish_to_stop() as wish:
        try:
            failure = _trained(training, keeper, wish, as_json=options.json)
            is_kept = keeper.finish()
        except KeyboardInterrupt:
            keeper.say_what_is_written()
            raise
    if failure is not None:
        return _refuse(failure, 1)
    if wish.signal == signal.SIGINT:
        raise KeyboardInterrupt
    if wish.signal is not None:
        say("cnn-explorer: terminated")
        return 128 + wish.signal
    return 0 if is_kept else 1


def _begun(assignment: Assignment, digits: Digits, device: "torch.device") -> "tuple[Run, Record]":
    from explorer.training.failures import trouble_with

    try:
        return begin(assignment, digits, device)
    except (RuntimeError, MemoryError) as error:
        trouble = trouble_with(error, device, images=0)
        if trouble is None:
            raise
        raise DeviceError(trouble) from error


def _trained(training: "Run", keeper: Keeper, wish: Wish, *, as_json: bool) -> str | None:
    """Train until the end or until it is to stop, and return the reason if it failed."""
    # Late, because it loads torch.
    from explorer.training.failures import trouble_with

    try:
        failure = _follow(training, keeper, wish, as_json=as_json)
        if failure is None:
            keeper.remember_end()
        return failure
    except (RuntimeError, MemoryError) as error:
        # A GPU tells of its trouble late: where somebody looks at the run, as often as not.
        trouble = trouble_with(error, training.device, training.settings.batch_size)
        if trouble is None:
            raise
        return trouble


def _follow(training: "Run", keeper: Keeper, wish: Wish, *, as_json: bool) -> str | None:
    """Show what the run tells, and return the reason if it failed."""
    epochs = training.settings.epochs
    pace = Pace(
        len(training.digits.train_images) * epochs,
        training.images_seen,
        training.training_seconds,
    )
    line = StatusLine()
    shown = 0.0
    noted = False
    has_header = as_json
    try:
        for event in training:
            if training.steps_note is not None and not noted:
                noted = True
                line.clear()
                say(str(training.steps_note))
            if warning := keeper.take(event):
                line.clear()
                say(warning)
            match event:
                case Failed(reason=reason):
                    return reason
                case Evaluated():
                    line.clear()
                    if not has_header:
                        put(_HEADER)
                        has_header = True
                    put(_as_json(event, training) if as_json else _as_row(event))
                    if not line.is_live:
                        left = _left(pace) if event.epoch < epochs else ""
                        say(f"epoch {event.epoch} of {epochs} is done{left}")
                case Step():
                    pace.note(training.images_seen, training.training_seconds)
                case Evaluating() | Answered():
                    pass
            if time.perf_counter() - shown >= REFRESH_INTERVAL:
                shown = time.perf_counter()
                share = training.step / training.total_steps
                line.show(f"epoch {event.epoch} of {epochs}, {share:.0%}{_left(pace)}")
            if wish.signal is not None:
                return None
        return None
    finally:
        line.clear()


def _as_json(event: Evaluated, training: "Run") -> str:
    return json.dumps(
        {
            "epoch": event.epoch,
            "train_loss": event.train_loss,
            "test_loss": event.test_loss,
            "test_accuracy": event.test_accuracy,
            "seconds": event.seconds,
            "images_per_second": event.images_per_second,
            "device": str(training.device),
        }
    )


def _as_row(event: Evaluated) -> str:
    return (
        f"{event.epoch:5}  {event.train_loss:10.4f}  {event.test_loss:9.4f}  "
        f"{event.test_accuracy:13.2%}  {event.seconds:7.1f}  {event.images_per_second:8,.0f}"
    )


def _left(pace: Pace) -> str:
    seconds = pace.seconds_left
    if seconds is None:
        return ""
    minutes, rest = divmod(round(seconds), 60)
    return f", {minutes} min {rest:02} s left" if minutes else f", {rest} s left"


def _refuse(error: Exception | str, code: int) -> int:
    complain(error)
    return code
