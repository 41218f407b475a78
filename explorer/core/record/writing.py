"""A scene as values that JSON can hold."""

from typing import Any

from explorer.core.record.arrays import check_board, check_count, same_bits, written
from explorer.core.record.form import FORMAT, MOST_WEIGHTS, VERSION
from explorer.core.scene import PICTURE, LabState


def to_record(state: LabState) -> dict[str, Any]:
    """Return `state` as values that JSON can hold; what the pointer is on is left out.

    Raises
    ------
    RecordError
        For more numbers than `from_record` would take.
    """
    layer = state.layer
    parameters = {about.name: getattr(layer, about.name) for about in layer.parameters()}
    given: dict[str, Any] = {"sample": state.sample, "digit": int(state.digit)}
    if state.sample == PICTURE:
        given["fit"] = state.fit
    boards = {"values": state.input, "origin": state.origin}
    for name, board in boards.items():
        # Nearly always the input is as large as what it was made of.
        if board is not None and (name == "values" or not same_bits(board, state.input)):
            check_board(board.shape, f"input.{name}")
            given[name] = written(board)
    weighed: dict[str, Any] = {"kernel": state.kernel}
    for name, values in (("weight", state.weight), ("bias", state.bias)):
        if values is not None:
            check_count(values.size, MOST_WEIGHTS, f"weights.{name}")
            weighed[name] = written(values)
    return {
        "format": FORMAT,
        "version": VERSION,
        "layer": {
            "type": type(layer).__name__,
            **{n: list(v) if isinstance(v, tuple) else v for n, v in parameters.items()},
        },
        "input": given,
        "weights": weighed,
        "view": {
            "flip": state.flip,
            "channel": int(state.channel),
            "step": float(state.step),
            "pins": [
                {"board": pin.board, "cell": [*map(int, pin.cell)], "channel": int(pin.channel)}
                for pin in state.pins
            ],
            "usage": state.usage,
            "stamping": state.stamping,
            "tints": state.tints,
        },
    }
