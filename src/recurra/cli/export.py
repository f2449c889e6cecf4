"""`recurra export`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from recurra.cli import options as o
from recurra.cli.interrupts import hold_interrupts
from recurra.cli.output import console

__all__ = ["export"]


def export(
    model: o.ModelFile,
    output: Annotated[
        Path,
        typer.Option(
            "-o", "--output", help="A .keras file, or .h5 for the legacy format.", metavar="FILE"
        ),
    ],
) -> None:
    """Write the plain Keras model, which opens without Recurra."""
    from recurra.cli.paths import check_model, check_output

    check_model(model)
    check_output(output)
    with hold_interrupts():
        from recurra.tasks import load_model

    path = load_model(model).export(output)
    console().print(f"saved {path}")
