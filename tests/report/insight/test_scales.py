"""Colours of the heat-maps: equal steps of a value are equal steps to the eye."""

from __future__ import annotations

import numpy as np
import pytest

from recurra.report.insight.scales import SCALES, colour_map, hex_colours


def lightness(rgb: np.ndarray) -> np.ndarray:
    """CIE 1976 L* of sRGB colours."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    y = linear @ np.array([0.2126729, 0.7151522, 0.0721750])
    return 116 * np.cbrt(y) - 16


def colours(name: str) -> np.ndarray:
    return colour_map(name)(np.linspace(0, 1, 256))[:, :3]  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["share", "size"])
def test_sequential_scales_grow_lighter_evenly(name: str) -> None:
    steps = np.diff(lightness(colours(name)))
    assert steps.min() > 0
    assert steps.max() < 3 * steps.mean()


def test_signed_scale_is_as_dark_on_either_side() -> None:
    found = lightness(colours("signed"))
    assert np.abs(found - found[::-1]).max() < 1
    assert np.diff(found[:128]).min() > 0
    assert np.ptp(np.diff(found[:127])) < 0.2
    assert found[127] > 96


def test_signs_are_told_apart_without_red_and_green() -> None:
    below, above = colours("signed")[20], colours("signed")[-20]
    assert below[2] - below[0] > 0.3
    assert above[0] - above[2] > 0.3


@pytest.mark.parametrize("name", SCALES)
def test_page_gets_six_digits_for_each_colour(name: str) -> None:
    text = hex_colours(name, 16)  # type: ignore[arg-type]
    assert len(text) == 96
    assert int(text, 16) >= 0
