"""The card in the middle of the right column: one of several views into the network."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QSizePolicy, QStackedWidget, QWidget

from explorer.data.digits import Digits
from explorer.drawing.palette import GRID, RADIUS
from explorer.training.events import Answered
from explorer.training.in_lab import Moment
from explorer.training.reports import Answer, GradientNorms, Kernels
from explorer.training.settings import Settings
from explorer.training.stages import convolutions_of
from explorer.ui.theme import theme
from explorer.ui.training.views.confusion_view import ConfusionView
from explorer.ui.training.views.gradients import NormView
from explorer.ui.training.views.kernels import KernelView
from explorer.ui.training.views.lab_line import LabLine
from explorer.ui.training.views.maps import MapView
from explorer.ui.training.views.mistakes import MistakeView
from explorer.ui.widgets.awaited import Awaited
from explorer.ui.widgets.buttons import tool_button
from explorer.ui.widgets.card import Card
from explorer.ui.widgets.choice import Choice
from explorer.ui.widgets.label import Label

KERNELS = "kernels"
"""View of the first convolution; that of another one has its name behind: ``kernels.conv2``."""


class Views(Card):
    """Keeps the newest of everything, and shows it to the one view that can be seen."""

    digit_chosen = Signal(int)
    """The number of a test image that the user wants to look at."""
    lab_wanted = Signal(object)
    """The `LabState` that the user wants to take apart in the Lab."""
    enlarged = Signal(bool)
    """The user wants to see it large, or in its own place again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._network = Settings().network
        self._kernels: tuple[Kernels, ...] = ()
        self._answer: Answer | None = None
        self._norms: Sequence[GradientNorms] = ()
        self._frozen: frozenset[str] = frozenset()
        self._convolutions: tuple[str, ...] = ()
        self._digits: Digits | None = None
        self._answered: Answered | None = None

        self._choice = Choice(
            "train.view",
            self.tr("View"),
            explanation=self.tr(
                "What is shown of the network while it learns: the kernels of its convolutions, "
                "what every layer makes of the digit below, how strongly each layer is pulled, "
                "which test digits it takes for which, and those that it is wrong about and yet "
                "sure of."
            ),
        )
        self._enlarge = tool_button(
            "train.enlarge",
            self.tr("Enlarge"),
            "enlarge",
            self.tr("Show this large, in place of the curves; Esc goes back"),
            checkable=True,
            size=16,
        )
        self._as_of = Label("", "caption")
        self._as_of.setObjectName("train.as_of")
        # Its line is always there, so that nothing moves between now and the past.
        self._as_of.setFixedHeight(2 * GRID + GRID // 2)
        self._as_of.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.kernels = KernelView("conv1", "train.kernels")
        self.maps = MapView()
        self.norms = NormView()
        self.confusion = ConfusionView()
        self.mistakes = MistakeView()
        self._line = LabLine()
        self._galleries = {KERNELS: self.kernels}
        self._pages: dict[str, tuple[QWidget, Callable[[], None]]] = {
            KERNELS: (self.kernels, self._show_kernels),
            "maps": (self.maps, self._show_maps),
            "norms": (self.norms, self._show_norms),
            "confusion": (self.confusion, self._show_confusion),
            "mistakes": (self.mistakes, self._show_mistakes),
        }
        self._stale: set[str] = set()
        self._stack = QStackedWidget()
        self._place = Awaited("", self._stack)
        self._place.set_there(True)
        for page, _ in self._pages.values():
            self._stack.addWidget(page)
        self._choice.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.body.setContentsMargins(0, GRID // 4, 0, 0)
        self.body.setSpacing(0)
        self.add_to_header(self._choice)
        self.add_to_header(self._enlarge)
        self.body.addWidget(self._as_of)
        self.body.addWidget(self._place, 1)
        self.body.addWidget(self._line)

        self._choice.changed.connect(self._switch)
        self._enlarge.toggled.connect(self._on_enlarged)
        self.kernels.aimed.connect(self._tell)
        self.kernels.board.opened.connect(self._line.open)
        self.maps.aimed.connect(self._tell)
        self.maps.boards.opened.connect(self._line.open)
        self.confusion.chosen.connect(self.digit_chosen)
        self.mistakes.chosen.connect(self.digit_chosen)
        self._line.lab_wanted.connect(self.lab_wanted)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._on_focus)
        self.show_network(self._network)
        self.show_moment(None)

    def clear(self) -> None:
        """Show nothing of any run."""
        self._kernels, self._norms = (), ()
        self._answer = self._digits = self._answered = None
        self._place.set_there(True)
        self.show_moment(None)
        self._renew(*self._pages)

    def say(self, sentence: str) -> None:
        """Say in place of every view why there is nothing to see; `clear` takes it back."""
        self._place.say(sentence)

    def show_network(self, network: str) -> None:
        """Take the name of the network that all the rest is about."""
        self._network = network
        self._offer(convolutions_of(network))

    def show_kernels(self, kernels: tuple[Kernels, ...]) -> None:
        """Take the kernels of all convolutions, in their order."""
        if kernels is self._kernels:
            return
        self._kernels = kernels
        self._offer(tuple(one.layer for one in kernels))
        self._renew(*self._galleries)

    def show_frozen(self, frozen: frozenset[str]) -> None:
        """Take the names of the layers that do not learn."""
        if frozen != self._frozen:
            self._frozen = frozen
            self._offer(self._convolutions)
            self._renew("maps", "norms")

    def show_norms(self, norms: Sequence[GradientNorms]) -> None:
        """Take how long the gradients were so far, the newest at the end."""
        self._norms = norms
        self._renew("norms")

    def show_answer(self, answer: Answer | None) -> None:
        """Take the answer to the picture that is looked at; None where there is no picture."""
        if answer is self._answer:
            return
        self._answer = answer
        self._renew("maps")

    def show_digits(self, digits: Digits) -> None:
        """Take the digits that the answers are about."""
        self._digits = digits

    def show_answered(self, answered: Answered) -> None:
        """Take the answers to all test digits."""
        if answered is self._answered:
            return
        self._answered = answered
        self._renew("confusion", "mistakes")

    def show_moment(self, step: int | None) -> None:
        """Say that what is shown is of the past, as it was after a step; None for the present."""
        text = "" if step is None else self.tr("as of step {step:,}").format(step=step)
        self._as_of.setText(text)

    def is_enlarged(self) -> bool:
        """Return whether the user wants to see it large."""
        return self._enlarge.isChecked()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go back by Esc where no view has taken it."""
        if event.key() == Qt.Key.Key_Escape and self.is_enlarged():
            self._enlarge.setChecked(False)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Frame the view that has the keyboard, from outside: it has no room to spare."""
        super().paintEvent(event)
        if not self._has_keyboard():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.current().accent), 2))
        frame = QRectF(self._place.geometry()).adjusted(-4, -4, 4, 3)
        painter.drawRoundedRect(frame, RADIUS / 2, RADIUS / 2)
        painter.end()

    def _has_keyboard(self) -> bool:
        page, focused = self._stack.currentWidget(), QApplication.focusWidget()
        return (
            isinstance(page, KernelView | MapView | NormView)
            and focused is not None
            and page.isAncestorOf(focused)
        )

    @Slot(bool)
    def _on_enlarged(self, enlarged: bool) -> None:
        self.enlarged.emit(enlarged)
        if not self.isAncestorOf(QApplication.focusWidget() or self):
            # Esc has to come here.
            self._enlarge.setFocus()

    @Slot()
    def _on_focus(self) -> None:
        self.update()

    def _offer(self, layers: tuple[str, ...]) -> None:
        """Offer a view for each convolution, and let the others be."""
        self._convolutions = layers
        others = layers[1:]
        if layers:
            self.kernels.layer = layers[0]
        for layer in others:
            name = f"{KERNELS}.{layer}"
            if name not in self._galleries:
                self._add_gallery(name, layer)
        names = [KERNELS, *(f"{KERNELS}.{layer}" for layer in others)] if layers else []
        for name in set(self._galleries) - {KERNELS, *names}:
            self._remove_gallery(name)
        items = [(name, self._title(i, self._galleries[name])) for i, name in enumerate(names)]
        items += [
            ("maps", self.tr("Maps of every layer")),
            ("norms", self.tr("Gradient norms")),
            ("confusion", self.tr("Confusion matrix")),
            ("mistakes", self.tr("Surest mistakes")),
        ]
        offered = [(self._choice.itemData(i), self._choice.itemText(i)) for i in range(len(items))]
        if items != offered:
            self._choice.set_items(items)
            self._switch(self._choice.value())

    def _title(self, number: int, gallery: KernelView) -> str:
        ordinals = (self.tr("First layer: kernels"), self.tr("Second layer: kernels"))
        title = (
            ordinals[number]
            if number < len(ordinals)
            else self.tr("Kernels of {layer}").format(layer=gallery.layer)
        )
        if gallery.layer in self._frozen:
            title = self.tr("{title} · frozen").format(title=title)
        return title

    def _add_gallery(self, name: str, layer: str) -> None:
        gallery = KernelView(layer, f"train.{name}")
        self._galleries[name] = gallery
        self._pages[name] = gallery, self._show_kernels
        self._stack.addWidget(gallery)
        self._stale.add(name)
        gallery.aimed.connect(self._tell)
        gallery.board.opened.connect(self._line.open)

    def _remove_gallery(self, name: str) -> None:
        gallery = self._galleries.pop(name)
        del self._pages[name]
        self._stale.discard(name)
        self._stack.removeWidget(gallery)
        gallery.deleteLater()

    def _renew(self, *names: str) -> None:
        self._stale.update(names)
        self._show()

    @Slot(str)
    def _switch(self, name: str) -> None:
        self._stack.setCurrentWidget(self._pages[name][0])
        self._line.setVisible(name in self._galleries or name == "maps")
        self._show()

    def _show(self) -> None:
        """Show what is new, where it can be seen."""
        name = self._choice.value()
        if name in self._stale:
            self._stale.remove(name)
            self._pages[name][1]()
        if not self._line.isHidden():
            self._line.show_network(self._kernels, self._moment)
            self._tell()

    @Slot()
    def _tell(self) -> None:
        """Let the line tell what is chosen and pointed at in the view that can be seen."""
        page = self._pages[self._choice.value()][0]
        if isinstance(page, KernelView | MapView):
            self._line.show_aim(page.aim())

    @property
    def _moment(self) -> Moment | None:
        return None if self._answer is None else Moment(self._network, self._answer)

    def _show_kernels(self) -> None:
        layer = self._galleries[self._choice.value()].layer
        found = next((one for one in self._kernels if one.layer == layer), None)
        self._galleries[self._choice.value()].show_kernels(found)

    def _show_maps(self) -> None:
        self.maps.show_moment(self._moment, self._frozen)

    def _show_norms(self) -> None:
        self.norms.show_norms(self._norms, self._frozen)

    def _show_confusion(self) -> None:
        self._show_answers(self.confusion)

    def _show_mistakes(self) -> None:
        self._show_answers(self.mistakes)

    def _show_answers(self, view: ConfusionView | MistakeView) -> None:
        if self._digits is None or self._answered is None:
            view.clear()
        else:
            view.show_answers(self._digits, self._answered)
