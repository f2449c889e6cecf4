"""`recurra train forecast`."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from recurra.cli import options as o
from recurra.cli.forecast_figures import figures_line, skill_line
from recurra.cli.forecast_options import (
    NetworkKind,
    NetworkOptions,
    ReadingOptions,
    forecaster_settings,
    parse_share,
)
from recurra.cli.interrupts import hold_interrupts
from recurra.cli.option_groups import takes_groups
from recurra.cli.output import console, notes, print_json

__all__ = ["forecast"]


@takes_groups
def forecast(
    source: o.Source,
    output: o.ModelOutput,
    *,
    reading: ReadingOptions,
    horizon: Annotated[int, typer.Option(help="Steps to forecast.", min=1, metavar="H")],
    model: NetworkKind = None,
    test: Annotated[
        str | None,
        typer.Option(help="Rows, or their share, at the end to measure on.", metavar="N|P"),
    ] = None,
    network: NetworkOptions,
    resume: o.Resume = False,
    watch_gradients: o.WatchGradients = False,
    tensorboard: o.TensorBoardFolder = None,
    as_json: o.Json = False,
) -> None:
    """Train a forecaster of time series and save it as one file."""
    held_out = parse_share("--test", test)
    settings = forecaster_settings(reading, network, horizon=horizon, model=model, test=held_out)
    with hold_interrupts():
        from recurra.cli.forecasting import train_forecaster

    result = train_forecaster(
        source,
        output,
        settings,
        resume=resume,
        watch_gradients=watch_gradients,
        tensorboard=tensorboard,
        notes=notes(),
    )
    if as_json:
        print_json(result)
        return
    out = console()
    for line in _lines(result["metrics"]):
        out.print(line)
    out.print(f"saved {result['path']}")


def _lines(metrics: dict[str, Any]) -> list[str]:
    if "windows" not in metrics:
        return ["no test rows, so nothing is measured; recurra evaluate does it on later rows"]
    return [figures_line(metrics, "of the test rows"), skill_line(metrics)]
