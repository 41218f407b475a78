"""An epoch of `compact` as textbooks write it, which all else is compared with."""

import gzip
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
import torch.nn.functional as F
import torchvision

from explorer.training import networks


@contextmanager
def unpacked(data: str) -> Iterator[Path]:
    """Give a folder with MNIST's files as torchvision wants them."""
    with TemporaryDirectory() as folder:
        raw = Path(folder, "MNIST", "raw")
        raw.mkdir(parents=True)
        for packed in Path(data).glob("*.gz"):
            (raw / packed.stem).write_bytes(gzip.decompress(packed.read_bytes()))
        yield Path(folder)


def textbook(root: Path, device: str = "cpu") -> float:
    """Return the seconds of an epoch over the training images in an unpacked folder."""
    transform = torchvision.transforms.Compose(
        [
            torchvision.transforms.ToTensor(),
            torchvision.transforms.Normalize((0.1307,), (0.3081,)),
        ]
    )
    images = torchvision.datasets.MNIST(str(root), train=True, transform=transform)
    loader = torch.utils.data.DataLoader(images, batch_size=64, shuffle=True)
    network = networks.build("compact", 0).to(device)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.01, momentum=0.5)
    began, running = time.perf_counter(), 0.0
    for images_of_batch, labels in loader:
        x, y = images_of_batch.to(device), labels.to(device)
        optimizer.zero_grad()
        loss = F.cross_entropy(network(x), y)
        loss.backward()
        optimizer.step()
        running += loss.item()
    return time.perf_counter() - began
