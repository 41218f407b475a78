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


def too_few(layer: str, batch_size: int) -> str:
    """Return the sentence for a batch of one image; ``layer`` is what cannot learn from it."""
    return (
        f"A batch of one image comes up, and {layer} finds no variance in the single number that "
        f"it gets per channel there; choose another batch size than {batch_size:,}, or freeze "
        f"{layer}."
    )


def trouble_with(error: Exception, device: torch.device) -> str | None:
    """Return the sentence for an error of a device, or None for an error of another kind.

    Of an accelerator every error counts, for it tells of its own late and anywhere. The log has
    the traceback: a fault of ours can look the same.
    """
    text = str(error)
    # The CPU's allocator and MPS raise a plain RuntimeError.
    signs = ("out of memory", "can't allocate memory", "DefaultCPUAllocator")
    if isinstance(error, MemoryError | torch.OutOfMemoryError) or any(s in text for s in signs):
        _log.info("the memory of %s is used up", device, exc_info=error)
        return f"The memory of {device} is used up; choose a smaller batch size."
    if device.type != "cpu":
        _log.error("%s stopped working", device, exc_info=error)
        cause = text.splitlines()[0].rstrip(". ") if text else type(error).__name__
        return f"{device} stopped working ({cause}); start again, or choose the CPU."
    return None
