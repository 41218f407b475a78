from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QSettings

from explorer.training.augmentation import Augmentation
from explorer.training.settings import Settings
from explorer.ui.training.controls.remembered import read, remember
from tests.ui.training.conftest import Open


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> QSettings:
    path: Path = tmp_path_factory.mktemp("remembered") / "settings.ini"
    return QSettings(str(path), QSettings.Format.IniFormat)


def test_what_was_set_comes_back(settings: QSettings):
    assert read(settings) == Settings()
    chosen = Settings("lenet5", lr=0.1, dropout=0.3, augmentation=Augmentation(shift=2, noise=0.1))
    remember(settings, chosen)
    assert read(settings) == chosen


@given(st.text() | st.sampled_from(["{}", "[]", "[" * 5000, '{"lr": 0}', '{"augmentation": {}}']))
def test_damage_means_the_defaults(settings: QSettings, text: str):
    settings.setValue("training/settings", text)
    assert read(settings).network == "compact"


def test_the_page_begins_as_it_ended(open_page: Open, settings: QSettings):
    settings.clear()
    first = open_page()
    first.page.remember_in(settings)
    first.choose("train.network", "classic")
    first.type_into("train.lr", "0.2")
    first.page.shut_down()
    second = open_page()
    second.page.remember_in(settings)
    assert second.page.controls.settings().network == "classic"
    assert second.page.controls.settings().lr == 0.2


def test_a_recipe_sets_many_things_and_any_change_makes_it_ones_own(open_page: Open):
    hand = open_page()
    recipe = hand.page.controls.recipe
    assert recipe.value() == "textbook"
    hand.choose("train.recipe", "sprint")
    chosen = hand.page.controls.settings()
    assert (chosen.network, chosen.batch_size, chosen.schedule) == ("sprint", 256, "one_cycle")
    assert hand.page.controls.freezing.frozen() == frozenset()
    hand.type_into("train.lr", "0.1")
    assert recipe.value() == "own"
    hand.choose("train.recipe", "textbook")
    assert hand.page.controls.settings() == Settings()
