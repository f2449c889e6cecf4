"""Options of sound that comes as a stream."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer

__all__ = ["StreamOptions"]


@dataclass(frozen=True)
class StreamOptions:
    """Where a stream comes from, and what it is."""

    stream: Annotated[
        str | None,
        typer.Option(
            help="Read raw sound as it comes: - for standard input, 16-bit mono little-endian.",
            metavar="-",
        ),
    ] = None
    rate: Annotated[
        int | None,
        typer.Option(help="Samples a second of the stream.", min=1, metavar="HZ"),
    ] = None
