"""What a comparison is in words."""

import numpy as np
import pytest

from explorer.training.trial import Trial, difference
from explorer.ui.network.surgery.trial_words import in_words, score

DIGITS = tuple("0123456789")


def told(labels: list[int], answers: list[int]) -> Trial:
    return Trial(np.array(labels, np.uint8), np.array(answers, np.uint8), 0.0, 10)


@pytest.mark.parametrize(
    ("labels", "before", "after", "words"),
    [
        ([4] * 5, [4] * 5, [9] * 5, "5 that were right are wrong now, all of them 4 read as 9."),
        (
            [4, 4, 1],
            [4, 4, 1],
            [9, 9, 2],
            "3 that were right are wrong now, most of them 4 read as 9.",
        ),
        (
            [4, 4, 1, 2, 3],
            [4, 4, 1, 2, 3],
            [9, 9, 2, 3, 4],
            "5 that were right are wrong now, 2 of them 4 read as 9.",
        ),
        ([1, 2], [1, 2], [2, 1], "2 that were right are wrong now."),
        (
            [7, 7, 7],
            [1, 1, 7],
            [7, 7, 7],
            "2 that were wrong are right now, all of them 7 that were read as 1.",
        ),
        (
            [1, 2],
            [1, 3],
            [3, 2],
            "One that was right is wrong now. One that was wrong is right now.",
        ),
        ([1], [2], [3], "The same images are read right; some mistakes are others."),
        ([1], [2], [2], "Not a single answer is another one."),
    ],
)
def test_it_says_what_became_of_the_answers(
    labels: list[int], before: list[int], after: list[int], words: str
):
    found = in_words(difference(told(labels, before), told(labels, after)), DIGITS)
    assert found == words


def test_a_score_is_one_number_or_two():
    one, other = told([1, 2], [1, 2]), told([1, 2], [1, 1])
    assert score(one, None) == "100 %"
    assert score(one, other) == "100 % → 50.0 %"
