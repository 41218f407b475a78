"""The metrics against counting one by one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.training.metrics import confusion, counts, surest

pairs = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=60)


def split(drawn: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    table = np.array(drawn, np.uint8).reshape(-1, 2)
    return table[:, 0], table[:, 1]


@given(pairs)
def test_every_cell_counts_its_pairs(drawn: list[tuple[int, int]]):
    matrix = confusion(*split(drawn))
    for label in range(10):
        for answer in range(10):
            assert matrix[label, answer] == drawn.count((label, answer))


@given(st.integers(2, 64), st.data())
def test_there_may_be_any_number_of_classes(classes: int, data: st.DataObject):
    labels = st.integers(0, classes - 1)
    drawn = data.draw(st.lists(st.tuples(labels, labels), max_size=60))
    matrix = confusion(*split(drawn), classes)
    assert matrix.shape == (classes, classes) and matrix.sum() == len(drawn)
    for label, answer in drawn:
        assert matrix[label, answer] == drawn.count((label, answer))


@given(pairs, st.integers(0, 9))
def test_one_digit_against_the_others(drawn: list[tuple[int, int]], digit: int):
    found = counts(confusion(*split(drawn)), digit)
    assert found.tp == sum(a == digit == b for a, b in drawn)
    assert found.fp == sum(b == digit != a for a, b in drawn)
    assert found.fn == sum(a == digit != b for a, b in drawn)
    assert found.tp + found.fp + found.fn + found.tn == len(drawn)
    p, r = found.precision, found.recall
    answered, there = sum(b == digit for _, b in drawn), sum(a == digit for a, _ in drawn)
    assert p == (found.tp / answered if answered else None)
    assert r == (found.tp / there if there else None)
    if p and r:
        assert found.f1 == pytest.approx(2 * p * r / (p + r))
    elif answered or there:
        assert found.f1 == 0
    else:
        assert found.f1 is None


def test_the_surest_come_first():
    confidences = np.array([0.5, 0.9, 0.7, 0.9, 0.1], np.float32)
    chosen = np.array([True, True, False, True, True])
    assert surest(confidences, chosen).tolist() == [1, 3, 0, 4]
    assert surest(confidences, np.zeros(5, bool)).tolist() == []
