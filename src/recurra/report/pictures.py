"""What a picture of a report is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from matplotlib.figure import Figure

from recurra.study.summary import Record

__all__ = ["Picture"]


class Picture(NamedTuple):
    """One picture of a report.

    Attributes:
        slug: Name of its PNG and prefix of its ids.
        title: Heading.
        caption: How to read it, one or two sentences.
        draw: Draws it from the records; None where they have nothing to show.
        describe: Says in words what it shows, for those who cannot see it.
    """

    slug: str
    title: str
    caption: str
    draw: Callable[[Sequence[Record]], Figure | None]
    describe: Callable[[Sequence[Record]], str]
