"""Which device a run works on: asked for by name, or the first one that passes a probe.

That a driver reports a device does not mean that the device can train: only trying it tells.
"""

import contextlib
import platform
import warnings
from dataclasses import dataclass
from typing import Final

import torch
import torch.nn.functional as F

from explorer.training.errors import DeviceError

REFUSALS: Final[tuple[type[Exception], ...]] = (
    RuntimeError,
    AssertionError,
    # What torch raises of a GPU that was lost, or is hidden, when it first turns to it: no
    # RuntimeError, and not in every version.
    getattr(torch.cuda, "DeferredCudaCallError", RuntimeError),
)
"""What torch raises where a device cannot be used."""


@dataclass(frozen=True)
class Choice:
    """The device of a run.

    Attributes
    ----------
    device
        With an index where there can be several.
    label
        What it is, to be read by people.
    reason
        Why this one, as a sentence; on the way down from a better device it names what failed.
    """

    device: torch.device
    label: str
    reason: str


@dataclass(frozen=True)
class Listed:
    """A device that can be asked for.

    Attributes
    ----------
    name
        As torch spells it, ``"cuda:0"``.
    label
        What it is, to be read by people.
    problem
        Why it cannot be used, as part of a sentence; empty where nothing is known against it.
    """

    name: str
    label: str
    problem: str


@dataclass(frozen=True)
class Probe:
    """A device and what came of trying it.

    Attributes
    ----------
    name
        As torch spells it, ``"cuda:0"``.
    label
        What it is, to be read by people.
    works
        Whether the probe passed.
    detail
        What happened, as part of a sentence.
    """

    name: str
    label: str
    works: bool
    detail: str


def choose(requested: str) -> Choice:
    """Return the device for ``"auto"``, ``"cpu"``, ``"cuda"``, ``"cuda:1"`` or ``"mps"``.

    ``"auto"`` takes the first that works of CUDA, MPS and the CPU, and ``"cuda"`` the first CUDA
    device that works.

    Raises
    ------
    DeviceError
        When a device was asked for by name and does not work.
    """
    if requested == "cpu":
        return Choice(torch.device("cpu"), _cpu_label(), "The CPU was asked for.")
    if requested == "auto":
        return _best()
    # The names of all devices that the request can mean, or nothing when there are none.
    kind, _, index = requested.partition(":")
    problem, names = _found(kind)
    if index and not problem:
        problem = "" if requested in names else f"the devices are {', '.join(names)}"
        names = [requested]
    if not problem:
        failures: list[str] = []
        for tried in map(probe, names):
            if tried.works:
                return Choice(torch.device(tried.name), tried.label, f"{kind} was asked for.")
            failures.append(f"{tried.name}: {tried.detail}")
        problem = "; ".join(failures)
    raise DeviceError(f"'{requested}' does not work here ({problem}); choose auto or cpu.")


def list_devices() -> tuple[Listed, ...]:
    """Return the devices of every kind by name, the best kind first, and try none.

    To try a GPU takes some of its memory for as long as the process lives, and there may be many.
    A kind without a device gets one entry that says why.
    """
    listed = []
    for kind in ("cuda", "mps"):
        problem, names = _found(kind)
        listed += [_listed(name) for name in names] or [Listed(kind, kind.upper(), problem)]
    return (*listed, _listed("cpu"))


def probe_devices() -> tuple[Probe, ...]:
    """Try every kind of device and return what came of it, the best kind first.

    A kind without a device gets one entry that says why.
    """
    probes = []
    for kind in ("cuda", "mps"):
        problem, names = _found(kind)
        probes += [probe(name) for name in names] or [Probe(kind, kind.upper(), False, problem)]
    return (*probes, probe("cpu"))


def give_back(device: torch.device) -> None:
    """Return to a device the memory that torch keeps for tensors to come."""
    # A device that has stopped working refuses this as well.
    with contextlib.suppress(RuntimeError):
        match device.type:
            case "cuda":
                torch.cuda.empty_cache()
            case "mps":
                torch.mps.empty_cache()


def held_memory(device: torch.device) -> int | None:
    """Return the bytes that torch holds on a device; None where it is the CPU.

    It is what others cannot have: tensors, and what is kept for tensors to come. What the driver
    needs for itself does not count.
    """
    match device.type:
        case "cuda":
            return torch.cuda.memory_reserved(device)
        case "mps":
            return torch.mps.driver_allocated_memory()
    return None


def probe(name: str) -> Probe:
    """Run a small convolution and its backward pass on a device."""
    try:
        device = torch.device(name)
        label = _label(device)
        weight = torch.ones(2, 1, 3, 3, device=device, requires_grad=True)
        F.conv2d(torch.ones(1, 1, 8, 8, device=device), weight).sum().backward()  # (1, 2, 6, 6)
        # Each weight meets 36 ones; reading a number waits for the device to have done its work.
        right = weight.grad is not None and bool((weight.grad == 36).all().item())
    except REFUSALS as error:
        return Probe(name, name, False, f"the probe failed with {_first_line(error)}")
    if not right:
        return Probe(name, label, False, "the probe gave wrong numbers")
    return Probe(name, label, True, "a convolution and its backward pass gave the right numbers")


def _best() -> Choice:
    failures: list[str] = []
    for kind in ("cuda", "mps"):
        problem, names = _found(kind)
        for tried in map(probe, names):
            if tried.works:
                return Choice(
                    torch.device(tried.name),
                    tried.label,
                    _sentence("It is the first device that passed its probe", failures),
                )
            failures.append(f"{tried.name}: {tried.detail}")
        if problem:
            failures.append(f"{kind}: {problem}")
    reason = _sentence("No faster device can be used", failures)
    return Choice(torch.device("cpu"), _cpu_label(), reason)


def _found(kind: str) -> tuple[str, list[str]]:
    """Return why there is no device of a kind, or the names of those there are."""
    if kind == "mps":
        if torch.backends.mps.is_available():
            return "", ["mps"]
        built = torch.backends.mps.is_built()
        return ("macOS 14 is needed" if built else "this PyTorch is not made for Macs"), []
    if not torch.backends.cuda.is_built() and torch.version.hip is None:
        return "this PyTorch is made without CUDA", []
    # torch tells about a driver that is too old by a warning only.
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if count:
        return "", [f"cuda:{index}" for index in range(count)]
    return (_first_line(said[0].message) if said else "no device or no driver was found"), []


def _listed(name: str) -> Listed:
    try:
        return Listed(name, _label(torch.device(name)), "")
    except REFUSALS as error:
        return Listed(name, name, f"its driver refused to tell its name ({_first_line(error)})")


def _label(device: torch.device) -> str:
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return "Apple GPU" if device.type == "mps" else _cpu_label()


def _cpu_label() -> str:
    return f"CPU, {platform.machine()}"


def _sentence(beginning: str, failures: list[str]) -> str:
    return f"{beginning} ({'; '.join(failures)})." if failures else f"{beginning}."


def _first_line(error: BaseException | str) -> str:
    lines = str(error).splitlines()
    return lines[0].rstrip(". ") if lines else type(error).__name__
