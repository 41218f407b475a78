"""``cnn-explorer shape``: what comes out of a layer, or why torch refuses."""

import argparse
import math
import re
import sys
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from explorer.core.reader import Call, ReadError, read_call
from explorer.verbs.terminal import complain, put, say

if TYPE_CHECKING:
    import torch

Shape = tuple[int, ...]

_LARGEST_SIDE: Final = 2**63 - 1
_LARGEST_WEIGHT: Final = 2**24
_MOST_WORK: Final = 2**24
"""Numbers to hold and products to add up when torch is really run: far less than a second."""

_LONGEST_LINE: Final = 10_000
_TOO_LONG: Final = (
    f"a line may have at most {_LONGEST_LINE:,} bytes; write one layer and its shape to a line"
)

# What torch raises for a layer or an input that it refuses.
_REFUSALS: Final = (RuntimeError, ValueError, TypeError, LookupError, ArithmeticError)


class ShapeError(ValueError):
    """A layer or a shape that gives no answer: one line that says why."""


def run(options: argparse.Namespace) -> int:
    """Print the shape, or one for every line of standard input; return the exit code."""
    try:
        import torch  # noqa: F401 - it is slow to load, and may be broken
    except (ImportError, OSError, RuntimeError) as error:
        complain(f"PyTorch cannot be loaded ({error}); run cnn-explorer doctor")
        return 1
    if options.layer == "-":
        return _answer_lines()
    try:
        put(written(output_shape(options.layer, options.shape)))
    except ShapeError as error:
        say(f"error: {error}")
        return 2
    return 0


def _answer_lines() -> int:
    code = 0
    if sys.stdin is None:  # closed by the shell: <&-
        return code
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        for raw in _lines(sys.stdin.buffer):
            if raw is None:
                put(f"error: {_TOO_LONG}")
                code = 2
                continue
            line = raw.decode("utf-8-sig", "replace").partition("#")[0].strip()
            if not line:
                continue
            try:
                put(written(answer(line)))
            except ShapeError as error:
                # The line may hold characters that the reader of our output does not know.
                put(f"error: {error}".encode(encoding, "backslashreplace").decode(encoding))
                code = 2
    except OSError as error:
        complain(f"standard input cannot be read ({error.strerror})")
        return 1
    return code


def _lines(stream: BinaryIO) -> Iterator[bytes | None]:
    """Yield the lines of `stream`, and None for each that is too long, of which little is held."""
    while raw := stream.readline(_LONGEST_LINE + 1):
        if len(raw) <= _LONGEST_LINE or raw.endswith(b"\n"):
            yield raw
            continue
        yield None
        while raw and not raw.endswith(b"\n"):
            raw = stream.readline(_LONGEST_LINE)


def answer(line: str) -> Shape:
    """Return the output's shape for a line such as ``Conv2d(1, 10, 5) @ 1x1x28x28``.

    Raises
    ------
    ShapeError
        As from `output_shape`.
    """
    layer, at, shape = line.rpartition("@")
    if not at:
        raise ShapeError("write a layer and a shape, as in Conv2d(1, 10, 5) @ 1x1x28x28")
    return output_shape(layer, shape)


def output_shape(line: str, shape: str) -> Shape:
    """Return what torch gives for a layer and an input's shape, both as they are written.

    Memory and time stay small whatever the shape is.

    Parameters
    ----------
    line
        As for ``explorer.core.reader.read``. Values that a `Layer` does not take are left to
        torch: it takes some of them.
    shape
        (N, C, H, W), or (C, H, W) without a batch, as for `parse_shape`.

    Raises
    ------
    ShapeError
        With the first line of torch's own refusal, or with what cannot be read.
    """
    try:
        call = read_call(line)
    except ReadError as error:
        raise ShapeError(str(error)) from None
    given = parse_shape(shape)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch has advice on layers without cells
            return _ask(call, given)
    except _REFUSALS as error:
        if isinstance(error, TypeError):  # it speaks of torch's inside; a layer says it plainly
            _check(call)
        first_line = next(iter(str(error).strip().splitlines()), type(error).__name__)
        raise ShapeError(" ".join(first_line.split())) from None


def _check(call: Call) -> None:
    try:
        call.layer()
    except ReadError as error:
        raise ShapeError(str(error)) from None


def parse_shape(text: str) -> Shape:
    """Return the sizes in ``1x1x28x28``, ``1,1,28,28``, ``(1, 1, 28, 28)`` or ``1×1×28×28``.

    Raises
    ------
    ShapeError
        For anything else. Negative sizes pass: torch has its own word for them.
    """
    inner = text.strip().removeprefix("torch.Size")
    while inner[:1] + inner[-1:] in ("()", "[]"):
        inner = inner[1:-1].strip()
    if not inner:
        raise ShapeError("the input's shape is missing: write it as in 1x1x28x28")
    pieces = re.split(r"\s*[xX×,]\s*", inner.removesuffix(",").rstrip())
    for piece in pieces:
        if not re.fullmatch(r"[+-]?[0-9]+", piece):
            shown = piece if len(piece) <= 20 else f"{piece[:20]}…"
            raise ShapeError(f"{shown!r} is no size: write the input's shape as in 1x1x28x28")
        if len(piece) > 20 or abs(int(piece)) > _LARGEST_SIDE:
            raise ShapeError("a size is too large: torch counts to 2^63 - 1")
    return tuple(map(int, pieces))


def written(shape: Shape) -> str:
    """Return a shape as it is printed: ``1x10x24x24``."""
    return "x".join(map(str, shape))


def _ask(call: Call, shape: Shape) -> Shape:
    """Return the shape that torch gives, or raise its refusal.

    The CPU is asked where that is little work. Elsewhere it is given an input without examples,
    which costs no more than the weights, and a small one, for the checks that are left out where
    nothing is computed. Where there are too many weights, torch's meta device has to do, which
    knows shapes of any size at no cost but leaves out more.
    """
    import torch

    # A shape that cannot be is refused here.
    x = torch.empty(shape, device="meta")
    device = {"device": "meta"} if "in_channels" in call.arguments else {}
    make = getattr(torch.nn, call.operation.__name__)
    module: torch.nn.Module = make(**call.arguments, **device)
    weight = sum(parameter.numel() for parameter in module.parameters())
    is_unlike = len(shape) not in (3, 4)  # refused before anything is computed
    if weight > _LARGEST_WEIGHT or (is_unlike and math.prod(shape) > _MOST_WORK):
        return _said(_attempt(module, x))
    module = module.to_empty(device="cpu")
    if is_unlike:
        return _said(_attempt(module, torch.zeros(shape)))
    known = _without_examples(module, shape)
    if _work(module, weight, shape, known) <= _MOST_WORK:
        return _said(_attempt(module, torch.zeros(shape)))
    answer = _said(known)
    small = _smallest(module, shape)
    if small is not None and _work(module, weight, *small) <= _MOST_WORK:
        _said(_attempt(module, torch.zeros(small[0])))
    return answer


def _said(outcome: Shape | Exception) -> Shape:
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def _without_examples(module: "torch.nn.Module", shape: Shape) -> Shape | Exception:
    """Return what `module` makes of `shape` as far as a batch of 0 tells."""
    import torch

    answer = _attempt(module, torch.zeros((0, *shape[-3:])))
    return answer if isinstance(answer, Exception) else (*shape[:-3], *answer[-3:])


def _smallest(module: "torch.nn.Module", shape: Shape) -> tuple[Shape, Shape] | None:
    """Return a shape with short sides that `module` seems to take, and its answer."""
    for bits in range(max(1, *shape[-2:]).bit_length()):
        batch = (1,) * (len(shape) - 3)
        sides = (min(side, 2**bits) for side in shape[-2:])
        candidate = (*batch, shape[-3], *sides)
        answer = _without_examples(module, candidate)
        if isinstance(answer, tuple) and all(answer):  # where nothing is left, the CPU refuses
            return candidate, answer
    return None


def _attempt(module: "torch.nn.Module", x: "torch.Tensor") -> Shape | Exception:
    import torch

    try:
        with torch.no_grad():
            y: Any = module(x)
    except _REFUSALS as error:
        return error
    # Max pooling may tell the places of its maxima as well.
    return tuple((y[0] if isinstance(y, tuple) else y).shape)


def _work(module: "torch.nn.Module", weight: int, shape: Shape, answer: Shape | Exception) -> int:
    """Return about how many cells and products it takes to run `module` on the CPU.

    Where the `answer` is a refusal, torch will refuse before it computes anything.
    """
    padding = getattr(module, "padding", 0)
    widths = padding if isinstance(padding, tuple) else (padding,)
    margin = 2 * max((width for width in widths if isinstance(width, int)), default=0)
    padded = math.prod(shape[:-2]) * math.prod(side + margin for side in shape[-2:])
    if isinstance(answer, Exception):
        return padded
    # Without weights a window reads at most the whole input.
    products = weight // max(1, answer[-3]) if weight else math.prod(shape[-2:])
    return max(padded, math.prod(answer) * max(1, products))
