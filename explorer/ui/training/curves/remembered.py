"""How the curves were drawn at the last end, for the next start."""

import json
from dataclasses import asdict

from PySide6.QtCore import QSettings

from explorer.ui.training.curves.run_lines import LOWER, MOST_SMOOTHING, View
from explorer.ui.training.curves.trace import AXES

_KEY = "training/curves"


def read(settings: QSettings) -> View:
    """Return how the curves were drawn, the default where that is missing or damaged."""
    try:
        view = View(**json.loads(str(settings.value(_KEY))))
        is_known = view.axis in AXES and view.lower in LOWER and isinstance(view.log, bool)
        is_known = is_known and 0 <= view.smoothing <= MOST_SMOOTHING
    # Another version may have had other fields, and anybody may write into the file.
    except (ValueError, TypeError, RecursionError):
        return View()
    return view if is_known else View()


def remember(settings: QSettings, view: View) -> None:
    """Keep how they are drawn."""
    settings.setValue(_KEY, json.dumps(asdict(view)))
