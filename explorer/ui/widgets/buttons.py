"""Push buttons and tool buttons in the look of the application."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QPushButton, QToolButton

from explorer.ui.icons import icon
from explorer.ui.widgets.help import set_help


def push_button(
    name: str, text: str, explanation: str = "", *, picture: str = "", primary: bool = False
) -> QPushButton:
    """Return a button with a text.

    Parameters
    ----------
    name : str
        Object name.
    text : str
        What stands on it; also its accessible name.
    explanation : str
        Explanation on hover and by F1.
    picture : str
        Name of an icon before the text, or empty.
    primary : bool
        Whether this is the one thing to do here; at most one per card.
    """
    button = QPushButton(text)
    button.setObjectName(name)
    button.setAccessibleName(text)
    button.setProperty("kind", "primary" if primary else "plain")
    if picture:
        colour = "on_accent" if primary else "text"
        button.setIcon(icon(picture, colour, colour if primary else "accent"))
        button.setIconSize(QSize(18, 18))
    set_help(explanation, button)
    return button


def tool_button(
    name: str,
    label: str,
    picture: str,
    explanation: str = "",
    *,
    text: str = "",
    checkable: bool = False,
    size: int = 20,
) -> QToolButton:
    """Return a flat button with an icon, and with a text where the icon does not say enough.

    Parameters
    ----------
    name : str
        Object name.
    label : str
        Its accessible name, and its explanation where `explanation` is empty.
    picture : str
        Name of the icon.
    explanation : str
        Explanation on hover and by F1.
    text : str
        What stands beside the icon.
    checkable : bool
        Whether it stays down until it is pressed again.
    size : int
        Width and height of the icon in pixels; the button is 12 larger.
    """
    button = QToolButton()
    button.setObjectName(name)
    button.setAccessibleName(label)
    button.setIcon(icon(picture))
    button.setIconSize(QSize(size, size))
    # Even, unlike the size hint of the style, so that the icon stands in the middle of a pixel.
    button.setFixedHeight(size + 12)
    if text:
        button.setText(text)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    else:
        button.setFixedWidth(size + 12)
    button.setCheckable(checkable)
    # A click must not take the keyboard from the canvas or the field that is worked on.
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    set_help(explanation or label, button)
    return button
