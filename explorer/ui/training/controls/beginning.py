"""What the controls say about the next run."""

from explorer.training.forking import fine_tuned
from explorer.ui.training.controls.origins import Origins
from explorer.ui.training.controls.panel import Controls
from explorer.ui.training.runs.director import Beginning
from explorer.ui.training.runs.shown import Runs


def beginning(controls: Controls, origins: Origins, runs: Runs) -> Beginning:
    """Return how the next run begins, with new weights or with those that are chosen."""
    settings, frozen = controls.settings(), controls.frozen_wish()
    classes = controls.data.class_count()
    origin = origins.start(runs, controls.origin.value())
    if origin is None:
        return Beginning(settings, frozen=frozen, classes=classes)
    new_head = controls.origin.new_head()
    settings, start = fine_tuned(
        settings, origin.checkpoint, frozen or frozenset(), new_head=new_head, classes=classes
    )
    return Beginning(settings, start, frozen, classes)
