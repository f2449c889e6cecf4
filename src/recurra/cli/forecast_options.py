"""Options of the commands that train or read forecasters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import typer

from recurra.cli import options as o
from recurra.cli.option_groups import given_options
from recurra.errors import UnknownNameError, UsageError

__all__ = [
    "Horizon",
    "NetworkKind",
    "NetworkOptions",
    "ReadingOptions",
    "WindowOptions",
    "forecaster_settings",
    "parse_share",
    "refuse_training_options",
]

Columns = str | None  # names with commas
Horizon = Annotated[int | None, typer.Option(help="Steps to forecast.", min=1, metavar="H")]
NetworkKind = Annotated[
    str | None,
    typer.Option(
        "--model",
        help="gru, lstm, rnn, stacked, bidirectional, attention, seq2seq or segrnn.",
        metavar="MODEL",
    ),
]


@dataclass(frozen=True)
class ReadingOptions:
    """How a table of series is read."""

    time: Annotated[
        Columns, typer.Option(help="Column of the times, or year,month,day.", metavar="COL")
    ] = None
    target: Annotated[
        Columns, typer.Option(help="Columns to forecast.", metavar="COL[,COL...]")
    ] = None
    series_id: Annotated[
        str | None, typer.Option(help="Column that tells series apart.", metavar="COL")
    ] = None
    known: Annotated[
        Columns, typer.Option(help="Columns known in the future too.", metavar="COL[,COL...]")
    ] = None
    past: Annotated[
        Columns, typer.Option(help="Columns known up to the present.", metavar="COL[,COL...]")
    ] = None
    static: Annotated[
        Columns, typer.Option(help="Columns with one value a series.", metavar="COL[,COL...]")
    ] = None
    frequency: Annotated[
        str | None,
        typer.Option("--freq", help="Step of the times, such as 1h, 1bd, 1mo.", metavar="F"),
    ] = None
    time_zone: Annotated[
        str | None, typer.Option(help="Time zone of times without one.", metavar="ZONE")
    ] = None
    time_format: Annotated[
        str | None,
        typer.Option(help="How times are written, as %d.%m.%Y, if not clear.", metavar="CODES"),
    ] = None
    decimal: Annotated[
        str | None, typer.Option(help="Sign before the decimals: . or ,", metavar="SIGN")
    ] = None
    missing: Annotated[
        str | None,
        typer.Option(help="Missing values: error, interpolate or mask.", metavar="HOW"),
    ] = None


@dataclass(frozen=True)
class WindowOptions:
    """What every forecaster of a comparison shares: windows, scaling, outputs."""

    preset: o.Preset = "fast"
    lookback: Annotated[
        str | None, typer.Option(help="Steps to read; auto: by the data.", metavar="L|auto")
    ] = None
    strategy: Annotated[
        str | None, typer.Option(help="direct or recursive.", metavar="STRATEGY")
    ] = None
    quantiles: Annotated[
        str | None,
        typer.Option(help="Levels of the intervals: 0.1,0.5,0.9; or none.", metavar="Q,..."),
    ] = None
    loss: Annotated[
        str | None, typer.Option(help="pinball; without quantiles mae or mse.", metavar="LOSS")
    ] = None
    season: Annotated[int | None, typer.Option(help="Steps of a season.", min=1, metavar="N")] = (
        None
    )
    residual: Annotated[
        bool | None,
        typer.Option("--residual/--no-residual", help="Correct the seasonal naive forecast."),
    ] = None
    normalization: Annotated[
        str | None,
        typer.Option(help="Of every window: none, last or standard.", metavar="HOW"),
    ] = None
    scaling: Annotated[
        str | None,
        typer.Option(help="Of every series: standard, minmax or none.", metavar="HOW"),
    ] = None
    transform: Annotated[
        str | None, typer.Option(help="Of the values: none or log1p.", metavar="HOW")
    ] = None
    calendar: Annotated[
        bool | None,
        typer.Option("--calendar/--no-calendar", help="Read features of the times."),
    ] = None
    validation: Annotated[
        str | None,
        typer.Option(
            help="Rows, or their share, for early stopping and calibration.", metavar="N|P"
        ),
    ] = None


@dataclass(frozen=True)
class NetworkOptions(WindowOptions):
    """How a forecaster is made and trained."""

    cell: o.Cell = None
    units: o.Units = None
    layers: o.Layers = None
    bidirectional: o.Bidirectional = None
    attention: Annotated[
        str | None, typer.Option(help="additive, dot or none.", metavar="KIND")
    ] = None
    segment: Annotated[
        int | None, typer.Option(help="Steps of a segment of segrnn.", min=1, metavar="N")
    ] = None
    skip: Annotated[
        bool | None,
        typer.Option("--skip/--no-skip", help="Add a linear map from past to future."),
    ] = None
    epoch_windows: Annotated[
        int | None,
        typer.Option(help="The most windows of an epoch.", min=1, metavar="N"),
    ] = None
    dropout: o.Dropout = None
    recurrent_dropout: o.RecurrentDropout = None
    head_dropout: Annotated[
        float | None, typer.Option(help="Dropout before the output layer.", metavar="P")
    ] = None
    epochs: o.Epochs = None
    batch_size: o.BatchSize = None
    learning_rate: o.LearningRate = None
    patience: o.Patience = None
    kernels: o.Kernels = None
    seed: o.Seed = 0


def forecaster_settings(
    reading: ReadingOptions, network: WindowOptions, **others: Any
) -> dict[str, Any]:
    """Return the parameters of a `Forecaster`: what was given, and nothing else.

    Args:
        reading: How the data are read.
        network: How the network is made.
        **others: More parameters; `None` means not given.

    Raises:
        UsageError: If an option cannot be read.
    """
    chosen = {**given_options(reading), **given_options(network)}
    if chosen.get("loss") in ("mae", "mse") and chosen.get("quantiles") != "none":
        raise UsageError(f"--loss {chosen['loss']} forecasts no quantiles; add --quantiles none")
    for name, parse in _PARSED.items():
        if name in chosen:
            chosen[name] = parse(chosen[name])
    return {**chosen, **{name: value for name, value in others.items() if value is not None}}


def refuse_training_options(path: object, *groups: Any, **others: Any) -> None:
    """Refuse options that a model has decided when it was trained.

    Raises:
        UsageError: If any was given.
    """
    chosen = [name for group in groups for name in given_options(group)]
    chosen += [name for name, value in others.items() if value is not None]
    if chosen:
        names = ", ".join(f"--{_OTHER_NAMES.get(n, n).replace('_', '-')}" for n in chosen)
        raise UsageError(f"{path} is trained already; leave out {names}")


def parse_share(option: str, text: str | None, *, what: str = "rows") -> int | float | None:
    """Read a number of rows (`96`) or a share (`0.1`).

    Raises:
        UsageError: If it is neither.
    """
    if text is None:
        return None
    try:
        return int(text) if text.strip().isdigit() else float(text)
    except ValueError:
        raise UsageError(
            f"{option} takes a number of {what} or a share such as 0.1, not {text!r}"
        ) from None


def _parse_lookback(text: str) -> int | None:
    if text == "auto":
        return None
    try:
        return int(text)
    except ValueError:
        raise UsageError(f"--lookback takes a number of steps or auto, not {text!r}") from None


def _parse_attention(text: str) -> str:
    if text not in ("additive", "dot", "none"):
        raise UnknownNameError("attention", text, ("additive", "dot", "none"))
    return "" if text == "none" else text


def _parse_quantiles(text: str) -> tuple[float, ...]:
    if text == "none":
        return ()
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        raise UsageError(
            f"--quantiles takes levels with commas, as 0.1,0.5,0.9, or none; not {text!r}"
        ) from None


_OTHER_NAMES = {"frequency": "freq"}
_PARSED: dict[str, Any] = {
    "lookback": _parse_lookback,
    "units": o.parse_units,
    "attention": _parse_attention,
    "quantiles": _parse_quantiles,
    "validation": lambda text: parse_share("--validation", text),
}
