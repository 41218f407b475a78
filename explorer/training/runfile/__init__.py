"""Runs in files: one safetensors file holds a run, and everything from which it goes on.

Any reader of safetensors finds the network's weights, and the running statistics of its batch
normalisations, under the names of its ``state_dict``. Every other array has a name with a slash,
and the header's metadata says the rest::

    conv1.weight, conv1.bias, ...      float32, the weights
    moments/momentum/conv1.weight ...  float32, the optimizer's running numbers
    start/conv1.weight ...             both once more, as they were before the first step
    history/losses                     float64 (N,), the loss of every step
    history/timed_steps                int64 (T,), some of the steps, the first and last among them
    history/times                      float64 (T,), seconds of training after these
    history/norm_steps                 int64 (G,), steps whose gradients were measured
    history/norms                      float64 (G, L), how long they were in each layer

    format   "cnn-explorer run"
    version  "1", or "2" where version 1 did not have the network
    network  "compact", or the source of a network that has no name
    run      JSON: {"settings": {...}, "checkpoint": {...}, "start": {...}, "history": {...}}

Arrays without numbers are left out, and the start where nobody kept it (``"start": null``). How
many classes the network tells apart is seen from its last layer. Nothing in such a file is ever
executed.
"""

from explorer.training.runfile.form import FORMAT, MOST_BYTES, VERSION
from explorer.training.runfile.reading import from_bytes, is_run, open_run
from explorer.training.runfile.writing import save_run, to_bytes

__all__ = [
    "FORMAT",
    "MOST_BYTES",
    "VERSION",
    "from_bytes",
    "is_run",
    "open_run",
    "save_run",
    "to_bytes",
]
