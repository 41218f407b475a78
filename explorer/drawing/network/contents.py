"""What each column of the picture holds: so many maps or numbers, a folded layer, or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from explorer.core.layers import Shape
from explorer.core.network.state import PICTURE
from explorer.drawing.network.scene import FlowScene
from explorer.drawing.palette import GRID

WIDEST_HEADER: Final = 12.0 * GRID
WIDEST_EMPTY: Final = 6.0 * GRID
"""Width of what is said of a layer that nothing comes out of."""
SHOWN_MAPS: Final = 64
SHOWN_NUMBERS: Final = 1024
LETTER: Final = 6.5
WIDEST_NAME: Final = 11.0 * GRID
"""Width of the letters of a name."""
MOST_CLASSES: Final = 26
"""With more classes than that, only the surest have a bar."""
SUREST: Final = 10
SHRINK: Final = 1 / 3
"""The power of their size with which maps become smaller."""
LEAST_SHARE: Final = 0.5

Kind = Literal["maps", "numbers", "slim", "empty"]


@dataclass(frozen=True)
class Content:
    """What a column holds.

    Attributes
    ----------
    count
        All maps, or numbers.
    shape
        Of one map.
    share
        Its side, in relation to the largest map.
    words
        Width of what is written in its header.
    answer
        How many bars there are beside the numbers.
    names
        How wide the names before them are.
    """

    place: int
    kind: Kind
    count: int = 0
    shape: tuple[int, int] = (1, 1)
    share: float = 1.0
    words: float = 0.0
    answer: int = 0
    names: float = 0.0

    @property
    def shown(self) -> int:
        """So many of them are shown."""
        return min(self.count, SHOWN_MAPS if self.kind == "maps" else SHOWN_NUMBERS)


def contents_of(scene: FlowScene) -> tuple[Content, ...]:
    """Return what the columns hold, the picture first."""
    places = range(PICTURE, len(scene.places))
    shapes = [scene.shape(place) for place in places]
    sides = [max(shape[1:]) for shape in shapes if shape is not None and len(shape) == 3]
    largest = max(sides, default=1)
    found = []
    for place, shape in zip(places, shapes, strict=True):
        if place in scene.collapsed:
            found.append(Content(place, "slim", 0 if shape is None else shape[0]))
        elif shape is None:
            words = min(_words(scene, place, ()), WIDEST_EMPTY)
            found.append(Content(place, "empty", words=words))
        else:
            words = _words(scene, place, shape)
            answer = _longest_name(scene) if place == len(scene.places) - 1 else 0
            found.append(_holding(place, shape, largest, words, answer))
    return tuple(found)


def _holding(place: int, shape: Shape, largest: int, words: float, answer: int) -> Content:
    if len(shape) == 1:
        count = shape[0] if shape[0] <= MOST_CLASSES else SUREST
        names = min(LETTER * answer, WIDEST_NAME)
        answers = count if answer else 0
        return Content(place, "numbers", shape[0], words=words, answer=answers, names=names)
    h, w = (1, shape[1]) if len(shape) == 2 else shape[1:3]
    share = max((max(h, w) / max(largest, h, w)) ** SHRINK, LEAST_SHARE)
    return Content(place, "maps", shape[0], (h, w), share, words)


def _longest_name(scene: FlowScene) -> int:
    """Return how many letters the longest name of a class has, 0 if there is no answer."""
    if scene.answer is None or not scene.has_answer:
        return 0
    return max(1, *map(len, scene.answer.names))


def _words(scene: FlowScene, place: int, shape: Shape) -> float:
    """Return about how wide the header of a column is in full."""
    name = 5 if place == PICTURE else len(scene.places[place].name)
    kind = 0 if place == PICTURE else len(type(scene.places[place].layer).__name__)
    longest = max(7.5 * name + 2 * GRID, 6.0 * kind, 5.5 * len(size_of(shape)))
    return min(longest, WIDEST_HEADER)


def size_of(shape: Shape) -> str:
    """Return a shape as it is written: ``"10 × 24 × 24"``."""
    return " × ".join(map(str, shape))
