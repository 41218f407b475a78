"""The recipes, and what the command line makes of them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from explorer.cli import main
from explorer.data.digits import Digits
from explorer.training.presets import RECIPES
from explorer.training.settings import Settings


def test_the_textbook_is_the_default_and_no_recipe_says_where():
    assert RECIPES["textbook"] == Settings()
    for recipe in RECIPES.values():
        assert (recipe.data, recipe.device, recipe.seed) == ("bundled", "auto", 0)


def test_no_recipe_needs_torch():
    code = "import sys, explorer.training.presets; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_what_is_given_counts_more_than_the_recipe(
    folder: Path, digits: Digits, capsys: pytest.CaptureFixture[str]
):
    order = ["train", "--recipe", "sprint", "--data", str(folder), "--device", "cpu", "--json"]
    assert main([*order, "--epochs", "1"]) == 0
    told = capsys.readouterr()
    assert [json.loads(line)["epoch"] for line in told.out.splitlines()] == [1]
    assert told.err.startswith("sprint on cpu")
    assert main([*order, "--network", "compact"]) == 0
    told = capsys.readouterr()
    assert len(told.out.splitlines()) == RECIPES["sprint"].epochs
    assert told.err.startswith("compact on cpu")


def test_another_recipe_is_refused(capsys: pytest.CaptureFixture[str]):
    assert main(["train", "--recipe", "soup"]) == 2
    told = capsys.readouterr().err
    assert "recipe cannot be 'soup'; choose textbook or sprint." in told
