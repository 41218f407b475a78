"""``cnn-explorer fetch``: brings a complete set of images into a folder."""

import argparse
import time
from pathlib import Path
from typing import Final

from explorer.data.catalogue import remote_set
from explorer.data.digits import load
from explorer.data.download import Downloading, download
from explorer.data.errors import DataError
from explorer.verbs.terminal import StatusLine, complain, put, say

REFRESH_INTERVAL: Final = 0.1


def run(options: argparse.Namespace) -> int:
    """Download as the options say and return the exit code."""
    folder = Path(options.folder)
    line, shown, name = StatusLine(), 0.0, ""
    try:
        for progress in download(remote_set(options.set), folder):
            if progress.name != name and not line.is_live:
                say(f"{progress.name}, file {progress.file} of {progress.files}")
            name = progress.name
            if time.perf_counter() - shown >= REFRESH_INTERVAL:
                shown = time.perf_counter()
                line.show(_words(progress))
        digits = load(folder)
    except DataError as error:
        line.clear()
        complain(error)
        return 1
    finally:
        line.clear()
    put(
        f"{len(digits.train_images):,} training and {len(digits.test_images):,} test images are "
        f"in {folder}"
    )
    return 0


def _words(progress: Downloading) -> str:
    speed = f", {progress.bytes_per_second / 2**20:.1f} MiB/s" if progress.bytes_per_second else ""
    left = progress.seconds_left
    rest = "" if left is None else f", {left:.0f} s left"
    return f"{progress.name}, {progress.fraction:.0%} of all{speed}{rest}"
