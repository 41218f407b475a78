import re
from typing import Any

import pytest
import torch
from torch.overrides import TorchFunctionMode

from explorer.training.devices import choose, list_devices, probe, probe_devices
from explorer.training.errors import DeviceError

has_cuda = torch.cuda.is_available()
has_mps = torch.backends.mps.is_available()


def test_the_cpu_works_and_is_taken_when_asked_for():
    choice = choose("cpu")
    assert choice.device == torch.device("cpu")
    assert choice.label.startswith("CPU") and choice.reason == "The CPU was asked for."
    assert probe("cpu").works


@pytest.mark.skipif(has_cuda or has_mps, reason="needs a machine without an accelerator")
def test_auto_says_what_failed_on_the_way_down():
    choice = choose("auto")
    assert choice.device.type == "cpu"
    assert re.fullmatch(r"No faster device can be used \(cuda: .+; mps: .+\)\.", choice.reason), (
        choice.reason
    )


@pytest.mark.skipif(not (has_cuda or has_mps), reason="needs an accelerator")
def test_auto_takes_an_accelerator():
    assert choose("auto").device.type in ("cuda", "mps")


@pytest.mark.skipif(has_cuda, reason="needs a machine without CUDA")
@pytest.mark.parametrize("name", ["cuda", "cuda:0", "cuda:1"])
def test_cuda_by_name_is_refused_where_there_is_none(name: str):
    with pytest.raises(DeviceError, match=rf"^'{name}' does not work here \(.+\); choose .+\.$"):
        choose(name)


@pytest.mark.skipif(not has_cuda, reason="needs CUDA")
def test_cuda_by_index():
    assert choose("cuda").device == choose("cuda:0").device == torch.device("cuda:0")
    with pytest.raises(DeviceError, match="the devices are cuda:0"):
        choose(f"cuda:{torch.cuda.device_count()}")


@pytest.mark.skipif(has_mps, reason="needs a machine without MPS")
def test_mps_by_name_is_refused_where_there_is_none():
    with pytest.raises(DeviceError, match="'mps' does not work here"):
        choose("mps")


def test_a_device_that_does_not_work_is_found_out_by_the_probe():
    # torch knows the name, but no build that is handed out can do anything there.
    found = probe("vulkan")
    assert not found.works and found.detail.startswith("the probe failed with ")
    assert "\n" not in found.detail


@pytest.fixture
def lost_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have torch count one GPU that fails as soon as torch turns to it, as after a suspend."""
    kind = getattr(torch.cuda, "DeferredCudaCallError", None)
    if kind is None:
        pytest.skip("this PyTorch has no such error")

    def refuse() -> None:
        raise kind("CUDA call failed lazily at initialization with error: it is lost\n\nat: here")

    monkeypatch.setattr(torch.backends.cuda, "is_built", lambda: True)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    monkeypatch.setattr(torch.cuda, "_lazy_init", refuse)


@pytest.mark.usefixtures("lost_gpu")
@pytest.mark.skipif(has_mps, reason="needs a machine without MPS")
def test_a_gpu_that_was_lost_is_told_and_auto_takes_the_cpu():
    because = "CUDA call failed lazily at initialization with error: it is lost"
    choice = choose("auto")
    assert choice.device == torch.device("cpu")
    assert f"cuda:0: the probe failed with {because}" in choice.reason
    for name in ("cuda", "cuda:0"):
        with pytest.raises(DeviceError, match=rf"^'{name}' does not work here \(.+it is lost\); "):
            choose(name)
    found = probe_devices()[0]
    assert (found.name, found.works) == ("cuda:0", False) and because in found.detail
    listed = list_devices()[0]
    assert listed.name == "cuda:0" and because in listed.problem


class Spy(TorchFunctionMode):
    """Notes what is computed."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[str] = []

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.calls.append(func.__name__)
        return func(*args, **(kwargs or {}))


def test_to_list_the_devices_touches_none():
    with Spy() as spy:
        listed = list_devices()
    assert "conv2d" not in spy.calls and "ones" not in spy.calls
    assert {"cuda", "mps", "cpu"} == {device.name.split(":")[0] for device in listed}
    assert listed[-1].name == "cpu" and listed[-1].label.startswith("CPU")
    is_there = {"cuda": has_cuda, "mps": has_mps, "cpu": True}
    for device in listed:
        assert bool(device.problem) != is_there[device.name.split(":")[0]]


def test_there_is_a_probe_for_every_kind():
    with Spy() as spy:
        found = probe_devices()
    assert "conv2d" in spy.calls
    assert [entry.name.split(":")[0] for entry in found][-1] == "cpu"
    assert {"cuda", "mps", "cpu"} == {entry.name.split(":")[0] for entry in found}
    assert found[-1].works and all(entry.detail for entry in found)
