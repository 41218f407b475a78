"""The left side of the Training page: what to train, on what, where, and how."""

from dataclasses import replace

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.data.digits import BUNDLED
from explorer.drawing.palette import GRID
from explorer.training.anatomy import layers_of
from explorer.training.presets import RECIPES
from explorer.training.settings import Settings
from explorer.training.shapes import head
from explorer.ui.training.controls.augmentation_card import AugmentationCard
from explorer.ui.training.controls.data_field import DataField
from explorer.ui.training.controls.device_field import DeviceField
from explorer.ui.training.controls.dropout_row import DropoutRow
from explorer.ui.training.controls.freezing import Freezing
from explorer.ui.training.controls.network_choice import NetworkChoice
from explorer.ui.training.controls.origin_field import OriginField
from explorer.ui.training.controls.seed_row import SeedRow
from explorer.ui.widgets.card import Card
from explorer.ui.widgets.choice import Choice
from explorer.ui.widgets.decimal_row import DecimalRow
from explorer.ui.widgets.field_row import FieldRow
from explorer.ui.widgets.label import Label
from explorer.ui.widgets.number_row import ParameterRow

LABEL_WIDTH = 10 * GRID
OWN = "own"
"""In place of a recipe's name."""


class Controls(QWidget):
    """Shows and gives `Settings`; what may change at any time stays open while a run goes on."""

    lr_changed = Signal(float)
    momentum_changed = Signal(float)
    weight_decay_changed = Signal(float)
    frozen_changed = Signal(object)
    """The names of the layers that are not to learn, a frozenset."""

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_wish = False
        """Whether the frozen layers are the user's own choice for the next run."""
        self.network = NetworkChoice()
        self.data = DataField(settings.data, label_width=8 * GRID)
        self.origin = OriginField()
        self.device = DeviceField()
        self.epochs = self._whole(
            "train.epochs",
            self.tr("Epochs"),
            (1, 50),
            self.tr("How often every training image is seen."),
        )
        self.batch_size = self._whole(
            "train.batch_size",
            self.tr("Batch size"),
            (1, 1024),
            self.tr("Images from one step of the weights to the next."),
        )
        self.seed = SeedRow(LABEL_WIDTH)
        self.recipe = Choice(
            "train.recipe",
            self.tr("Recipe"),
            [
                (OWN, self.tr("Own settings")),
                ("textbook", self.tr("Textbook")),
                ("sprint", self.tr("Sprint to 99 %")),
            ],
            self.tr(
                "Many settings at once. Textbook: as a first lesson has them. Sprint: the fewest "
                "steps to 99 % of the complete MNIST, two epochs of a network of its own."
            ),
        )
        self.optimizer = Choice(
            "train.optimizer",
            self.tr("Optimizer"),
            [
                ("sgd", "SGD"),
                ("nesterov", self.tr("SGD, Nesterov")),
                ("adam", "Adam"),
                ("adamw", "AdamW"),
            ],
            self.tr(
                "How the gradient moves the weights. SGD: straight down it, with momentum; "
                "Nesterov's looks one move ahead. Adam: each weight at a pace of its own; try a "
                "learning rate of 0.001. AdamW: the same, with weight decay kept apart."
            ),
        )
        self.schedule = Choice(
            "train.schedule",
            self.tr("Schedule"),
            [
                ("constant", self.tr("Constant")),
                ("step", self.tr("Steps down")),
                ("cosine", self.tr("Cosine")),
                ("one_cycle", self.tr("One cycle")),
            ],
            self.tr(
                "What becomes of the learning rate in the course of a run. Steps down: a tenth "
                "after each third. Cosine: down to zero along half a wave. One cycle: up within "
                "30 % of the run, then down to nearly nothing."
            ),
        )
        self.lr = DecimalRow(
            "train.lr",
            self.tr("Learning rate"),
            0.0001,
            10.0,
            4,
            logarithmic=True,
            explanation=self.tr(
                "How far the weights move against the gradient. Can be changed while it trains: "
                "too large and the loss explodes, too small and nothing happens. With a schedule "
                "this is the highest it gets."
            ),
        )
        self.momentum = DecimalRow(
            "train.momentum",
            self.tr("Momentum"),
            0.0,
            0.99,
            2,
            explanation=self.tr(
                "How much of its last move a weight keeps. Can be changed while it trains; "
                "below 1, for otherwise it would never come to rest."
            ),
        )
        self.weight_decay = DecimalRow(
            "train.weight_decay",
            self.tr("Weight decay"),
            0.0,
            0.1,
            4,
            explanation=self.tr(
                "How strongly large weights are pulled back to zero at every step. Can be changed "
                "while it trains."
            ),
        )
        self._rates_for = Label("", "caption", wrap=True)
        self._rates_for.setObjectName("train.rates_for")
        self.dropout = DropoutRow()
        self.augmentation = AugmentationCard()
        self.freezing = Freezing()
        network = FieldRow(self.tr("Network"), self.network, label_width=8 * GRID)
        device = FieldRow(self.tr("Device"), self.device, label_width=8 * GRID)
        optimizer, schedule = (
            FieldRow(field.accessibleName(), field, label_width=LABEL_WIDTH)
            for field in (self.optimizer, self.schedule)
        )
        self._fixed = (
            self.recipe,
            network,
            device,
            self.epochs,
            self.batch_size,
            self.seed,
            optimizer,
            schedule,
            self.dropout,
            self.origin,
        )

        what = Card(self.tr("What to train"))
        what.body.addWidget(network)
        what.body.addWidget(self.data)
        what.body.addWidget(device)
        what.body.addWidget(self.origin)
        how = Card(self.tr("How"))
        self.recipe.setMinimumWidth(17 * GRID)
        how.add_to_header(self.recipe)
        for row in (self.epochs, self.batch_size, self.seed, optimizer, schedule, self.dropout):
            how.body.addWidget(row)
        live = Card(self.tr("At any time"))
        for decimal in (self.lr, self.momentum, self.weight_decay):
            live.body.addWidget(decimal)
        live.body.addWidget(self._rates_for)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID + GRID // 2)
        for card in (what, live, how, self.freezing, self.augmentation):
            layout.addWidget(card)
        layout.addStretch(1)

        self.lr.changed.connect(self.lr_changed)
        self.momentum.changed.connect(self.momentum_changed)
        self.weight_decay.changed.connect(self.weight_decay_changed)
        self.freezing.changed.connect(self._on_frozen)
        self.optimizer.changed.connect(self._fit_momentum)
        self.network.changed.connect(self._fit_layers)
        self.data.counted.connect(self._fit_layers)
        self.recipe.changed.connect(self._take_recipe)
        for changed in (
            self.network.changed,
            self.epochs.changed,
            self.batch_size.changed,
            self.seed.changed,
            self.optimizer.changed,
            self.schedule.changed,
            self.lr.changed,
            self.momentum.changed,
            self.weight_decay.changed,
            self.dropout.changed,
            self.augmentation.changed,
        ):
            changed.connect(self._name_recipe)
        self.set_running(False)
        self.show_settings(settings)

    def _whole(
        self, name: str, label: str, bounds: tuple[int, int], explanation: str
    ) -> ParameterRow:
        return ParameterRow(name, label, *bounds, explanation, label_width=LABEL_WIDTH)

    def settings(self) -> Settings:
        """Return what is set, with what has been typed and not yet confirmed."""
        for row in (self.epochs, self.batch_size, self.seed):
            row.box.interpretText()
        for decimal in (self.lr, self.momentum, self.weight_decay, self.dropout):
            decimal.box.interpretText()
        return Settings(
            network=self.network.value(),
            data=self.data.value(),
            device=self.device.value(),
            epochs=self.epochs.value(),
            batch_size=self.batch_size.value(),
            lr=self.lr.value(),
            momentum=self.momentum.value(),
            seed=self.seed.value(),
            optimizer=self.optimizer.value(),
            weight_decay=self.weight_decay.value(),
            schedule=self.schedule.value(),
            dropout=self.dropout.value(),
            augmentation=self.augmentation.value(),
        )

    def show_network(self, network: str) -> None:
        """Show which network is to be trained, without a signal."""
        self.network.set_value(network)
        self._fit_layers()
        self._name_recipe()

    def frozen(self) -> frozenset[str]:
        """Return the names of the layers that are not to learn."""
        return self.freezing.frozen()

    def show_frozen(self, frozen: frozenset[str]) -> None:
        """Show which layers of a run do not learn, without a signal."""
        self._is_wish = False
        self.freezing.set_frozen(frozen)
        self.origin.set_frozen(frozenset())

    def wish_frozen(self, frozen: frozenset[str]) -> None:
        """Set the layers that are not to learn in the next run, as if the user had, silently."""
        self.freezing.set_frozen(frozen)
        self.origin.set_frozen(frozen)
        self._is_wish = True

    def frozen_wish(self) -> frozenset[str] | None:
        """Return which layers the user wants frozen from the start; None where nobody has said."""
        return self.frozen() if self._is_wish else None

    def show_settings(self, settings: Settings) -> None:
        """Show `settings` without a signal."""
        self.network.set_value(settings.network)
        self.device.set_value(settings.device)
        for row, value in (
            (self.epochs, settings.epochs),
            (self.batch_size, settings.batch_size),
            (self.seed, settings.seed),
        ):
            row.set_value(value)
        self.lr.set_value(settings.lr)
        self.momentum.set_value(settings.momentum)
        self.weight_decay.set_value(settings.weight_decay)
        self.optimizer.set_value(settings.optimizer)
        self.schedule.set_value(settings.schedule)
        self.dropout.set_value(settings.dropout)
        self.augmentation.set_value(settings.augmentation)
        self._fit_momentum()
        self._fit_layers()
        self.data.set_value(settings.data)
        self._name_recipe()

    def set_running(self, running: bool, *, may_fork: bool = False) -> None:
        """Close what cannot change in the middle of a run, or open it again.

        Parameters
        ----------
        running
            Whether the settings are those of a run that goes on, as it is now.
        may_fork
            Whether they may become those of a fork; if not, only those of a new run.
        """
        if running:
            self._rates_for.setText(self.tr("Takes effect at the next batch."))
        elif may_fork:
            self._rates_for.setText(self.tr("Only for a fork or a new run."))
        else:
            self._rates_for.setText(self.tr("For the next run."))
        for field in self._fixed:
            field.setEnabled(not running)
        self.data.set_open(not running)
        self.augmentation.set_open(not running)

    def shut_down(self) -> None:
        """Return when nothing is being fetched or made any more."""
        self.data.shut_down()
        self.device.shut_down()
        self.augmentation.shut_down()

    def _fit_momentum(self) -> None:
        """Close the momentum for Adam, which has means of its own."""
        self.momentum.setEnabled(self.optimizer.value() in ("sgd", "nesterov"))

    @Slot(object)
    def _on_frozen(self, frozen: frozenset[str]) -> None:
        self._is_wish = True
        self.origin.set_frozen(frozen)
        self.frozen_changed.emit(frozen)

    @Slot(str)
    def _take_recipe(self, name: str) -> None:
        """Set what a recipe says; where it is computed, and on what, stays."""
        if name != OWN:
            recipe = RECIPES[name]
            self.show_settings(replace(recipe, data=self.data.value(), device=self.device.value()))
            self.network.changed.emit(recipe.network)

    @Slot()
    def _name_recipe(self) -> None:
        """Name the recipe that the settings are, if they are one."""
        chosen = replace(self.settings(), data=BUNDLED, device="auto")
        names = (name for name, recipe in RECIPES.items() if recipe == chosen)
        self.recipe.set_value(next(names, OWN))

    @Slot()
    def _fit_layers(self) -> None:
        """Offer the layers of the network to be frozen."""
        classes = self.data.class_count()
        layers = layers_of(self.network.value(), classes)
        self.freezing.set_layers(layers)
        self.origin.set_layers(layers, classes, head(self.network.value()))
