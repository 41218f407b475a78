"""The named colours and sizes of both themes: the one place where the look is decided."""

from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import Any, Final

GRID: Final = 8
"""Pixels of the layout grid: every margin and gap is a multiple of half of it."""

RADIUS: Final = 8
"""Corner radius of cards in pixels; controls inside of them have ``RADIUS - 2``."""

SANS: Final = "Inter"
MONO: Final = "JetBrains Mono"
"""Families of the bundled fonts; what they lack comes from the system's fonts."""

SMALL: Final = 11
BODY: Final = 13
HEADING: Final = 15
TITLE: Final = 20
DISPLAY: Final = 28
"""The type scale in pixels."""

FADED: Final = 0.7
"""How far the colours of numbers go towards the surface where they are beside the point."""


@dataclass(frozen=True)
class Palette:
    """Named colours as ``#rrggbb``; text colours reach 4.5 : 1 on ``window`` and ``surface``.

    The ``map_*`` ramps are colour maps from low to high; the diverging ones have zero in
    their middle. Blue-orange and purple-green stay apart in the common colour vision deficiencies.
    `pins` are for the cells that are held, one after the other, `runs` for the curves of runs
    that lie over each other.
    """

    name: str
    window: str
    surface: str
    sunken: str
    border: str
    control: str
    text: str
    muted: str
    accent: str
    accent_hover: str
    accent_soft: str
    on_accent: str
    hover: str
    disabled: str
    success: str
    success_soft: str
    warning: str
    warning_soft: str
    error: str
    error_soft: str
    input_size: str
    kernel_size: str
    stride: str
    padding: str
    dilation: str
    output_padding: str
    focus_window: str
    pins: tuple[str, ...]
    runs: tuple[str, ...]
    ghost: str
    map_signed: tuple[str, ...]
    map_weight: tuple[str, ...]
    map_picture: tuple[str, ...]
    map_count: tuple[str, ...]


@lru_cache
def faded(palette: Palette) -> Palette:
    """Return the colours of what is beside the point: paler, and words that can be read still."""

    def paler(name: str, share: float) -> str:
        pairs = ((int(name[i : i + 2], 16), int(palette.surface[i : i + 2], 16)) for i in (1, 3, 5))
        return "#" + "".join(f"{round(a + share * (b - a)):02x}" for a, b in pairs)

    shares = {"text": 0.35, "muted": 0.2, "accent": 0.2, "focus_window": 0.6}
    changed: dict[str, Any] = {
        name: paler(getattr(palette, name), share) for name, share in shares.items()
    }
    changed |= {
        field.name: tuple(paler(name, FADED) for name in getattr(palette, field.name))
        for field in fields(palette)
        if field.name.startswith("map_")
    }
    return replace(palette, **changed)


MAPS_RGB: Final = (
    ("#140606", "#7d1a14", "#ff6a5c"),
    ("#05120a", "#14622f", "#4fe07f"),
    ("#060a18", "#173a99", "#6ea0ff"),
)
"""The channels of a colour picture: dark is none of a colour, in both themes."""

MAP_GREY: Final = ("#0a0d12", "#f5f7fa")
"""A grey picture of the user's own, in both themes; a digit is ink on paper in the light one."""

HUES: Final = ("input_size", "kernel_size", "stride", "padding", "dilation", "output_padding")
"""The colours of `Palette` that stand for a parameter wherever it is shown."""

LIGHT: Final = Palette(
    name="light",
    window="#f4f6f9",
    surface="#ffffff",
    sunken="#e9edf3",
    border="#d5dbe5",
    control="#7d899b",
    text="#18212e",
    muted="#525e70",
    accent="#2c5fd5",
    accent_hover="#214fb9",
    accent_soft="#e2eafc",
    on_accent="#ffffff",
    hover="#edf1f7",
    disabled="#9aa4b3",
    success="#14704a",
    success_soft="#def3e8",
    warning="#855400",
    warning_soft="#fdf0d5",
    error="#b3261e",
    error_soft="#fce8e6",
    input_size="#1d5fae",
    kernel_size="#7b2fbe",
    stride="#00706a",
    padding="#a04a05",
    dilation="#566400",
    output_padding="#4a4fb0",
    focus_window="#cf0a74",
    pins=("#cf0a74", "#1d5fae", "#a04a05", "#14704a", "#7b2fbe"),
    runs=("#2c5fd5", "#c2560c", "#0e8553", "#c2187a", "#7b2fbe", "#0a7f94", "#7a6f00", "#3b4656"),
    ghost="#eef1f6",
    map_signed=("#0b3c7d", "#2f74c0", "#9cc3e8", "#f8f8f6", "#f6c08a", "#d9731a", "#8a3c00"),
    map_weight=("#4b1a6f", "#8a56b2", "#cdb3e0", "#f8f8f6", "#aedbae", "#3f9a55", "#0c5226"),
    map_picture=("#ffffff", "#10161f"),
    map_count=("#f8f8f6", "#aedbae", "#3f9a55", "#0c5226"),
)

DARK: Final = Palette(
    name="dark",
    window="#12161c",
    surface="#1a2029",
    sunken="#0d1015",
    border="#2e3744",
    control="#728096",
    text="#e8ecf2",
    muted="#a3aebd",
    accent="#6d9bff",
    accent_hover="#8db1ff",
    accent_soft="#223457",
    on_accent="#0b1222",
    hover="#242c38",
    disabled="#5a6677",
    success="#5fd39a",
    success_soft="#163528",
    warning="#f2bd5a",
    warning_soft="#3a2d12",
    error="#ff8f85",
    error_soft="#43201d",
    input_size="#7db8ff",
    kernel_size="#cf9bff",
    stride="#4fd1c5",
    padding="#f6a35c",
    dilation="#c6d857",
    output_padding="#a8adff",
    focus_window="#ff5fae",
    pins=("#ff5fae", "#7db8ff", "#f6a35c", "#5fd39a", "#cf9bff"),
    runs=("#6d9bff", "#ff9f4a", "#4fd18b", "#ff66b5", "#c58cff", "#45cfe6", "#d6cf4e", "#d3dae4"),
    ghost="#222a35",
    map_signed=("#8cc4ff", "#4a8fe0", "#27507f", "#1d232c", "#7a4a1c", "#d98228", "#ffc078"),
    map_weight=("#dcb3ff", "#a06bd0", "#57396f", "#1d232c", "#2a5c38", "#4fae68", "#a8f0b4"),
    map_picture=("#0a0d12", "#f5f7fa"),
    map_count=("#1d232c", "#2a5c38", "#4fae68", "#a8f0b4"),
)

THEMES: Final = {palette.name: palette for palette in (LIGHT, DARK)}
