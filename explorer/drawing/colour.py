"""Numbers as colours: ramps, pictures of arrays, and text that can be read on them."""

from functools import lru_cache

import numpy as np
from PySide6.QtGui import QColor, QImage

from explorer.core.layers import Array

LEVELS = 256
FAINT = 3.3
"""Contrast of numbers that are beside the point."""


@lru_cache
def ramp(anchors: tuple[str, ...]) -> np.ndarray:
    """Return `anchors`, spread evenly, as a table of shape (LEVELS, 3), uint8."""
    solid = [QColor(name) for name in anchors]
    colours = np.array([(c.red(), c.green(), c.blue()) for c in solid], np.float64)
    at = np.linspace(0, len(anchors) - 1, LEVELS)
    channels = [np.interp(at, np.arange(len(anchors)), colours[:, c]) for c in range(3)]
    return np.stack(channels, axis=1).round().astype(np.uint8)


def levels(values: Array, low: float, high: float) -> np.ndarray:
    """Return the place of each value between `low` and `high` as 0 … LEVELS - 1."""
    span = high - low if high > low else 1.0
    with np.errstate(over="ignore", invalid="ignore"):
        place = (values - low) * ((LEVELS - 1) / span) + 0.5
    if not np.isfinite(place).all():
        place = np.nan_to_num(place, nan=LEVELS / 2, posinf=LEVELS, neginf=0.0)
    steps: np.ndarray = place.clip(0, LEVELS - 1).astype(np.uint8)
    return steps


def picture(
    values: Array,
    anchors: tuple[str, ...],
    low: float,
    high: float,
    mask: np.ndarray | None = None,
) -> QImage:
    """Return an array (h, w) as an image of as many pixels, transparent where `mask` is False."""
    h, w = values.shape
    argb = packed(anchors)[levels(values, low, high)]
    if mask is not None:
        argb = np.where(mask, argb, np.uint32(0))
    return QImage(argb.data, w, h, 4 * w, QImage.Format.Format_ARGB32_Premultiplied).copy()


@lru_cache
def packed(anchors: tuple[str, ...]) -> np.ndarray:
    """Return the ramp as one number per level, as `QImage` holds opaque colours."""
    r, g, b = ramp(anchors).astype(np.uint32).T
    colours: np.ndarray = np.uint32(0xFF000000) | r << 16 | g << 8 | b
    return colours


@lru_cache
def ink(anchors: tuple[str, ...]) -> tuple[QColor, ...]:
    """Return for each level of a ramp the text colour, dark or light, that can be read on it.

    Relative luminance as WCAG 2 defines it; 0.179 is where black and white have the same contrast,
    4.6 : 1. Any lighter black would fall below 4.5 : 1 in the middle of a ramp.
    """
    dark, light = QColor("#000000"), QColor("#ffffff")
    return tuple(dark if value > 0.179 else light for value in luminance(ramp(anchors)))


@lru_cache
def faint_ink(anchors: tuple[str, ...], veil: str, opacity: float) -> tuple[QColor, ...]:
    """Return for each level of a ramp, under a veil of that opacity, a grey that can be made out.

    Its contrast is `FAINT` : 1, or what black or white reaches.
    """
    over = QColor(veil)
    cover = np.array([over.red(), over.green(), over.blue()])
    ground = luminance(ramp(anchors) * (1 - opacity) + cover * opacity) + 0.05
    wanted = np.where(ground > 0.229, ground / FAINT, ground * FAINT) - 0.05
    wanted = wanted.clip(0, 1)
    shares = np.where(wanted <= 0.0031308, wanted * 12.92, 1.055 * wanted ** (1 / 2.4) - 0.055)
    # Towards black or white, so that the contrast is never less for rounding.
    greys = np.where(ground > 0.229, np.floor(shares * 255), np.ceil(shares * 255))
    return tuple(QColor(grey, grey, grey) for grey in greys.astype(int).tolist())


def luminance(colours: np.ndarray) -> np.ndarray:
    """Return the relative luminance of colours, shape (..., 3), 0 to 255, as WCAG 2 defines it."""
    shares = colours / 255.0
    linear = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
    found: np.ndarray = linear @ np.array([0.2126, 0.7152, 0.0722])
    return found


def span(values: Array, signed: bool) -> tuple[float, float]:
    """Return the range to colour: symmetric about zero for `signed` data, else from 0."""
    finite = values[np.isfinite(values)]
    if finite.size == 0:
        return (-1.0, 1.0) if signed else (0.0, 1.0)
    if signed:
        limit = float(np.abs(finite).max()) or 1.0
        return -limit, limit
    return min(0.0, float(finite.min())), max(float(finite.max()), 1e-12)
