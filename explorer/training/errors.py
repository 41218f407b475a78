"""What goes wrong before a run or with its files.

Every message is one sentence that says what to do.
"""

from explorer.core.text import Text


class SettingsError(ValueError):
    """A setting that no run can have."""


class DeviceError(Exception):
    """A device that was asked for by name and does not work, or has no room for the network."""


class FileError(Exception):
    """A file of a run that is of no use.

    Parameters
    ----------
    source
        The sentence, marked for the context "training".
    values
        What stands in its gaps.

    Attributes
    ----------
    meaning
        The sentence; ``str()`` of the error gives it in English.
    """

    def __init__(self, source: str, /, **values: object) -> None:
        self.meaning = Text(source, tuple(values.items()), "training")
        super().__init__(str(self.meaning))


class SaveError(FileError):
    """A file that cannot be written."""


class RunFileError(FileError):
    """A file with a run or with weights that cannot be read, or does not fit."""


class CheckpointError(Exception):
    """Something to go on from that does not belong to the network or the run."""
