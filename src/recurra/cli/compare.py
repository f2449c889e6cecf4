"""`recurra compare` and `recurra demo`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from recurra.cli import options as o
from recurra.cli.interrupts import hold_interrupts
from recurra.cli.output import console, notes, print_json

__all__ = ["compare", "demo"]

_DEMO_SOURCE = "names"


def demo(
    out: Annotated[Path, typer.Option(help="Where to write the report.", metavar="DIR")] = Path(
        "recurra-demo"
    ),
    seed: o.Seed = 0,
    as_json: o.Json = False,
) -> None:
    """Compare networks on an embedded dataset, offline, in about a minute."""
    _run(_DEMO_SOURCE, out, {"seed": seed}, resume=False, as_json=as_json)


def compare(
    source: o.Source,
    text: o.TextColumn = None,
    label: o.LabelColumn = None,
    cells: Annotated[
        str,
        typer.Option(
            help="Networks to compare, among dense, rnn, lstm, gru, birnn, bilstm, bigru.",
            metavar="CELL[,CELL...]",
        ),
    ] = "dense,rnn,lstm,gru,bilstm,bigru",
    units: o.Units = None,
    layers: o.Layers = None,
    level: o.Level = None,
    vocabulary: o.Vocabulary = None,
    max_length: o.MaxLength = None,
    epochs: o.Epochs = None,
    batch_size: o.BatchSize = None,
    learning_rate: o.LearningRate = None,
    patience: o.Patience = None,
    kernels: o.Kernels = None,
    repeats: Annotated[
        int,
        typer.Option(help="Trainings of each network, from different seeds.", min=1, metavar="N"),
    ] = 1,
    seed: o.Seed = 0,
    out: Annotated[
        Path, typer.Option(help="Where to write results and report.", metavar="DIR")
    ] = Path("recurra-compare"),
    resume: Annotated[
        bool, typer.Option("--resume", help="Keep the finished trainings in DIR.")
    ] = False,
    as_json: o.Json = False,
) -> None:
    """Train networks on the same split and budget; write results, plots and a report."""
    options = {
        "text": text,
        "label": label,
        "cells": cells,
        "units": o.parse_units(units),
        "layers": layers,
        "level": level,
        "vocabulary": vocabulary,
        "max_length": max_length,
        "epochs": epochs,
        "batch_size": batch_size,
        "learning_rate": learning_rate,
        "patience": patience,
        "kernels": kernels,
        "repeats": repeats,
        "seed": seed,
    }
    _run(source, out, options, resume=resume, as_json=as_json)


def _run(source: str, out: Path, options: dict[str, Any], *, resume: bool, as_json: bool) -> None:
    with hold_interrupts():
        from recurra.cli.running import run_comparison
        from recurra.report import records_table

    records = run_comparison(source, out, options, resume=resume, notes=notes())
    if as_json:
        print_json(records)
        return
    screen = console()
    screen.print(records_table(records))
    screen.print(f"report: {out / 'report.html'}")
