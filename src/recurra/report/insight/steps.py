"""Steps as pictures show them: names that can be seen, and how many fit side by side."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from recurra.report.attention_plot import token_label
from recurra.report.numbers import shorten

__all__ = ["StepAxis", "column_name", "step_axis", "step_names"]

_LINE = 13  # CSS pixels that an upright name of 10 pixels takes
_WIDEST = 2640
_NARROWEST = 640
_SHORT, _LONG = 8, 12  # characters that fit into a column of the drawing, large and small
_CLOCK = re.compile(r"[T ]\d\d:\d\d")


class StepAxis(NamedTuple):
    """How the time axis of a picture is divided.

    Attributes:
        pixels: Width of a step in CSS pixels.
        every: A name stands at each so many steps.
    """

    pixels: float
    every: int


def step_axis(steps: int) -> StepAxis:
    """Divide the time axis so that no two upright names touch.

    Args:
        steps: How many steps there are.

    Returns:
        Every step is named as long as the picture stays on a wall; of longer ones some are.
    """
    pixels = min(max(_LINE, _NARROWEST / max(steps, 1)), 28)
    if steps * pixels > _WIDEST:
        pixels = _WIDEST / steps
    return StepAxis(pixels, max(1, -int(-_LINE // pixels)))


def step_names(labels: Sequence[str]) -> tuple[str, ...]:
    """Return names that can be seen: of time stamps only what differs, of tokens no blank.

    Args:
        labels: The steps' labels.
    """
    if len(labels) > 1 and all(map(_CLOCK.search, labels)):
        stamps = [label.replace("T", " ") for label in labels]
        ends = (" 00:00:00", ":00:00", ":00")
        tail = next((end for end in ends if all(stamp.endswith(end) for stamp in stamps)), "")
        short = [stamp[: len(stamp) - len(tail)] if tail else stamp for stamp in stamps]
        return tuple(name + (" h" if tail == ":00:00" else "") for name in short)
    return tuple(map(token_label, labels))


def column_name(name: str) -> tuple[str, bool]:
    """Fit a step's name into a column of the network over time.

    Args:
        name: One of `step_names`.

    Returns:
        The name, in two lines or shortened where it is long, and whether it needs small letters.
    """
    if len(name) <= _SHORT:
        return name, False
    first, _, second = name.partition(" ")
    return (f"{first}\n{second}" if second else shorten(name, _LONG)), True
