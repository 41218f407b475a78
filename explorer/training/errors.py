"""What goes wrong before a run; every message is one sentence that says what to do."""


class SettingsError(ValueError):
    """A setting that no run can have."""


class DeviceError(Exception):
    """A device that was asked for by name and does not work."""


class SaveError(Exception):
    """A file that the weights cannot be written to."""
