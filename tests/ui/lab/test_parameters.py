"""The sliders, boxes, switches and lists on the left, moved one by one."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QPlainTextEdit,
    QSpinBox,
    QWidget,
)

from explorer.core.geometry import Pair
from explorer.core.hints import HINTS
from explorer.core.kernels import KERNELS
from explorer.core.layers import OPERATIONS, AvgPool2d, MaxPool2d
from explorer.core.presets import PRESETS, SECTIONS
from explorer.ui.lab import edits
from explorer.ui.widgets.slider import Slider
from explorer.ui.widgets.toggle import Toggle
from tests.ui.lab.hand import LabHand, plain


def test_a_slider_sets_both_sides_while_they_are_linked(hand: LabHand):
    for name in ("dilation", "kernel_size", "stride", "padding"):
        hand.slide(f"{name}.h", 2)
        assert hand.state.layer.setting(name) == (2, 2)
        assert hand.find(QSpinBox, f"{name}.h.box").value() == 2
        h, w = hand.state.output_size
        assert hand.reads("output_shape") == f"1 × 1 × {h} × {w}"


def test_unlinked_each_side_is_set_by_itself_until_they_are_linked_again(hand: LabHand):
    for name in ("input", "kernel_size", "stride", "padding", "dilation"):

        def value(name: str = name) -> Pair:
            pair: Pair = hand.state.size if name == "input" else hand.state.layer.setting(name)
            return pair

        before = value()
        hand.click(f"{name}.link")
        assert value() == before
        hand.slide(f"{name}.w", 4)
        assert value() == (before[0], 4)
        hand.slide(f"{name}.h", 2)
        assert value() == (2, 4)
        hand.click(f"{name}.link")
        assert value() == (2, 2)
        hand.click("undo")


def test_a_pair_that_differs_is_shown_unlinked(hand: LabHand):
    assert not hand.page.parameters.findChild(Slider, "padding.w").isVisible()  # type: ignore[union-attr]
    hand.page.document.edit("Padding", edits.with_parameter, "padding", (0, 2))
    assert hand.find(Slider, "padding.w").value() == 2
    hand.click("undo")
    assert hand.find(Slider, "padding.h").value() == 0


def test_the_input_grows_and_shrinks(hand: LabHand):
    hand.slide("input.h", 32)
    assert hand.state.size == (32, 32)
    assert hand.reads("output_shape") == "1 × 1 × 30 × 30"
    hand.type_into("input.h", "3")
    assert hand.reads("output_shape") == "1 × 1 × 1 × 1"


def test_what_is_half_typed_does_not_come_in_between_an_undo(hand: LabHand):
    # With the operation, the box goes out of sight, and takes what stands in it.
    for operation, name in (("MaxPool2d", "channels"), ("AvgPool2d", "kernel_size.h")):
        first = hand.state
        hand.choose("operation", operation)
        last = hand.state
        hand.type_into(name, "7", end=None)
        hand.click("undo")
        QApplication.processEvents()
        assert hand.state.layer == first.layer and hand.state.input is first.input
        hand.click("redo")
        assert hand.state.layer == last.layer and hand.state.input is last.input
        hand.click("undo")


def test_a_press_on_a_row_that_goes_with_the_layer_changes_nothing(hand: LabHand):
    bias, line = hand.find(Toggle, "bias"), hand.find(QPlainTextEdit, "source")
    line.setFocus()
    line.setPlainText("nn.MaxPool2d(2)")
    QTest.mouseClick(bias, Qt.MouseButton.LeftButton)
    assert hand.state.layer == MaxPool2d((2, 2))


def test_whatever_is_typed_becomes_a_legal_number(hand: LabHand):
    for typed, becomes in {"4": 4, "99": 11, "0": 1, "": 1, "-7": 1, "3": 3, "007": 7}.items():
        hand.type_into("kernel_size.h", typed)
        assert hand.state.layer.setting("kernel_size") == (becomes, becomes)
        assert hand.find(QSpinBox, "kernel_size.h.box").value() == becomes
        assert hand.find(Slider, "kernel_size.h").value() == becomes


def test_letters_cannot_be_typed(hand: LabHand):
    for typed in ("abc", "kernel", ".,!"):
        hand.type_into("kernel_size.h", typed)
        assert hand.state.layer.setting("kernel_size") == (3, 3)
        assert hand.find(QSpinBox, "kernel_size.h.box").value() == 3


def test_leaving_a_box_is_enough(hand: LabHand):
    box = hand.find(QSpinBox, "kernel_size.h.box")
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, "2")
    assert hand.state.layer.setting("kernel_size") == (3, 3)
    QTest.keyClick(box, Qt.Key.Key_Tab)
    assert hand.state.layer.setting("kernel_size") == (2, 2)


def test_arrows_move_a_slider_and_not_the_window(hand: LabHand):
    slider = hand.find(Slider, "padding.h")
    slider.setFocus()
    for _ in range(3):
        QTest.keyClick(slider, Qt.Key.Key_Right)
    assert hand.state.layer.setting("padding") == (3, 3)
    assert hand.state.step == 0


def test_space_plays_while_a_slider_has_the_keyboard(hand: LabHand):
    slider = hand.find(Slider, "padding.h")
    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_Space)
    assert hand.page.player.playing


def test_the_wheel_scrolls_the_panel_and_leaves_the_sliders(hand: LabHand):
    hand.page.setFocus()
    slider = hand.find(Slider, "padding.h")
    hand.wheel(slider.rect().center(), 3, on=slider)
    assert hand.state.layer.setting("padding") == (0, 0)


def test_every_parameter_of_an_operation_has_its_control(hand: LabHand):
    for name in ("AvgPool2d", "MaxPool2d", "Conv2d"):
        hand.choose("operation", name)
        assert type(hand.state.layer).__name__ == name
        for about in hand.state.layer.parameters():
            if about.kind == "channels":
                continue
            control = hand.find(QWidget, f"{about.name}.h" if about.kind == "pair" else about.name)
            assert control.accessibleName()
            assert control.toolTip() and control.whatsThis()
        widgets = hand.page.parameters.findChildren(QWidget)
        seen = {w.objectName().split(".")[0] for w in widgets if w.isVisible()}
        others = {about.name for kind in OPERATIONS.values() for about in kind.parameters()}
        assert not seen & (others - {about.name for about in hand.state.layer.parameters()})


def test_an_operation_is_changed_and_changed_back(hand: LabHand):
    hand.slide("padding.h", 1)
    before = hand.state.layer
    hand.choose("operation", "MaxPool2d")
    assert hand.state.layer == MaxPool2d((3, 3), None, (1, 1))
    assert not hand.page.parameters.kernel.isVisible()
    hand.click("undo")
    assert hand.state.layer == before
    assert hand.find(QComboBox, "operation").currentText() == "Conv2d"
    assert hand.find(QComboBox, "padding_mode").currentText() == "zeros"
    assert hand.page.parameters.kernel.isVisible()
    hand.click("redo")
    assert hand.find(QAbstractButton, "stride.auto").isChecked()


def test_the_stride_of_pooling_follows_the_kernel_until_it_is_set(hand: LabHand):
    hand.page.document.show(edits.from_preset("max_pool"))
    hand.slide("kernel_size.h", 3)
    assert hand.state.layer == MaxPool2d((3, 3))
    assert hand.find(Slider, "stride.h").value() == 3
    hand.click("stride.auto")
    assert hand.state.layer == MaxPool2d((3, 3), (3, 3))
    hand.slide("kernel_size.h", 2)
    assert hand.state.layer == MaxPool2d((2, 2), (3, 3))
    hand.click("stride.auto")
    assert hand.state.layer == MaxPool2d((2, 2))
    hand.slide("stride.h", 1)
    assert hand.state.layer == MaxPool2d((2, 2), (1, 1))
    assert not hand.find(QAbstractButton, "stride.auto").isChecked()


def test_a_stride_as_large_as_the_kernel_is_within_the_sliders_reach(hand: LabHand):
    hand.choose("operation", "MaxPool2d")
    hand.slide("input.h", 32)
    hand.slide("kernel_size.h", 11)
    assert hand.find(Slider, "stride.h").value() == 11
    hand.click("stride.auto")
    assert hand.state.layer.setting("stride") == (11, 11)


def test_the_divisor_is_the_windows_own_until_it_is_set(hand: LabHand):
    hand.page.document.show(edits.from_preset("avg_pool"))
    assert not hand.find(Slider, "divisor_override").isEnabled()
    told = hand.find(QAbstractButton, "divisor_override.auto").toolTip()
    assert "on, the cells counted" in told and "off, one number" in told
    hand.click("divisor_override.auto")
    hand.slide("divisor_override", 8)
    assert hand.state.layer == AvgPool2d((2, 2), divisor_override=8)
    assert not hand.find(QAbstractButton, "divisor_override.auto").isChecked()
    assert plain(hand.reads("cell_arithmetic")).endswith("÷ 8 = 1.625")
    hand.click("divisor_override.auto")
    assert hand.state.layer == AvgPool2d((2, 2))
    assert plain(hand.reads("cell_arithmetic")).endswith("÷ 4 = 3.25")
    hand.click("divisor_override.auto")
    assert isinstance(hand.state.layer, AvgPool2d)
    assert hand.state.layer.divisor_override is not None


def test_rounding_up_is_a_switch(hand: LabHand):
    hand.choose("preset", "small_pool")
    assert hand.reads("output_shape") == "1 × 1 × 1 × 1"
    hand.click("ceil_mode")
    assert hand.reads("output_shape") == "1 × 1 × 2 × 2"
    assert hand.page.parameters.preset.value() == "small_pool_ceil"


def test_whether_padding_counts_is_a_switch(hand: LabHand):
    hand.page.document.show(edits.from_preset("avg_pool"))
    hand.slide("padding.h", 1)
    assert plain(hand.reads("cell_arithmetic")).endswith("÷ 4 = 0.75")
    hand.click("count_include_pad")
    assert plain(hand.reads("cell_arithmetic")).endswith("÷ 1 = 3")


def test_bias_is_a_switch(hand: LabHand):
    hand.click("bias")
    assert plain(hand.reads("cell_arithmetic")).endswith(" + 1 = 212")
    hand.click("bias")
    assert plain(hand.reads("cell_arithmetic")).endswith(" = 211")


def test_return_indices_changes_no_number(hand: LabHand):
    hand.page.document.show(edits.from_preset("max_pool"))
    before = hand.reads("cell_arithmetic")
    hand.click("return_indices")
    assert "return_indices=True" in hand.code()
    assert hand.reads("cell_arithmetic") == before


def test_the_padding_mode_is_a_list(hand: LabHand):
    hand.slide("padding.h", 1)
    for mode in ("reflect", "replicate", "circular"):
        hand.choose("padding_mode", mode)
        assert f"padding_mode='{mode}'" in hand.code()
        assert hand.reads("output_shape") == "1 × 1 × 5 × 5"
        proof = hand.page.document.evaluation.proof
        assert proof is not None and proof.agrees
        hand.canvas.repaint()


def test_every_example_can_be_chosen(hand: LabHand):
    for name, preset in PRESETS.items():
        hand.choose("preset", name)
        assert edits.matching_preset(hand.state) == name
        assert hand.find(QComboBox, "preset").currentText() == str(preset.title)
        assert hand.page.document.evaluation.output is not None


def test_examples_stand_under_the_titles_of_the_lessons(hand: LabHand):
    field = hand.find(QComboBox, "preset")
    lines = [field.itemText(row) for row in range(field.count())]
    for title, examples in SECTIONS:
        row = lines.index(str(title))
        assert not field.model().index(row, 0).flags() & Qt.ItemFlag.ItemIsSelectable
        assert lines[row + 1] == str(next(iter(examples.values())).title)


def test_an_example_ends_the_wish_for_a_size(hand: LabHand):
    hand.click("find")
    solver = hand.page.parameters.solver
    solver.h.setValue(9)
    hand.page.document.edit("size", edits.with_input, size=(6, 6))
    assert solver.h.value() == 9
    hand.choose("preset", "max_pool")
    while solver.is_behind:
        QApplication.processEvents()
    assert (solver.h.value(), solver.w.value()) == (2, 2)


def test_dilation_is_told_as_holes_too(hand: LabHand):
    assert "their 1 is PyTorch's 2" in hand.find(Slider, "dilation.h").accessibleDescription()


def test_a_setting_of_ones_own_is_called_so(hand: LabHand):
    assert hand.page.parameters.preset.value() == "numbers"
    hand.slide("dilation.h", 2)
    assert hand.page.parameters.preset.value() == ""
    assert hand.find(QComboBox, "preset").currentText() == "Own setting"
    hand.click("undo")
    assert hand.page.parameters.preset.value() == "numbers"


def test_own_setting_is_no_example(hand: LabHand):
    before = hand.state
    hand.choose("preset", "")
    assert hand.state is before
    assert hand.page.parameters.preset.value() == "numbers"


def test_every_family_of_weights_can_be_chosen(hand: LabHand):
    for name in KERNELS:
        hand.choose("kernel", name)
        assert hand.state.kernel == name
        matching = {"counting": "numbers", "edge_across": "sobel"}.get(name, "")
        assert hand.page.parameters.preset.value() == matching


def test_the_input_is_a_list_and_the_digit_a_slider(hand: LabHand):
    assert not hand.page.parameters.input.digit.isVisible()
    hand.choose("input", "digit")
    assert hand.reads("output_shape") == "1 × 1 × 26 × 26"
    first = hand.state.input
    hand.type_into("digit", "7")
    assert hand.state.digit == 7
    assert (hand.state.input != first).any()
    hand.choose("input", "pool")
    assert hand.state.size == (4, 4)
    assert not hand.page.parameters.input.digit.isVisible()
    assert hand.find(Slider, "input.h").value() == 4


def test_a_drag_over_a_slider_is_undone_at_once(hand: LabHand):
    slider = hand.find(Slider, "input.h")
    y = slider.height() // 2
    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(slider.width() // 4, y))
    for x in range(slider.width() // 4, slider.width(), 8):
        QTest.mouseMove(slider, QPoint(x, y))
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=QPoint(slider.width() - 1, y))
    assert hand.state.size == (32, 32)
    hand.click("undo")
    assert hand.state.size == (5, 5)
    assert slider.value() == 5
    assert not hand.page.undo.isEnabled()
    hand.click("redo")
    assert hand.state.size == (32, 32)


def test_an_example_says_what_to_notice_until_something_is_changed(hand: LabHand):
    hand.choose("preset", "numbers_padding")
    assert hand.reads("preset.hint") == str(HINTS["numbers_padding"])
    hand.slide("stride.h", 2)
    assert not hand.page.parameters.hint.isVisible()
    hand.click("undo")
    assert hand.reads("preset.hint") == str(HINTS["numbers_padding"])


def test_what_decides_how_a_layer_is_understood_stands_below_its_name(hand: LabHand):
    assert hand.reads("flip.note") == "Off: cross-correlation, as torch computes it"
    operation, first = hand.find(QComboBox, "operation"), hand.find(Slider, "in_channels")
    assert bottom(operation) < bottom(hand.page.parameters.flip) < bottom(first)
    hand.click("flip")
    assert hand.reads("flip.note").startswith("On: the kernel is turned")
    hand.choose("operation", "ConvTranspose2d")
    assert bottom(operation) < bottom(hand.page.parameters.stamping)
    assert bottom(hand.page.parameters.stamping) < bottom(hand.find(Slider, "in_channels"))
    notes = hand.page.parameters.findChildren(QLabel, "flip.note")
    assert [note.isVisible() for note in notes] == [False]


def test_a_switch_stands_above_what_it_unlocks(hand: LabHand):
    hand.page.document.show(edits.from_preset("avg_pool"))
    switch = hand.find(QAbstractButton, "divisor_override.auto")
    assert bottom(switch) < bottom(hand.find(Slider, "divisor_override"))


def test_the_settings_for_a_size_are_a_click_away(hand: LabHand):
    solver = hand.page.parameters.solver
    assert not solver.isVisible()
    for _ in range(2):  # open already, it comes into sight again
        hand.click("solver.open")
        QApplication.processEvents()
        assert solver.isVisible() and solver.h.hasFocus()
        assert not solver.h.visibleRegion().isEmpty()


def bottom(widget: QWidget) -> int:
    """Return how far down the panel a control ends."""
    QApplication.processEvents()
    return widget.mapToGlobal(widget.rect().bottomLeft()).y()
