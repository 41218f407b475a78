"""The sets of digits, letters and clothes that can be downloaded.

Their files, places and checksums are those of torchvision's dataset classes, read from there.
"""

from dataclasses import dataclass
from typing import Final

SET_NAMES: Final = ("mnist", "fashion-mnist", "kmnist")


@dataclass(frozen=True)
class RemoteFile:
    """A file to download, and the MD5 that it must have, in hexadecimal digits."""

    name: str
    md5: str


@dataclass(frozen=True)
class RemoteSet:
    """A set that lies on one or several servers.

    Attributes
    ----------
    folder
        The name of the folder that torchvision keeps it in.
    mirrors
        Where the files are, each with the same names: addresses that end in a slash.
    """

    folder: str
    mirrors: tuple[str, ...]
    files: tuple[RemoteFile, ...]


def remote_set(name: str) -> RemoteSet:
    """Return one of ``SET_NAMES``; imports torchvision, which takes a second."""
    from torchvision import datasets

    kind = {
        "mnist": datasets.MNIST,
        "fashion-mnist": datasets.FashionMNIST,
        "kmnist": datasets.KMNIST,
    }[name]
    files = tuple(RemoteFile(file, md5) for file, md5 in kind.resources)
    return RemoteSet(kind.__name__, tuple(kind.mirrors), files)
