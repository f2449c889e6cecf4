"""The pictures of a probe: what each is called, what it says, who draws it."""

from __future__ import annotations

from recurra.report.pictures import Picture
from recurra.report.probes.figures import lengths, reach

__all__ = ["PICTURES"]

PICTURES = (
    Picture(
        "probe",
        "Where each cell breaks",
        "Share of what chance gets wrong that is right, by length: 100 % is perfect, 0 % a network "
        "that has read nothing. Full points were learnt at that length, hollow ones only measured; "
        "diamonds are published figures. Above the dashed line a task counts as solved.",
        lengths.figure,
        lengths.describe,
        "comparison",
    ),
    Picture(
        "reach",
        "How far each cell reaches",
        "The longest length that is solved. An arrow: no break up to the longest length tried. "
        "A cross at the left: not even the shortest.",
        reach.figure,
        reach.describe,
        "comparison",
    ),
)
