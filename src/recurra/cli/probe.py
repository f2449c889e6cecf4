"""`recurra probe`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from recurra.cli import options as o
from recurra.cli.interrupts import hold_interrupts
from recurra.cli.output import console, notes, print_json
from recurra.errors import UsageError

__all__ = ["probe"]


def probe(
    cells: Annotated[
        str | None,
        typer.Option(help="Among rnn, lstm, gru; all when left out.", metavar="CELL[,CELL...]"),
    ] = None,
    tasks: Annotated[
        str | None,
        typer.Option(
            help="Among adding, copy, order, parity, arithmetic, digits; all when left out.",
            metavar="TASK[,TASK...]",
        ),
    ] = None,
    lengths: Annotated[
        str | None,
        typer.Option(
            help="Lengths of every task but digits, which keeps its own.", metavar="N[,N...]"
        ),
    ] = None,
    units: Annotated[int, typer.Option(help="Width of the state.", min=1, metavar="N")] = 64,
    updates: Annotated[
        int, typer.Option(help="The most training steps at one length.", min=1, metavar="N")
    ] = 1500,
    repeats: Annotated[
        int,
        typer.Option(help="Trainings of each network, from different seeds.", min=1, metavar="N"),
    ] = 1,
    seed: o.Seed = 0,
    out: Annotated[
        Path, typer.Option(help="Where to write results and report.", metavar="DIR")
    ] = Path("recurra-probe"),
    resume: Annotated[
        bool, typer.Option("--resume", help="Keep the finished trainings in DIR.")
    ] = False,
    as_json: o.Json = False,
) -> None:
    """Train cells on classic tests of memory, longer and longer, and draw where each breaks."""
    options = {
        "cells": cells,
        "tasks": tasks,
        "lengths": _lengths(lengths),
        "units": units,
        "updates": updates,
        "repeats": repeats,
        "seed": seed,
    }
    with hold_interrupts():
        from recurra.cli.probing import run_probe
        from recurra.report import records_table

    records = run_probe(out, options, resume=resume, notes=notes())
    if as_json:
        print_json(records)
        return
    screen = console()
    screen.print(records_table(records))
    screen.print(f"report: {out / 'report.html'}")


def _lengths(given: str | None) -> tuple[int, ...] | None:
    if given is None:
        return None
    try:
        return tuple(int(part) for part in given.split(","))
    except ValueError:
        raise UsageError(f"--lengths takes numbers with commas, not {given!r}") from None
