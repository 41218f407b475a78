"""What goes wrong with data."""


class DataError(Exception):
    """Data that cannot be used; the message is one sentence that names the file and a remedy."""
