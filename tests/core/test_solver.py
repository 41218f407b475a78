"""Every setting that the solver lists does what was asked, and none is missing."""

import dataclasses
from itertools import product
from typing import Any

import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st

from explorer.core.cost import multiply_adds, parameters, receptive_field
from explorer.core.geometry import Pair
from explorer.core.layers import (
    OPERATIONS,
    AdaptiveMaxPool2d,
    AvgPool2d,
    Conv2d,
    ConvTranspose2d,
    Layer,
    MaxPool2d,
)
from explorer.core.solver import SOLVED, Setting, can_solve, oddity, others, solve
from explorer.core.source import source
from tests.core.strategies import module

ONE = {"in_channels": 1, "out_channels": 1}
KEPT: dict[type[Layer], dict[str, Any]] = {
    Conv2d: ONE,
    ConvTranspose2d: ONE,
    MaxPool2d: {},
    AvgPool2d: {},
}
KINDS = st.sampled_from(list(KEPT))
SIDES = st.integers(1, 40)
SIZES = st.tuples(SIDES, SIDES) | SIDES.map(lambda n: (n, n))
ALL = 10**9


def made(layer: Layer, size: Pair) -> Pair:
    """Return the (h, w) that torch makes of `size`."""
    h, w = module(layer)(torch.zeros(1, 1, *size)).shape[2:]
    return h, w


@given(KINDS, SIZES, SIZES)
@example(Conv2d, (28, 28), (14, 14))
@example(ConvTranspose2d, (14, 14), (28, 28))
@example(MaxPool2d, (28, 28), (14, 14))
@example(Conv2d, (28, 20), (5, 9))
def test_torch_makes_the_wanted_size_with_every_solution(
    kind: type[Layer], size: Pair, wanted: Pair
) -> None:
    answer = solve(kind, size, wanted, **KEPT[kind])
    assert (answer.reason is None) == bool(answer.solutions)
    assert len(answer.solutions) == min(answer.found, 60)
    for solution in answer.solutions:
        assert type(solution.layer) is kind
        assert made(solution.layer, size) == solution.layer.out_size(size) == wanted
        assert solution.parameters == parameters(solution.layer)
        assert solution.multiply_adds == multiply_adds(solution.layer, 1, size)
        assert solution.receptive_field == receptive_field(solution.layer)


@given(KINDS, SIZES, SIZES)
def test_no_solution_is_listed_twice(kind: type[Layer], size: Pair, wanted: Pair) -> None:
    solutions = solve(kind, size, wanted, 500, **KEPT[kind]).solutions
    assert len({solution.layer for solution in solutions}) == len(solutions)


@given(st.sampled_from([MaxPool2d, AvgPool2d]), SIZES, SIZES)
@example(MaxPool2d, (5, 5), (2, 2))
def test_rounding_up_is_kept(kind: type[Layer], size: Pair, wanted: Pair) -> None:
    for solution in solve(kind, size, wanted, ceil_mode=True).solutions:
        assert getattr(solution.layer, "ceil_mode")  # noqa: B009 - a Layer as such has none
        assert made(solution.layer, size) == wanted


@given(st.sampled_from(["reflect", "replicate", "circular"]), SIZES, SIZES)
@example("reflect", (3, 3), (3, 3))
def test_no_padding_is_wider_than_its_mode_allows(mode: str, size: Pair, wanted: Pair) -> None:
    for solution in solve(Conv2d, size, wanted, **ONE, padding_mode=mode).solutions:
        assert made(solution.layer, size) == wanted


# ------------------------------------------------------------------------------------- completeness

LOWEST = Setting(kernel_size=1, stride=1)
SMALL = Setting(kernel_size=3, stride=3, padding=3, dilation=2, output_padding=2)


def is_small(setting: Setting) -> bool:
    return all(value <= top for value, top in zip(setting, SMALL, strict=True))


def names_of(kind: type[Layer]) -> list[str]:
    """Return what of a kind the solver sets."""
    known = {about.name for about in kind.parameters()}
    return [name for name in SOLVED if name in known]


def one_by_one(kind: type[Layer], cells: int) -> dict[int, set[Setting]]:
    """Return which small settings of one axis make which size, by asking torch for each."""
    names = names_of(kind)
    found: dict[int, set[Setting]] = {}
    ranges = (range(getattr(LOWEST, name), getattr(SMALL, name) + 1) for name in names)
    for numbers in product(*ranges):
        setting = LOWEST._replace(**dict(zip(names, numbers, strict=True)))
        if setting.kernel_size == 1 and setting.dilation > 1:
            continue
        pairs: Any = {name: (getattr(setting, name), getattr(LOWEST, name)) for name in names}
        try:
            h, _ = made(kind(**KEPT[kind], **pairs), (cells, 1))
        except (RuntimeError, ValueError):
            continue
        found.setdefault(h, set()).add(setting)
    return found


def settings_of(layer: Layer) -> tuple[Setting, Setting]:
    """Return the setting of each axis."""
    values = {name: layer.setting(name) for name in names_of(type(layer))}
    h, w = (LOWEST._replace(**{name: pair[i] for name, pair in values.items()}) for i in (0, 1))
    return h, w


@pytest.mark.parametrize("kind", KEPT)
@pytest.mark.parametrize("cells", [1, 2, 3, 7])
def test_nothing_that_torch_takes_is_missing(kind: type[Layer], cells: int) -> None:
    expected = one_by_one(kind, cells)
    for wanted in range(1, 30):
        answer = solve(kind, (cells, cells), (wanted, wanted), ALL, **KEPT[kind])
        assert len(answer.solutions) == answer.found
        pairs = [settings_of(solution.layer) for solution in answer.solutions]
        assert all(h == w for h, w in pairs)
        small = {h for h, _ in pairs if is_small(h)}
        assert small == expected.get(wanted, set())


@pytest.mark.parametrize("kind", [Conv2d, MaxPool2d])
def test_axes_of_their_own_are_combined_in_every_way(kind: type[Layer]) -> None:
    size, wanted = (28, 20), (13, 10)
    answer = solve(kind, size, wanted, ALL, **KEPT[kind])
    pairs = {settings_of(solution.layer) for solution in answer.solutions}
    each = [
        {settings_of(s.layer)[0] for s in solve(kind, (n, n), (m, m), ALL, **KEPT[kind]).solutions}
        for n, m in zip(size, wanted, strict=True)
    ]
    assert pairs == set(product(*each))
    assert answer.found == len(pairs) == len(answer.solutions)


# ------------------------------------------------------------------------------------------ ranking


@pytest.mark.parametrize(
    ("kind", "size", "wanted", "first"),
    [
        (
            Conv2d,
            (28, 28),
            (14, 14),
            [
                "kernel_size=3, stride=2, padding=1",
                "kernel_size=5, stride=2, padding=2",
                "kernel_size=7, stride=2, padding=3",
                "kernel_size=1, stride=2",
                "kernel_size=2, stride=2",
                "kernel_size=4, stride=2, padding=1",
            ],
        ),
        (
            Conv2d,
            (28, 28),
            (28, 28),
            [
                "kernel_size=3, padding=1",
                "kernel_size=5, padding=2",
                "kernel_size=7, padding=3",
                "kernel_size=1",
                "kernel_size=3, padding=2, dilation=2",
            ],
        ),
        (Conv2d, (28, 28), (24, 24), ["kernel_size=5", "kernel_size=3, dilation=2"]),
        (Conv2d, (256, 256), (128, 128), ["kernel_size=3, stride=2, padding=1"]),
        (
            Conv2d,
            (28, 28),
            (14, 28),
            ["kernel_size=3, stride=(2, 1), padding=1", "kernel_size=5, stride=(2, 1), padding=2"],
        ),
        (Conv2d, (28, 20), (14, 10), ["kernel_size=3, stride=2, padding=1"]),
        (
            ConvTranspose2d,
            (14, 14),
            (28, 28),
            [
                "kernel_size=2, stride=2",
                "kernel_size=4, stride=2, padding=1",
                "kernel_size=3, stride=2, padding=1, output_padding=1",
            ],
        ),
        (
            MaxPool2d,
            (28, 28),
            (14, 14),
            ["kernel_size=2", "kernel_size=3, stride=2, padding=1"],
        ),
        (AvgPool2d, (27, 27), (9, 9), ["kernel_size=3"]),
    ],
)
def test_the_common_settings_come_first(
    kind: type[Layer], size: Pair, wanted: Pair, first: list[str]
) -> None:
    answer = solve(kind, size, wanted, len(first), **KEPT[kind])
    written = [source(solution.layer) for solution in answer.solutions]
    channels = "1, 1, " if KEPT[kind] else ""
    assert written == [f"nn.{kind.__name__}({channels}{line})" for line in first]


@given(KINDS, SIZES, SIZES)
@example(Conv2d, (28, 20), (13, 10))
def test_the_order_is_alike_before_unlike_and_common_before_odd(
    kind: type[Layer], size: Pair, wanted: Pair
) -> None:
    ranks = []
    for solution in solve(kind, size, wanted, 200, **KEPT[kind]).solutions:
        h, w = settings_of(solution.layer)
        apart = sum(a != b for a, b in zip(h, w, strict=True))
        ranks.append((apart > 0, oddity(kind, h) + oddity(kind, w) + 12 * apart))
    assert ranks == sorted(ranks)


def test_oddity_grows_with_everything_uncommon() -> None:
    best = Setting(kernel_size=3, stride=1, padding=1)
    assert oddity(Conv2d, best) == 0
    assert oddity(MaxPool2d, Setting(kernel_size=2, stride=2)) == 0
    for change in ({"stride": 3}, {"padding": 4}, {"dilation": 2}, {"output_padding": 1}):
        name, value = next(iter(change.items()))
        odd, odder = best._replace(**change), best._replace(**{name: value + 1})
        assert 0 < oddity(ConvTranspose2d, odd) < oddity(ConvTranspose2d, odder)


def test_windows_that_lie_in_the_padding_come_last() -> None:
    found = solve(Conv2d, (28, 28), (30, 30), limit=1000, in_channels=1, out_channels=1).solutions
    blind = [
        layer.setting("padding")[0] > layer.dilation[0] * (layer.kernel_size[0] - 1)
        for layer in (solution.layer for solution in found)
        if isinstance(layer, Conv2d)
    ]
    assert any(blind) and not all(blind)
    assert blind == sorted(blind)
    cropped = Setting(kernel_size=1, stride=1, padding=2)
    assert oddity(ConvTranspose2d, cropped) < oddity(Conv2d, cropped)


def test_a_limit_cuts_off_the_end_and_the_number_stays() -> None:
    for wanted in ((14, 14), (14, 9)):
        few, many = (solve(Conv2d, (28, 28), wanted, n, **ONE) for n in (7, 61))
        assert few.solutions == many.solutions[:7]
        assert few.found == many.found >= 61
    assert solve(Conv2d, (28, 28), (14, 9), 0, **ONE).solutions == ()


# ---------------------------------------------------------------------------- what else is answered


def test_what_was_not_asked_for_stays_as_it_was() -> None:
    layer = Conv2d(2, 4, (3, 3), groups=2, bias=False, padding_mode="replicate", padding="same")
    for solution in solve(Conv2d, (9, 9), (4, 4), **others(layer)).solutions:
        changed = {name: getattr(solution.layer, name) for name in SOLVED[:4]}
        assert solution.layer == dataclasses.replace(layer, **changed)


def test_settings_leave_out_what_is_torchs_default() -> None:
    (first, *_) = solve(Conv2d, (28, 28), (24, 24), **ONE).solutions
    assert first.settings == (("kernel_size", (5, 5)),)
    (pool, overlapping, *_) = solve(MaxPool2d, (28, 28), (14, 14)).solutions
    assert pool.settings == (("kernel_size", (2, 2)),)
    assert dict(overlapping.settings)["stride"] == (2, 2)


@pytest.mark.parametrize(
    ("kind", "size", "wanted", "reason"),
    [
        (Conv2d, (28, 28), (300, 300), "300 out of 28: the nearest size is 44"),
        (Conv2d, (28, 28), (14, 0), "0 out of 28: the nearest size is 1"),
        (
            MaxPool2d,
            (512, 512),
            (256, 300),
            "300 out of 512: the nearest sizes are 257 and 452",
        ),
    ],
)
def test_an_impossible_wish_is_answered_with_the_nearest(
    kind: type[Layer], size: Pair, wanted: Pair, reason: str
) -> None:
    answer = solve(kind, size, wanted, **KEPT[kind])
    assert (answer.solutions, answer.found) == ((), 0)
    assert str(answer.reason).endswith(f", no setting makes {reason}.")


@pytest.mark.parametrize(
    ("kind", "limits"),
    [
        (Conv2d, "kernel_size ≤ 11, stride ≤ 8, padding ≤ 8, dilation ≤ 6"),
        (AvgPool2d, "kernel_size ≤ 11, stride ≤ 8, padding ≤ 5"),
    ],
)
def test_how_far_was_searched_is_told(kind: type[Layer], limits: str) -> None:
    answer = solve(kind, (28, 28), (56, 56), **KEPT[kind])
    assert str(answer.reason).startswith(f"With {limits}, no setting makes 56 out of 28: ")


@given(KINDS, SIDES, st.integers(1, 700))
@example(MaxPool2d, 40, 33)
def test_what_is_called_nearest_can_be_reached_and_nothing_nearer(
    kind: type[Layer], cells: int, wanted: int
) -> None:
    def found(goal: int) -> int:
        return solve(kind, (cells, cells), (goal, goal), 1, **KEPT[kind]).found

    answer = solve(kind, (cells, cells), (wanted, wanted), **KEPT[kind])
    if answer.reason is not None:
        named: dict[str, Any] = dict(answer.reason.values)
        near = [named[name] for name in ("below", "above", "nearest") if name in named]
        between = range(min(*near, wanted), max(*near, wanted) + 1)
        assert [size for size in between if found(size)] == near


def test_a_layer_whose_output_is_set_has_nothing_to_solve() -> None:
    assert not can_solve(AdaptiveMaxPool2d)
    answer = solve(AdaptiveMaxPool2d, (28, 28), (14, 14))
    assert (answer.solutions, answer.found) == ((), 0)
    assert str(answer.reason).endswith("there is nothing to solve.")


@pytest.mark.parametrize("kind", [kind for kind in OPERATIONS.values() if can_solve(kind)])
def test_every_kind_with_a_kernel_can_be_asked(kind: type[Layer]) -> None:
    kept = others(kind.starting_from({"kernel_size": (3, 3)}))
    (first, *_) = solve(kind, (28, 28), (14, 14), **kept).solutions
    assert first.layer.out_size((28, 28)) == (14, 14)
