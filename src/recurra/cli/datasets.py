"""`recurra data list | get | path`."""

from __future__ import annotations

from typing import Annotated

import typer

from recurra.cli import options as o
from recurra.cli.output import console, print_json

__all__ = ["get_command", "list_command", "path_command"]

_BUILT_IN = "built in"
Name = Annotated[str, typer.Argument(help="Name of a dataset.", metavar="NAME")]


def list_command(as_json: o.Json = False) -> None:
    """List the named datasets and where they are."""
    from recurra.sequences import dataset_description, dataset_kind, dataset_names

    rows = [
        {
            "name": name,
            "kind": dataset_kind(name),
            "description": dataset_description(name),
            "path": _where(name),
        }
        for name in dataset_names()
    ]
    if as_json:
        print_json(rows)
        return
    screen = console()
    width = max(len(str(row["name"])) for row in rows)
    for row in rows:
        place = row["path"] or f"not here yet: recurra data get {row['name']}"
        screen.print(f"{row['name']:<{width}} {place}")
        screen.print(f"{'':<{width}} {row['kind']}: {row['description']}")


def get_command(name: Name) -> None:
    """Fetch a dataset unless it is here, and print its folder or file."""
    from recurra.sequences import get_dataset

    console().print(str(get_dataset(name) or _BUILT_IN))


def path_command(name: Name) -> None:
    """Print the folder or the file of a dataset that is here."""
    from recurra.sequences import dataset_path

    console().print(str(dataset_path(name) or _BUILT_IN))


def _where(name: str) -> str | None:
    """Return the folder of a dataset, `built in`, or `None` when it is not on this machine."""
    from recurra.errors import DatasetUnavailable
    from recurra.sequences import dataset_path

    try:
        return str(dataset_path(name) or _BUILT_IN)
    except DatasetUnavailable:
        return None
