"""Thousands of damaged files: each gives a clean result or a clean refusal, and nothing else."""

import io
import json
import random
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from explorer.training.autosave import PREFIX, find_unfinished
from explorer.training.errors import RunFileError
from explorer.training.runfile import from_bytes, to_bytes
from explorer.training.tensors import SUFFIX, packed
from explorer.training.weights import opened
from tests.training.kept import a_run
from tests.training.run_bytes import edited, joined, split

HERE = Path("the run")
TIMES = 1_000
"""Files of each kind."""
STRANGE: list[Any] = [
    None, True, False, 0, -1, 1, 2**31, 2**63, 10**300, -0.0, 0.5, 1e308, 5e-324, "", "x" * 5000,
    "\ud800", "conv1", [], [1], [[]], {}, {"a": 1}, "lr", "frozen", ["conv1", "conv1"], "\0", "{0}",
]  # fmt: skip


def a_good_one() -> bytes:
    """Return a run's file, the same at every time: safetensors sorts no metadata."""
    header, body = split(to_bytes(*a_run()))
    header["__metadata__"] = dict(sorted(header["__metadata__"].items()))
    return joined(header, body)


def flipped(data: bytes, chance: random.Random) -> bytes:
    """Change a few bytes, near the beginning more often than elsewhere."""
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 8, 64))):
        most = chance.choice((16, 512, 8192, len(data)))
        changed[chance.randrange(min(most, len(data)))] = chance.randrange(256)
    return bytes(changed)


def cut(data: bytes, chance: random.Random) -> bytes:
    """Leave out, repeat or insert a part."""
    begin = chance.randrange(len(data))
    end = min(len(data), begin + chance.choice((1, 7, 100, len(data))))
    between = chance.choice((b"", data[begin:end] * 2, chance.randbytes(9), b"[" * 3000))
    return data[:begin] + between + data[end:]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to everything in nested JSON."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for name, part in items:
        yield (*path, name)
        if isinstance(part, dict | list):
            yield from places(part, (*path, name))


def spoilt(value: Any, chance: random.Random) -> None:
    """Replace, take away or add something somewhere in nested JSON."""
    *way, last = chance.choice(list(places(value)))
    at = value
    for name in way:
        at = at[name]
    match chance.randrange(4):
        case 0 if isinstance(at, dict):
            del at[last]
        case 1 if isinstance(at, dict):
            at[chance.choice(("more", "step", "", "lr"))] = chance.choice(STRANGE)
        case 2 if isinstance(at, list):
            at.insert(last, chance.choice((at[last], chance.choice(STRANGE))))
        case _:
            at[last] = chance.choice(STRANGE)


def with_spoilt_json(data: bytes, chance: random.Random) -> bytes:
    """Change what a run's JSON says."""
    return edited(data, lambda run: spoilt(run, chance))


def with_spoilt_header(data: bytes, chance: random.Random) -> bytes:
    """Change what the header says of the arrays, or in its metadata."""
    header, body = split(data)
    spoilt(header, chance)
    if chance.random() < 0.1:
        return joined(json.dumps(header)[:-1] + ', "a": 1, "a": 1}', body)
    return joined(header, body)


def with_spoilt_numbers(data: bytes, chance: random.Random) -> bytes:
    """Put numbers that are none, or are huge, in the place of some."""
    begin = chance.randrange(int.from_bytes(data[:8], "little") + 8, len(data) - 8)
    number = chance.choice((np.nan, np.inf, -np.inf, 1e38, -1.0, 0.0))
    written = np.array(number, chance.choice(("<f4", "<f8"))).tobytes()
    return data[:begin] + written + data[begin + len(written) :]


CHANGES: list[Callable[[bytes, random.Random], bytes]] = [
    flipped,
    cut,
    with_spoilt_json,
    with_spoilt_header,
    with_spoilt_numbers,
]


def outcome(read: Callable[[], object]) -> bool:
    """Return whether something was read; a refusal is one clean sentence."""
    try:
        read()
    except RunFileError as error:
        said = str(error)
        assert "\n" not in said and said.endswith(".") and len(said) < 1_000, said
        said.encode("utf-8")
        return False
    return True


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_runs(change: Callable[[bytes, random.Random], bytes]) -> None:
    chance = random.Random(change.__name__)
    good = a_good_one()
    for _ in range(TIMES):
        data = change(good, chance)
        if outcome(partial(from_bytes, data, HERE)):
            # What has been read can be kept again.
            again = to_bytes(*from_bytes(data, HERE))
            assert outcome(partial(from_bytes, again, HERE))


@pytest.mark.parametrize("change", [flipped, cut], ids=lambda change: change.__name__)
@pytest.mark.parametrize("kind", ["torch", "safetensors", "run"])
def test_weights(
    kind: str, change: Callable[[bytes, random.Random], bytes], tmp_path: Path
) -> None:
    chance = random.Random(f"{kind} {change.__name__}")
    _, checkpoint = a_run()
    good = a_good_one()
    if kind == "safetensors":
        good = packed(checkpoint.weights, {"format": "pt"})
    elif kind == "torch":
        buffer = io.BytesIO()
        torch.save({name: torch.tensor(a) for name, a in checkpoint.weights.items()}, buffer)
        good = buffer.getvalue()
    path = tmp_path / "weights"
    for _ in range(TIMES // 2):
        path.write_bytes(change(good, chance))
        outcome(lambda: opened(path).network())
        outcome(lambda: opened(path).fitting("compact", new_head=chance.random() < 0.2))


def test_the_pickle_inside(tmp_path: Path) -> None:
    """Damage what torch reads, with a checksum that does not give it away."""
    chance = random.Random("pickle")
    _, checkpoint = a_run()
    buffer = io.BytesIO()
    torch.save({name: torch.tensor(a) for name, a in checkpoint.weights.items()}, buffer)
    path = tmp_path / "weights.pt"
    with zipfile.ZipFile(buffer) as archive:
        parts = {entry: archive.read(entry) for entry in archive.namelist()}
    (pickled,) = (name for name in parts if name.endswith("data.pkl"))
    for _ in range(TIMES // 2):
        change = chance.choice((flipped, cut))
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in parts.items():
                archive.writestr(name, change(content, chance) if name == pickled else content)
        outcome(lambda: opened(path).fitting("compact"))


def test_unfinished_runs(tmp_path: Path) -> None:
    chance = random.Random("unfinished")
    good = a_good_one()
    for i in range(TIMES // 10):
        path = tmp_path / f"{PREFIX}{i}{SUFFIX}"
        data = chance.choice(CHANGES)(good, chance)
        path.write_bytes(data)
        found = find_unfinished(tmp_path)
        assert found is not None
        if found.unfinished is not None:
            found.unfinished.discard()
        else:
            (aside,) = tmp_path.iterdir()
            assert aside.read_bytes() == data and len(found.troubles) == 1
            aside.unlink()
    assert not list(tmp_path.iterdir())
