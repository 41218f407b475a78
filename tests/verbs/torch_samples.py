"""Prints the inputs on which PyTorch tests its own functions, as lines of JSON.

It is run in a process of its own: PyTorch's testing package changes settings of torch and of
hypothesis that everybody shares.
"""

import json
import sys
import types
import unittest
import warnings
from typing import Any

# PyTorch builds its own test cases upon this package; its lists do without.
stand_in = types.ModuleType("expecttest")
stand_in.TestCase = unittest.TestCase  # type: ignore[attr-defined]
sys.modules.setdefault("expecttest", stand_in)

import torch  # noqa: E402
from torch.testing._internal.common_methods_invocations import op_db  # noqa: E402

LAYERS = {
    "nn.functional.conv2d": "Conv2d",
    "nn.functional.conv_transpose2d": "ConvTranspose2d",
    "nn.functional.max_pool2d": "MaxPool2d",
    "nn.functional.avg_pool2d": "AvgPool2d",
}


def line(layer: str, sample: Any) -> str | None:
    """Return the layer that does what the function does, or None where there is none."""
    args, kwargs = sample.args, sample.kwargs
    positional = [repr(value) for value in args]
    if layer.startswith("Conv"):
        weight, bias = args
        types = {tensor.dtype for tensor in (sample.input, weight, bias) if tensor is not None}
        if weight.ndim != 4 or types != {torch.float32}:
            return None
        groups = max(1, kwargs.get("groups", 1))
        first, second, *kernel = weight.shape
        channels = (first, second * groups)
        inside, outside = channels[::-1] if layer == "Conv2d" else channels
        positional = [str(inside), str(outside), repr(tuple(kernel))]
        kwargs = {**kwargs, "bias": bias is not None}
    named = [f"{name}={value!r}" for name, value in kwargs.items()]
    return f"nn.{layer}({', '.join(positional + named)})"


def answer(operation: Any, sample: Any) -> list[int] | None:
    """Return the shape that the function gives, or None where it refuses."""
    try:
        y = operation(sample.input, *sample.args, **sample.kwargs)
    except (RuntimeError, ValueError, TypeError):
        return None
    return list((y[0] if isinstance(y, tuple) else y).shape)


def main() -> None:
    for operation in op_db:
        layer = LAYERS.get(operation.name)
        if layer is None:
            continue
        samples = list(operation.sample_inputs("cpu", torch.float32))
        if operation.error_inputs_func is not None:
            samples += [wrong.sample_input for wrong in operation.error_inputs("cpu")]
        for sample in samples:
            made = line(layer, sample)
            if made is not None:
                told = {
                    "layer": layer,
                    "line": made,
                    "shape": list(sample.input.shape),
                    "answer": answer(operation, sample),
                }
                sys.stdout.write(f"{json.dumps(told)}\n")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()
