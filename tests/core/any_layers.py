"""Random layers of every kind, made from what their parameters say of themselves."""

from typing import Any

from hypothesis import strategies as st

from explorer.core.layers import MODULES, OPERATIONS, Layer, Module, Parameter


def _values(about: Parameter) -> st.SearchStrategy[Any]:
    numbers = st.integers(about.minimum, about.maximum)
    if about.kind == "flag":
        return st.booleans()
    if about.kind == "choice":
        return st.sampled_from(about.choices)
    if about.kind in ("decimal", "real", "share"):
        return numbers | st.floats(about.minimum, about.maximum)
    if about.kind != "pair":
        return st.none() | numbers if about.optional is not None else numbers
    side = numbers if about.half_open is None else numbers | st.none()
    alternatives = [st.tuples(side, side), *map(st.just, about.words)]
    return st.one_of(*alternatives, *([st.none()] if about.optional is not None else []))


def _of_kind(operation: type[Module]) -> st.SearchStrategy[Any]:
    return st.builds(operation, **{a.name: _values(a) for a in operation.parameters()})


def any_layers() -> st.SearchStrategy[Layer]:
    """Return layers of all operations, whether an input suits them or not."""
    return st.one_of(*map(_of_kind, OPERATIONS.values()))


def any_modules(*kinds: type[Module]) -> st.SearchStrategy[Module]:
    """Return modules of all kinds, or of `kinds`, likewise."""
    return st.one_of(*map(_of_kind, kinds or MODULES.values()))
