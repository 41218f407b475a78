"""Prints the inputs on which PyTorch tests its own functions, as lines of JSON.

It is run in a process of its own: PyTorch's testing package changes settings of torch and of
hypothesis that everybody shares.
"""

import json
import sys
import types
import unittest
import warnings
from collections.abc import Callable
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


class NotALayerError(Exception):
    """What a function is called with here, and no layer can be: the message says why."""


def line(layer: str, sample: Any) -> str:
    """Return the layer that does what the function does."""
    args, kwargs = sample.args, sample.kwargs
    positional = [repr(value) for value in args]
    if layer.startswith("Conv"):
        weight, bias = args
        if weight.ndim != 4:
            raise NotALayerError("the kernel has one dimension")
        if len({t.dtype for t in (sample.input, weight, bias) if t is not None}) > 1:
            raise NotALayerError("input and weights are of different types")
        groups = max(1, kwargs.get("groups", 1))
        first, second, *kernel = weight.shape
        channels = (first, second * groups)
        inside, outside = channels[::-1] if layer == "Conv2d" else channels
        positional = [str(inside), str(outside), repr(tuple(kernel))]
        kwargs = {**kwargs, "bias": bias is not None}
    named = [f"{name}={value!r}" for name, value in kwargs.items()]
    return f"nn.{layer}({', '.join(positional + named)})"


def answer(compute: Callable[[], Any]) -> list[int] | str:
    """Return the shape that comes out, or the first line of torch's refusal."""
    try:
        y = compute()
    except (RuntimeError, ValueError, TypeError) as refusal:
        return str(refusal).strip().split("\n", 1)[0]
    return list((y[0] if isinstance(y, tuple) else y).shape)


def told(operation: Any, sample: Any, is_wrong: bool) -> dict[str, Any]:
    """Return what the function and torch's own layer make of a sample."""
    layer = LAYERS[operation.name]
    about = {"layer": layer, "is_wrong": is_wrong, "shape": list(sample.input.shape)}
    try:
        made = line(layer, sample)
    except NotALayerError as reason:
        return {**about, "skipped": str(reason)}

    def module() -> Any:
        # The line is torch's own way to write it, and comes from torch's own lists.
        return eval(made, {"nn": torch.nn})(sample.input.float())

    function = answer(lambda: operation(sample.input, *sample.args, **sample.kwargs))
    return {**about, "line": made, "function": function, "module": answer(module)}


def main() -> None:
    for operation in op_db:
        if operation.name not in LAYERS:
            continue
        samples = [(one, False) for one in operation.sample_inputs("cpu", torch.float32)]
        if operation.error_inputs_func is not None:
            samples += [(wrong.sample_input, True) for wrong in operation.error_inputs("cpu")]
        for sample, is_wrong in samples:
            sys.stdout.write(f"{json.dumps(told(operation, sample, is_wrong))}\n")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()
