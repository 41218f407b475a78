"""What a control says about itself: on hover, on F1 and to a screen reader."""

from html import escape

from PySide6.QtWidgets import QWidget


def set_help(text: str, *widgets: QWidget) -> None:
    """Give `widgets` the same explanation.

    Parameters
    ----------
    text : str
        Plain sentences; line breaks are kept, long lines wrap. An empty text takes it away.
    """
    # Qt wraps a tip only when it is rich text.
    rich = "<qt>{}</qt>".format(escape(text).replace("\n", "<br>")) if text else ""
    for widget in widgets:
        widget.setToolTip(rich)
        widget.setWhatsThis(rich)
        widget.setAccessibleDescription(text)
