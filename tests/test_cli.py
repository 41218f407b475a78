"""The command line: what it understands, what it refuses, and how it ends."""

import json
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from explorer import __main__, __version__
from explorer.cli import main
from explorer.training.runfile import open_run
from explorer.training.weights import opened
from tests.small_digits import few_digits, write_folder

ROOT = Path(__file__).parents[1]
EPOCH_KEYS = [
    "epoch",
    "train_loss",
    "test_loss",
    "test_accuracy",
    "seconds",
    "images_per_second",
    "device",
]


@pytest.fixture(scope="session")
def few(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Return the arguments that train on a few digits, on the CPU."""
    folder = tmp_path_factory.mktemp("digits")
    write_folder(few_digits(), folder)
    return ["train", "--data", str(folder), "--device", "cpu"]


def start(*arguments: str) -> subprocess.Popen[str]:
    """Start ``python -m explorer`` in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "explorer", *arguments],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["--page", "kitchen"], "choose from"),
        (["--size", "1280"], "as in 1280x800"),
        (["--size", "1280x0"], "from 1024x700"),
        (["--size", "1x99999999999999999999"], "as in 1280x800"),
        (["--theme", "pink"], "choose from"),
        (["--data", "/no/such/folder"], "is no folder"),
        (["--screenshot", "picture.jpg"], "must end in .png"),
        (["--screenshot", "/no/such/folder/picture.png"], "does not exist"),
        (["bake"], "choose from"),
        (["--unknown\nline"], "unrecognized arguments: --unknown line"),
        (["--scr=picture.png"], "unrecognized"),
        (["--page", "lab", "train"], "for the window"),
        (["--data", ".", "train"], "write it after 'train'"),
        (["train", "--save="], "--save: an empty text names no file"),
        (["train", "--resume", ""], "--resume: an empty text names no file"),
        (["train", "--weights-out", ""], "an empty text names no file"),
        (["evaluate", ""], "an empty text names no file"),
        (["export", "", "w.pt"], "an empty text names no file"),
        (["train", "--batch-size", "0"], "error: --batch-size cannot be 0; choose"),
        (["train", "--weight-decay", "-1"], "error: --weight-decay cannot be -1.0; choose"),
        (["train", "--recipe", "cake"], "error: --recipe cannot be 'cake'; choose"),
        (["evaluate", "/no/\x1b[31mred\x07"], r"'/no/\x1b[31mred\x07' does not exist"),
        (["evaluate", "/no/\udcff\u202eback"], r"'/no/\udcff\u202eback' does not exist"),
        (["train", "--epochs"], "expected one argument"),
        (["train", "--epochs", "many"], "invalid int value"),
        (["train", "--epochs", "9" * 5000], "invalid int value"),
        (["train", "--epochs", "0"], "from 1 to 1,000"),
        (["train", "--batch-size", "-1"], "from 1 to 60,000"),
        (["train", "--lr", "nan"], "above 0"),
        (["train", "--momentum", "1"], "below 1"),
        (["train", "--seed", str(2**63)], "whole number"),
        (
            ["train", "--network", "resnet"],
            "or small_vgg, or write nn.Sequential(...).",
        ),
        (["train", "--optimizer", "rprop"], "sgd, nesterov, adam or adamw"),
        (["train", "--weight-decay", "2"], "from 0 to 1"),
        (["train", "--schedule", "linear"], "constant, step, cosine or one_cycle"),
        (["train", "--device", "gpu"], "cuda"),
        (["train", "--device", "cuda:99"], "choose auto or cpu"),
        (["train", "--data", "/no/such/folder"], "does not exist"),
        (["train", "--data", "a\nb"], "does not exist"),
        (["train", "--dropout", "1"], "from 0 to 0.9"),
        (["train", "--rotate", "91"], "rotate cannot be 91.0; choose a number from 0 to 90"),
        (["train", "--threads", "0"], "from 1 to 999"),
        (["train", "--freeze", "conv9"], "no layer 'conv9' to freeze"),
        (["train", "--new-head"], "add --from FILE"),
        (["train", "--from", "/no/such/file"], "does not exist"),
        (["train", "--resume", "/no/such/file"], "does not exist"),
        (["train", "--resume", "run", "--lr", "1"], "--lr cannot change in a run that goes on"),
        (["train", "--resume", "run", "--freeze", "fc"], "--freeze cannot change in a run"),
        (["train", "--resume", "README.md"], "is not a safetensors file"),
        (["train", "--from", "README.md"], "holds no weights that can be read"),
        (["train", "--weights-out", "weights.onnx"], "must end in .pt, .pth or .safetensors"),
        (["train", "--weights-out", "/no/such/folder/weights.pt"], "choose another place"),
        (["evaluate"], "the following arguments are required: FILE"),
        (["evaluate", "/no/such/file"], "does not exist"),
        (["evaluate", "README.md"], "holds no weights that can be read"),
        (["evaluate", "run", "--device", "gpu"], "cuda"),
        (["evaluate", "run", "--threads", "1000"], "from 1 to 999"),
        (["train", "--save", "/no/such/folder/weights"], "choose another place"),
        (["train", "--save", "."], "not an ordinary file; choose another name"),
        (["doctor", "--verbose"], "unrecognized"),
    ],
)
def test_bad_arguments_are_one_line_and_exit_code_2(
    arguments: list[str], hint: str, capsys: pytest.CaptureFixture[str]
):
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("cnn-explorer: error: ") and hint in said.err
    assert said.err.count("\n") == 1


def test_version_and_help(capsys: pytest.CaptureFixture[str]):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"cnn-explorer {__version__}\n"
    assert main(["--help"]) == 0
    assert "doctor" in capsys.readouterr().out
    assert main(["train", "--help"]) == 0
    assert "--batch-size" in capsys.readouterr().out


def test_train_as_json(few: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = tmp_path / "run.safetensors"
    assert main([*few, "--epochs", "8", "--lr", "0.05", "--json", "--save", str(path)]) == 0
    said = capsys.readouterr()
    epochs = [json.loads(line) for line in said.out.splitlines()]
    assert [list(epoch) for epoch in epochs] == [EPOCH_KEYS] * 8
    assert [epoch["epoch"] for epoch in epochs] == list(range(1, 9))
    assert 1 > epochs[-1]["test_accuracy"] > epochs[0]["test_accuracy"] > 0
    assert epochs[0]["train_loss"] > epochs[-1]["train_loss"] > 0
    assert all(epoch["device"] == "cpu" and epoch["seconds"] > 0 for epoch in epochs)
    lines = said.err.splitlines()
    assert lines[0].startswith("compact on cpu") and "300 images to learn" in lines[0]
    assert lines[1].startswith("epoch 1 of 8 is done, ") and lines[8] == "epoch 8 of 8 is done"
    assert lines[9] == f"The run is in {path}" and len(lines) == 10
    record, checkpoint = open_run(path)
    assert record.settings.lr == 0.05 and record.history.last_step == checkpoint.step == 40
    assert [epoch.test_loss for epoch in record.history.epochs] == [
        epoch["test_loss"] for epoch in epochs
    ]


def test_train_as_a_table(few: list[str], capsys: pytest.CaptureFixture[str]):
    assert main([*few, "--epochs", "2"]) == 0
    header, *rows = capsys.readouterr().out.splitlines()
    assert header.startswith("epoch  train loss  test loss  test accuracy")
    assert [row.split()[0] for row in rows] == ["1", "2"]
    assert all("%" in row and len(row) == len(header) for row in rows)


def test_a_run_that_fails_is_one_line_and_exit_code_1(
    few: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    doomed = [*few, "--network", "classic", "--batch-size", "1", "--lr", "100"]
    assert main([*doomed, "--save", str(tmp_path / "weights")]) == 1
    said = capsys.readouterr()
    first, kept, last = said.err.splitlines()
    assert said.out == "" and first.startswith("classic on cpu")
    assert kept == "Nothing new is kept, for the run ended before an epoch was complete."
    assert last.startswith("cnn-explorer: error: ") and "lower learning rate" in last
    assert not list(tmp_path.iterdir())


def test_a_process_that_is_refused():
    with start("train", "--lr", "-1") as process:
        out, err = process.communicate(timeout=60)
    assert process.returncode == 2 and out == ""
    assert err == (
        "cnn-explorer: error: --lr cannot be -1.0; choose a number above 0 and at most 100.\n"
    )


def test_a_device_that_fails_is_told_without_a_traceback(few: list[str], tmp_path: Path):
    program = (
        "import sys, torch\n"
        "from explorer.cli import main\n"
        "from explorer.training.engine import Run\n"
        "def fail(run):\n"
        "    run.device = torch.device('cuda')\n"
        "    raise RuntimeError('CUDA error: unspecified launch failure')\n"
        "Run.checkpoint = fail\n"
        "sys.exit(main())\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, *few, "--save", str(tmp_path / "run")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 1
    _, nothing, last = ran.stderr.splitlines()
    assert nothing.startswith("Nothing new is kept")
    assert last.startswith("cnn-explorer: error: cuda stopped working (CUDA error: unspecified")


def test_a_reader_that_leaves_ends_it_quietly(few: list[str]):
    with start(*few, "--epochs", "1000", "--json") as process:
        assert process.stdout is not None and process.stderr is not None
        assert json.loads(process.stdout.readline())["epoch"] == 1
        process.stdout.close()
        said = process.stderr.read().splitlines()
        assert process.wait(60) == 141
    assert all(line.startswith(("compact on cpu", "epoch ")) for line in said), said


@pytest.fixture
def heard() -> Iterator[None]:
    """Let what is started hear Ctrl+C; a shell's background job does not, nor what it starts."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.skipif(os.name == "nt", reason="signals are sent otherwise there")
@pytest.mark.usefixtures("heard")
@pytest.mark.parametrize(
    ("number", "code", "word"),
    [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")],
)
def test_who_stops_it_loses_nothing(
    number: signal.Signals, code: int, word: str, few: list[str], tmp_path: Path
):
    path, weights = tmp_path / "run.safetensors", tmp_path / "weights.pt"
    files = ["--save", str(path), "--weights-out", str(weights)]
    with start(*few, "--epochs", "1000", "--json", *files) as process:
        assert process.stdout is not None
        for _ in range(2):
            process.stdout.readline()
        process.send_signal(number)
        _, err = process.communicate(timeout=60)
    assert process.returncode == code
    *_, where, where_weights, last = err.splitlines()
    record, moment = open_run(path)
    ended = moment.is_tested and moment.step % 5 == 0
    reached = f"epoch {moment.step // 5}" if ended else f"batch {moment.step} of 5,000"
    assert where == f"The run up to {reached} is in {path}"
    assert where_weights == f"The weights as of {reached} are in {weights}"
    assert last == f"cnn-explorer: {word}"
    assert record.history.last_step == moment.step >= 10
    found = opened(weights).fitting("compact")
    assert all(np.array_equal(found[name], array) for name, array in moment.weights.items())
    assert "Traceback" not in err
    assert sorted(tmp_path.iterdir()) == [path, weights]


def test_ctrl_c_while_it_is_loaded(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    def interrupt(name: str) -> None:
        raise KeyboardInterrupt

    loading = ModuleType("explorer.cli")
    monkeypatch.setattr(loading, "__getattr__", interrupt, raising=False)
    monkeypatch.setitem(sys.modules, "explorer.cli", loading)
    assert __main__.start() == 130
    assert capsys.readouterr().err == "cnn-explorer: interrupted\n"


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell")
def test_closed_streams_are_no_error(few: list[str]):
    command = shlex.join([sys.executable, "-m", "explorer", *few, "--epochs", "1"])
    ran = subprocess.run(["sh", "-c", f"{command} >&- 2>&-"], cwd=ROOT, timeout=60, check=False)
    assert ran.returncode == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
def test_a_full_disk_is_one_line(few: list[str]):
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "explorer", *few, "--epochs", "1"],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    assert ran.returncode == 1
    assert ran.stderr.splitlines()[-1].startswith("cnn-explorer: error: the results cannot")
    assert "Traceback" not in ran.stderr and "Exception" not in ran.stderr
