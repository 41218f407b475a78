"""What is to be seen or tried in each worked example, in a sentence or two."""

from typing import Final

from explorer.core.text import QT_TRANSLATE_NOOP, Text, text

_SOURCES: Final = {
    "digit_edges": QT_TRANSLATE_NOOP(
        "core",
        "Upright strokes stand out, one side positive and the other negative; level ones nearly "
        "vanish.",
    ),
    "digit_stride": QT_TRANSLATE_NOOP(
        "core",
        "A mean of 5 × 5 cells, taken at every second place: 28 × 28 becomes 14 × 14.",
    ),
    "digit_pool": QT_TRANSLATE_NOOP(
        "core",
        "Each 2 × 2 block keeps its largest number: a quarter of the cells, still the same digit.",
    ),
    "numbers": QT_TRANSLATE_NOOP(
        "core",
        "Follow the first sum, row by row of the kernel: 3·1 + 4·2 + 6·3 + … + 7·9 = 211.",
    ),
    "numbers_padding": QT_TRANSLATE_NOOP(
        "core",
        "A corner cell is used once without padding, here 4 times: turn on Usage to see the "
        "counts.",
    ),
    "numbers_stride": QT_TRANSLATE_NOOP(
        "core",
        "Every second window is left out: what stays are the four corners of the result with "
        "stride 1.",
    ),
    "small": QT_TRANSLATE_NOOP(
        "core",
        "Three of the nine weights are 0: what lies under them does not count.",
    ),
    "small_stride": QT_TRANSLATE_NOOP(
        "core",
        "The window moves by two cells: of 3 × 3 results, 10, 12, 13 and 3 stay.",
    ),
    "small_padding": QT_TRANSLATE_NOOP(
        "core",
        "The 3 × 3 numbers in the middle are those without padding; the ring around them is new.",
    ),
    "channels": QT_TRANSLATE_NOOP(
        "core",
        "A kernel has 5 slices, one for each input channel; their sums and a bias make one number. "
        "Each of the 10 kernels makes a map.",
    ),
    "six_maps": QT_TRANSLATE_NOOP(
        "core",
        "Each of six kernels makes a map of its own: press another map to see what made it.",
    ),
    "mixing": QT_TRANSLATE_NOOP(
        "core",
        "A 1 × 1 kernel sees one place in 3 channels: map 0 is their mean, map 2 is blue less red.",
    ),
    "groups": QT_TRANSLATE_NOOP(
        "core",
        "Outputs 0 and 1 are made of inputs 0 and 1 only, outputs 2 and 3 of inputs 2 and 3.",
    ),
    "depthwise": QT_TRANSLATE_NOOP(
        "core",
        "Each channel has a kernel of its own, and nothing is added up across: 27 weights, not 81.",
    ),
    "pool_channels": QT_TRANSLATE_NOOP(
        "core",
        "Pooling takes each channel by itself: 3 channels go in, and 3 come out.",
    ),
    "size_28": QT_TRANSLATE_NOOP(
        "core",
        "28 − 5 + 1 = 24: so many places there are for a window of 5 along each side.",
    ),
    "size_256": QT_TRANSLATE_NOOP(
        "core",
        "A padding of 1 would keep 256 with a kernel of 3; the stride of 2 halves it to 128.",
    ),
    "size_128": QT_TRANSLATE_NOOP(
        "core",
        "Windows of 2 × 2 side by side halve both sides: a quarter of the numbers is left.",
    ),
    "stride_pair": QT_TRANSLATE_NOOP(
        "core",
        "PyTorch writes the step down first: 2 down and 1 across give 2 rows and 3 columns.",
    ),
    "stride_pair_across": QT_TRANSLATE_NOOP(
        "core",
        "The other way round: 1 down and 2 across give 3 rows and 2 columns.",
    ),
    "dilation": QT_TRANSLATE_NOOP(
        "core",
        "Nine weights with gaps between them span 5 × 5 cells: a wider view for the same price.",
    ),
    "reflect": QT_TRANSLATE_NOOP(
        "core",
        "The padding mirrors the input: point at a padded cell to see which cell it copies.",
    ),
    "replicate": QT_TRANSLATE_NOOP(
        "core",
        "The padding repeats the border. Turn on Usage: 4 windows use a corner, as with zeros, but "
        "some see it several times.",
    ),
    "circular": QT_TRANSLATE_NOOP(
        "core",
        "The padding comes from the opposite side. Turn on Usage: every cell is used 9 times.",
    ),
    "same": QT_TRANSLATE_NOOP(
        "core",
        "'same' finds the padding that keeps 5 × 5: with a kernel of 3 it is 1.",
    ),
    "same_even": QT_TRANSLATE_NOOP(
        "core",
        "A kernel of 2 needs one row and column more: PyTorch adds them below and on the right.",
    ),
    "valid": QT_TRANSLATE_NOOP(
        "core",
        "'valid' is no padding: only windows that lie inside count, and there are 3 × 3.",
    ),
    "max_pool": QT_TRANSLATE_NOOP(
        "core",
        "Each 2 × 2 block keeps its largest number: 4, 8, 9 and 8.",
    ),
    "avg_pool": QT_TRANSLATE_NOOP(
        "core",
        "Each 2 × 2 block gives its mean: (3 + 4 + 2 + 4) / 4 = 3.25.",
    ),
    "lp_pool": QT_TRANSLATE_NOOP(
        "core",
        "The root of the sum of squares: √(3² + 4² + 2² + 4²) ≈ 6.71. A larger Norm "
        "comes near the maximum, 4.",
    ),
    "adaptive_avg_pool": QT_TRANSLATE_NOOP(
        "core",
        "5 cells for 3 windows: 0 to 1, 1 to 3 and 3 to 4 overlap and differ in length.",
    ),
    "adaptive_max_pool": QT_TRANSLATE_NOOP(
        "core",
        "One gives the size of the output, and PyTorch finds the windows: 2 or 3 cells long here.",
    ),
    "small_pool_ceil": QT_TRANSLATE_NOOP(
        "core",
        "Rounded up, windows stick out over the edge: 2 × 2 results. Switch Ceil mode off to "
        "compare.",
    ),
    "small_pool": QT_TRANSLATE_NOOP(
        "core",
        "Rounded down, only whole windows count: one result, and two rows and columns are never "
        "used.",
    ),
    "shift": QT_TRANSLATE_NOOP(
        "core",
        "Press Shift in the Input box: 18 of 36 input cells change, but none of the 9 output "
        "cells.",
    ),
    "shift_moved": QT_TRANSLATE_NOOP(
        "core",
        "The same strokes one pixel further right, and the very same output as before the shift.",
    ),
    "relu": QT_TRANSLATE_NOOP(
        "core",
        "Everything below 0 becomes 0: 12 of these 25 numbers are lost, and with them what a "
        "gradient could have changed.",
    ),
    "leaky_relu": QT_TRANSLATE_NOOP(
        "core",
        "Below 0 a tenth is left: −6 becomes −0.6. The slope is small there, yet a gradient comes "
        "through.",
    ),
    "elu": QT_TRANSLATE_NOOP(
        "core",
        "Below 0 it bends: −0.5 becomes −0.393, and from −4 to −6 hardly anything changes, from "
        "−0.982 to −0.998.",
    ),
    "silu": QT_TRANSLATE_NOOP(
        "core",
        "It falls and rises again: −1.5 gives −0.274, the least of all here, and −6 only −0.015.",
    ),
    "sigmoid": QT_TRANSLATE_NOOP(
        "core",
        "0 becomes 0.5. From 4 on, all come out between 0.98 and 1: so flat that hardly a gradient "
        "is left.",
    ),
    "tanh": QT_TRANSLATE_NOOP(
        "core",
        "0 stays 0 and signs stay signs, but 3 and 6 come out nearly the same: 0.995 and 1.",
    ),
    "softmax": QT_TRANSLATE_NOOP(
        "core",
        "In each place the shares of the 4 channels add up to 1; in the middle, where all are 0, "
        "each has 0.25.",
    ),
    "log_softmax": QT_TRANSLATE_NOOP(
        "core",
        "The logarithms of the shares: all below 0, and the nearer to 0 the larger. In the middle "
        "log 0.25 = −1.386.",
    ),
    "transposed": QT_TRANSLATE_NOOP(
        "core",
        "Switch to stamping: each of the 9 cells stamps the kernel times its value, and overlaps "
        "add up.",
    ),
    "transposed_back": QT_TRANSLATE_NOOP(
        "core",
        "The size is back, the values are not: it began as 3 4 6 5 7 / …, and is 211 422 895 … "
        "now.",
    ),
    "transposed_double": QT_TRANSLATE_NOOP(
        "core",
        "4 × 4 would become 7 × 7: output padding adds a row and a column, for exactly twice the "
        "size.",
    ),
    "sobel": QT_TRANSLATE_NOOP(
        "core",
        "These 9 weights are the column 1 2 1 times the row −1 0 1: the costs tell what two steps "
        "would save.",
    ),
    "sobel_column": QT_TRANSLATE_NOOP(
        "core",
        "Step 1: the column 1 2 1 adds up three rows. Step 2 goes on with this output.",
    ),
    "sobel_row": QT_TRANSLATE_NOOP(
        "core",
        "Step 2: the same output as Sobel in one step, with 3 + 3 weights in place of 9.",
    ),
    "separable_depthwise": QT_TRANSLATE_NOOP(
        "core",
        "Step 1: each channel gets a kernel of its own; nothing is mixed yet.",
    ),
    "separable_pointwise": QT_TRANSLATE_NOOP(
        "core",
        "Step 2: 1 × 1 kernels mix 3 maps into 6. Both steps have 45 weights, one full step 162.",
    ),
}

HINTS: Final[dict[str, Text]] = {name: text(source) for name, source in _SOURCES.items()}
"""The sentences by the names of `explorer.core.presets.PRESETS`."""
