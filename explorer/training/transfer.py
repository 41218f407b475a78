"""From tensors of any device to arrays."""

from collections.abc import Mapping
from typing import Any

import numpy.typing as npt
import torch
from torch import Tensor


def as_arrays(tensors: Mapping[str, Tensor]) -> dict[str, npt.NDArray[Any]]:
    """Return copies in C's order that nothing else changes, all float32 as the tensors are.

    An accelerator is asked once: every transfer makes it wait. Some optimizers keep a part of
    their numbers on the CPU.
    """
    assert all(tensor.dtype == torch.float32 for tensor in tensors.values())
    arrays: dict[str, npt.NDArray[Any]] = {}
    for device in {tensor.device for tensor in tensors.values()}:
        there = {name: tensor for name, tensor in tensors.items() if tensor.device == device}
        together = torch.cat([tensor.detach().flatten() for tensor in there.values()]).cpu().numpy()
        begin = 0
        for name, tensor in there.items():
            end = begin + tensor.numel()
            arrays[name] = together[begin:end].reshape(tensor.shape).copy()
            begin = end
    return {name: arrays[name] for name in tensors}
