"""Training steps on CUDA as one graph: recorded once, then replayed with a single call.

A network for digits is so small that a GPU computes an operation faster than Python can ask for
the next one; a graph asks for all of them together.
"""

from typing import Final

import torch
from torch import Tensor

from explorer.core.text import QT_TRANSLATE_NOOP, Text
from explorer.training.networks import DigitNetwork, SeededDropout, SeededDropout2d
from explorer.training.optimizers import Optimizer, Rates
from explorer.training.settings import Settings
from explorer.training.stepping import PlainStepper, Stepper

WARM_UP: Final = 3
"""Plain steps before a capture: libraries load and set themselves up, which no graph can hold."""


class CapturedStepper:
    """Learns from a batch by replaying a CUDA graph of a whole plain step.

    The steps that warm up are steps of the run like any other, so nothing has to be put back after
    them. Another momentum that plays a part, weight decay or set of layers that learn takes another
    graph; another learning rate does not. A batch smaller than the usual takes a plain step. Where
    no graph can be captured, all steps are plain ones from then on, and ``note`` says so.

    Parameters
    ----------
    plain
        Takes the steps, and is captured. It must draw no random numbers.
    network
        That of ``plain``.
    batch_size
        Of all batches but the last one of an epoch.
    device
        Where network and images are.

    Attributes
    ----------
    note
        Why there is no graph, as a sentence; None where there is one, or is to be one.
    """

    def __init__(
        self, plain: PlainStepper, network: DigitNetwork, batch_size: int, device: torch.device
    ) -> None:
        self._plain = plain
        self._parameters = list(network.parameters())
        self._batch = torch.zeros(batch_size, dtype=torch.long, device=device)
        self._lr = torch.zeros((), device=device)  # on the device, so that a graph can read it
        self._lr_there = 0.0
        self._key: tuple[object, ...] = ()
        self._warm_steps = 0
        self._graph: torch.cuda.CUDAGraph | None = None
        self._loss = self._lr
        """Where every replay leaves its loss."""
        self._gradients: list[Tensor | None] = []
        """Where every replay leaves its gradients."""
        self._strayed = False
        """Whether a plain step has put other gradients in their place."""
        self.note: Text | None = None
        try:
            # One for warming up and for capturing: what CUDA's libraries prepare, they prepare
            # for a stream.
            self._side = torch.cuda.Stream(device)
        except (RuntimeError, ValueError, AssertionError) as error:
            self._give_up(error)

    def __call__(self, batch: Tensor, rates: Rates) -> Tensor:
        """Learn from the images with the numbers ``batch``, (B,), and return their mean loss."""
        if self.note is not None:
            return self._plain(batch, rates)
        lr = float(rates.lr)
        if lr != self._lr_there:
            self._lr.fill_(lr)
            self._lr_there = lr
        rates = Rates(self._lr, rates.momentum, rates.weight_decay)
        if len(batch) != len(self._batch):
            return self._beside(batch, rates)

        learning = (parameter.requires_grad for parameter in self._parameters)
        momentum = rates.momentum if self._plain.takes_momentum else None
        key = (momentum, rates.weight_decay, *learning)
        if key != self._key:
            self._forget()
            self._key = key
        if self._graph is None:
            if self._warm_steps < WARM_UP:
                self._warm_steps += 1
                return self._beside(batch, rates)
            self._graph = self._captured(rates)
        return self._plain(batch, rates) if self._graph is None else self._replay(batch)

    def _beside(self, batch: Tensor, rates: Rates) -> Tensor:
        """Take a plain step where captures are made."""
        self._strayed = True
        usual = torch.cuda.current_stream(batch.device)
        self._side.wait_stream(usual)
        with torch.cuda.stream(self._side):
            loss = self._plain(batch, rates)
        usual.wait_stream(self._side)
        return loss

    def _captured(self, rates: Rates) -> torch.cuda.CUDAGraph | None:
        """Return the graph of a step, which is not taken; None where that fails."""
        graph = torch.cuda.CUDAGraph()
        try:
            with torch.cuda.device(self._batch.device):
                usual = torch.cuda.current_stream()
                try:
                    # Other threads may go on using the device meanwhile.
                    with torch.cuda.graph(
                        graph, stream=self._side, capture_error_mode="thread_local"
                    ):
                        self._loss = self._plain(self._batch, rates)
                finally:
                    # Where a capture fails at its very end, torch 2.10 stays on the side stream.
                    torch.cuda.set_stream(usual)
        except RuntimeError as error:
            self._give_up(error)
            return None
        self._gradients = [parameter.grad for parameter in self._parameters]
        self._strayed = False
        return graph

    def _replay(self, batch: Tensor) -> Tensor:
        assert self._graph is not None
        if self._strayed:
            for parameter, gradient in zip(self._parameters, self._gradients, strict=True):
                parameter.grad = gradient
            self._strayed = False
        self._batch.copy_(batch)
        self._graph.replay()
        # The next replay overwrites it. A copy is one small kernel; to count the steps and to
        # write to a list of losses within the graph would be two.
        return self._loss.clone()

    def _forget(self) -> None:
        """Give a graph back, with its memory, before another one is made."""
        self._graph = None
        self._loss = self._lr
        self._gradients = []
        self._warm_steps = 0

    def _give_up(self, error: Exception) -> None:
        self._forget()
        lines = str(error).splitlines() or [type(error).__name__]
        source = QT_TRANSLATE_NOOP(
            "training",
            "Training without a CUDA graph, which is slower: it cannot be captured ({cause}).",
        )
        self.note = Text(source, (("cause", lines[0].rstrip(". ")),), "training")


def stepper_for(
    network: DigitNetwork,
    optimizer: Optimizer,
    images: Tensor,
    labels: Tensor,
    settings: Settings,
    chance: torch.Generator,
) -> Stepper:
    """Return the fastest way to train a network on the device where it is.

    Parameters
    ----------
    images, labels, chance
        As for `PlainStepper`.
    settings
        What the run is asked to do.
    """
    plain = PlainStepper(network, optimizer, images, labels, settings.augmentation, chance)
    if images.device.type != "cuda":
        return plain
    plain.note = _drawn_on_the_cpu(network, settings)
    if plain.note is not None:
        return plain
    usual = min(settings.batch_size, len(labels))
    return CapturedStepper(plain, network, usual, images.device)


def _drawn_on_the_cpu(network: DigitNetwork, settings: Settings) -> Text | None:
    """Return what draws random numbers on the CPU, which no graph can hold, as a sentence."""
    if settings.augmentation.is_on:
        source = QT_TRANSLATE_NOOP(
            "training",
            "Training without a CUDA graph, which is slower: the augmentation draws random "
            "numbers for every batch.",
        )
    elif any(isinstance(layer, SeededDropout | SeededDropout2d) for layer in network.children()):
        source = QT_TRANSLATE_NOOP(
            "training",
            "Training without a CUDA graph, which is slower: dropout draws random numbers for "
            "every batch.",
        )
    else:
        return None
    return Text(source, (), "training")
