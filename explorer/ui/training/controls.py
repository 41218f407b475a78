"""The left side of the Training page: what to train, on what, where, and how."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.data.digits import BUNDLED
from explorer.drawing.palette import GRID
from explorer.training.settings import NETWORK_NAMES, Settings
from explorer.ui.training.data_field import DataField
from explorer.ui.widgets.card import Card
from explorer.ui.widgets.choice import Choice
from explorer.ui.widgets.decimal_row import DecimalRow
from explorer.ui.widgets.field_row import FieldRow
from explorer.ui.widgets.label import Label
from explorer.ui.widgets.number_row import ParameterRow

LABEL_WIDTH = 10 * GRID


class Controls(QWidget):
    """Shows and gives `Settings`; what may change at any time stays open while a run goes on."""

    lr_changed = Signal(float)
    momentum_changed = Signal(float)
    weight_decay_changed = Signal(float)

    def __init__(self, data: str = BUNDLED, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.network = Choice(
            "train.network",
            self.tr("Network"),
            [(name, name) for name in NETWORK_NAMES],
            self.tr(
                "classic: two convolutions and two linear layers, 21,840 parameters. "
                "compact: two convolutions and one linear layer, 8,490 parameters. "
                "lenet5: two convolutions and three linear layers, 61,706 parameters."
            ),
        )
        self.data = DataField(data, label_width=8 * GRID)
        self.device = Choice(
            "train.device",
            self.tr("Device"),
            [
                ("auto", self.tr("Automatic")),
                ("cpu", "CPU"),
                ("cuda", "CUDA (NVIDIA)"),
                ("mps", "MPS (Apple)"),
            ],
            self.tr(
                "Where it is computed. Automatic takes the first of CUDA, MPS and CPU that works."
            ),
        )
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
        self.seed = self._whole(
            "train.seed",
            self.tr("Seed"),
            (0, 999),
            self.tr("The same seed begins with the same weights and the same order of images."),
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
        self._fixed = (
            self.network,
            self.device,
            self.epochs,
            self.batch_size,
            self.seed,
            self.optimizer,
            self.schedule,
        )

        what = Card(self.tr("What to train"))
        what.body.addWidget(FieldRow(self.tr("Network"), self.network, label_width=8 * GRID))
        what.body.addWidget(self.data)
        what.body.addWidget(FieldRow(self.tr("Device"), self.device, label_width=8 * GRID))
        how = Card(self.tr("How"))
        for row in (self.epochs, self.batch_size, self.seed):
            how.body.addWidget(row)
        for field in (self.optimizer, self.schedule):
            how.body.addWidget(FieldRow(field.accessibleName(), field, label_width=LABEL_WIDTH))
        live = Card(self.tr("At any time"))
        for decimal in (self.lr, self.momentum, self.weight_decay):
            live.body.addWidget(decimal)
        live.body.addWidget(Label(self.tr("Takes effect at the next batch."), "caption", wrap=True))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID + GRID // 2)
        for card in (what, how, live):
            layout.addWidget(card)
        layout.addStretch(1)

        self.lr.changed.connect(self.lr_changed)
        self.momentum.changed.connect(self.momentum_changed)
        self.weight_decay.changed.connect(self.weight_decay_changed)
        self.optimizer.changed.connect(self._fit_momentum)
        self.show_settings(Settings(data=data))

    def _whole(
        self, name: str, label: str, bounds: tuple[int, int], explanation: str
    ) -> ParameterRow:
        return ParameterRow(name, label, *bounds, explanation, label_width=LABEL_WIDTH)

    def settings(self) -> Settings:
        """Return what is set, with what has been typed and not yet confirmed."""
        for row in (self.epochs, self.batch_size, self.seed):
            row.box.interpretText()
        for decimal in (self.lr, self.momentum, self.weight_decay):
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
        )

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
        self._fit_momentum()
        self.data.set_value(settings.data)

    def set_running(self, running: bool) -> None:
        """Close what cannot change in the middle of a run, or open it again."""
        for field in self._fixed:
            field.setEnabled(not running)
        self.data.set_open(not running)

    def _fit_momentum(self) -> None:
        """Close the momentum for Adam, which has means of its own."""
        self.momentum.setEnabled(self.optimizer.value() in ("sgd", "nesterov"))
