"""The canvas under the hand: hovering, holding, zooming, moving."""

from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QProxyStyle, QStyle
from pytestqt.qtbot import QtBot

from explorer.core.scene import BoardName, Focus
from explorer.drawing.palette import LIGHT
from explorer.ui.lab import edits
from explorer.ui.lab.canvas import LARGEST_ZOOM
from explorer.ui.theme import theme
from tests.drawing.states import boards
from tests.ui.hand import LEFT
from tests.ui.lab.hand import LabHand, plain

EMPTY = QPoint(4, 4)


def test_hovering_traces_a_cell(hand: LabHand):
    traces: list[tuple[BoardName, tuple[int, int], str]] = [
        ("output", (1, 2), "Output (1, 2) reads 9 of the input's cells."),
        ("input", (0, 0), "Input (0, 0) reaches 1 of 9 output cells."),
        ("input", (2, 2), "Input (2, 2) reaches 9 of 9 output cells."),
        ("kernel", (2, 0), "Weight (2, 0) is used once for every output cell: 9 ×."),
    ]
    for board, cell, said in traces:
        hand.hover(board, cell)
        assert hand.state.hover == Focus(board, cell)
        assert hand.reads("trace").startswith(said)
    hand.leave()
    assert hand.page.document.state.hover is None
    assert (
        hand.reads("trace")
        == "Point at any cell to trace it; click to hold it, Ctrl+click several."
    )


def test_hovering_padding_says_so(hand: LabHand):
    hand.page.document.show(edits.from_preset("numbers_padding"))
    hand.hover("input", (-1, -1))
    assert hand.reads("trace").startswith("Padding (-1, -1) reaches 1 of")
    hand.hover("output", (0, 0))
    assert (
        hand.reads("trace")
        == "Output (0, 0) reads 9 of the input's cells, 5 of them outside of it."
    )


def test_the_cell_under_the_pointer_is_taken_apart(hand: LabHand, qtbot: QtBot):
    hand.hover("output", (2, 2))
    qtbot.waitUntil(lambda: plain(hand.reads("cell_arithmetic")).endswith("= 169"))


def test_a_click_holds_a_cell_and_a_second_one_lets_go(hand: LabHand):
    hand.press("output", (0, 1))
    held = Focus("output", (0, 1))
    assert hand.state.pins == (held,)
    assert hand.reads("trace").startswith("Held, Esc lets go: Output (0, 1)")
    hand.leave()
    assert (hand.state.hover, hand.state.focus) == (None, held)
    hand.hover("input", (3, 3))
    assert hand.state.focus == Focus("input", (3, 3))
    hand.press("output", (0, 1))
    assert not hand.state.pins


def test_two_quick_clicks_are_two_clicks(hand: LabHand):
    hand.hover("output", (0, 1))
    at = hand.point("output", (0, 1))
    QTest.mouseClick(hand.canvas, LEFT, pos=at)
    assert hand.state.pins == (Focus("output", (0, 1)),)
    QTest.mouseDClick(hand.canvas, LEFT, pos=at)  # what Qt makes of the second press
    QTest.mouseRelease(hand.canvas, LEFT, pos=at)
    assert not hand.state.pins


def test_a_click_on_another_cell_holds_that_one(hand: LabHand):
    hand.press("output", (0, 1))
    hand.press("kernel", (1, 1))
    assert hand.state.pins == (Focus("kernel", (1, 1)),)


def test_a_click_beside_the_boards_lets_go(hand: LabHand):
    hand.press("output", (0, 1))
    QTest.mouseMove(hand.canvas, EMPTY)
    QTest.mouseClick(hand.canvas, LEFT, pos=EMPTY)
    assert not hand.state.pins


@pytest.mark.parametrize("on", ["page", "canvas"])
def test_escape_lets_go(hand: LabHand, on: str):
    hand.press("input", (0, 1))
    target = hand.page if on == "page" else hand.canvas
    target.setFocus()
    hand.key(Qt.Key.Key_Escape, target)
    assert (hand.state.pins, hand.state.hover) == ((), None)


def test_the_right_button_holds_nothing(hand: LabHand):
    hand.hover("output", (0, 1))
    QTest.mouseClick(hand.canvas, Qt.MouseButton.RightButton, pos=hand.point("output", (0, 1)))
    assert not hand.state.pins


def test_the_wheel_zooms_about_the_pointer(hand: LabHand):
    boards: tuple[BoardName, ...] = ("input", "kernel", "output")
    for board in boards:
        hand.canvas.fit()
        at = hand.point(board, (0, 1))

        def within(board: BoardName = board, at: QPoint = at) -> QPointF:
            rect = hand.rect(board, (0, 1))
            return (QPointF(at) - rect.topLeft()) / rect.width()

        before = within()
        for _ in range(6):
            hand.wheel(at)
            assert (within() - before).manhattanLength() < 1e-6
        assert hand.canvas.zoom == pytest.approx(1.2**6)
        assert hand.state.hover == Focus(board, (0, 1))


def test_the_zoom_has_an_end_in_both_directions(hand: LabHand):
    centre = hand.canvas.rect().center()
    plain = hand.canvas.layout_now
    hand.wheel(centre, 100)
    assert hand.canvas.zoom == LARGEST_ZOOM
    hand.wheel(centre, -100)
    assert hand.canvas.zoom == 1
    assert hand.canvas.layout_now == plain


def test_the_edge_of_the_picture_never_comes_into_the_canvas(hand: LabHand):
    size = hand.canvas.size()
    plain = hand.canvas.layout_now.input[0].rect.topLeft()
    far_corner = QPoint(size.width() - 10, size.height() - 10)
    hand.wheel(QPoint(10, 10), 8)
    for _ in range(4):
        hand.wheel(far_corner, -1)
        zoom = hand.canvas.zoom
        offset = hand.canvas.layout_now.input[0].rect.topLeft() - plain * zoom
        assert size.width() * (1 - zoom) - 1e-6 <= offset.x() <= 1e-6
        assert size.height() * (1 - zoom) - 1e-6 <= offset.y() <= 1e-6


def test_the_cell_under_the_pointer_follows_the_zoom(hand: LabHand):
    hand.wheel(hand.point("kernel", (1, 1)), 12)
    at = hand.canvas.rect().center()
    QTest.mouseMove(hand.canvas, at)
    hand.wheel(at, -12)
    assert hand.state.hover == _under(hand, at)


def _under(hand: LabHand, at: QPoint) -> Focus | None:
    names: tuple[BoardName, ...] = ("input", "output", "kernel")
    for name in names:
        cell = boards(hand.canvas.layout_now)[name].at(QPointF(at))
        if cell is not None:
            return Focus(name, cell)
    return None


def test_dragging_moves_a_zoomed_picture_and_holds_nothing(hand: LabHand):
    centre = hand.canvas.rect().center()
    hand.wheel(centre, 5)
    before = hand.rect("input", (0, 0)).topLeft()
    hand.drag(centre, centre + QPoint(30, -24))
    assert hand.rect("input", (0, 0)).topLeft() == before + QPointF(30, -24)
    assert not hand.state.pins
    hand.drag(centre, centre + QPoint(5000, 5000))
    assert hand.rect("input", (0, 0)).topLeft().x() < hand.canvas.width()


def test_a_fitted_picture_cannot_be_dragged(hand: LabHand):
    before = hand.canvas.layout_now
    start = hand.point("output", (0, 0))
    hand.drag(start, start + QPoint(60, 40))
    assert hand.canvas.layout_now == before


def test_a_hand_that_trembles_still_clicks(hand: LabHand):
    hand.wheel(hand.point("output", (1, 1)), 3)
    start = hand.point("output", (1, 1))
    hand.drag(start, start + QPoint(2, 1))
    assert hand.state.pins == (Focus("output", (1, 1)),)


@pytest.mark.parametrize("how", ["double click", "button", "key"])
def test_everything_is_fitted_again(hand: LabHand, how: str):
    plain = hand.canvas.layout_now
    hand.wheel(hand.canvas.rect().center(), 2)
    hand.drag(hand.canvas.rect().center(), QPoint(10, 10))
    if how == "double click":
        QTest.mouseDClick(hand.canvas, LEFT, pos=_empty_place(hand))
    elif how == "button":
        hand.click("fit")
    else:
        hand.canvas.setFocus()
        hand.key(Qt.Key.Key_0, hand.canvas)
    assert hand.canvas.layout_now == plain


def _empty_place(hand: LabHand) -> QPoint:
    places = (QPoint(x, y) for x in range(2, hand.canvas.width(), 9) for y in (4, 300))
    return next(at for at in places if _under(hand, at) is None)


def test_keys_zoom(hand: LabHand):
    hand.canvas.setFocus()
    hand.key(Qt.Key.Key_Plus, hand.canvas)
    hand.key(Qt.Key.Key_Equal, hand.canvas)
    assert hand.canvas.zoom == pytest.approx(1.44)
    hand.key(Qt.Key.Key_Minus, hand.canvas)
    assert hand.canvas.zoom == pytest.approx(1.2)


def test_resizing_fits_the_new_size_and_keeps_the_zoom(hand: LabHand, qtbot: QtBot):
    hand.wheel(hand.point("output", (2, 2)), 4)
    width = hand.canvas.width()
    hand.page.resize(1700, 1000)
    qtbot.waitUntil(lambda: hand.canvas.width() > width)
    assert hand.canvas.zoom == pytest.approx(1.2**4)
    hand.click("fit")
    for board in ("input", "output", "kernel"):
        rect = boards(hand.canvas.layout_now)[board].rect
        assert hand.canvas.rect().contains(rect.toAlignedRect())


def test_the_canvas_keeps_its_size_whatever_is_traced(hand: LabHand):
    page = hand.page
    page.resize(page.minimumSizeHint().width(), 700)
    page.document.show(edits.from_preset("digit_stride"))
    QTest.qWait(20)
    size = hand.canvas.size()
    hand.press("output", (13, 13))
    QTest.qWait(20)
    assert hand.canvas.size() == size


@pytest.mark.parametrize("ratio", [1.25, 2.0])
def test_another_screen_gets_a_picture_of_its_own_sharpness(
    hand: LabHand, monkeypatch: pytest.MonkeyPatch, ratio: float
):
    hand.canvas.repaint()
    monkeypatch.setattr(hand.canvas, "devicePixelRatioF", lambda: ratio)
    hand.canvas.repaint()
    kept = hand.canvas._still
    assert kept is not None
    assert kept.devicePixelRatio() == ratio
    assert kept.deviceIndependentSize().toSize() == hand.canvas.size()


def test_the_theme_is_painted(hand: LabHand):
    for mode in ("dark", "light"):
        theme.set_mode(mode)
        colour = hand.canvas.grab().toImage().pixelColor(EMPTY)
        assert colour.name() == theme.current().surface
    assert theme.current() is LIGHT


def test_an_illegal_setting_is_safe_to_touch(hand: LabHand):
    hand.page.document.edit("kernel", edits.with_parameter, "kernel_size", (9, 9))
    assert not hand.state.fits
    (input_board,) = hand.canvas.layout_now.input
    for at in (input_board.rect.center().toPoint(), EMPTY, hand.canvas.rect().center()):
        QTest.mouseMove(hand.canvas, at)
        QTest.mouseClick(hand.canvas, LEFT, pos=at)
        QTest.mouseDClick(hand.canvas, LEFT, pos=at)
        hand.wheel(at, 2)
        hand.wheel(at, -2)
        hand.drag(at, at + QPoint(20, 20))
    hand.canvas.repaint()
    assert (hand.state.hover, hand.state.pins) == (None, ())
    assert hand.reads("trace").startswith("Point at any cell")


def test_an_illegal_setting_shows_the_input(hand: LabHand, qtbot: QtBot):
    hand.page.document.edit("kernel", edits.with_parameter, "kernel_size", (9, 9))
    qtbot.waitUntil(lambda: not hand.canvas.gliding.is_active)
    image = hand.canvas.grab().toImage()
    (board,) = hand.canvas.layout_now.input
    corners = [board.cell_rect(0, i).topLeft().toPoint() + QPoint(3, 3) for i in range(5)]
    seen = {image.pixelColor(at).name() for at in corners}
    assert len(seen) == 5 and LIGHT.surface not in seen


def pad(hand: LabHand, by: int) -> None:
    hand.page.document.edit("padding", edits.with_parameter, "padding", (by, by))


def test_boards_glide_to_where_another_setting_has_them(hand: LabHand, qtbot: QtBot):
    hand.canvas.repaint()
    before = hand.canvas.layout_now
    pad(hand, 2)
    after = hand.canvas.layout_now
    assert hand.canvas.gliding.is_active
    assert hand.canvas.layout_now.input[0].shape == (9, 9)  # a hand finds what will be there
    hand.canvas.repaint()
    on_the_way = hand.canvas._drawn
    assert on_the_way is not None and on_the_way.input[0].shape == (9, 9)
    assert after.input[0].cell < on_the_way.input[0].cell < before.input[0].cell
    qtbot.waitUntil(lambda: not hand.canvas.gliding.is_active)
    hand.canvas.repaint()
    assert hand.canvas._drawn == after


def test_another_change_sets_out_from_where_the_boards_are(hand: LabHand):
    hand.canvas.repaint()
    before = hand.canvas.layout_now.input[0].cell
    pad(hand, 3)
    hand.canvas.repaint()
    halfway = hand.canvas._drawn
    assert halfway is not None
    pad(hand, 0)
    hand.canvas.repaint()
    assert hand.canvas._drawn is not None
    assert halfway.input[0].cell < hand.canvas._drawn.input[0].cell <= before


def test_what_leaves_everything_in_its_place_does_not_stop_the_boards(hand: LabHand):
    hand.canvas.repaint()
    pad(hand, 2)
    hand.page.document.look(usage=True, step=2.0)
    assert hand.canvas.gliding.is_active


@pytest.mark.parametrize("how", ["preset", "zoom", "resize", "hide", "large"])
def test_boards_are_there_at_once(hand: LabHand, how: str):
    if how == "large":
        hand.page.document.show(edits.with_input(hand.state, name="shapes", size=(512, 512)))
    hand.canvas.repaint()
    pad(hand, 2)
    if how == "preset":
        hand.page.document.show(edits.from_preset("digit_stride"))
    elif how == "zoom":
        hand.wheel(hand.canvas.rect().center())
    elif how == "resize":
        hand.canvas.resize(500, 500)
    elif how == "hide":
        hand.page.hide()
        hand.page.show()
    assert not hand.canvas.gliding.is_active
    hand.canvas.grab()
    assert hand.canvas._drawn == hand.canvas.layout_now


def test_nothing_glides_where_the_system_wants_no_animation(hand: LabHand):
    class Still(QProxyStyle):
        def styleHint(self, hint: QStyle.StyleHint, *args: Any) -> int:
            if hint == QStyle.StyleHint.SH_Widget_Animation_Duration:
                return 0
            return super().styleHint(hint, *args)

    still = Still()
    hand.canvas.setStyle(still)
    hand.canvas.repaint()
    pad(hand, 2)
    assert not hand.canvas.gliding.is_active
    hand.canvas.setStyle(QApplication.style())


def test_a_thumbnail_says_that_it_can_be_clicked(hand: LabHand):
    hand.page.document.show(edits.from_preset("channels"))
    place = hand.canvas.layout_now.thumbs[3].rect.center().toPoint()
    QTest.mouseMove(hand.canvas, place)
    assert hand.canvas.cursor().shape() == Qt.CursorShape.PointingHandCursor
    assert "3" in hand.canvas.toolTip()
    QTest.mouseClick(hand.canvas, LEFT, pos=place)
    assert hand.state.channel == 3
    QTest.mouseMove(hand.canvas, EMPTY)
    assert hand.canvas.cursor().shape() == Qt.CursorShape.ArrowCursor
    assert not hand.canvas.toolTip()


def test_pages_go_through_the_output_channels(hand: LabHand):
    hand.page.document.show(edits.from_preset("channels"))
    for key, channel in (
        (Qt.Key.Key_PageUp, 0),
        (Qt.Key.Key_PageDown, 1),
        (Qt.Key.Key_PageDown, 2),
        (Qt.Key.Key_PageUp, 1),
    ):
        hand.key(key, hand.canvas)
        assert hand.state.channel == channel
    for _ in range(20):
        hand.key(Qt.Key.Key_PageDown, hand.canvas)
    assert hand.state.channel == hand.state.output_channels - 1


def test_a_small_slice_that_is_clicked_is_shown_large(hand: LabHand):
    hand.page.document.show(edits.from_preset("channels"))
    layout = hand.canvas.layout_now
    if layout.large is None:
        pytest.skip("all channels have room here")
    QTest.mouseClick(hand.canvas, LEFT, pos=layout.kernel[3].cell_rect(1, 1).center().toPoint())
    assert hand.state.pins == (Focus("kernel", (1, 1), 3),)
    assert hand.state.shown_channel == 3
    there = hand.canvas.place_of(Focus("kernel", (1, 1), 3))
    assert there == layout.large.cell_rect(1, 1)


def test_the_weights_of_a_turned_kernel_are_held_where_they_are_seen(hand: LabHand):
    hand.page.document.show(edits.from_preset("transposed"))
    hand.page.document.look(stamping=False)
    board = hand.canvas.layout_now.kernel[0]
    QTest.mouseClick(hand.canvas, LEFT, pos=board.counted.cell_rect(0, 0).center().toPoint())
    assert hand.state.pins == (Focus("kernel", (2, 2)),)
    hand.key(Qt.Key.Key_Right, hand.canvas)
    assert hand.state.pins == (Focus("kernel", (2, 1)),)
    assert hand.rect("kernel", (2, 1)) == board.counted.cell_rect(0, 1)
    QTest.keyClicks(hand.canvas, "5")
    QTest.keyClick(hand.canvas.editing.editor, Qt.Key.Key_Return)
    assert hand.state.weight is not None
    assert hand.state.weight[0, 0, 2, 1] == 5
