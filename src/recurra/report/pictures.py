"""What a picture of a report is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

from matplotlib.figure import Figure

__all__ = ["Picture"]

Source = TypeVar("Source")


class Picture(NamedTuple, Generic[Source]):
    """One picture of a report.

    Attributes:
        slug: Name of its PNG and prefix of its ids.
        title: Heading.
        caption: How to read it, one or two sentences.
        draw: Draws it from what the report is made of (records, a trace); None where that has
            nothing to show.
        describe: Says in words what it shows, for those who cannot see it.
        section: Section of the page that it stands in.
    """

    slug: str
    title: str
    caption: str
    draw: Callable[[Source], Figure | None]
    describe: Callable[[Source], str]
    section: str = ""
