"""How often each cell of an input is read."""

from functools import lru_cache
from itertools import chain

import numpy as np
import numpy.typing as npt

from explorer.core.geometry import AnyAxis, Pair
from explorer.core.layers import Layer


def usage(layer: Layer, size: Pair) -> npt.NDArray[np.int64]:
    """Return how many windows of `layer` read each cell of an input of `size`, shape (h, w).

    A copy in the padding counts as the cell that it copies. A window that reads a cell and its
    copies is one window: this is how many cells of the output the cell reaches.
    """
    rows, columns = (_along(axis) for axis in layer.axes(size))
    return np.outer(rows, columns)


@lru_cache(maxsize=8)
def _along(axis: AnyAxis) -> npt.NDArray[np.int64]:
    first = axis.first
    sources = [axis.source(position) for position in range(first, first + axis.shown)]
    read = chain.from_iterable(
        {sources[position - first] for position in axis.window(index)} - {None}
        for index in range(axis.output)
    )
    return np.bincount(np.fromiter(read, np.intp), minlength=axis.size)
