"""What goes into the layer: a digit, numbers, a drawing or a picture; its size and channels."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from PySide6.QtWidgets import QFileDialog, QWidget

from explorer.core.inputs import DIGIT, INPUTS
from explorer.core.layers import Array
from explorer.core.repair import LARGEST_INPUT
from explorer.core.scene import EDITED, OWN, PICTURE, PICTURES, LabState
from explorer.data.errors import DataError
from explorer.data.pictures import LARGEST, picture
from explorer.drawing.palette import GRID
from explorer.ui.lab import edits
from explorer.ui.lab.document import LabDocument
from explorer.ui.reader import Reader, Wish
from explorer.ui.sentences import translated
from explorer.ui.widgets.buttons import push_button, tool_button
from explorer.ui.widgets.card import Card
from explorer.ui.widgets.choice import Choice
from explorer.ui.widgets.drawing_pad import DrawingPad
from explorer.ui.widgets.field_row import FieldRow
from explorer.ui.widgets.label import Label
from explorer.ui.widgets.notice import Notice
from explorer.ui.widgets.number_row import ParameterRow
from explorer.ui.widgets.pair_row import PairRow

DRAWING = "drawing"
PAD_SIZE = (28, 28)

MOST_CHANNELS = 8
"""What the slider of the channels reaches."""


class InputPanel(Card):
    """Sends wishes to the document and shows which input it holds.

    Attributes
    ----------
    reader
        Opens pictures; whoever opens other files shares it, so that the last wish counts.
    """

    def __init__(self, document: LabDocument, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Input"), parent)
        self._document = document
        self.reader = Reader(self)
        made = [(name, translated(about.title)) for name, about in INPUTS.items()]

        self.sample = Choice(
            "input",
            self.tr("Input"),
            [
                (None, self.tr("Pictures")),
                (DIGIT, self.tr("Handwritten digit")),
                (DRAWING, self.tr("Own drawing")),
                (PICTURE, self.tr("Picture from a file …")),
                *(line for line in made if line[0] in PICTURES),
                (EDITED, self.tr("Changed by hand")),
                (None, self.tr("Numbers and patterns")),
                *(line for line in made if line[0] not in PICTURES),
                (OWN, self.tr("Own numbers")),
            ],
            self.tr(
                "What goes into the layer. Click on a cell and type to set a number; drop a "
                "picture on the canvas, or paste one."
            ),
        )
        self.digit = ParameterRow(
            "digit",
            self.tr("Image no."),
            0,
            199,
            self.tr("Which of the bundled MNIST test images; further channels show the next ones."),
            label_width=8 * GRID,
        )
        self.pad = DrawingPad("drawing", self.tr("Draw here"), PAD_SIZE)
        self.clear = push_button("drawing.clear", self.tr("Clear"))
        self.open = push_button(
            "picture.open", self.tr("Open …"), self.tr("Choose a PNG, JPEG, BMP, GIF or WebP file")
        )
        self.fit = Choice(
            "input.fit",
            self.tr("Part of the picture"),
            [("crop", self.tr("Cropped")), ("scale", self.tr("Scaled"))],
            self.tr(
                "Pictures have any proportions. Cropped, the middle of it fills the input, which "
                "is square at first; scaled, the whole picture is there, and the input takes its "
                "proportions."
            ),
        )
        self._fit_row = FieldRow(self.tr("Fit"), self.fit, label_width=8 * GRID)
        self.notice = Notice("input.notice", closable=True)
        self.channels = ParameterRow(
            "channels",
            self.tr("Channels"),
            1,
            MOST_CHANNELS,
            self.tr("How many channels the input has; pooling works on each by itself."),
            label_width=8 * GRID,
        )
        self.input_size = PairRow(
            "input",
            self.tr("Input size"),
            1,
            LARGEST_INPUT,
            self.tr(
                "Rows and columns of the input, up to 512 of each. Type what the slider does "
                "not reach."
            ),
            "input_size",
        )
        self.shift = tool_button(
            "input.shift",
            self.tr("Shift right by one pixel"),
            "arrow-right",
            self.tr(
                "Move the input by one pixel to the right. It tells how many cells change before "
                "the layer and how many after it."
            ),
            text=self.tr("Shift"),
            size=16,
        )
        self.add_to_header(self.shift)
        self.shifted = Label("", "muted", wrap=True)
        self.shifted.setObjectName("input.shifted")
        for row in (
            self.sample,
            self.digit,
            self.pad,
            self.clear,
            self.open,
            self._fit_row,
            self.notice,
            self.channels,
            self.input_size,
            self.shifted,
        ):
            self.body.addWidget(row)

        self.sample.changed.connect(self._choose)
        self.digit.changed.connect(
            lambda value: self._edit(self.tr("Image"), edits.with_input, digit=value)
        )
        self.pad.drawn.connect(self._take_drawing)
        self.clear.clicked.connect(self.pad.clear)
        self.open.clicked.connect(self._ask_for_a_file)
        self.channels.changed.connect(
            lambda count: self._edit(self.tr("Channels"), edits.with_input, channels=count)
        )
        self.input_size.changed.connect(
            lambda h, w: self._edit(self.tr("Input size"), edits.with_size, (h, w))
        )
        self.fit.changed.connect(lambda fit: self._edit(self.tr("Fit"), edits.with_fit, fit))
        self.shift.clicked.connect(self._shift)
        document.changed.connect(self._on_changed)
        self._on_changed(document.state, None)

    def take_picture(self, source: str | bytes) -> None:
        """Look at a picture from a file or from its bytes, soon, or say why that cannot be."""
        name = source if isinstance(source, str) else self.tr("the picture")
        self.notice.clear()
        self.reader.begin(
            Wish(name, partial(picture, source), self._show_picture, self._refuse_picture)
        )

    def _show_picture(self, full: Array) -> None:
        self._edit(self.tr("Picture"), edits.with_picture, full)

    def _refuse_picture(self, error: DataError) -> None:
        self.notice.show_message("error", translated(error.meaning))

    def _shift(self) -> None:
        """Move the input, and say how much of it and of the output is another than before."""
        document = self._document
        before, output = document.state.input, document.evaluation.output
        self._edit(self.tr("Shift right"), edits.with_shift)
        changed = int(np.count_nonzero(before != document.state.input))
        said = self.tr("Changed: {changed} of {count} input cells ({share}\u00a0%)").format(
            changed=changed, count=before.size, share=_share(changed, before.size)
        )
        after = document.evaluation.output
        if output is not None and after is not None:
            changed = int(np.count_nonzero(output != after))
            said += self.tr(", {changed} of {count} output cells ({share}\u00a0%)").format(
                changed=changed, count=after.size, share=_share(changed, after.size)
            )
        self.shifted.setText(f"{said}.")
        self.shifted.show()

    def _edit(self, what: str, change: Callable[..., LabState], *args: Any, **named: Any) -> None:
        self._document.edit(what, change, *args, **named)

    def _choose(self, name: str) -> None:
        if name == DRAWING:
            self._take_drawing(self.pad.value())
        elif name == PICTURE:
            self._ask_for_a_file()
            self.sample.set_value(self._document.state.sample)
        elif name in (OWN, EDITED):  # they come by typing
            self.sample.set_value(self._document.state.sample)
        else:
            self._edit(self.tr("Input"), edits.with_input, name=name)

    def _take_drawing(self, drawn: Array) -> None:
        state = self._document.state
        size = state.size if state.sample == DRAWING else PAD_SIZE
        self._edit(self.tr("Drawing"), edits.with_own_input, DRAWING, drawn[None], size)

    def _ask_for_a_file(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self,
            self.tr("Open a picture"),
            "",
            self.tr("Pictures (*.png *.jpg *.jpeg *.bmp *.gif *.webp)"),
        )
        if path:
            self.take_picture(path)

    def _on_changed(self, new: LabState, old: LabState | None) -> None:
        if old is not None and not new.computes_as(old):
            self.notice.clear()
        if old is not None and new.input is old.input and new.layer is old.layer:
            return
        if old is not None and (new.sample != old.sample or new.origin is not old.origin):
            # Another input is wanted by now.
            self.reader.give_up()
        self.sample.set_value(new.sample)
        self.shifted.hide()
        self.digit.setVisible(new.sample == DIGIT)
        self.digit.set_value(new.digit)
        drawing = new.sample == DRAWING
        if drawing and new.origin is not None and (new.origin[0] != self.pad.value()).any():
            self.pad.set_value(new.origin[0])  # undone, or opened
        self.pad.setVisible(drawing)
        self.clear.setVisible(drawing)
        self.open.setVisible(new.sample == PICTURE)
        self._fit_row.setVisible(new.sample == PICTURE)
        self.fit.set_value(new.fit)
        # A convolution has a parameter for it.
        self.channels.setVisible(not hasattr(new.layer, "in_channels"))
        # A layer of a network may have more than the slider reaches.
        self.channels.set_range(1, max(MOST_CHANNELS, new.channels))
        self.channels.set_value(new.channels)
        reach = LARGEST if new.is_picture else LARGEST_INPUT
        self.input_size.set_range(1, max(reach, *new.size), max(LARGEST, *new.size))
        self.input_size.set_value(new.size)


def _share(part: int, whole: int) -> str:
    """Return how many per cent that is: 0 for none at all only, and 100 for nothing but all."""
    share = 100 * part / whole
    if 0 < share < 1:
        return "< 1"
    return "> 99" if 99 < share < 100 else f"{share:.0f}"
