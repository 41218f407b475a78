"""The settings of the last start, for the next one."""

import json
from dataclasses import asdict

from PySide6.QtCore import QSettings

from explorer.training.augmentation import Augmentation
from explorer.training.settings import Settings

_KEY = "training/settings"


def read(settings: QSettings) -> Settings:
    """Return the settings of the last start, the defaults where there are none or damaged ones."""
    try:
        fields = json.loads(str(settings.value(_KEY)))
        augmentation = Augmentation(**fields.pop("augmentation"))
        return Settings(**fields, augmentation=augmentation)
    # Another version may have had other settings, and anybody may write into the file.
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return Settings()


def remember(settings: QSettings, chosen: Settings) -> None:
    """Keep what is set."""
    settings.setValue(_KEY, json.dumps(asdict(chosen)))
