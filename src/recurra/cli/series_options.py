"""Options that say how sequences of numbers are read."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Annotated, Any

import typer

from recurra.cli.option_groups import given_options

__all__ = [
    "COLLECTION_NAMES",
    "CollectionOptions",
    "SequenceOptions",
    "SplitBy",
    "collection_arguments",
]

SplitBy = Annotated[
    str | None,
    typer.Option(
        "--split-by",
        help="Column of speakers, machines, ...: none of them is in two parts of the data.",
        metavar="COL",
    ),
]


@dataclass(frozen=True)
class CollectionOptions:
    """Which columns of a table are what."""

    series_id: Annotated[
        str | None,
        typer.Option(
            help="Of a table with a row for each step: the column that names the sequence.",
            metavar="COL",
        ),
    ] = None
    time: Annotated[
        str | None,
        typer.Option(help="Column that the steps of a sequence are sorted by.", metavar="COL"),
    ] = None
    files: Annotated[
        str | None,
        typer.Option(
            help="Of a table with a row for each sequence: the column that names its file.",
            metavar="COL",
        ),
    ] = None
    values: Annotated[
        str | None,
        typer.Option(help="Columns of the channels.", metavar="COL[,COL...]"),
    ] = None


@dataclass(frozen=True)
class SequenceOptions:
    """How networks over sequences of numbers are made and trained."""

    scaling: Annotated[
        str | None,
        typer.Option(help="standard, per-series or none.", metavar="SCALING"),
    ] = None
    stride: Annotated[
        int | None,
        typer.Option(help="Steps that the network reads side by side.", min=1, metavar="N"),
    ] = None
    jitter: Annotated[
        float | None,
        typer.Option(help="Noise added in training, in spreads of a channel.", metavar="S"),
    ] = None
    magnitude: Annotated[
        float | None,
        typer.Option(help="Spread of a factor for each channel in training.", metavar="S"),
    ] = None
    window: Annotated[
        float | None,
        typer.Option(help="Smallest share of a sequence that training reads.", metavar="P"),
    ] = None


COLLECTION_NAMES = tuple(field.name for field in fields(CollectionOptions))


def collection_arguments(options: CollectionOptions | dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of `read_collection`: what was given."""
    given = options if isinstance(options, dict) else given_options(options)
    chosen = {name: given[name] for name in COLLECTION_NAMES if given.get(name) is not None}
    if "values" in chosen:
        names = [name.strip() for name in str(chosen["values"]).split(",")]
        chosen["values"] = tuple(name for name in names if name)
    return chosen
