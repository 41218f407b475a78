"""What a run says when it cannot go on: one sentence with the cause and a remedy."""

import logging

import torch

_log = logging.getLogger(__name__)


def diverged(what: str, value: float, lr: float) -> str:
    """Return the sentence for a loss that is no number any more; ``what`` names the loss."""
    return (
        f"{what} became {value}: at a learning rate of {lr:g} the weights grow without bounds; "
        "start again with a lower learning rate."
    )


def never_finite(what: str, value: float) -> str:
    """Return the sentence for a loss that was no number from the first on; nothing was learned."""
    return (
        f"{what} is {value} from the start: the weights that it begins with, or a layer, give "
        "numbers that are not finite; choose an earlier moment, other weights or another network."
    )


def too_few(layer: str, batch_size: int) -> str:
    """Return the sentence for a batch of one image; ``layer`` is what cannot learn from it."""
    return (
        f"A batch of one image comes up, and {layer} finds no variance in the single number that "
        f"it gets per channel there; choose another batch size than {batch_size:,}, or freeze "
        f"{layer}."
    )


def is_out_of_memory(error: Exception) -> bool:
    """Tell whether a device had no memory left."""
    # The CPU's allocator and MPS raise a plain RuntimeError.
    signs = ("out of memory", "can't allocate memory", "DefaultCPUAllocator")
    known = isinstance(error, MemoryError | torch.OutOfMemoryError)
    return known or any(sign in str(error) for sign in signs)


def trouble_with(error: Exception, device: torch.device, images: int) -> str | None:
    """Return the sentence for an error of a device, or None for an error of another kind.

    Of an accelerator every error counts, for it tells of its own late and anywhere. The log has
    the traceback: a fault of ours can look the same.

    Parameters
    ----------
    images
        How many were worked on at a time; with one or none, fewer are no remedy.
    """
    if is_out_of_memory(error):
        _log.info("the memory of %s is used up", device, exc_info=error)
        remedy = "choose a smaller batch size"
        if images <= 1:
            remedy = "close other programs, or choose a smaller network"
        return f"The memory of {device} is used up; {remedy}."
    text = str(error)
    if device.type != "cpu":
        _log.error("%s stopped working", device, exc_info=error)
        cause = text.splitlines()[0].rstrip(". ") if text else type(error).__name__
        # After an error of CUDA nothing works there as long as the process lives.
        again = "start CNN Explorer again" if device.type == "cuda" else "start again"
        return f"{device} stopped working ({cause}); {again}, or choose the CPU."
    return None
