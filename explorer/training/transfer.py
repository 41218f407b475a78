"""From tensors of any device to arrays."""

from collections.abc import Mapping
from typing import Any

import numpy as np
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
        parts = [tensor.detach().flatten() for tensor in there.values()]
        ends = np.cumsum([len(part) for part in parts])
        pieces = np.split(torch.cat(parts).cpu().numpy(), ends[:-1])
        for (name, tensor), piece in zip(there.items(), pieces, strict=True):
            arrays[name] = piece.reshape(tensor.shape).copy()
    return {name: arrays[name] for name in tensors}
