import pytest
import torch

from explorer.training.failures import trouble_with

CPU = torch.device("cpu")
CUDA = torch.device("cuda:0")


def test_memory_that_is_used_up_on_the_cpu():
    with pytest.raises(RuntimeError) as caught:
        torch.empty(10**14)
    expected = "The memory of cpu is used up; choose a smaller batch size."
    assert trouble_with(caught.value, CPU, 64) == expected


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20 GiB."),
        RuntimeError("MPS backend out of memory (MPS allocated: 9 GB)"),
        MemoryError(),
    ],
)
def test_memory_that_is_used_up_on_an_accelerator(error: Exception):
    expected = "The memory of cuda:0 is used up; choose a smaller batch size."
    assert trouble_with(error, CUDA, 64) == expected


@pytest.mark.parametrize("images", [0, 1])
def test_with_one_image_fewer_are_no_remedy(images: int):
    expected = "The memory of cpu is used up; close other programs, or choose a smaller network."
    assert trouble_with(MemoryError(), CPU, images) == expected


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (RuntimeError("CUDA error: device lost.\nCompile with..."), "CUDA error: device lost"),
        (RuntimeError(), "RuntimeError"),
    ],
)
def test_a_device_that_went_away(error: Exception, cause: str, caplog: pytest.LogCaptureFixture):
    expected = f"cuda:0 stopped working ({cause}); start CNN Explorer again, or choose the CPU."
    assert trouble_with(error, CUDA, 64) == expected
    (record,) = caplog.records
    assert record.levelname == "ERROR" and record.exc_info is not None
    assert record.exc_info[1] is error


def test_another_device_may_work_again_in_the_same_process():
    expected = "mps stopped working (the command was not done); start again, or choose the CPU."
    error = RuntimeError("the command was not done.")
    assert trouble_with(error, torch.device("mps"), 64) == expected


def test_a_fault_of_ours_is_no_trouble_of_the_cpu():
    assert trouble_with(RuntimeError("shapes do not match"), CPU, 64) is None
