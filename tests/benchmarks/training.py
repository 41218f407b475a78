"""Times an epoch of `compact` three ways in one run and prints the ratios.

Each is the wall time of one pass over the training images; the test after it does not count.

a: the textbook loop (DataLoader, ToTensor, Normalize, ``loss.item()`` after each batch), with as
   many CPU threads as torch takes by itself.
a': the same with as many threads as the engine takes, which leaves a core to the window.
b: the engine headless.
c: the engine in the app with the Training page showing.
"""

import argparse
import gzip
import math
import statistics
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
import torch.nn.functional as F
import torchvision

from explorer.data.digits import load
from explorer.training import networks
from explorer.training.engine import Run
from explorer.training.events import Evaluating
from explorer.training.settings import Settings
from explorer.training.threads import thread_count, torch_threads
from tests.benchmarks.app import training_page, turn_until, window


def textbook(root: Path) -> float:
    """Return the seconds of an epoch as textbooks write it."""
    transform = torchvision.transforms.Compose(
        [
            torchvision.transforms.ToTensor(),
            torchvision.transforms.Normalize((0.1307,), (0.3081,)),
        ]
    )
    images = torchvision.datasets.MNIST(str(root), train=True, transform=transform)
    loader = torch.utils.data.DataLoader(images, batch_size=64, shuffle=True)
    network = networks.build("compact", 0)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.01, momentum=0.5)
    began, running = time.perf_counter(), 0.0
    for x, y in loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(network(x), y)
        loss.backward()
        optimizer.step()
        running += loss.item()
    return time.perf_counter() - began


def headless(data: str) -> float:
    """Return the seconds of the first epoch of a run."""
    run = Run(Settings(data=data, epochs=1, device="cpu"), load(data))
    with torch_threads(thread_count()):
        began = time.perf_counter()
        for event in run:
            if isinstance(event, Evaluating):
                break
        return time.perf_counter() - began


def in_the_app(data: str) -> float:
    """Return the same as `headless`, as the page sees it."""
    steps = math.ceil(len(load(data).train_images) / 64)
    with window("training", data) as shown:
        page = training_page(shown)
        page.controls.device.set_value("cpu")
        page.controls.epochs.set_value(1)
        page.transport.start.emit()
        history = page.history
        turn_until(lambda: len(history().losses) > 0)
        began = time.perf_counter()
        turn_until(lambda: len(history().losses) == steps)
        return time.perf_counter() - began


def main() -> None:
    """Measure in turn, round by round, and print the medians and their ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", required=True, help="folder with the complete MNIST")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    times: dict[str, list[float]] = {"a": [], "a'": [], "b": [], "c": []}
    with TemporaryDirectory() as folder:
        raw = Path(folder, "MNIST", "raw")
        raw.mkdir(parents=True)
        for packed in Path(options.data).glob("*.gz"):
            (raw / packed.stem).write_bytes(gzip.decompress(packed.read_bytes()))
        usual = torch.get_num_threads()  # the window takes one for itself later on
        for _ in range(options.rounds):
            with torch_threads(usual):
                times["a"].append(textbook(Path(folder)))
            with torch_threads(thread_count()):
                times["a'"].append(textbook(Path(folder)))
            times["b"].append(headless(options.data))
            times["c"].append(in_the_app(options.data))
            print({name: round(values[-1], 2) for name, values in times.items()}, flush=True)
    a, equal, b, c = (statistics.median(values) for values in times.values())
    print(f"threads: a {usual}, the others {thread_count()}")
    print(f"a {a:.2f} s, a' {equal:.2f} s, b {b:.2f} s, c {c:.2f} s")
    print(f"b / a = {b / a:.3f}   b / a' = {b / equal:.3f}   c / b = {c / b:.3f}")


if __name__ == "__main__":
    main()
