"""``cnn-explorer doctor``: what is installed, what works, and what to do about the rest."""

import argparse
import dataclasses
import json
import platform
import sys
from dataclasses import dataclass

from explorer import __version__
from explorer.verbs.installation import (
    Finding,
    about_display,
    about_imports,
    about_versions,
    installed_versions,
)
from explorer.verbs.terminal import put


@dataclass(frozen=True)
class Device:
    """A device and what came of trying it; as ``explorer.training.devices.Probe``."""

    name: str
    label: str
    works: bool
    detail: str


@dataclass(frozen=True)
class DataSource:
    """Where digits were looked for, and what is there; without a problem both counts are known."""

    source: str
    train_images: int | None = None
    test_images: int | None = None
    problem: str | None = None


@dataclass(frozen=True)
class Report:
    """All that was found out."""

    versions: dict[str, str | None]
    devices: tuple[Device, ...]
    data: tuple[DataSource, ...]
    findings: tuple[Finding, ...]

    @property
    def is_fine(self) -> bool:
        """Whether nothing is broken."""
        return not any(finding.is_broken for finding in self.findings)


def run(options: argparse.Namespace) -> int:
    """Examine, print what was found, and return 0 when nothing is broken, else 1."""
    report = examine(options.data)
    if options.json:
        about = {"cnn_explorer": __version__, "python": platform.python_version()}
        put(json.dumps({**about, **dataclasses.asdict(report), "ok": report.is_fine}))
    else:
        for line in _as_text(report):
            put(line)
    return 0 if report.is_fine else 1


def examine(folder: str | None = None) -> Report:
    """Look at the installation, the devices and the data; ``folder`` is looked at as well."""
    versions = installed_versions()
    findings = about_versions(versions, sys.version_info[:2])
    broken_imports = about_imports(name for name, version in versions.items() if version)
    findings += broken_imports.values()
    devices: tuple[Device, ...] = ()
    if versions["torch"] and "torch" not in broken_imports:
        devices, device_findings = _look_at_devices()
        findings += device_findings
    sources = ["bundled"] if folder is None else ["bundled", folder]
    data = tuple(_look_at_data(source) for source in sources)
    for found in data:
        if found.problem:
            remedy = "Choose another folder."
            if found.source == "bundled":
                remedy = "Install cnn-explorer again."
            findings.append(Finding(found.problem, remedy))
    findings += about_display()
    return Report(versions, devices, data, tuple(findings))


def _look_at_devices() -> tuple[tuple[Device, ...], list[Finding]]:
    import torch

    from explorer.training.devices import probe_devices

    devices = tuple(Device(**dataclasses.asdict(probe)) for probe in probe_devices())
    findings = []
    for device in devices:
        if device.name == "cuda" and torch.version.cuda:
            findings.append(
                Finding(
                    f"PyTorch is made for CUDA {torch.version.cuda}, but {device.detail}.",
                    "Without an NVIDIA GPU all is well; with one, install or update its driver.",
                    is_broken=False,
                )
            )
        elif not device.works and device.name not in ("cuda", "mps"):
            findings.append(
                Finding(
                    f"{device.name} ({device.label}) cannot train: {device.detail}.",
                    "Update its driver, or install the PyTorch that is made for it.",
                )
            )
    return devices, findings


def _look_at_data(source: str) -> DataSource:
    try:
        from explorer.data.digits import load
        from explorer.data.errors import DataError
    except ImportError as error:
        return DataSource(source, problem=f"The digits cannot be read: {error}.")
    try:
        digits = load(source)
    except DataError as error:
        return DataSource(source, problem=str(error))
    return DataSource(source, len(digits.train_images), len(digits.test_images))


def _as_text(report: Report) -> list[str]:
    lines = [
        f"CNN Explorer {__version__}, Python {platform.python_version()}, {platform.platform()}",
        "",
        "Packages",
        *(f"  {name:20} {version or 'missing'}" for name, version in report.versions.items()),
        "",
        "Devices",
        *(
            f"  {device.name:8} {'works' if device.works else '-':6} {device.label}: "
            f"{device.detail}"
            for device in report.devices
        ),
        "",
        "Digits",
    ]
    for found in report.data:
        counts = f"{found.train_images:,} to learn, {found.test_images:,} to test"
        lines.append(f"  {found.source:8} {found.problem or counts}")
    lines.append("")
    for finding in report.findings:
        lines.append(f"{'Broken' if finding.is_broken else 'Note'}: {finding.what}")
        lines.append(f"  {finding.remedy}")
    if report.is_fine:
        lines.append("All that is needed works.")
    return lines
