import json
import sys
from pathlib import Path

import pytest

from explorer.cli import main
from explorer.verbs import installation
from explorer.verbs.installation import (
    about_display,
    about_imports,
    about_versions,
    installed_versions,
)

GOOD = dict.fromkeys(installed_versions(), "99.0")


@pytest.fixture
def shadows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder in which processes look first, where the slowest packages are empty files."""
    for name in ("torch", "torchvision", "pyqtgraph"):
        (tmp_path / f"{name}.py").touch()
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return tmp_path


def test_a_good_installation(capsys: pytest.CaptureFixture[str]):
    assert main(["doctor"]) == 0
    text = capsys.readouterr().out
    assert "10,000 to learn, 5,000 to test" in text
    assert "cpu" in text and "works" in text and "Broken" not in text


@pytest.mark.usefixtures("shadows")
def test_as_json_with_a_folder_that_does_not_exist(capsys: pytest.CaptureFixture[str]):
    assert main(["doctor", "--json", "--data", "/no/such/folder"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert set(report) == {
        "cnn_explorer", "python", "versions", "devices", "data", "findings", "ok",
    }  # fmt: skip
    assert not report["ok"]
    assert set(report["versions"]) >= {
        "torch", "torchvision", "PySide6-Essentials", "pyqtgraph", "numpy",
    }  # fmt: skip
    assert report["devices"][-1]["name"] == "cpu" and report["devices"][-1]["works"]
    bundled, folder = report["data"]
    assert (bundled["train_images"], bundled["test_images"]) == (10_000, 5_000)
    assert folder["source"] == "/no/such/folder" and "does not exist" in folder["problem"]
    assert [finding["what"] for finding in report["findings"] if finding["is_broken"]] == [
        folder["problem"]
    ]


def test_qt_that_cannot_be_imported_does_not_stop_it(
    shadows: Path, capsys: pytest.CaptureFixture[str]
):
    package = shadows / "PySide6"
    package.mkdir()
    (package / "__init__.py").write_text("raise ImportError('libEGL.so.1 is not there')")
    assert main(["doctor"]) == 1
    text = capsys.readouterr().out
    assert "Broken: PySide6-Essentials cannot be imported: ImportError: libEGL.so.1" in text
    assert "system libraries that Qt needs" in text


def test_a_package_that_ends_the_process_is_told_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "pyqtgraph.py").write_text("import os; os.abort()")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    found = about_imports(["numpy", "pyqtgraph", "safetensors"])
    assert list(found) == ["pyqtgraph"] and found["pyqtgraph"].is_broken
    assert "ends the process with exit code" in found["pyqtgraph"].what


def test_a_package_that_takes_for_ever_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "pyqtgraph.py").write_text("import time; time.sleep(100)")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(installation, "IMPORT_TIMEOUT", 0.5)
    assert "not done after" in about_imports(["pyqtgraph"])["pyqtgraph"].what


def test_nothing_is_wrong_with_good_versions():
    assert about_versions(GOOD, (3, 11)) == []
    assert about_versions(installed_versions(), sys.version_info[:2]) == []


@pytest.mark.parametrize(
    ("package", "version", "python", "count"),
    [
        ("PySide6-Essentials", "6.12.0", (3, 11), 1),
        ("PySide6-Essentials", "6.12.0", (3, 12), 0),
        ("PySide6-Essentials", "6.12.1", (3, 11), 0),
        ("PySide6-Essentials", None, (3, 12), 1),
        ("torch", "2.9.1+cpu", (3, 12), 1),
        ("torch", "2.10.0+cu130", (3, 12), 0),
        ("torch", "2.10.0a0+git", (3, 12), 0),
        ("pyqtgraph", None, (3, 12), 1),
    ],
)
def test_known_bad_combinations(
    package: str, version: str | None, python: tuple[int, int], count: int
):
    found = about_versions({**GOOD, package: version}, python)
    assert len(found) == count
    assert all(finding.is_broken and "pip install" in finding.remedy for finding in found)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there is a display")
def test_no_display_is_a_note_only(monkeypatch: pytest.MonkeyPatch):
    assert about_display() == [], "tests run offscreen"
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    (note,) = about_display()
    assert not note.is_broken
