"""What the answers to the test images say: which digits are taken for which, and how surely."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from explorer.data.digits import CLASSES

Digits = npt.NDArray[np.uint8]


def confusion(labels: Digits, answers: Digits, classes: int = CLASSES) -> npt.NDArray[np.int64]:
    """Count how often each of K classes was answered by each: (K, K), rows are true."""
    places = labels.astype(np.int64) * classes + answers
    return np.bincount(places, minlength=classes * classes).reshape(classes, classes)


@dataclass(frozen=True)
class Counts:
    """One digit against all others: how often it was rightly and wrongly answered.

    Attributes
    ----------
    tp, fp, fn, tn
        True and false positives, false and true negatives: an image is positive where the answer
        is this digit, and that is true where the label is this digit as well.
    """

    tp: int
    fp: int
    fn: int
    tn: int

    @property
    def precision(self) -> float | None:
        """The share of right answers among those that were this digit; None if none was."""
        return _share(self.tp, self.tp + self.fp)

    @property
    def recall(self) -> float | None:
        """The share of this digit's images that was recognised; None if there are none."""
        return _share(self.tp, self.tp + self.fn)

    @property
    def f1(self) -> float | None:
        """The harmonic mean of precision and recall; None if the digit never appears."""
        return _share(2 * self.tp, 2 * self.tp + self.fp + self.fn)


def counts(matrix: npt.NDArray[np.int64], digit: int) -> Counts:
    """Sum up a confusion matrix, (K, K), from one digit's point of view."""
    tp = int(matrix[digit, digit])
    fp = int(matrix[:, digit].sum()) - tp
    fn = int(matrix[digit].sum()) - tp
    return Counts(tp, fp, fn, int(matrix.sum()) - tp - fp - fn)


def surest(
    confidences: npt.NDArray[np.float32], chosen: npt.NDArray[np.bool_]
) -> npt.NDArray[np.int64]:
    """Return the numbers of the images where `chosen`, (M,), holds, the surest answer first."""
    numbers = np.flatnonzero(chosen)
    return numbers[np.argsort(-confidences[numbers], kind="stable")]


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
