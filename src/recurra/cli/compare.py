"""`recurra compare` and `recurra demo`."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Annotated, Any

import typer

from recurra.cli import options as o
from recurra.cli.compare_options import (
    Insight,
    LanguageOptions,
    LeaveOut,
    MeasuringOptions,
    PairOptions,
    TextOptions,
    TrainingOptions,
    forecast_options,
    refuse_other_tasks,
    text_options,
)
from recurra.cli.compare_series import (
    SEQUENCE_TAKES,
    SequenceReadingOptions,
    sequence_options,
)
from recurra.cli.forecast_options import ReadingOptions, WindowOptions
from recurra.cli.interrupts import hold_interrupts
from recurra.cli.option_groups import given_options, takes_groups
from recurra.cli.output import console, notes, print_json
from recurra.errors import UnknownNameError

__all__ = ["compare", "demo"]

_DEMOS: dict[str, tuple[str, dict[str, Any]]] = {
    "classify": ("names", {}),
    "series": ("digits", {"cells": "dense,lstm,gru,bigru"}),
    "forecast": ("elnino", {"horizon": 12}),
    "generate": (
        "python-docs",
        {"cells": "lstm,gru", "units": 192, "epochs": 5, "learning_rate": 6e-3},
    ),
    "translate": ("dates", {"cells": "gru,noattention", "units": 64, "epochs": 3, "test": 1000}),
}


_TASKS = (*_DEMOS, "audio", "regress", "tag", "transcribe")
_DESCRIPTIONS = (
    "classify (texts), series (sequences of numbers, classes), regress (a number for each), audio "
    "(classes of sound), transcribe (speech), tag (words), forecast (time series), generate (text) "
    "or translate (pairs)."
)


def demo(
    task: Annotated[
        str,
        typer.Argument(
            help="classify, series, forecast, generate or translate.",
            metavar="[TASK]",
            show_default=False,
        ),
    ] = "classify",
    out: Annotated[Path, typer.Option(help="Where to write the report.", metavar="DIR")] = Path(
        "recurra-demo"
    ),
    insight: Insight = None,
    seed: o.Seed = 0,
    as_json: o.Json = False,
) -> None:
    """Compare networks on an embedded dataset, offline, in a minute or two."""
    _check_task(task, _DEMOS)
    of_texts = TextOptions(insight=insight)
    refuse_other_tasks(task, of_texts)
    source, options = _DEMOS[task]
    options = {**options, **given_options(of_texts), "seed": seed}
    _run(task, source, out, options, resume=False, as_json=as_json)


@takes_groups
def compare(
    source: o.Source,
    task: Annotated[str, typer.Option(help=_DESCRIPTIONS, metavar="TASK")] = "classify",
    *,
    cells: Annotated[
        str | None,
        typer.Option(
            help="Networks to compare. For classes, numbers, speech and tags: dense, rnn, lstm, "
            "gru, birnn, bilstm, bigru, beside linear and other baselines. To forecast: rnn, "
            "lstm, gru, stacked, bidirectional, attention, seq2seq, segrnn; naive, snaive and "
            "linear are always there. To generate: rnn, lstm, gru, beside n-grams. To translate: "
            "rnn, lstm, gru, noattention, beside the nearest source.",
            metavar="CELL[,CELL...]",
        ),
    ] = None,
    texts: TextOptions,
    sequences: SequenceReadingOptions,
    pairs: PairOptions,
    language: LanguageOptions,
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
    leave_out: LeaveOut = None,
    as_json: o.Json = False,
) -> None:
    """Train networks on the same split and budget; write results, plots and a report."""
    _check_task(task, _TASKS)
    groups = (texts, sequences, pairs, language, measuring, reading, windows)
    refuse_other_tasks(task, *groups)
    if task == "classify":
        options = given_options(texts)
    elif task in SEQUENCE_TAKES:
        given = {name: value for group in groups for name, value in given_options(group).items()}
        options = sequence_options(task, given)
    elif task == "forecast":
        options = forecast_options(measuring, reading, windows)
    else:
        options = text_options(*groups)
    options |= {**given_options(training), "repeats": repeats, "seed": seed}
    if training.units is not None:
        options["units"] = o.parse_units(training.units)
    if cells is not None:
        options["cells"] = cells
    _run(task, source, out, options, resume=resume, as_json=as_json, leave_out=leave_out)


def _check_task(task: str, known: Collection[str]) -> None:
    if task not in known:
        raise UnknownNameError("task", task, known)


def _run(
    task: str,
    source: str,
    out: Path,
    options: dict[str, Any],
    *,
    resume: bool,
    as_json: bool,
    leave_out: str | None = None,
) -> None:
    with hold_interrupts():
        from recurra.cli.running import run_comparison
        from recurra.report import records_table, sections_without

    unwanted = [name.strip() for name in (leave_out or "").split(",") if name.strip()]
    sections = sections_without(task, unwanted)
    records = run_comparison(
        source, out, options, resume=resume, notes=notes(), task=task, sections=sections
    )
    if as_json:
        print_json(records)
        return
    screen = console()
    screen.print(records_table(records))
    screen.print(f"report: {out / 'report.html'}")
