"""What goes wrong with data is said in English, and can be said in another language."""

import ast
from pathlib import Path

import pytest

import explorer.data
from explorer.core.text import QT_TRANSLATE_NOOP, Text
from explorer.data.digits import load
from explorer.data.errors import DataError

SOURCES = sorted(Path(explorer.data.__file__).parent.glob("*.py"))


def test_a_sentence_keeps_its_values_apart():
    error = DataError(
        QT_TRANSLATE_NOOP("data", "'{path}' has {count:,} bytes."), path="{x}", count=1234
    )
    assert str(error) == "'{x}' has 1,234 bytes."
    assert error.meaning == Text(
        "'{path}' has {count:,} bytes.", (("path", "{x}"), ("count", 1234)), "data"
    )


def test_a_folder_that_is_missing_is_a_sentence_to_translate(tmp_path: Path):
    with pytest.raises(DataError) as raised:
        load(tmp_path / "no{where}")
    assert "no{where}' does not exist" in str(raised.value)
    assert raised.value.meaning.source.startswith("'{folder}' does not exist")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_every_sentence_is_marked_for_the_translators(path: Path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "DataError":
            given = node.args[0]
            if isinstance(given, ast.Call):
                assert getattr(given.func, "id", "") == "QT_TRANSLATE_NOOP"
                context = given.args[0]
                assert isinstance(context, ast.Constant) and context.value == "data"
            else:
                assert isinstance(given, ast.Name), ast.unparse(node)
