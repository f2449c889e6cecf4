"""`recurra detect`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from recurra.cli import options as o
from recurra.cli.columns import (
    TABLE_ENDINGS,
    column_records,
    column_table,
    print_csv,
    write_columns,
)
from recurra.cli.forecast_options import (
    Horizon,
    NetworkOptions,
    ReadingOptions,
    forecaster_settings,
    refuse_training_options,
)
from recurra.cli.interrupts import hold_interrupts
from recurra.cli.option_groups import takes_groups
from recurra.cli.output import console, notes, print_json
from recurra.cli.predict_forecast import PLOT_ENDINGS
from recurra.errors import UsageError

if TYPE_CHECKING:
    from recurra.cli.forecasting import Judgement

__all__ = ["detect"]

_SHOWN = 20


@takes_groups
def detect(
    source: o.Source,
    *,
    model: Annotated[
        str | None,
        typer.Option(
            help="A .recurra file; or a network to train: gru, lstm, rnn, stacked, "
            "bidirectional, attention, seq2seq or segrnn.",
            metavar="MODEL",
        ),
    ] = None,
    level: Annotated[
        float, typer.Option(help="Values rarer than 1 - P are anomalies.", metavar="P")
    ] = 0.99,
    out: Annotated[
        Path | None,
        typer.Option(help="Every value judged: .csv, .json or .parquet.", metavar="FILE"),
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(help="A picture of the values.", metavar="FILE.png")
    ] = None,
    reading: ReadingOptions,
    horizon: Horizon = None,
    network: NetworkOptions,
    as_json: o.Json = False,
) -> None:
    """Find values outside calibrated forecast intervals.

    Without a .recurra file a forecaster is trained on the data themselves first.
    """
    from recurra.cli.paths import check_model, check_optional_output

    if not 0 < level < 1:
        raise UsageError(f"--level must be between 0 and 1, not {level}")
    file = Path(model) if model is not None and _is_file_name(model) else None
    if file is not None:
        refuse_training_options(file, reading, network, horizon=horizon)
        check_model(file)
    settings = forecaster_settings(reading, network, model=model, test=0, horizon=horizon or 1)
    if settings.get("quantiles") == ():
        raise UsageError("--quantiles none leaves no interval to judge values by")
    check_optional_output(out, TABLE_ENDINGS)
    check_optional_output(plot, PLOT_ENDINGS)
    with hold_interrupts():
        from recurra.cli.forecasting import find_outliers
        from recurra.tasks import Forecaster

    forecaster = Forecaster(**settings) if file is None else Forecaster.load(file)
    found = find_outliers(forecaster, source, level, notes())
    if out is not None:
        write_columns(found.anomalies.columns, out)
    if plot is not None:
        from recurra.report import anomaly_plot

        anomaly_plot(found.anomalies, plot)
    if as_json:
        print_json(_record(found, source))
        return
    _print(found)
    for path in filter(None, (out, plot)):
        notes().print(f"saved {path}")


def _is_file_name(model: str) -> bool:
    return bool(Path(model).suffix) or os.sep in model


def _record(found: Judgement, source: str) -> dict[str, Any]:
    anomalies, forecaster = found.anomalies, found.forecaster
    training = {"model": forecaster.model, "rows": forecaster.data_["rows"]}
    return {
        "source": source,
        "level": anomalies.level,
        "judged": anomalies.judged,
        "found": anomalies.found,
        "trained": training if found.trained else None,
        "anomalies": column_records(_flagged(found)),
    }


def _print(found: Judgement) -> None:
    anomalies = _flagged(found)
    if not sys.stdout.isatty():
        print_csv(anomalies)
    else:
        console().print(column_table(anomalies, _SHOWN))
    remarks = console() if sys.stdout.isatty() else notes()
    if found.trained:
        rows = found.forecaster.data_["rows"]
        remarks.print(
            f"judged by a {found.forecaster.model} trained on the first {rows['train']:,} rows, "
            f"calibrated on {rows['validation']:,} more; --model M.recurra takes one of yours"
        )
    number, judged = found.anomalies.found, found.anomalies.judged
    rest = f", the first {_SHOWN} above" if number > _SHOWN and sys.stdout.isatty() else ""
    remarks.print(f"{number:,} of {judged:,} values are anomalies{rest}")


def _flagged(found: Judgement) -> dict[str, list[Any]]:
    """Return the rows of the anomalies alone."""
    columns = found.anomalies.columns
    flags = columns.get("anomaly", [])
    return {
        name: [value for value, odd in zip(values, flags, strict=True) if odd]
        for name, values in columns.items()
        if name != "anomaly"
    }
