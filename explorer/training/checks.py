"""What the checks of settings share; it imports nothing else of this room but its errors."""

import math
import reprlib

from explorer.training.errors import SettingsError


def number(value: object) -> float | None:
    """Return a finite number as a float; None for anything else, which True is as well."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        result = float(value)
    except OverflowError:
        return None
    return result if math.isfinite(result) else None


def wrong(name: str, value: object, choices: str) -> SettingsError:
    """Return the error of a setting that cannot be `value`."""
    return SettingsError(f"{name} cannot be {reprlib.repr(value)}; choose {choices}.")
