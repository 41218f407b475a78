"""Sentences and the values that go into them."""

import pytest

from explorer.core.text import QT_TRANSLATE_NOOP, text


def test_a_sentence_keeps_its_source_and_its_values_apart() -> None:
    sentence = text("{h} × {w}", h=3, w=4)
    assert str(sentence) == "3 × 4"
    assert sentence.source == "{h} × {w}"
    assert sentence == text("{h} × {w}", h=3, w=4)


def test_a_value_may_have_any_name_and_braces() -> None:
    assert str(text("{source}", source="{x}")) == "{x}"


def test_a_gap_without_a_value_is_an_error() -> None:
    with pytest.raises(KeyError):
        str(text("{h}"))


def test_marking_changes_nothing() -> None:
    assert QT_TRANSLATE_NOOP("core", "a sentence") == "a sentence"
