"""Options that say how sequences of numbers are read."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Annotated, Any

import typer

from recurra.cli.option_groups import given_options

__all__ = ["COLLECTION_NAMES", "CollectionOptions", "collection_arguments"]


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


COLLECTION_NAMES = tuple(field.name for field in fields(CollectionOptions))


def collection_arguments(options: CollectionOptions | dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of `read_collection`: what was given."""
    given = options if isinstance(options, dict) else given_options(options)
    chosen = {name: given[name] for name in COLLECTION_NAMES if given.get(name) is not None}
    if "values" in chosen:
        names = [name.strip() for name in str(chosen["values"]).split(",")]
        chosen["values"] = tuple(name for name in names if name)
    return chosen
