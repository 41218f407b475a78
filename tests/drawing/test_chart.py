"""Curves as a picture: cut at the edges of their area, wherever they run."""

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath

from explorer.drawing.chart import Chart, Curve, Panel, paint_chart, pieces
from explorer.drawing.palette import DARK, LIGHT, Palette

AREA = QRectF(10, 20, 100, 50)
places = st.tuples(st.integers(-50, 200), st.integers(-50, 150))


def length(points: np.ndarray) -> float:
    return float(np.linalg.norm(np.diff(points, axis=0), axis=1).sum())


@given(st.lists(places, min_size=1, max_size=8))
def test_no_piece_leaves_the_area_and_nothing_inside_is_lost(points: list[tuple[int, int]]):
    line = np.array(points, np.float64)
    found = pieces(line, AREA)
    for piece in found:
        assert len(piece) >= 2
        assert (piece >= [AREA.left() - 1e-9, AREA.top() - 1e-9]).all()
        assert (piece <= [AREA.right() + 1e-9, AREA.bottom() + 1e-9]).all()
    # Measured once more, with points so close that each is either inside or not.
    share = np.linspace(0, 1, 2001)
    inside = 0.0
    for a, b in itertools.pairwise(line):
        dots = a + share[:, None] * (b - a)
        hit = (dots >= [AREA.left(), AREA.top()]) & (dots <= [AREA.right(), AREA.bottom()])
        inside += hit.all(axis=1).mean() * float(np.linalg.norm(b - a))
    assert abs(sum(length(piece) for piece in found) - inside) <= 0.005 * length(line) + 1e-9


@given(st.lists(st.tuples(st.integers(10, 110), st.integers(20, 70)), min_size=2, max_size=9))
def test_a_line_inside_stays_in_one_piece(points: list[tuple[int, int]]):
    (piece,) = pieces(np.array(points, np.float64), AREA)
    assert piece.tolist() == np.array(points, np.float64).tolist()


def painted(palette: Palette) -> tuple[QImage, Chart]:
    dot = QPainterPath()
    dot.addEllipse(QRectF(-0.5, -0.5, 1, 1))
    x = np.array([0.0, 5.0, 10.0])
    curve = Curve(x, np.array([0.0, 1.0, 50.0]), palette.runs[0], 2, symbol=dot)
    panel = Panel(
        "Loss", (0, 10), (0, 2), [(5, "5")], [(1, "1")], "steps", [curve], [(7.0, "lr 1")], 100
    )
    chart = Chart([("run", palette.runs[1])], [panel], 300)
    image = QImage(chart.size.toSize(), QImage.Format.Format_RGB32)
    image.fill(QColor("magenta"))
    painter = QPainter(image)
    paint_chart(painter, chart, palette)
    painter.end()
    return image, chart


def test_a_chart_fills_its_size_and_has_its_colours(qapp: object):
    for palette in (LIGHT, DARK):
        image, _ = painted(palette)
        seen = {image.pixel(x, y) for x in range(image.width()) for y in range(image.height())}
        assert QColor("magenta").rgb() not in seen
        for colour in (palette.surface, palette.runs[0], palette.warning):
            assert QColor(colour).rgb() in seen


def image_of(curves: list[Curve], marks: list[tuple[float, str]]) -> QImage:
    panel = Panel("Loss", (0, 10), (0, 2), [], [], "", curves, marks, 100)
    chart = Chart([], [panel], 300)
    image = QImage(chart.size.toSize(), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    paint_chart(painter, chart, LIGHT)
    painter.end()
    return image


def written(marks: list[tuple[float, str]]) -> dict[tuple[int, int], int]:
    """Return the pixels of what is written at marks, where there is nothing else."""
    bare = image_of([], [(x, "") for x, _ in marks])
    image = image_of([], marks)
    places = itertools.product(range(image.width()), range(image.height()))
    return {at: image.pixel(*at) for at in places if image.pixel(*at) != bare.pixel(*at)}


def test_nothing_runs_through_what_is_written_at_a_mark(qapp: object):
    x = np.array([0.0, 10.0])
    wall = [Curve(x, np.full(2, y), LIGHT.runs[0], 3) for y in np.linspace(1, 2, 30)]
    alone = written([(4.0, "conv1, conv2 frozen")])
    crossed = image_of(wall, [(4.0, "conv1, conv2 frozen"), (6.0, "")])
    assert len(alone) > 100
    assert all(crossed.pixel(*at) == colour for at, colour in alone.items())


def test_what_is_written_at_close_marks_stands_in_two_rows(qapp: object):
    first, both = written([(4.0, "lr 0.1")]), written([(4.0, "lr 0.1"), (4.2, "lr 0.2")])
    assert {at: both.get(at) for at in first} == first
    assert max(y for _, y in both) > max(y for _, y in first) + 5
