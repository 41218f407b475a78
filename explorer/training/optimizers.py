"""What a step does to the weights.

These are the functions that the classes of ``torch.optim`` call as well. To make an object of such
a class for the first time imports torch's compiler, and the window would stand still for a second.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor
from torch.optim.adam import adam
from torch.optim.sgd import sgd

from explorer.training.errors import CheckpointError

BETAS = 0.9, 0.999
"""How much Adam keeps of its running means of the gradient and of its square."""
EPS = 1e-8


@dataclass(frozen=True)
class Rates:
    """What counts in one step, with the meaning that it has in ``torch.optim``.

    Attributes
    ----------
    lr
        On CUDA it may be a tensor there, float32 without a dimension, which is read when the step
        is computed.
    """

    lr: float | Tensor
    momentum: float
    weight_decay: float


class Optimizer(ABC):
    """Moves parameters along their gradients; one without a gradient stays as it is.

    Attributes
    ----------
    names, parameters
        What is trained, and how it is called; the running numbers beside it begin at nothing.
    takes_momentum
        Whether that of the rates plays a part.
    """

    takes_momentum: ClassVar[bool]

    def __init__(self, parameters: Mapping[str, Tensor]) -> None:
        self.names, self.parameters = list(parameters), list(parameters.values())
        # One kernel for all parameters, where torch has it.
        self._fused = all(tensor.device.type in ("cpu", "cuda") for tensor in self.parameters)

    @abstractmethod
    def descend(self, rates: Rates) -> None:
        """Take one step."""

    @abstractmethod
    def moments(self) -> dict[str, Tensor]:
        """Return the running numbers by kind and parameter, as ``"momentum/conv1.weight"``.

        They go on changing with the next step.
        """

    @abstractmethod
    def _begin(self, i: int) -> None:
        """Make the running numbers of a parameter, by its place, where there are none yet."""

    @torch.no_grad()
    def load(self, moments: Mapping[str, Tensor]) -> None:
        """Go on from running numbers; those of another kind of optimizer are passed over.

        Raises
        ------
        CheckpointError
            When a tensor has not the shape of its parameter.
        """
        for i, name in enumerate(self.names):
            if any(key.endswith(f"/{name}") for key in moments):
                self._begin(i)
        for name, own in self.moments().items():
            if name in moments:
                if moments[name].shape != own.shape:
                    raise CheckpointError(
                        f"The optimizer's {name} has the shape {tuple(moments[name].shape)} and "
                        f"needs {tuple(own.shape)}; go on from the weights alone."
                    )
                own.copy_(moments[name])


class SGD(Optimizer):
    """Stochastic gradient descent with momentum, of Nesterov's kind where asked for."""

    takes_momentum = True

    def __init__(self, parameters: Mapping[str, Tensor], *, nesterov: bool = False) -> None:
        super().__init__(parameters)
        self._nesterov = nesterov
        self._buffers: list[Tensor | None] = [None] * len(parameters)

    def moments(self) -> dict[str, Tensor]:
        pairs = zip(self.names, self._buffers, strict=True)
        return {f"momentum/{name}": buffer for name, buffer in pairs if buffer is not None}

    def _begin(self, i: int) -> None:
        if self._buffers[i] is None:
            self._buffers[i] = torch.zeros_like(self.parameters[i])

    @torch.no_grad()
    def descend(self, rates: Rates) -> None:
        """Take one step."""
        moved = [i for i, parameter in enumerate(self.parameters) if parameter.grad is not None]
        if rates.momentum > 0:
            for i in moved:
                self._begin(i)
        sgd(
            [self.parameters[i] for i in moved],
            [gradient for i in moved if (gradient := self.parameters[i].grad) is not None],
            [self._buffers[i] for i in moved],
            lr=rates.lr,
            momentum=rates.momentum,
            dampening=0,
            # Without momentum there is nothing to look ahead along, and torch refuses it.
            nesterov=self._nesterov and rates.momentum > 0,
            weight_decay=rates.weight_decay,
            maximize=False,
            fused=self._fused,
        )


class Adam(Optimizer):
    """Adam, or AdamW where the weight decay is decoupled from the gradient."""

    takes_momentum = False

    def __init__(self, parameters: Mapping[str, Tensor], *, decoupled: bool = False) -> None:
        super().__init__(parameters)
        self._decoupled = decoupled
        self._means = [torch.zeros_like(parameter) for parameter in self.parameters]
        self._squares = [torch.zeros_like(parameter) for parameter in self.parameters]
        self._steps = [
            torch.zeros((), device=parameter.device if self._fused else "cpu")
            for parameter in self.parameters
        ]

    def moments(self) -> dict[str, Tensor]:
        kinds = {"mean": self._means, "square": self._squares, "steps": self._steps}
        return {
            f"{kind}/{name}": tensor
            for kind, tensors in kinds.items()
            for name, tensor in zip(self.names, tensors, strict=True)
        }

    def _begin(self, i: int) -> None:
        """Do nothing: they are there from the start."""

    @torch.no_grad()
    def descend(self, rates: Rates) -> None:
        """Take one step; it has means of its own, so the momentum plays no part."""
        moved = [i for i, parameter in enumerate(self.parameters) if parameter.grad is not None]
        adam(
            [self.parameters[i] for i in moved],
            [gradient for i in moved if (gradient := self.parameters[i].grad) is not None],
            [self._means[i] for i in moved],
            [self._squares[i] for i in moved],
            [],
            [self._steps[i] for i in moved],
            fused=self._fused,
            decoupled_weight_decay=self._decoupled,
            amsgrad=False,
            beta1=BETAS[0],
            beta2=BETAS[1],
            lr=rates.lr,
            weight_decay=rates.weight_decay,
            eps=EPS,
            maximize=False,
        )


def build(name: str, parameters: Mapping[str, Tensor]) -> Optimizer:
    """Make the optimizer of a name out of ``explorer.training.settings.OPTIMIZERS``."""
    match name:
        case "sgd":
            return SGD(parameters)
        case "nesterov":
            return SGD(parameters, nesterov=True)
        case "adam":
            return Adam(parameters)
        case "adamw":
            return Adam(parameters, decoupled=True)
    raise ValueError(f"there is no optimizer '{name}'")
