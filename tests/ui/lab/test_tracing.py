"""The sentence below the canvas."""

import dataclasses
from typing import Any

from explorer.core.geometry import Pair
from explorer.core.scene import BoardName, Focus, LabState
from explorer.core.trace import trace
from explorer.ui.lab import edits, tracing


def said(state: LabState, board: BoardName, at: Pair, **more: Any) -> str:
    focus = Focus(board, at)
    looked = dataclasses.replace(state, hover=focus, **more)
    return tracing.traced(looked, trace(state.layer, state.size, focus)).replace("\xa0", " ")


def test_what_is_traced_is_told():
    state = edits.from_preset("numbers_padding")
    assert said(state, "output", (2, 2)) == "Output (2, 2) reads 9 of the input's cells."
    assert said(state, "output", (0, 2)).endswith(", 3 of them outside of it.")
    assert said(state, "input", (0, 0)) == "Input (0, 0) reaches 4 of 25 output cells."
    assert said(state, "input", (-1, 2)) == "Padding (-1, 2) reaches 3 of 25 output cells."
    assert said(state, "kernel", (0, 0)).endswith("every output cell: 25 ×.")


def test_a_held_cell_is_told_apart_from_one_that_is_passed_over():
    state = edits.from_preset("numbers")
    here = Focus("output", (0, 0))
    assert said(state, "output", (0, 0), pins=(here,)).startswith("Held, Esc lets go: Output")
    assert said(state, "output", (0, 1), pins=(here,)).startswith("Output")


def used(name: str, **settings: Any) -> str:
    state = edits.from_preset(name)
    for parameter, value in settings.items():
        state = edits.with_parameter(state, parameter, value)
    return tracing.traced(dataclasses.replace(state, usage=True), None)


def test_how_often_cells_are_used_is_told():
    fewest = "Windows per cell: fewest"
    assert used("numbers") == f"{fewest} 1 in the corners, most 9 in the middle."
    assert used("numbers_padding") == f"{fewest} 4 in the corners, most 9 in the middle."
    assert used("circular") == "Windows per cell: 9 everywhere."
    assert used("same_even") == f"{fewest} 1, most 4."
    assert used("groups", stride=2) == f"{fewest} 0, most 4."
    assert used("numbers", stride=(2, 2), padding=(1, 1)) == f"{fewest} 1, most 4."
    stamping = dataclasses.replace(edits.from_preset("transposed_back"), stamping=True, usage=True)
    assert tracing.traced(stamping, None) == "Outputs per cell: 9 everywhere."
    state = dataclasses.replace(edits.from_preset("numbers"), usage=True)
    assert said(state, "input", (0, 0)) == "Input (0, 0) reaches 1 of 9 output cells."
    assert tracing.traced(edits.from_preset("numbers"), None).startswith("Point at any cell")


def test_stamps_are_told_and_no_stretched_input():
    state = dataclasses.replace(edits.from_preset("transposed_back"), stamping=True)
    assert said(state, "output", (0, 0)) == "Output (0, 0): the stamp of input (0, 0) alone."
    assert said(state, "output", (2, 1)) == (
        "Output (2, 1): 2 stamps add up, of input (0, 0), (1, 0)."
    )
    assert said(state, "output", (2, 2)).startswith("Output (2, 2): 4 stamps add up")
    # Positions on the stretched input: the real cell below is (1, 0).
    assert said(state, "input", (2, 0)) == "Input (1, 0) stamps 9 of 25 output cells."
    assert said(state, "kernel", (0, 0)).endswith("every stamp: 4 of 4 put it on the output.")
    cropped = edits.with_parameter(state, "padding", 1)
    assert said(cropped, "kernel", (0, 0)).endswith("1 of 4 put it on the output.")
    wide = edits.with_parameter(state, "kernel_size", (1, 1))
    assert said(wide, "output", (0, 1)) == "No stamp reaches output (0, 1)."
    many = edits.with_parameter(
        edits.with_parameter(
            dataclasses.replace(edits.from_preset("transposed"), stamping=True), "stride", (1, 1)
        ),
        "kernel_size",
        (3, 3),
    )
    assert said(many, "output", (2, 2)).endswith("(0, 0), (0, 1), (0, 2), (1, 0), ….")
    assert "stretched" in said(edits.from_preset("transposed_back"), "output", (2, 1))
