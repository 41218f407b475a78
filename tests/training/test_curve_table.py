"""The table of the curves: one line per step, which any reader of CSV gives back."""

import csv
import io

import numpy as np
import pytest

from explorer.training.curve_table import COLUMNS, ROWS_AT_ONCE, CurveTable, csv_bytes
from explorer.training.events import Change, Evaluated
from explorer.training.settings import Settings


def table(count: int, first: int = 0, per_epoch: int | None = 4, **settings: object) -> CurveTable:
    steps = np.arange(first + 1.0, first + count + 1)
    epochs = tuple(
        Evaluated(step // 4, step, 0.3, 0.2, 0.95, 1.0, 1000.0)
        for step in range(first + 1, first + count + 1)
        if step % 4 == 0
    )
    return CurveTable(
        name='lr 0.01, "plain"',
        settings=Settings(epochs=10, **settings),  # type: ignore[arg-type]
        first_step=first,
        seconds=steps / 8,
        losses=1 / steps,
        smoothed=2 / steps,
        epochs=epochs,
        changes=(Change(first + 2, "lr", 0.5),),
        steps_per_epoch=per_epoch,
    )


def rows(*tables: CurveTable) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(csv_bytes(tables).decode())))


def test_each_step_has_a_line_with_all_that_is_known():
    read = rows(table(6))
    assert tuple(read[0]) == COLUMNS
    assert [row["step"] for row in read] == [str(step) for step in range(1, 7)]
    assert [row["lr"] for row in read] == ["0.01", "0.01", "0.5", "0.5", "0.5", "0.5"]
    assert [row["test_loss"] for row in read] == ["", "", "", "0.2", "", ""]
    assert [row["test_accuracy"] for row in read] == ["", "", "", "0.95", "", ""]
    assert {row["run"] for row in read} == {'lr 0.01, "plain"'}
    assert read[3]["epoch"] == "1" and float(read[3]["seconds"]) == 0.5
    # The losses to the last bit: the others are made from them.
    assert [float(row["train_loss"]) for row in read] == table(6).losses.tolist()
    assert float(read[2]["smoothed"]) == pytest.approx(2 / 3, rel=1e-5)


def test_several_runs_stand_one_after_the_other():
    read = rows(table(3), table(2, first=8))
    assert [row["step"] for row in read] == ["1", "2", "3", "9", "10"]


def test_a_long_run_is_complete():
    read = rows(table(2 * ROWS_AT_ONCE + 3))
    assert [int(row["step"]) for row in read] == list(range(1, 2 * ROWS_AT_ONCE + 4))


@pytest.mark.parametrize(("schedule", "rates"), [("constant", {"0.01", "0.5"}), ("cosine", {""})])
def test_what_nobody_knows_is_left_empty(schedule: str, rates: set[str]):
    read = rows(table(4, per_epoch=None, schedule=schedule))
    assert {row["epoch"] for row in read} == {""}
    assert {row["lr"] for row in read} == rates


def test_a_run_that_has_not_begun_has_no_line():
    assert csv_bytes([table(0)]).decode() == ",".join(COLUMNS) + "\n"
