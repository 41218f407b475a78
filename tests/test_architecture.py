"""The arrows between the rooms, on paper (import-linter) and at run time (what an import loads)."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from explorer.core.layers import MODULES, Layer, Module

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "explorer"
ROOMS = {"core", "data", "drawing", "export", "training", "ui", "verbs"}
LOOSE = {"__init__", "__main__", "cli", "paths"}
LONGEST = 500

QT = {"PySide6", "shiboken6", "pyqtgraph", "superqt"}
WIDGETS = {"PySide6.QtWidgets", "pyqtgraph", "superqt"}
SLOW = {"torch", "torchvision", "pyqtgraph"}

_LOADED = """
import importlib, pkgutil, sys
for name in sys.argv[1].split():
    module = importlib.import_module(name.removesuffix(".*"))
    if name.endswith(".*"):
        for found in pkgutil.walk_packages(module.__path__, module.__name__ + "."):
            importlib.import_module(found.name)
print(*sorted(set(sys.argv[2].split()) & set(sys.modules)))
"""


def run_python(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a process of its own, from the root of the project."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def loads(modules: str, watched: set[str]) -> set[str]:
    """Return which of ``watched`` a fresh Python has loaded after importing ``modules``."""
    ran = run_python("-c", _LOADED, modules, " ".join(watched))
    assert ran.returncode == 0, ran.stderr
    return set(ran.stdout.split())


def test_the_contracts_of_import_linter_hold() -> None:
    # In a process of its own, for it switches off every logger that there is.
    ran = run_python(
        "-c",
        "from importlinter.cli import lint_imports\n"
        "raise SystemExit(lint_imports(config_filename='pyproject.toml', no_cache=True))",
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert " 0 broken" in ran.stdout


def test_every_room_is_one_that_the_contracts_name() -> None:
    rooms = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert rooms <= ROOMS
    assert {path.stem for path in PACKAGE.glob("*.py")} <= LOOSE
    contracts = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert all(f'explorer.{room}"' in contracts for room in rooms)


def test_every_folder_is_a_package() -> None:
    folders = {path.parent for path in PACKAGE.rglob("*.py")}
    assert [str(folder) for folder in folders if not (folder / "__init__.py").is_file()] == []


@pytest.mark.parametrize(
    ("modules", "unwanted"),
    [
        pytest.param("explorer.core.*", QT | SLOW, id="core"),
        pytest.param("explorer.data.*", QT | SLOW, id="data"),
        pytest.param("explorer.training.*", QT, id="training"),
        pytest.param(
            "explorer.training.settings explorer.training.events explorer.training.mailbox",
            SLOW,
            id="what a window reads of training",
        ),
        pytest.param("explorer.drawing.*", WIDGETS | SLOW, id="drawing"),
        pytest.param("explorer.verbs.*", QT | SLOW, id="verbs"),
        pytest.param("explorer.cli", QT | SLOW, id="cli"),
    ],
)
def test_a_room_loads_nothing_from_above(modules: str, unwanted: set[str]) -> None:
    assert loads(modules, unwanted) == set()


@pytest.mark.skipif(sys.platform == "win32", reason="on Windows torch must be loaded before Qt")
@pytest.mark.parametrize("module", ["explorer.ui.application", "explorer.ui.main_window"])
def test_the_window_comes_before_torch(module: str) -> None:
    assert loads(module, SLOW) == set()


def test_headless_verbs_load_no_qt() -> None:
    verb = (
        "import sys; from explorer.cli import main; "
        "status = main(['train', '--epochs', '0']); "
        f"print(status, *({QT!r} & set(sys.modules)))"
    )
    ran = run_python("-c", verb)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.split() == ["2"]
    assert len(ran.stderr.splitlines()) == 1, "one line that says what is wrong"


def test_no_file_is_too_long() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in PACKAGE.rglob("*.py")
    }
    assert {path: lines for path, lines in lengths.items() if lines > LONGEST} == {}


def test_qt_is_asked_for_nothing_that_it_may_have_deleted() -> None:
    asking = {
        str(path.relative_to(ROOT))
        for path in PACKAGE.rglob("*.py")
        if {".itemAt(", ".takeAt(", ".command("}
        & set(re.findall(r"\.\w+\(", path.read_text("utf-8")))
    }
    assert asking == set(), "that crashes: see explorer/ui/widgets/layouts.py and ui/steps.py"


NAMING_A_KIND = {
    "core/cost.py": "takes a convolution apart in two ways, and knows how wide a stamp is",
    "core/inputs.py": "makes one picture by a depthwise convolution",
    "core/network/in_lab.py": "shows the picture through a layer that changes nothing",
    "core/network/presets.py": "the named networks",
    "core/network/repair.py": "puts a Flatten in, and takes one out",
    "core/network/room.py": "lays one number out as a convolution of its own",
    "core/presets.py": "the worked examples of the Lab",
    "core/solver.py": "a transposed convolution has a formula of its own",
    "training/stages.py": "kernels are shown of Conv2d, as the engine hands them on",
    "ui/lab/edits.py": "puts the kernels that a network has learned into a Conv2d",
    "ui/lab/parameters.py": "the flip of Conv2d, and the stamps of ConvTranspose2d",
    "ui/lab/writing.py": "compares a convolution with the ways to take it apart",
}
"""Files that may import a kind of layer, and why no method of the layers would do."""


def kinds_imported(path: Path) -> set[str]:
    """Return the names of kinds of layers that a file imports, however the import is written."""
    kinds = {above.__name__ for kind in MODULES.values() for above in kind.__mro__}
    kinds -= {above.__name__ for above in (*Layer.__mro__, Module)}
    imports = (
        node
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom)
    )
    return {
        name.name
        for node in imports
        if (node.module or "").startswith("explorer.core.layers")
        for name in node.names
        if name.name in kinds
    }


def test_no_file_names_a_kind_of_layer_that_it_could_ask() -> None:
    layers = PACKAGE / "core" / "layers"
    naming = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if not path.is_relative_to(layers) and kinds_imported(path)
    }
    assert naming - NAMING_A_KIND.keys() == set(), "ask the layer: see explorer/core/layers/module"
    assert NAMING_A_KIND.keys() - naming == set(), "they name none any more"


def test_no_file_sees_a_kind_of_layer_by_another_way() -> None:
    looking = {
        str(path.relative_to(ROOT))
        for path in PACKAGE.rglob("*.py")
        if re.search(
            r"import explorer\.core|from explorer\.core import .*\blayers\b",
            path.read_text("utf-8"),
        )
    }
    assert looking == set(), "then the test above would be blind"
