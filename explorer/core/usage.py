"""How often each cell of an input is read."""

from functools import lru_cache
from itertools import chain

import numpy as np
import numpy.typing as npt

from explorer.core.geometry import AnyAxis, Pair
from explorer.core.layers import Layer


def usage(layer: Layer, size: Pair) -> npt.NDArray[np.int64]:
    """Return how many windows of `layer` read each cell of an input of `size`, shape (h, w).

    A copy in the padding counts as the cell that it copies, as often as it is read.
    """
    rows, columns = (_along(axis) for axis in layer.axes(size))
    return np.outer(rows, columns)


@lru_cache(maxsize=8)
def _along(axis: AnyAxis) -> npt.NDArray[np.int64]:
    read = chain.from_iterable(map(axis.window, range(axis.output)))
    times = np.bincount(np.fromiter(read, np.intp) - axis.first, minlength=axis.shown)
    counts = np.zeros(axis.size, np.int64)
    for position, often in enumerate(times.tolist(), axis.first):
        source = axis.source(position)
        if source is not None:
            counts[source] += often
    return counts
