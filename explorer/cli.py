"""The command line: opens the window, or runs a verb that needs no display.

Nothing heavy is imported before the arguments have been understood.
"""

import argparse
import functools
import logging
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NoReturn

from explorer import __version__
from explorer.data.catalogue import SET_NAMES
from explorer.training.presets import RECIPES
from explorer.training.settings import NETWORK_NAMES, OPTIMIZERS, SCHEDULES, Settings, one_of
from explorer.verbs.terminal import OutputError, complain, say

INTERRUPTED: Final = 130
"""128 + SIGINT, as shells have it."""

CLOSED_PIPE: Final = 141
"""128 + SIGPIPE."""

_WINDOW_OPTIONS: Final = ("page", "data", "theme", "size", "screenshot")
_SMALLEST_SIZE: Final = (1024, 700)
_LARGEST_SIDE: Final = 16_384


class _UsageError(Exception):
    """Arguments that make no sense."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise _UsageError(f"{message} (see {self.prog} --help)")


def main(argv: Sequence[str] | None = None) -> int:
    """Run ``cnn-explorer`` and return its exit code.

    Parameters
    ----------
    argv
        The arguments without the program's name; by default those of the process.

    Returns
    -------
    int
        0 when all went well, 1 when something failed, 2 for arguments or data that cannot be
        used, 130 after Ctrl+C. Whatever is wrong is said in one line on standard error.
    """
    try:
        return _dispatch(_parser().parse_args(argv))
    except BrokenPipeError:
        # Whoever read our output has seen enough. What Python still holds back goes nowhere
        # instead of failing once more at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CLOSED_PIPE
    except OutputError as error:
        complain(error)
        return 1
    except _UsageError as error:
        complain(error)
        return 2
    except SystemExit as done:  # --help and --version
        return int(done.code or 0)
    except MemoryError:
        complain("the memory is used up; close other programs.")
        return 1
    except KeyboardInterrupt:
        say("cnn-explorer: interrupted")
        return INTERRUPTED


def _dispatch(options: argparse.Namespace) -> int:
    if options.verb is None:
        return _open_window(options)
    for name in _WINDOW_OPTIONS:
        if getattr(options, f"window_{name}") is not None:
            hint = f"; write it after '{options.verb}'" if name == "data" else ""
            raise _UsageError(f"--{name} before '{options.verb}' is for the window{hint}")
    # What goes wrong is told in one line; without a handler Python would write the traceback too.
    log = logging.getLogger("explorer")
    if not log.hasHandlers():
        log.addHandler(logging.NullHandler())
    if options.verb == "train":
        from explorer.verbs import train

        return train.run(options)
    if options.verb == "evaluate":
        from explorer.verbs import evaluate

        return evaluate.run(options)
    if options.verb == "export":
        from explorer.verbs import export

        return export.run(options)
    if options.verb == "shape":
        from explorer.verbs import shape

        if (options.layer == "-") != (options.shape is None):
            raise _UsageError(
                "write a layer and a shape, as in: shape 'Conv2d(1, 10, 5)' 1x1x28x28; "
                "or - alone to read them from standard input"
            )
        return shape.run(options)
    if options.verb == "fetch":
        from explorer.verbs import fetch

        return fetch.run(options)
    from explorer.verbs import doctor

    return doctor.run(options)


def _open_window(options: argparse.Namespace) -> int:
    if _has_no_display():
        if options.window_screenshot is None:
            say(
                "cnn-explorer: error: there is no display to open a window on; "
                "use --screenshot FILE.png, or a verb such as train"
            )
            return 1
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    try:
        if sys.platform == "win32":
            # There torch does not find its libraries once Qt has loaded its own.
            import torch  # noqa: F401
        from explorer.ui.launch import run
    except (ImportError, OSError, RuntimeError) as error:  # a library that does not load
        complain(f"the window cannot be opened ({error}); run cnn-explorer doctor")
        return 1
    return run(
        page=options.window_page,
        data=options.window_data or "bundled",
        theme=options.window_theme,
        size=options.window_size,
        screenshot=options.window_screenshot,
    )


def _has_no_display() -> bool:
    """Tell whether Qt would abort the process, as it does on Linux without a display."""
    places = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return sys.platform.startswith("linux") and not any(os.environ.get(name) for name in places)


def _parser() -> _Parser:
    parser = _Parser(
        prog="cnn-explorer",
        description="See what a convolution does, and watch a CNN train. Opens the window.",
        epilog="The verbs need no display.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"cnn-explorer {__version__}")
    window = parser.add_argument_group("the window")
    window.add_argument("--page", dest="window_page", choices=("lab", "network", "training"))
    window.add_argument(
        "--data",
        dest="window_data",
        metavar="DIR",
        type=_folder,
        help="a folder with MNIST's files, instead of the bundled digits",
    )
    window.add_argument("--theme", dest="window_theme", choices=("light", "dark"))
    window.add_argument(
        "--size", dest="window_size", metavar="WxH", type=_size, help="in pixels, as in 1280x800"
    )
    window.add_argument(
        "--screenshot",
        dest="window_screenshot",
        metavar="FILE.png",
        type=_picture,
        help="save a picture of the window once it has settled, and exit",
    )
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", title="verbs")
    _add_train(verbs)
    _add_evaluate(verbs)
    _add_export(verbs)
    _add_shape(verbs)
    fetch = verbs.add_parser(
        "fetch",
        help="download a complete set of images",
        description="Brings a set into a folder that --data takes. Stopped, it goes on next time.",
        allow_abbrev=False,
    )
    fetch.add_argument("set", metavar="SET", choices=SET_NAMES, help=" or ".join(SET_NAMES))
    fetch.add_argument("folder", metavar="DIR", help="where to; it is made if there is none")
    doctor = verbs.add_parser(
        "doctor", help="say what is installed, what works, and what to do", allow_abbrev=False
    )
    doctor.add_argument("--data", metavar="DIR", help="a folder of digits to look at as well")
    doctor.add_argument("--json", action="store_true", help="one JSON object on standard output")
    return parser


def _add_train(verbs: "argparse._SubParsersAction[_Parser]") -> None:
    train = verbs.add_parser(
        "train",
        help="train a network",
        description="Trains a network on digits and prints the result of every epoch.",
        epilog=(
            "On the CPU the same seed gives the same numbers for the same number of threads. "
            "One core stays free; set --threads or OMP_NUM_THREADS to use another number."
        ),
        allow_abbrev=False,
    )
    settings = train.add_argument_group("the run")
    settings.add_argument(
        "--recipe",
        help=f"{one_of(tuple(RECIPES))}: settings that go together, for all that is not given "
        "here; sprint comes to 99 %% on the complete MNIST within two epochs",
    )
    chosen = functools.partial(_add_setting, settings)
    chosen("network", str, f"{one_of(NETWORK_NAMES)}, or 'nn.Sequential(...)'")
    chosen("data", str, "bundled, or a folder", metavar="DIR")
    chosen("epochs", int, "whole passes")
    chosen("batch_size", int, "images a step")
    chosen("lr", float, "learning rate")
    chosen("momentum", float, "0 to below 1")
    chosen("optimizer", str, one_of(OPTIMIZERS))
    chosen("weight_decay", float, "0 to 1")
    chosen("schedule", str, f"of the learning rate: {one_of(SCHEDULES)}")
    chosen("dropout", float, "what the last layer does without, 0 to 0.9")
    chosen("device", str, "auto, cpu, cuda, cuda:1 or mps")
    chosen("seed", int, "weights and batches")
    changed = train.add_argument_group(
        "the training images", "How far each may be changed, anew each time; by default not."
    )
    changed.add_argument("--shift", type=float, metavar="PIXELS", help="0 to 8")
    changed.add_argument("--rotate", type=float, metavar="DEGREES", help="0 to 90")
    changed.add_argument("--scale", type=float, metavar="SHARE", help="of the size, 0 to 0.5")
    changed.add_argument("--noise", type=float, metavar="SHARE", help="of full ink, 0 to 1")
    kept = train.add_argument_group("files")
    kept.add_argument(
        "--save", type=_file, metavar="FILE", help="keep the run there, written after every epoch"
    )
    kept.add_argument(
        "--resume",
        type=_file,
        metavar="FILE",
        help="go on with the run in FILE, and keep it there unless --save names another; "
        "of the settings only --epochs, --data and --device may be given",
    )
    kept.add_argument(
        "--from",
        dest="origin",
        type=_file,
        metavar="FILE",
        help="begin with the weights of a run or of a state_dict (.pt, .pth, .safetensors)",
    )
    kept.add_argument("--new-head", action="store_true", help="but let the last layer begin anew")
    kept.add_argument("--freeze", metavar="LAYERS", help="that do not learn, as in conv1,conv2")
    kept.add_argument(
        "--weights-out",
        "--export",
        type=_file,
        metavar="FILE",
        help="write a plain state_dict at the end (.pt, .pth, .safetensors)",
    )
    train.add_argument("--threads", type=int, metavar="N", help="of the CPU; one core stays free")
    train.add_argument("--json", action="store_true", help="one JSON object per epoch")


def _add_setting(
    group: "argparse._ArgumentGroup",
    name: str,
    kind: type,
    about: str,
    metavar: str | None = None,
) -> None:
    # None tells what was not given from what was given as it would be anyway.
    default = getattr(Settings(), name)
    group.add_argument(
        f"--{name.replace('_', '-')}", type=kind, metavar=metavar, help=f"{about} ({default})"
    )


def _add_evaluate(verbs: "argparse._SubParsersAction[_Parser]") -> None:
    evaluate = verbs.add_parser(
        "evaluate",
        help="test a trained network",
        description="Tests the network of a run, or of a state_dict, and prints what it can do.",
        allow_abbrev=False,
    )
    evaluate.add_argument("file", metavar="FILE", type=_file, help=".safetensors, .pt or .pth")
    evaluate.add_argument(
        "--data", metavar="DIR", help="bundled, or a folder (that of the run, else bundled)"
    )
    evaluate.add_argument(
        "--network", help="of weights that do not say it: a name, or 'nn.Sequential(...)'"
    )
    evaluate.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:1 or mps (auto)")
    evaluate.add_argument("--threads", type=int, metavar="N", help="of the CPU; one stays free")
    evaluate.add_argument("--json", action="store_true", help="one JSON object")


def _add_export(verbs: "argparse._SubParsersAction[_Parser]") -> None:
    export = verbs.add_parser(
        "export",
        help="make a state_dict or a script of a run",
        description="Makes of a kept run what other programs read.",
        allow_abbrev=False,
    )
    export.add_argument("run", metavar="RUN", type=_file, help="a file of train --save")
    export.add_argument(
        "file",
        metavar="FILE",
        type=_file,
        help=".pt, .pth or .safetensors for its weights, .py for a script that does it again",
    )
    export.add_argument(
        "--tensorboard", action="store_true", help="FILE is a folder for logs of its curves"
    )


def _add_shape(verbs: "argparse._SubParsersAction[_Parser]") -> None:
    shape = verbs.add_parser(
        "shape",
        help="say what shape comes out of a layer",
        description="Prints the shape that comes out of a layer, as torch computes it.",
        epilog=(
            "What torch refuses is one line, 'error: ' and torch's reason, and exit code 2. The "
            "line goes to standard error; with - it takes the answer's place on standard output."
        ),
        allow_abbrev=False,
    )
    shape.add_argument(
        "layer",
        metavar="LAYER",
        help="as in 'Conv2d(1, 10, 5)'; or - to read 'LAYER @ SHAPE' from standard input, line "
        "by line; there, empty lines and what follows a # are skipped",
    )
    shape.add_argument(
        "shape", metavar="SHAPE", nargs="?", help="of the input, as in 1x1x28x28 or 1x28x28"
    )


def _file(text: str) -> Path:
    if not text:
        raise argparse.ArgumentTypeError("an empty text names no file; write the name of one")
    return Path(text)


def _folder(text: str) -> str:
    if text != "bundled" and not Path(text).is_dir():
        raise argparse.ArgumentTypeError(f"'{text}' is no folder; choose one with MNIST's files")
    return text


def _size(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"([0-9]{1,5})x([0-9]{1,5})", text, re.ASCII)
    width, height = (int(side) for side in match.groups()) if match else (0, 0)
    least = _SMALLEST_SIZE
    if not (least[0] <= width <= _LARGEST_SIDE and least[1] <= height <= _LARGEST_SIDE):
        raise argparse.ArgumentTypeError(
            f"'{text}' is no size; write width x height, from {least[0]}x{least[1]} up to "
            f"{_LARGEST_SIDE} a side, as in 1280x800"
        )
    return width, height


def _picture(text: str) -> str:
    path = Path(text)
    if path.suffix.lower() != ".png":
        raise argparse.ArgumentTypeError(f"'{text}' must end in .png")
    if not path.absolute().parent.is_dir():
        raise argparse.ArgumentTypeError(f"the folder of '{text}' does not exist")
    return text
