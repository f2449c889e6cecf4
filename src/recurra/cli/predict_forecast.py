"""`recurra predict` with a forecaster: no Keras, no JAX."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from recurra.cli.columns import (
    TABLE_ENDINGS,
    column_records,
    column_table,
    print_csv,
    write_columns,
)
from recurra.cli.output import console, notes, print_json

if TYPE_CHECKING:
    from recurra.runtime import Artifact, Forecast

__all__ = ["PLOT_ENDINGS", "predict_forecast"]

PLOT_ENDINGS = (".png", ".svg", ".pdf")
_SHOWN = 60  # rows on a terminal


def predict_forecast(
    artifact: Artifact,
    source: str | None,
    horizon: int | None,
    out: Path | None,
    plot: Path | None,
    *,
    as_json: bool,
) -> None:
    """Continue series, and print or write the forecast.

    Args:
        artifact: A forecaster's.
        source: New data; the end of the training data when `None`.
        horizon: Steps; those of the training when `None`.
        out: Where to write the table.
        plot: Where to draw.
        as_json: Print JSON instead of CSV.

    Raises:
        RecurraError: If the model, the data or an output cannot be used.
    """
    from recurra.cli.paths import check_optional_output
    from recurra.runtime import read_forecaster

    check_optional_output(out, TABLE_ENDINGS)
    check_optional_output(plot, PLOT_ENDINGS)
    loaded = read_forecaster(artifact)
    table = loaded.predictor.tail
    if source is not None:
        from recurra.tasks import open_new_series

        table = open_new_series(source, loaded.reading, loaded.predictor).table
    forecast = loaded.predictor.forecast(table, horizon)
    if out is not None:
        write_columns(forecast.columns(), out)
    if plot is not None:
        from recurra.report import forecast_plot

        forecast_plot(forecast, table, plot)
    _print(artifact, forecast, out, as_json=as_json)
    for path in filter(None, (out, plot)):
        (console() if out is not None and not as_json else notes()).print(f"saved {path}")


def _print(artifact: Artifact, forecast: Forecast, out: Path | None, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "model": artifact.path,
                "horizon": forecast.horizon,
                "quantiles": list(forecast.quantiles),
                "forecast": column_records(forecast.columns()),
            }
        )
    elif out is None and sys.stdout.isatty():
        columns = forecast.columns()
        screen = console()
        screen.print(column_table(columns, _SHOWN))
        more = len(columns[forecast.time_column]) - _SHOWN
        if more > 0:
            screen.print(f"and {more:,} more rows; --out FILE writes all of them")
    elif out is None:
        print_csv(forecast.columns())
