"""What every module of torch has here: parameters that describe themselves, shapes, weights."""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

import numpy as np

from explorer.core.layers.guise import At, Guise
from explorer.core.text import Text, text

if TYPE_CHECKING:
    from torch import nn

    from explorer.core.layers.windows import Array

Shape = tuple[int, ...]
"""Of one picture on its way through a network, without the batch: (C, H, W), or (F,) when flat."""

Places = np.ndarray[Any, np.dtype[np.intp]]
"""Indices into the numbers of a weight, in the shape of what is meant."""

Wants = Literal["maps", "row", "any"]
"""What a module is made for: maps (C, H, W), numbers in a row, or whatever comes in."""

Gives = Literal["scores", "log_probabilities", "probabilities"]
"""What comes out of a network for each class."""

Kind = Literal["pair", "number", "decimal", "real", "share", "flag", "choice", "channels"]


@dataclass(frozen=True)
class Parameter:
    """How a field of a layer is set: what a slider, a number box or a toggle needs to know.

    Attributes
    ----------
    minimum, maximum
        What a slider reaches; a field takes whole and real numbers beyond `maximum` too, a decimal
        also numbers between 0 and `minimum`, and a share nothing outside.
    optional
        What None stands for, where the parameter may be None.
    words
        What a pair may be in place of numbers, as ``padding='same'``.
    half_open
        What None stands for in one place of a pair, where it may stand there.
    """

    name: str
    kind: Kind
    label: Text
    help: Text
    minimum: int = 0
    maximum: int = 1
    choices: tuple[str, ...] = ()
    optional: Text | None = None
    words: tuple[str, ...] = ()
    half_open: Text | None = None

    def checked(self, value: Any) -> Any:
        """Return `value` as the field holds it.

        Raises
        ------
        LayerError
            Where it is nothing that this parameter can be.
        """
        if value is None and self.optional is not None:
            return None
        if self.kind == "flag":
            if not isinstance(value, bool):
                raise LayerError(f"{self.name} must be True or False.")
            return value
        if self.kind == "choice":
            if not isinstance(value, str) or value not in self.choices:
                raise LayerError(f"{self.name} must be one of {', '.join(self.choices)}.")
            return value
        if self.kind == "decimal":
            return self._decimal(value)
        if self.kind in ("real", "share"):
            return self._real(value)
        return self._pair(value) if self.kind == "pair" else self._integer(value)

    def _pair(self, value: Any) -> Any:
        if isinstance(value, str) and value in self.words:
            return value
        pair = (value, value) if isinstance(value, int) else value
        if not isinstance(pair, tuple) or len(pair) != 2:
            words = "".join(f", '{word}'" for word in self.words)
            raise LayerError(f"{self.name} must be a whole number{words} or a pair (h, w).")
        return tuple(
            None if one is None and self.half_open is not None else self._integer(one)
            for one in pair
        )

    def _integer(self, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise LayerError(f"{self.name} must be a whole number.")
        if value < self.minimum:
            raise LayerError(f"{self.name} must be at least {self.minimum}.")
        if value > LARGEST:
            raise LayerError(f"{self.name} must be at most {LARGEST}.")
        return value

    def _decimal(self, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise LayerError(f"{self.name} must be a number.")
        if not 0 < value <= LARGEST:
            raise LayerError(f"{self.name} must be above 0 and at most {LARGEST}.")
        if value < SMALLEST:
            raise LayerError(f"{self.name} must not be that close to 0.")
        # In the float32 of a tensor: between that and its double, torch is of two minds.
        single = float(np.float32(value))
        return int(single) if single.is_integer() else float(value)

    def _real(self, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise LayerError(f"{self.name} must be a number.")
        highest = self.maximum if self.kind == "share" else LARGEST
        if not self.minimum <= value <= highest:
            raise LayerError(f"{self.name} must be from {self.minimum} to {highest}.")
        return float(value)


def parameter(
    kind: Kind,
    label: str,
    help: str,  # noqa: A002 - the word that users read
    *,
    default: Any = dataclasses.MISSING,
    optional: str | None = None,
    half_open: str | None = None,
    **limits: Any,
) -> Any:
    """Return a dataclass field which carries its own `Parameter` description."""
    about = {
        "kind": kind,
        "label": text(label),
        "help": text(help),
        "optional": None if optional is None else text(optional),
        "half_open": None if half_open is None else text(half_open),
        **limits,
    }
    return dataclasses.field(default=default, metadata=about)


class LayerError(ValueError):
    """A value that no torch layer accepts, in one sentence."""


LARGEST = 2**15
"""Largest value of a parameter: torch's pooling multiplies two of them in 32 bits."""

SMALLEST = 1e-30
"""Number below which float32 has no digits left to compare."""


@dataclass(frozen=True)
class Module(ABC):
    """A module of torch with one input and one output, described.

    Whoever works on networks asks it, and knows no kind by name: what a kind does in a way of its
    own stands in its own file.
    """

    short: ClassVar[str] = ""
    """What its name in a network begins with."""

    is_numbered: ClassVar[bool] = False
    """Whether its name has a number behind it also where it is the only one of its kind."""

    beginning: ClassVar[dict[str, Any]] = {}
    """What the required parameters are where nothing else is known."""

    wants: ClassVar[Wants] = "any"
    """What it is made for."""

    takes: ClassVar[str] = ""
    """The parameter that says how many channels, or numbers of a row, come in; "" for any."""

    makes: ClassVar[str] = ""
    """The parameter that says how many its weights make of them; "" where as many come out."""

    signed: ClassVar[bool | None] = None
    """Whether what comes out can be below 0 and above; None where that is as what comes in."""

    def __post_init__(self) -> None:
        for about in self.parameters():
            object.__setattr__(self, about.name, about.checked(getattr(self, about.name)))

    # ------------------------------------------------------------------------------ its parameters

    @classmethod
    @cache
    def parameters(cls) -> tuple[Parameter, ...]:
        """Return the descriptions of all fields, in torch's order."""
        return tuple(Parameter(name=f.name, **f.metadata) for f in dataclasses.fields(cls))

    @classmethod
    def starting_from(cls, kept: dict[str, Any]) -> Self:
        """Return a module of this kind with what it can take of `kept` from another kind."""
        usable = {}
        for about in cls.parameters():
            if about.name in kept:
                try:
                    usable[about.name] = about.checked(kept[about.name])
                except LayerError:
                    continue
        return cls(**(cls.beginning | usable))

    @classmethod
    def new_for(cls, shape: Shape | None) -> Self:
        """Return a new module that takes an input of `shape`, where there is one of this kind.

        Parameters
        ----------
        shape
            (C, H, W), (A, B) or (F,), without the batch; None where it is not known.
        """
        layer = cls(**cls.beginning)
        if shape is None or not cls.takes:
            return layer
        try:
            return layer.taking(shape[-1] if cls.wants == "row" else shape[0])
        except LayerError:  # there are more than it can take
            return layer

    def with_(self, **changes: Any) -> Self:
        """Return a copy with some parameters changed."""
        return dataclasses.replace(self, **changes)

    def taking(self, count: int) -> Self:
        """Return a copy that takes `count` channels, or numbers; it has a parameter that `takes`.

        Raises
        ------
        LayerError
            Where it cannot be so many.
        """
        return self.with_(**{self.takes: count})

    def making(self, count: int) -> Self:
        """Return a copy that makes `count` channels, or numbers; it has a parameter that `makes`.

        Raises
        ------
        LayerError
            Where it cannot be so many.
        """
        return self.with_(**{self.makes: count})

    def instead(self, shape: Shape) -> Iterator[Module]:
        """Yield what could stand in its place for an input of `shape`, the nearest first.

        Whether it fits is for `shape_problem` to say. The settings of a window are found by
        `explorer.core.repair`, and are not among them.

        Raises
        ------
        LayerError
            Where a parameter cannot be what it would have to be.
        """
        yield from ()

    def setting(self, name: str) -> Any:
        """Return the value in force of a parameter: what None or a word stands for is filled in."""
        return getattr(self, name)

    # ------------------------------------------------------------------------------- what comes out

    def shape_problem(self, shape: Shape) -> Text | None:
        """Return why torch refuses an input of `shape`, in plain words, or None."""
        return None

    def output_shape(self, shape: Shape) -> Shape:
        """Return the shape of the output for an input of a `shape` that it takes."""
        return shape

    def multiply_adds(self, shape: Shape) -> int:
        """Return the multiply-adds that one input of `shape` takes.

        Half of what ``torch.utils.flop_counter.FlopCounterMode`` counts.
        """
        return 0

    def gives(self, shape: Shape) -> Gives | None:
        """Return what it says of each class, as the last layer, for an input of `shape`.

        None where that is what the layer before says.
        """
        return "scores"

    def needs_company(self, shape: Shape) -> bool:
        """Tell whether it learns from two inputs of `shape` at a time only, or from more."""
        return False

    # ------------------------------------------------------------------- what a number is made of

    def laid(self, shape: Shape) -> tuple[int, int] | None:
        """Return the first and the last axis of `shape` that it lays in a row, and does no more.

        None where it lays no axes in a row.
        """
        return None

    def mixed(self, shape: Shape) -> tuple[int, ...]:
        """Return the axes of `shape` along which each number is made of all that there are.

        Of the first axis, which can be in groups, `channels_read` tells how many they are.
        """
        return ()

    def channels_read(self, channel: int, shape: Shape) -> range:
        """Return which of the first axis of an input of `shape` make one of the output's."""
        return range(shape[0]) if 0 in self.mixed(shape) else range(channel, channel + 1)

    # ------------------------------------------------------------------------------ what it learns

    def weight_shapes(self) -> dict[str, Shape]:
        """Return the shapes of what is learned, by torch's names."""
        return {}

    def buffer_shapes(self) -> dict[str, Shape]:
        """Return the shapes of what it keeps in mind beside its weights, by torch's names."""
        return {}

    def made_by(self, weight: Shape) -> int:
        """Return how many channels, or numbers, a weight of that shape makes."""
        return weight[0]

    def kernel_places(self, maps: Shape | None) -> Places | None:
        """Return where its kernels lie in its weight, (out, in, h, w), or None without kernels.

        Parameters
        ----------
        maps
            The (C, H, W) that were laid in the row that comes in, where some were.
        """
        return None

    # ------------------------------------------------------------------------------ how it is shown

    @abstractmethod
    def guise(
        self, name: str, x: Array, at: At, learned: Mapping[str, Array], maps: Shape | None
    ) -> Guise | Text:
        """Return what the Lab shows it as, in ``eval()``, or why it changes no number.

        Parameters
        ----------
        name
            In its network.
        x
            Its input, (C, H, W), (A, B) or (F,).
        at
            Which cell of its output is meant.
        learned
            Its weights and what it keeps in mind, by torch's names.
        maps
            The (C, H, W) that lie in the row that comes in, if nothing has mixed them.
        """

    def as_torch(self) -> nn.Module:
        """Return torch's own module, with weights that torch's global generator has drawn.

        It works in no place of its input, and gives one tensor: `inplace` and `return_indices`
        are left out.
        """
        from torch import nn

        settings = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        # They change no number, and whoever looks at every output needs them off.
        settings |= dict.fromkeys(settings.keys() & {"inplace", "return_indices"}, False)
        made: nn.Module = getattr(nn, type(self).__name__)(**settings)
        return made
