"""`recurra bench`."""

from __future__ import annotations

from typing import Annotated

import typer

from recurra.cli import options as o
from recurra.cli.interrupts import hold_interrupts
from recurra.cli.output import console, notes, print_json

__all__ = ["bench"]


def bench(
    cells: Annotated[
        str | None,
        typer.Option(
            help=(
                "What to measure, among lstm, gru, simple_rnn, lstm_dropout, lstm_padded, "
                "stacked_bidirectional, lstm_128, lstm_256; all when left out."
            ),
            metavar="CELL[,CELL...]",
        ),
    ] = None,
    units: Annotated[
        int,
        typer.Option(help="Units, where the name says none.", min=1, metavar="N"),
    ] = 64,
    rounds: Annotated[
        int | None,
        typer.Option(help="Turns of each path; 10, or 5 with --quick.", min=1, metavar="N"),
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Fewer turns, of lstm, gru and simple_rnn.")
    ] = False,
    as_json: o.Json = False,
) -> None:
    """Measure the kernels against Keras's own on this machine, after checking that they agree."""
    with hold_interrupts():
        from recurra.cli.benching import bench_report, run_bench

    result = run_bench(cells, units, rounds, quick=quick, notes=notes())
    if as_json:
        print_json(result.to_dict())
        return
    screen = console()
    for part in bench_report(result):
        screen.print(part)
