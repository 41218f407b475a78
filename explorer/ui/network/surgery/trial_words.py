"""What a test of the network has brought, and why there can be none, in words: pure functions."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from explorer.core.network.limits import too_large
from explorer.core.network.presets import DIGIT
from explorer.core.network.state import NetworkState
from explorer.data.digits import Digits
from explorer.drawing.answer import percent
from explorer.training.trial import Difference, Shift, Trial
from explorer.ui.sentences import translated

translate = QCoreApplication.translate


def refusal(state: NetworkState, digits: Digits | None, has_torch: bool) -> str:
    """Say why the network cannot be tested; an empty text where it can."""
    if state.broken is not None:
        words = translate("trial", "Nothing gets past {layer}: it has to fit first.")
        return words.format(layer=state.network.names[state.broken])
    if not state.takes_digits:
        words = translate("trial", "It takes pictures of {input}, and the test images are {digit}.")
        return words.format(input=_size(state.input), digit=_size(DIGIT))
    if state.classes is None:
        return translate("trial", "It ends in maps: only a row of answers can be tested.")
    if (large := too_large(state.network, state.input)) is not None:
        return translated(large)
    if digits is None:
        return translate("trial", "The test images are still being read.")
    if state.classes != digits.class_count:
        words = translate("trial", "It gives {answers} answers, and the images have {classes}.")
        return words.format(answers=state.classes, classes=digits.class_count)
    if not has_torch:
        return translate("trial", "It can be tested as soon as PyTorch is there.")
    return ""


def score(before: Trial, after: Trial | None) -> str:
    """Return how many are read right: ``"97.3 % → 61.0 %"``."""
    learned = percent(before.accuracy)
    return learned if after is None else f"{learned} → {percent(after.accuracy)}"


def in_words(difference: Difference, names: Sequence[str]) -> str:
    """Say how many images are now read otherwise, and what the commonest change is."""
    wrong, right = len(difference.became_wrong), len(difference.became_right)
    if not wrong and not right:
        if difference.cells.any():
            return translate("trial", "The same images are read right; some mistakes are others.")
        return translate("trial", "Not a single answer is another one.")
    parts = []
    if wrong:
        words = translate("trial", "{count:,} that were right are wrong now{most}.")
        if wrong == 1:
            words = translate("trial", "One that was right is wrong now.")
        parts.append(words.format(count=wrong, most=_most(difference.worst, wrong, names)))
    if right:
        words = translate("trial", "{count:,} that were wrong are right now{most}.")
        if right == 1:
            words = translate("trial", "One that was wrong is right now.")
        most = "" if wrong else _most(difference.best, right, names)
        parts.append(words.format(count=right, most=most))
    return " ".join(parts)


def _most(shift: Shift | None, of: int, names: Sequence[str]) -> str:
    """Say which change is the commonest of so many; nothing where none stands out."""
    if shift is None or shift.count < 2:
        return ""
    if shift.count == of:
        part = translate("trial", "all of them")
    elif shift.count * 2 > of:
        part = translate("trial", "most of them")
    else:
        part = translate("trial", "{count:,} of them").format(count=shift.count)
    words = translate("trial", ", {part} {true} read as {after}")
    if shift.after == shift.true:
        words = translate("trial", ", {part} {true} that were read as {before}")
    return words.format(
        part=part,
        true=names[shift.true],
        before=names[shift.before],
        after=names[shift.after],
    )


def _size(shape: Sequence[int]) -> str:
    return " × ".join(map(str, shape))
