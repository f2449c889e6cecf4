"""Colour scales of heat-maps: perceptually uniform, and safe for colour-blind readers."""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import ListedColormap
from numpy.typing import NDArray

__all__ = ["SCALES", "ScaleName", "colour_map", "hex_colours"]

ScaleName: TypeAlias = Literal["share", "signed", "size"]
SCALES: tuple[ScaleName, ...] = ("share", "signed", "size")
"""`share`: from 0 to 1 (gates); `signed`: about zero (states); `size`: decades (gradients)."""

_STEPS = 256
# CIELAB: lightness, green-red, blue-yellow. Both ends are equally dark and far from the middle,
# so equal steps of a value are equal steps to the eye; blue against orange is told apart by all.
_BELOW = (38.0, 6.0, -46.0)
_MIDDLE = (97.0, 0.0, 0.0)
_ABOVE = (38.0, 34.0, 44.0)
_WHITE = (0.95047, 1.0, 1.08883)  # D65
_TO_RGB = (
    (3.2404542, -1.5371385, -0.4985314),
    (-0.9692660, 1.8760108, 0.0415560),
    (0.0556434, -0.2040259, 1.0572252),
)


def colour_map(name: ScaleName) -> ListedColormap:
    """Return a scale for matplotlib: viridis, blue-white-orange or cividis.

    Args:
        name: One of `SCALES`.
    """
    if name == "signed":
        return ListedColormap(_signed(), name="recurra-signed")
    known = {"share": "viridis", "size": "cividis"}[name]
    return ListedColormap(colormaps[known](np.linspace(0, 1, _STEPS))[:, :3], name=known)


def hex_colours(name: ScaleName, steps: int = 64) -> str:
    """Return a scale for the page's script: colours of six hex digits, one after the other.

    Args:
        name: One of `SCALES`.
        steps: How many colours.
    """
    rgb = colour_map(name)(np.linspace(0, 1, steps))[:, :3]
    return bytes(np.round(255 * rgb).astype(np.uint8).ravel()).hex()


def _signed() -> NDArray[np.float64]:
    """Colours on two straight lines through CIELAB, `(steps, 3)` in sRGB."""
    half = np.linspace(1, 0, _STEPS // 2)[:, None]
    below = half * np.array(_BELOW) + (1 - half) * np.array(_MIDDLE)
    above = half * np.array(_ABOVE) + (1 - half) * np.array(_MIDDLE)
    return _srgb(np.concatenate([below, above[::-1]]))


def _srgb(lab: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn CIELAB (D65) into sRGB (IEC 61966-2-1), `(n, 3)` each."""
    y = (lab[:, 0] + 16) / 116
    f = np.stack([y + lab[:, 1] / 500, y, y - lab[:, 2] / 200], axis=1)
    xyz = np.where(f > 6 / 29, f**3, 3 * (6 / 29) ** 2 * (f - 4 / 29)) * np.array(_WHITE)
    linear = np.clip(xyz @ np.array(_TO_RGB).T, 0, 1)
    curved = 1.055 * linear ** (1 / 2.4) - 0.055
    found: NDArray[np.float64] = np.where(linear <= 0.0031308, 12.92 * linear, curved)
    return found
