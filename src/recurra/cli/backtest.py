"""`recurra backtest`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from recurra.cli import options as o
from recurra.cli.forecast_figures import baseline_table, figures_line, skill_line, step_table
from recurra.cli.forecast_options import (
    Horizon,
    NetworkKind,
    NetworkOptions,
    ReadingOptions,
    forecaster_settings,
    refuse_training_options,
)
from recurra.cli.interrupts import hold_interrupts
from recurra.cli.option_groups import takes_groups
from recurra.cli.output import console, notes, print_json
from recurra.errors import UsageError

__all__ = ["backtest"]

_ENDING = ".recurra"


@takes_groups
def backtest(
    source: Annotated[
        str,
        typer.Argument(
            help="A table or a dataset; or a .recurra file, and then the data.",
            metavar="SOURCE|MODEL",
            show_default=False,
        ),
    ],
    data: Annotated[str | None, typer.Argument(help="The data of MODEL.", metavar="SOURCE")] = None,
    *,
    windows: Annotated[int, typer.Option(help="Origins to forecast from.", min=1, metavar="N")] = 5,
    stride: Annotated[
        int | None,
        typer.Option(help="Steps between them; the horizon by default.", min=1, metavar="S"),
    ] = None,
    refit: Annotated[bool, typer.Option("--refit", help="Train anew before every window.")] = False,
    sliding: Annotated[
        bool,
        typer.Option("--sliding", help="Train on the same number of rows every time."),
    ] = False,
    out: Annotated[
        Path | None, typer.Option(help="Write table, figures and plot there.", metavar="DIR")
    ] = None,
    reading: ReadingOptions,
    horizon: Horizon = None,
    model: NetworkKind = None,
    network: NetworkOptions,
    as_json: o.Json = False,
) -> None:
    """Forecast the last windows of some data, each from the rows before it.

    A source is trained on up to the first window; a model forecasts rows it has not seen.
    """
    from recurra.cli.paths import check_model

    file, source = _model_and_source(source, data)
    if file is not None:
        refuse_training_options(file, reading, network, horizon=horizon, model=model)
        check_model(file)
    elif horizon is None:
        raise UsageError("say how many steps to forecast: --horizon H")
    settings = forecaster_settings(reading, network, horizon=horizon, model=model)
    with hold_interrupts():
        from recurra.cli.forecasting import BACKTEST_FILES, backtest_forecaster
        from recurra.tasks import Forecaster

    forecaster = Forecaster(**settings) if file is None else Forecaster.load(file)
    how = {"windows": windows, "stride": stride, "refit": refit, "sliding": sliding}
    record = backtest_forecaster(forecaster, source, how, out, notes())
    if as_json:
        print_json(record)
        return
    _print(record)
    if out is not None:
        for name in BACKTEST_FILES:
            console().print(f"saved {out / name}")


def _model_and_source(source: str, data: str | None) -> tuple[Path | None, str]:
    if source.endswith(_ENDING):
        if data is None:
            raise UsageError(f"give the data too: recurra backtest {source} SOURCE")
        return Path(source), data
    if data is not None:
        raise UsageError(f"of two arguments the first is a {_ENDING} file, not {source!r}")
    return None, source


def _print(record: dict[str, Any]) -> None:
    metrics, name = record["metrics"], record["model"]
    screen = console()
    screen.print(figures_line(metrics, f"from {len(record['origins'])} origins"))
    screen.print(skill_line(metrics))
    screen.print(baseline_table(metrics, name))
    screen.print(step_table(metrics, name))
