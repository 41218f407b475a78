"""From the state of the page and torch's numbers to the picture on the canvas."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.core.network.answering import probabilities
from explorer.core.network.state import PICTURE, NetworkState, Spot
from explorer.core.network.tracing import Region, trace_back
from explorer.drawing.network.scene import Answer, FlowScene, Mark
from explorer.ui.network.document import Outputs


def scene_of(
    state: NetworkState,
    outputs: Outputs,
    names: Sequence[str],
    pointed: tuple[int, int] | None,
) -> FlowScene:
    """Return the picture of a state.

    Parameters
    ----------
    outputs
        What came out of each layer.
    names
        Of the classes, where there are as many as answers.
    pointed
        (place, channel) of the map under the pointer where that is no cell.
    """
    return FlowScene(
        places=state.places,
        picture=state.picture,
        # Until those of the present network come, some are of another shape than it has now.
        outputs=tuple(
            output if output is not None and output.shape == place.output else None
            for place, output in zip(state.places, outputs, strict=False)
        ),
        answer=_answer(state, outputs, names),
        marks=tuple(_mark(state, name) for name in state.network.names),
        collapsed=state.collapsed,
        chosen=state.chosen,
        hover=state.hover,
        pin=state.pinned,
        map=pointed,
        regions=_regions(state),
    )


def _answer(state: NetworkState, outputs: Outputs, names: Sequence[str]) -> Answer | None:
    last = outputs[-1] if outputs else None
    found = None if last is None else probabilities(last, state.gives)
    if found is None:
        return None
    named = names if len(names) == len(found) else [str(n) for n in range(len(found))]
    return Answer(tuple(named), found)


def _mark(state: NetworkState, name: str) -> Mark:
    return Mark(
        frozen=name in state.frozen,
        off=state.off.get(name),
        edited=any(full.rpartition(".")[0] == name for full in state.edited),
    )


def _regions(state: NetworkState) -> tuple[Region, ...]:
    spot = state.spot
    if spot is None or spot.place == PICTURE or not _is_there(state, spot):
        return ()
    return trace_back(state.places, spot.place, spot.at)


def _is_there(state: NetworkState, spot: Spot) -> bool:
    """Tell whether a cell is one of the network as it is now."""
    if spot.place >= len(state.places):
        return False
    output = state.places[spot.place].output
    if output is None:
        return False
    return all(at < side for at, side in zip(spot.index(len(output)), output, strict=True))
