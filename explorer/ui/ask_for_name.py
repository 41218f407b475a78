"""Asks for the name of a file that is to be written."""

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget


def ask_for_name(parent: QWidget, title: str, proposal: str, kind: str, suffix: str) -> str:
    """Return the path that the user gives, with the suffix; an empty text for none.

    Parameters
    ----------
    proposal : str
        The path that the dialog begins with.
    kind : str
        What such files are called.
    suffix : str
        How their names end, with the dot.
    """
    filters = f"{kind} (*{suffix})"
    path, _ = QFileDialog.getSaveFileName(parent, title, proposal, filters)
    target = with_suffix(path, suffix)
    if target != path and Path(target).exists():
        # The dialog has asked for no leave to replace this one, whose name was cut short.
        path, _ = QFileDialog.getSaveFileName(parent, title, target, filters)
        target = with_suffix(path, suffix)
    return target


def with_suffix(path: str, suffix: str) -> str:
    """Return a path that ends in a suffix; an empty one stays as it is."""
    return path if not path or path.lower().endswith(suffix) else path + suffix
