"""The colours of runs: each can be read on a card, and told from every other."""

import itertools

import numpy as np
import pytest
from PySide6.QtGui import QColor

from explorer.drawing.palette import THEMES, Palette

XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = np.array([0.9505, 1.0, 1.089])
ENOUGH = 25
"""In CIELAB, where 2 can just be seen."""


def xyz(name: str) -> np.ndarray:
    colour = QColor(name)
    share = np.array([colour.redF(), colour.greenF(), colour.blueF()])
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return XYZ @ linear


def lab(name: str) -> np.ndarray:
    share = xyz(name) / WHITE
    root = np.where(share > 0.008856, np.cbrt(share), 7.787 * share + 16 / 116)
    return np.array([116 * root[1] - 16, 500 * (root[0] - root[1]), 200 * (root[1] - root[2])])


@pytest.mark.parametrize("palette", THEMES.values(), ids=THEMES)
def test_names_of_runs_can_be_read(palette: Palette):
    ground = xyz(palette.surface)[1]
    for name in palette.runs:
        light, dark = max(xyz(name)[1], ground), min(xyz(name)[1], ground)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, name


@pytest.mark.parametrize("palette", THEMES.values(), ids=THEMES)
def test_runs_are_told_apart(palette: Palette):
    assert len(palette.runs) == 8
    for one, other in itertools.combinations(palette.runs, 2):
        assert np.linalg.norm(lab(one) - lab(other)) >= ENOUGH, (one, other)
