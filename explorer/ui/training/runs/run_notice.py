"""What the notice says of runs: it comes and goes with the run that is chosen."""

from PySide6.QtCore import QCoreApplication

from explorer.training.events import Evaluated
from explorer.ui.training.runs.guessing import advice, has_learned_something
from explorer.ui.training.runs.run_words import said
from explorer.ui.training.runs.shown import Runs, ShownRun
from explorer.ui.widgets.notice import Notice

translate = QCoreApplication.translate


class RunNotice:
    """Writes into a notice in which others write as well."""

    def __init__(self, notice: Notice, runs: Runs) -> None:
        self._notice = notice
        self._runs = runs
        self._chosen: ShownRun | None = None
        """The run that was chosen when the notice was last brought up to date."""
        self._about: ShownRun | None = None
        """Of whom it was said."""
        self._written = ""
        """What stands in the notice, if nobody has written in it since."""

    def show_chosen(self) -> None:
        """Take back what was said of another run, and say again what there is to say of this one.

        Nothing happens where it is the same run as before.
        """
        run = self._runs.chosen
        if run is self._chosen:
            return
        self._chosen = run
        if self._about is not run:
            self._take_back()
        if run is None:
            return
        if run.status is not None and run.status.state == "failed":
            self.tell_failure(run)
        elif run.history.epochs:
            self.judge(run, run.history.epochs[-1])

    def tell_failure(self, run: ShownRun) -> None:
        """Say why a run has ended, and which run where another one is shown."""
        sentence = said(run)
        if run is not self._runs.chosen:
            sentence = translate("runs", "Run {number} ({name}): {reason}").format(
                number=run.number, name=self._runs.name(run), reason=sentence
            )
        self._write(run, "error", sentence)

    def judge(self, run: ShownRun, epoch: Evaluated) -> None:
        """Say so when the chosen network only guesses, and take it back when it has learned."""
        if run is not self._runs.chosen or run.digits is None:
            return
        classes = run.digits.class_count
        has_learned = has_learned_something(epoch, classes)
        if has_learned and self._notice.kind() == "warning":
            self._take_back()
        elif has_learned is False:
            self._write(run, "warning", advice(run.settings_now, classes))

    def drop(self, run: ShownRun) -> None:
        """Put away what is said, unless it is of another run than this one, which is gone."""
        if not self._stands or self._about is run:
            self._notice.clear()
            self._about, self._written = None, ""

    @property
    def _stands(self) -> bool:
        return bool(self._written) and self._notice.text() == self._written

    def _write(self, run: ShownRun, kind: str, sentence: str) -> None:
        self._about, self._written = run, sentence
        self._notice.show_message(kind, sentence)

    def _take_back(self) -> None:
        if self._stands:
            self._notice.clear()
        self._about, self._written = None, ""
