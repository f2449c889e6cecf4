"""`recurra compare` and `recurra demo`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from recurra.cli import options as o
from recurra.cli.forecast_options import (
    Horizon,
    ReadingOptions,
    WindowOptions,
    forecaster_settings,
    parse_share,
)
from recurra.cli.interrupts import hold_interrupts
from recurra.cli.option_groups import given_options, takes_groups
from recurra.cli.output import console, notes, print_json
from recurra.errors import UnknownNameError, UsageError

__all__ = ["compare", "demo"]

_DEMOS: dict[str, tuple[str, dict[str, Any]]] = {
    "classify": ("names", {}),
    "forecast": ("elnino", {"horizon": 12}),
}
_OTHER_NAMES = {"frequency": "freq"}


@dataclass(frozen=True)
class TextOptions:
    """How texts are read."""

    text: o.TextColumn = None
    label: o.LabelColumn = None
    level: o.Level = None
    vocabulary: o.Vocabulary = None
    max_length: o.MaxLength = None


@dataclass(frozen=True)
class MeasuringOptions:
    """What is forecast and where it is measured."""

    horizon: Horizon = None
    test: Annotated[
        str | None,
        typer.Option(help="Rows, or their share, at the end to measure on.", metavar="N|P"),
    ] = None


@dataclass(frozen=True)
class TrainingOptions:
    """How the networks of every task are trained."""

    units: o.Units = None
    layers: o.Layers = None
    epochs: o.Epochs = None
    batch_size: o.BatchSize = None
    learning_rate: o.LearningRate = None
    patience: o.Patience = None
    kernels: o.Kernels = None


def demo(
    task: Annotated[
        str, typer.Argument(help="classify or forecast.", metavar="[TASK]", show_default=False)
    ] = "classify",
    out: Annotated[Path, typer.Option(help="Where to write the report.", metavar="DIR")] = Path(
        "recurra-demo"
    ),
    seed: o.Seed = 0,
    as_json: o.Json = False,
) -> None:
    """Compare networks on an embedded dataset, offline, in about a minute."""
    _check_task(task)
    source, options = _DEMOS[task]
    _run(task, source, out, {**options, "seed": seed}, resume=False, as_json=as_json)


@takes_groups
def compare(
    source: o.Source,
    task: Annotated[
        str, typer.Option(help="classify (texts) or forecast (time series).", metavar="TASK")
    ] = "classify",
    *,
    cells: Annotated[
        str | None,
        typer.Option(
            help="Networks to compare. For texts: dense, rnn, lstm, gru, birnn, bilstm, bigru. "
            "For series: rnn, lstm, gru, stacked, bidirectional, attention, seq2seq, segrnn; "
            "naive, snaive and linear are always there.",
            metavar="CELL[,CELL...]",
        ),
    ] = None,
    texts: TextOptions,
    measuring: MeasuringOptions,
    reading: ReadingOptions,
    windows: WindowOptions,
    training: TrainingOptions,
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
    _check_task(task)
    if task == "classify":
        _refuse("forecast", measuring, reading, windows)
        options = given_options(texts)
    else:
        _refuse("classify", texts)
        options = _forecast_options(measuring, reading, windows)
    options |= {**given_options(training), "repeats": repeats, "seed": seed}
    if training.units is not None:
        options["units"] = o.parse_units(training.units)
    if cells is not None:
        options["cells"] = cells
    _run(task, source, out, options, resume=resume, as_json=as_json)


def _forecast_options(
    measuring: MeasuringOptions, reading: ReadingOptions, windows: WindowOptions
) -> dict[str, Any]:
    if measuring.horizon is None:
        raise UsageError("say how many steps to forecast: --horizon H")
    held_out = parse_share("--test", measuring.test)
    return forecaster_settings(reading, windows, horizon=measuring.horizon, test=held_out)


def _check_task(task: str) -> None:
    if task not in _DEMOS:
        raise UnknownNameError("task", task, _DEMOS)


def _refuse(other: str, *groups: Any) -> None:
    """Refuse options that only the other task has."""
    names = [_OTHER_NAMES.get(name, name) for group in groups for name in given_options(group)]
    if names:
        listed = ", ".join(f"--{name.replace('_', '-')}" for name in names)
        raise UsageError(
            f"{listed} {'is' if len(names) == 1 else 'are'} of --task {other}; leave "
            f"{'it' if len(names) == 1 else 'them'} out, or give --task {other}"
        )


def _run(
    task: str, source: str, out: Path, options: dict[str, Any], *, resume: bool, as_json: bool
) -> None:
    with hold_interrupts():
        from recurra.cli.running import run_comparison
        from recurra.report import records_table

    records = run_comparison(source, out, options, resume=resume, notes=notes(), task=task)
    if as_json:
        print_json(records)
        return
    screen = console()
    screen.print(records_table(records))
    screen.print(f"report: {out / 'report.html'}")
