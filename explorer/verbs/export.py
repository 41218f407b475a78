"""``cnn-explorer export``: makes of a kept run what other programs read."""

import argparse
from typing import Final

from explorer.training import files
from explorer.training.errors import RunFileError, SaveError
from explorer.training.runfile import open_run
from explorer.training.script import as_script
from explorer.training.weights import SUFFIXES, export_weights
from explorer.verbs.terminal import complain, put

SCRIPT: Final = ".py"


def run(options: argparse.Namespace) -> int:
    """Write the file that the options ask for and return the exit code."""
    if options.tensorboard:
        return _write_logs(options)
    path = options.file
    if path.suffix.lower() not in (SCRIPT, *SUFFIXES):
        complain(f"'{path}' must end in .pt, .pth, .safetensors or .py; choose another name.")
        return 2
    if files.is_same(options.run, path):
        complain(f"'{path}' is the run itself, which would be lost; choose another name.")
        return 2
    try:
        files.check(path)
        record, checkpoint = open_run(options.run)
    except (SaveError, RunFileError) as error:
        complain(error)
        return 2
    try:
        if path.suffix.lower() == SCRIPT:
            files.write(path, as_script(record).encode("utf-8"))
        else:
            export_weights(checkpoint.weights, path, record.settings.network)
    except SaveError as error:
        complain(error)
        return 1
    except (ImportError, OSError, RuntimeError) as error:  # torch
        complain(f"PyTorch cannot be loaded ({error}); run cnn-explorer doctor")
        return 1
    put(f"{path} holds the {'run' if path.suffix.lower() == SCRIPT else 'weights'}")
    return 0


def _write_logs(options: argparse.Namespace) -> int:
    from explorer.training.tensorboard import write_logs

    try:
        record, _ = open_run(options.run)
        write_logs(record, options.file)
    except (RunFileError, SaveError) as error:
        complain(error)
        return 2
    put(f"{options.file} holds logs; look at them with: tensorboard --logdir {options.file}")
    return 0
