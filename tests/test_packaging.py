"""What is shipped: the wheel holds all that runs, the sdist what builds it, the README is true."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def run(*command: str | Path, cwd: Path, **variables: str) -> str:
    """Run a command that has to succeed and return what it printed."""
    ran = subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def build(source: Path, place: Path, *targets: str) -> None:
    """Build with the environment's own hatchling: no network, no environment of its own."""
    wanted = [argument for target in targets for argument in ("-t", target)]
    run(sys.executable, "-m", "hatchling", "build", "-d", place, *wanted, cwd=source)


def files_below(folder: Path) -> set[str]:
    """Return the files that belong to the project, relative to its root."""
    return {
        path.relative_to(ROOT).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the wheel and the sdist of the working tree."""
    place = tmp_path_factory.mktemp("built")
    build(ROOT, place, "wheel", "sdist")
    return place


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    (found,) = built.glob("cnn_explorer-*-py3-none-any.whl")
    return found


def members(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if not name.endswith("/")}


def test_the_wheel_holds_the_package_and_all_resources(wheel: Path) -> None:
    code = files_below(ROOT / "explorer")
    resources = {"explorer/_" + name for name in files_below(ROOT / "resources")}
    assert any(name.endswith("train-images-idx3-ubyte.gz") for name in resources)
    shipped = {name for name in members(wheel) if ".dist-info/" not in name}
    assert shipped == code | resources


def test_the_wheel_says_what_it_is(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (info,) = {name.split("/")[0] for name in archive.namelist() if ".dist-info/" in name}
        metadata = archive.read(f"{info}/METADATA").decode()
        entry_points = archive.read(f"{info}/entry_points.txt").decode()
        assert f"{info}/licenses/LICENSE" in archive.namelist()
    assert "License-Expression: MIT" in metadata
    assert "Requires-Python: >=3.11" in metadata
    assert "cnn-explorer = explorer.__main__:start" in entry_points


def test_the_wheel_runs_away_from_the_checkout(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    site = str(tmp_path / "site")
    code = (
        "from explorer import paths; from explorer.data.digits import load; "
        "print(paths.__file__, paths.RESOURCES, len(load('bundled').train_images), sep='\\n')"
    )
    package, resources, count = run(
        sys.executable, "-c", code, cwd=tmp_path, PYTHONPATH=site
    ).splitlines()
    assert Path(package).is_relative_to(tmp_path)
    assert Path(resources).is_relative_to(tmp_path)
    assert count == "10000"
    shape = (sys.executable, "-m", "explorer", "shape", "nn.Conv2d(1, 8, 5)", "1x1x28x28")
    assert run(*shape, cwd=tmp_path, PYTHONPATH=site) == "1x8x24x24\n"


def test_the_sdist_builds_the_same_wheel(built: Path, wheel: Path, tmp_path: Path) -> None:
    (sdist,) = built.glob("cnn_explorer-*.tar.gz")
    with tarfile.open(sdist) as archive:
        # As Python's documentation says for all of 3.11 to 3.14, some of which know no filter.
        archive.extraction_filter = getattr(tarfile, "data_filter", None)
        archive.extractall(tmp_path)
    (unpacked,) = tmp_path.iterdir()
    assert not (unpacked / "uv.lock").exists()
    assert (unpacked / "tests" / "conftest.py").is_file()
    build(unpacked, tmp_path / "again", "wheel")
    assert members(tmp_path / "again" / wheel.name) == members(wheel)


@pytest.mark.parametrize(("python", "allowed"), [("3.11", False), ("3.12", True), ("3.14", True)])
def test_the_pyside_that_aborts_is_excluded(python: str, allowed: bool) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    bounds = [
        requirement.specifier
        for requirement in map(Requirement, project["dependencies"])
        if requirement.name == "PySide6-Essentials"
        and (requirement.marker is None or requirement.marker.evaluate({"python_version": python}))
    ]
    assert len(bounds) == 1, "one bound for each Python"
    assert bounds[0].contains("6.12.0") is allowed
    assert bounds[0].contains("6.11.3")


def test_the_lock_file_stays_out_of_the_repository() -> None:
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a checkout of git")
    assert run("git", "ls-files", "uv.lock", cwd=ROOT) == ""


def test_the_readme_begins_with_the_two_commands() -> None:
    first = re.search(r"^```(?:sh|bash|console|shell)\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
    assert first is not None
    commands = [line.split("#")[0].strip() for line in first[1].splitlines()]
    assert commands == ["uv run cnn-explorer", "uv run pytest"]


def test_what_the_readme_links_to_exists() -> None:
    targets = re.findall(r"\]\(([^)#]+)", README) + re.findall(r'(?:src|href)="([^"#]+)"', README)
    local = [target for target in targets if "://" not in target]
    assert local
    assert [target for target in local if not (ROOT / target).exists()] == []
