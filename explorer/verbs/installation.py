"""What is installed, whether it can be imported, and the combinations that are known to be bad."""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import metadata
from typing import Final

OLDEST_TORCH: Final = (2, 10)
IMPORT_TIMEOUT: Final = 120

_MODULES: Final = {
    "torch": "torch",
    "torchvision": "torchvision",
    "PySide6-Essentials": "PySide6.QtWidgets",
    "pyqtgraph": "pyqtgraph",
    "numpy": "numpy",
    "Pillow": "PIL",
    "safetensors": "safetensors",
}
_REMEDIES: Final = {
    "torch": "Install torch again, as the README says for your machine.",
    "torchvision": "Install torch and torchvision together, from the same package index.",
    "PySide6-Essentials": (
        "Install the system libraries that Qt needs (the README lists them), or Qt again: "
        "pip install --force-reinstall PySide6-Essentials"
    ),
}


# One line per module: nothing, or what is wrong with it.
_IMPORT: Final = """
import importlib, sys
for name in sys.argv[1:]:
    try:
        importlib.import_module(name)
        problem = ""
    except BaseException as error:
        problem = " ".join(f"{type(error).__name__}: {error}".split())
    print(problem.encode("ascii", "backslashreplace").decode(), flush=True)
"""


@dataclass(frozen=True)
class Finding:
    """Something that the user should know.

    Attributes
    ----------
    what
        What was found.
    remedy
        What to do about it.
    is_broken
        Whether something does not work; otherwise it is only good to know.
    """

    what: str
    remedy: str
    is_broken: bool = True


def installed_versions() -> dict[str, str | None]:
    """Return the version of every package that matters, None for those that are missing."""
    return {package: _version(package) for package in _MODULES}


def about_versions(versions: Mapping[str, str | None], python: tuple[int, ...]) -> list[Finding]:
    """Return what is missing, and the known-bad among the versions.

    Parameters
    ----------
    versions
        As from ``installed_versions``.
    python
        The version of Python, at least its first two numbers.
    """
    findings = [
        Finding(f"{package} is not installed.", f"Install it: pip install {package}")
        for package, version in versions.items()
        if version is None
    ]
    if _numbers(versions.get("PySide6-Essentials")) == (6, 12, 0) and python < (3, 12):
        findings.append(
            Finding(
                "PySide6 6.12.0 makes Python 3.11 crash after some thousand repaints.",
                "Install another version: pip install 'PySide6-Essentials!=6.12.0'",
            )
        )
    torch = _numbers(versions.get("torch"))
    if torch and torch < OLDEST_TORCH:
        findings.append(
            Finding(
                f"torch {versions['torch']} can be made to run code by a crafted file of weights.",
                "Install a newer one: pip install 'torch>=2.10'",
            )
        )
    return findings


def about_imports(packages: Iterable[str]) -> dict[str, Finding]:
    """Import packages one after another and return those for which that fails.

    It is done in another process: a broken package may not only raise but end the process, and
    this one is needed for telling about it.
    """
    waiting = list(packages)
    findings = {}
    while waiting:
        outcomes, end = _import_elsewhere(waiting)
        if len(outcomes) < len(waiting):
            # The process ended with the package that it had not told about yet.
            outcomes.append(end)
        for package, problem in zip(waiting, outcomes, strict=False):
            if problem:
                remedy = f"Install it again: pip install --force-reinstall {package}"
                findings[package] = Finding(
                    f"{package} cannot be imported: {problem}.", _REMEDIES.get(package, remedy)
                )
        waiting = waiting[len(outcomes) :]
    return findings


def _import_elsewhere(packages: list[str]) -> tuple[list[str], str]:
    """Return the problem with each package as far as the process came, and how it ended."""
    modules = [_MODULES[package] for package in packages]
    command = [sys.executable, "-W", "ignore", "-c", _IMPORT, *modules]
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as told:
        try:
            code = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=told,
                stderr=subprocess.DEVNULL,
                timeout=IMPORT_TIMEOUT,
                check=False,
            ).returncode
            end = f"it ends the process with exit code {code}"
        except subprocess.TimeoutExpired:
            end = f"it is not done after {IMPORT_TIMEOUT} s"
        told.seek(0)
        return [line.rstrip("\n") for line in told], end


def about_display() -> list[Finding]:
    """Return a note when the window has no screen to open on."""
    has_screen = not sys.platform.startswith("linux") or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    )
    if has_screen:
        return []
    return [
        Finding(
            "There is no display, so the window cannot open.",
            "train, doctor and --screenshot need none.",
            is_broken=False,
        )
    ]


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _numbers(version: str | None) -> tuple[int, ...]:
    """Return the leading numbers, so (2, 15, 0) for ``2.15.0+cpu``."""
    found = re.match(r"[0-9]+(\.[0-9]+)*", version or "")
    return tuple(map(int, found.group().split("."))) if found else ()
