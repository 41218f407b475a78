"""The learning rate that is told for a step is the one that the run took it with."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.training.engine import Run
from explorer.training.events import Change, Step
from explorer.training.rates import lr_at
from explorer.training.settings import SCHEDULES, Settings
from tests.small_digits import few_digits


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_it_is_that_of_the_engine(schedule: str):
    settings = Settings(epochs=3, schedule=schedule, device="cpu")
    run = Run(settings, few_digits())
    taken: list[float] = []
    rate = run.scheduled_lr
    for event in run:
        if isinstance(event, Step):
            taken.append(rate)
            if event.step == 4:
                run.lr = 0.25
            if event.step == 5:
                run.momentum = 0.1
        rate = run.scheduled_lr
    told = lr_at(
        settings, run.changes, np.arange(1, run.step + 1), run.total_steps, run.steps_per_epoch
    )
    assert told.tolist() == taken
    assert run.changes[0] == Change(4, "lr", 0.25)


@given(
    st.lists(st.tuples(st.integers(0, 30), st.floats(0.001, 1)), max_size=5),
    st.lists(st.integers(1, 31), max_size=8),
)
def test_the_last_change_before_a_step_counts(changed: list[tuple[int, float]], steps: list[int]):
    changes = [Change(step, "lr", lr) for step, lr in sorted(changed, key=lambda c: c[0])]
    told = lr_at(Settings(lr=0.5), changes, steps, 31, 10)
    for step, lr in zip(steps, told.tolist(), strict=True):
        before = [change.value for change in changes if change.step < step]
        assert lr == (before[-1] if before else 0.5)
