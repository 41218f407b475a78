"""Random blocks of float32 numbers, those that are not finite among them."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

FLOATS = st.floats(width=32, allow_nan=True, allow_infinity=True)
SHAPES = array_shapes(min_dims=2, max_dims=2, max_side=6)
BLOCKS = arrays(np.float32, SHAPES, elements=FLOATS)
