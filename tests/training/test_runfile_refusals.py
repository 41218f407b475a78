"""Run files that are damaged, foreign or made to do harm: each is refused with a reason."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy

from explorer.training import runfile
from explorer.training.errors import RunFileError
from explorer.training.runfile import form, from_bytes, past, to_bytes
from explorer.training.runfile.checks import MisfitError
from explorer.training.tensors import MOST_HEADER, packed
from tests.training.kept import a_run
from tests.training.run_bytes import edited, joined, relabelled, split

Edit = Callable[[dict[str, Any]], object]
HERE = Path("the run")


def refusal(data: bytes) -> str:
    with pytest.raises(RunFileError) as caught:
        from_bytes(data, HERE)
    said = str(caught.value)
    assert said.startswith("'the run' ") and said.endswith(".") and "; " in said
    assert "\n" not in said and len(said) < 500
    assert caught.value.meaning.context == "training"
    return said


@pytest.fixture(scope="module")
def good() -> bytes:
    return to_bytes(*a_run())


def put(*place: Any, value: Any) -> Edit:
    """Return an edit that puts a value into nested JSON."""

    def edit(run: dict[str, Any]) -> None:
        at: Any = run
        for name in place[:-1]:
            at = at[name]
        at[place[-1]] = value

    return edit


@pytest.mark.parametrize(
    ("edit", "hint"),
    [
        (lambda run: run.pop("history"), "run.history is missing"),
        (lambda run: run.update(more=1), "run has an unexpected 'more'"),
        (put("settings", value=[]), "settings is not a list of names"),
        (put("settings", "network", value="resnet"), "network cannot be 'resnet'"),
        (put("settings", "network", value={}), "network cannot be {}"),
        (put("settings", "network", value="classic"), "network is not the one of the settings"),
        (put("settings", "epochs", value=10**300), "epochs cannot be 1000"),
        (put("settings", "lr", value=True), "lr cannot be True"),
        (put("settings", "optimizer", value="adam"), "moments/momentum"),
        (put("settings", "augmentation", "shift", value=9), "shift cannot be 9"),
        (put("settings", "augmentation", value={}), "settings.augmentation.shift is missing"),
        (lambda run: run["settings"].pop("seed"), "settings.seed is missing"),
        (put("checkpoint", "step", value=-1), "checkpoint.step is not a whole number"),
        (put("checkpoint", "step", value=14.0), "checkpoint.step is not a whole number"),
        (put("checkpoint", "step", value=16), "checkpoint.step is beyond the last epoch"),
        (put("checkpoint", "lr", value=-1), "lr cannot be -1"),
        (put("checkpoint", "frozen", value=["conv9"]), "checkpoint.frozen is not a list"),
        (put("checkpoint", "frozen", value=["conv1", "conv1"]), "checkpoint.frozen is not a list"),
        (put("checkpoint", "frozen", value=[["conv1"]]), "checkpoint.frozen is not a list"),
        (put("checkpoint", "is_tested", value=1), "is neither true nor false"),
        (put("checkpoint", "training_seconds", value=-1), "training_seconds is not a number"),
        (put("checkpoint", "training_seconds", value=1.1e9), "training_seconds is not a number"),
        (put("checkpoint", "epoch_loss", value="1"), "epoch_loss is not a number"),
        (put("start", "step", value=1), "start.step is not the first"),
        (put("start", value=1), "start is not a list of names"),
        (put("history", "first_step", value=1), "start.step is not the first"),
        (put("history", "first_step", value=16), "history.first_step is not a whole number"),
        (put("history", "epochs", value={}), "history.epochs is not a list"),
        (put("history", "epochs", 0, "epoch", value=2), "does not follow the one before"),
        (put("history", "epochs", 1, "step", value=9), "does not follow the one before"),
        (put("history", "epochs", 2, "step", value=99), "epochs[2].step is not a whole number"),
        (put("history", "epochs", 0, "test_accuracy", value=1.5), "is not a number from 0 to 1"),
        (put("history", "epochs", 0, "seconds", value=10**350), "seconds is not a number"),
        (put("history", "epochs", 0, value=None), "history.epochs[0] is not a list of names"),
        (put("history", "changes", 0, "name", value="seed"), "cannot be changed"),
        (put("history", "changes", 0, "name", value=[]), "cannot be changed"),
        (put("history", "changes", 0, "value", value="x"), "lr cannot be 'x'"),
        (put("history", "changes", 0, "step", value=12), "changes[1].step is not a whole number"),
        (put("history", "norm_layers", value=["conv1"]), "history/norms is float64"),
    ],
)
def test_what_the_json_cannot_say(good: bytes, edit: Edit, hint: str) -> None:
    assert hint in refusal(edited(good, edit))


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("", "run: Expecting value"),
        ("[]", "run is not a list of names"),
        ("[" * 100_000, "brackets in brackets"),
        ('{"a": 1, "a": 1}', "'a' stands there twice"),
        ('{"a": NaN}', "NaN is not a number"),
        (f'{{"a": {"9" * 401}}}', "401 digits"),
    ],
)
def test_what_is_no_json(good: bytes, text: str, hint: str) -> None:
    def edit(header: dict[str, Any]) -> None:
        header["__metadata__"]["run"] = text

    assert hint in refusal(relabelled(good, edit))


@pytest.mark.parametrize(
    ("metadata", "hint"),
    [
        ({"format": "pt"}, "holds no run, at most weights"),
        ({"version": "3"}, "newer application; update"),
        ({"version": "0"}, "its version is not a number"),
        ({"version": "²"}, "its version is not a number"),
        ({"version": "9" * 5000}, "its version is not a number"),
        ({"network": "classic"}, "network is not the one"),
        ({"run": 1}, "metadata is not a list of texts"),
    ],
)
def test_what_the_metadata_cannot_say(good: bytes, metadata: dict[str, Any], hint: str) -> None:
    assert hint in refusal(relabelled(good, lambda header: header["__metadata__"].update(metadata)))


def test_weights_alone_are_no_run() -> None:
    _, checkpoint = a_run()
    assert "train from these weights" in refusal(packed(checkpoint.weights, {"format": "pt"}))


@pytest.mark.parametrize(
    ("name", "array", "hint"),
    [
        ("conv1.weight", np.zeros((10, 1, 5, 4), "f4"), "and must be float32 (10, 1, 5, 5)"),
        ("conv1.weight", np.zeros((10, 1, 5, 5)), "is float64 (10, 1, 5, 5) and must be float32"),
        (
            "conv1.weight",
            np.full((10, 1, 5, 5), np.nan, "f4"),
            "has values that are not finite numbers",
        ),
        ("conv1.weight", None, "conv1.weight is missing"),
        ("conv9.weight", np.zeros(1, "f4"), "'conv9.weight' does not belong to the run"),
        ("moments/momentum/fc.bias", np.zeros(9, "f4"), "and must be float32 (10,)"),
        ("fc.bias", np.zeros(9, "f4"), "is float32 (10, 320) and must be float32 (9, 320)"),
        ("fc.bias", np.zeros(65, "f4"), "is for 65 classes and must be for 2 to 64"),
        ("fc.bias", np.zeros(1, "f4"), "is for 1 classes and must be for 2 to 64"),
        ("start/fc.bias", np.full(10, np.inf, "f4"), "has values that are not finite numbers"),
        ("history/losses", np.full(15, np.nan), "has values that are not finite numbers"),
        ("history/losses", np.zeros((15, 1)), "history/losses is float64 (15, 1)"),
        ("history/losses", np.zeros(14), "epochs[2].step is not a whole number"),
        ("history/losses", None, "history.epochs[0].step is not a whole number"),
        ("history/times", np.zeros(3), "history/times is float64 (3,)"),
        ("history/times", np.arange(16.0)[::-1], "history/times does not go with the losses"),
        ("history/timed_steps", np.arange(1, 17), "history/times does not go with the losses"),
        ("history/timed_steps", None, "history/times is float64 (16,)"),
        ("history/norms", np.zeros((1, 3)), "history/norms is float64 (1, 3)"),
        ("history/norms", np.zeros((10**6, 3)), "history/norms is float64 (1000000, 3)"),
    ],
)
def test_what_the_arrays_cannot_be(good: bytes, name: str, array: Any, hint: str) -> None:
    tensors = safetensors.numpy.load(good)
    header, _ = split(good)
    tensors.pop(name, None)
    if array is not None:
        tensors[name] = np.ascontiguousarray(array)
    data = safetensors.numpy.save(tensors, header["__metadata__"])
    assert hint in refusal(data)


@pytest.mark.parametrize("dtype", ["BF16", "F8_E4M3", "nothing", None, []])
def test_types_of_numbers_that_no_run_has(good: bytes, dtype: object) -> None:
    data = relabelled(good, lambda header: header["conv1.bias"].update(dtype=dtype))
    assert "numbers of the type" in refusal(data)


@pytest.mark.parametrize(
    ("data", "hint"),
    [
        (b"\x89PNG\r\n" + bytes(100), "is not a safetensors file"),
        (b"PK\x03\x04" + bytes(100), "is not a safetensors file"),
        (b"{}", "is not a safetensors file"),
        ((1 << 62).to_bytes(8, "little") + b"{" + bytes(100), "a wrong length"),
        ((MOST_HEADER + 1).to_bytes(8, "little") + b"{" + bytes(100), "a wrong length"),
        (joined("{", b""), "its header: Expecting property name"),
        (joined('{"a": {}, "a": {}}', b""), "'a' stands there twice"),
        (joined('{"a":' * 50_000, b""), "brackets in brackets"),
        (joined('{"a": "\ud800"}', b""), "its header: "),
        (joined('{"a": 1}', b""), "numbers of the type None in 'a'"),
        (joined({"__metadata__": []}, b""), "metadata is not a list of texts"),
        (joined({}, b"more"), "damaged"),
        (joined({"x" * 10**6: {"dtype": "Q"}}, b""), "of the type 'Q' in 'xxxx"),
    ],
)
def test_foreign_files(data: bytes, hint: str) -> None:
    assert hint in refusal(data)


@pytest.mark.parametrize(
    "about",
    [
        {"shape": [5], "data_offsets": [0, 8]},
        {"shape": [2], "data_offsets": [0, 2**63]},
        {"shape": [2**62, 2**62], "data_offsets": [0, 8]},
        {"shape": [-2], "data_offsets": [0, 8]},
        {"shape": [2], "data_offsets": [8, 0]},
        {"shape": "2", "data_offsets": [0, 8]},
    ],
    ids=str,
)
def test_arrays_that_do_not_fill_the_file(about: dict[str, Any]) -> None:
    data = joined({"a": {"dtype": "F32", **about}}, bytes(8))
    assert "is damaged (" in refusal(data)


def test_every_cut_is_noticed(good: bytes) -> None:
    for length in [*range(64), *range(64, len(good), 997), len(good) - 1]:
        refusal(good[:length] or b"\0")
    refusal(good + b"\0")


def test_a_file_may_not_be_huge(good: bytes, tmp_path: Path) -> None:
    path = tmp_path / "huge"
    with path.open("wb") as file:
        file.write(good)
        file.truncate(form.MOST_BYTES + 1)
    with pytest.raises(RunFileError, match="larger than 256 MiB"):
        runfile.open_run(path)


def test_a_setting_of_a_run_is_never_a_command() -> None:
    record, checkpoint = a_run()
    settings = replace(record.settings, data="$(touch trace); {0.__class__} %s")
    opened, _ = from_bytes(to_bytes(replace(record, settings=settings), checkpoint), HERE)
    assert opened.settings.data == settings.data


def test_more_times_than_are_ever_written_are_refused() -> None:
    for count, is_good in ((form.MOST_TIMES, True), (form.MOST_TIMES + 1, False)):
        timed = np.arange(count, dtype=np.int64)
        tensors = {form.TIMED_STEPS: timed, form.TIMES: timed / 2}
        with nullcontext() if is_good else pytest.raises(MisfitError):
            assert past._times(tensors, 0, count - 1)[0] is timed


@pytest.mark.timeout(20)
def test_a_name_that_is_repeated_among_many_is_found_at_once() -> None:
    many = ", ".join(f'"{number}": 0' for number in range(200_000))
    assert "'199999' stands there twice" in refusal(joined(f'{{{many}, "199999": 0}}', b""))
