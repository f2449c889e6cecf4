"""Options of `recurra compare`: what each task takes, and what it refuses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Annotated, Any

import typer

from recurra.cli import options as o
from recurra.cli.compare_series import SEQUENCE_TAKES
from recurra.cli.forecast_options import (
    Horizon,
    ReadingOptions,
    WindowOptions,
    forecaster_settings,
    parse_share,
)
from recurra.cli.option_groups import given_options
from recurra.errors import UsageError

__all__ = [
    "Insight",
    "LanguageOptions",
    "LeaveOut",
    "MeasuringOptions",
    "PairOptions",
    "TextOptions",
    "TrainingOptions",
    "forecast_options",
    "refuse_other_tasks",
    "text_options",
]


Insight = Annotated[
    bool | None,
    typer.Option(
        "--insight/--no-insight",
        help="Look into each trained classifier: memory, gates, attribution; on by default.",
        show_default=False,
    ),
]
LeaveOut = Annotated[
    str | None,
    typer.Option(
        "--leave-out",
        help="Sections to leave out of the report, such as memory,words.",
        metavar="SECTION[,SECTION...]",
        show_default=False,
    ),
]


@dataclass(frozen=True)
class TextOptions:
    """How texts are read."""

    text: o.TextColumn = None
    label: o.LabelColumn = None
    level: o.Level = None
    vocabulary: o.Vocabulary = None
    max_length: o.MaxLength = None
    insight: Insight = None


@dataclass(frozen=True)
class PairOptions:
    """How pairs of texts are read, and how translations are measured."""

    source_column: o.SourceColumn = None
    target_file: o.TargetFile = None
    bidirectional: o.Bidirectional = None
    label_smoothing: Annotated[
        float | None, typer.Option(help="Of the translators' loss.", metavar="P")
    ] = None
    beam: Annotated[
        int | None, typer.Option(help="Beam of the measured translations.", min=1, metavar="N")
    ] = None


@dataclass(frozen=True)
class LanguageOptions:
    """How networks that write text are made."""

    embedding: o.Embedding = None
    tie_weights: o.TieWeights = None
    dropout: o.Dropout = None
    recurrent_dropout: o.RecurrentDropout = None
    weight_drop: o.WeightDrop = None
    sequence_length: o.SequenceLength = None
    epoch_tokens: o.EpochTokens = None


@dataclass(frozen=True)
class MeasuringOptions:
    """What is forecast and where it is measured."""

    horizon: Horizon = None
    test: Annotated[
        str | None,
        typer.Option(help="Rows or pairs, or a share, to measure on.", metavar="N|P"),
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


_WRITING = {"preset", "validation", "test", "level", "vocabulary"}
_WRITING |= {"embedding", "tie_weights", "dropout", "recurrent_dropout"}
_TAKES = {
    "classify": {field.name for field in fields(TextOptions)},
    "forecast": {
        field.name
        for group in (MeasuringOptions, ReadingOptions, WindowOptions)
        for field in fields(group)
    },
    "generate": _WRITING | {"text", "weight_drop", "sequence_length", "epoch_tokens"},
    **SEQUENCE_TAKES,
    "translate": _WRITING
    | {field.name for field in fields(PairOptions)}
    | {"target", "max_length"},
}
_OTHER_NAMES = {"frequency": "freq", "source_column": "source"}


def refuse_other_tasks(task: str, *groups: Any) -> None:
    """Refuse options that only other tasks have.

    Raises:
        UsageError: If any was given.
    """
    given = [name for group in groups for name in given_options(group)]
    odd = [name for name in given if name not in _TAKES[task]]
    if not odd:
        return
    owners = [other for other, names in _TAKES.items() if odd[0] in names]
    same = [name for name in odd if [k for k, names in _TAKES.items() if name in names] == owners]
    listed = ", ".join(f"--{_OTHER_NAMES.get(name, name).replace('_', '-')}" for name in same)
    them, are = ("it", "is") if len(same) == 1 else ("them", "are")
    raise UsageError(
        f"{listed} {are} of --task {_either(owners)}; leave {them} out, or give --task {owners[0]}"
    )


def _either(names: Sequence[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last


def forecast_options(
    measuring: MeasuringOptions, reading: ReadingOptions, windows: WindowOptions
) -> dict[str, Any]:
    """Return the arguments of `compare_forecasts`.

    Raises:
        UsageError: If the horizon is missing or an option cannot be read.
    """
    if measuring.horizon is None:
        raise UsageError("say how many steps to forecast: --horizon H")
    held_out = parse_share("--test", measuring.test)
    return forecaster_settings(reading, windows, horizon=measuring.horizon, test=held_out)


def text_options(*groups: Any) -> dict[str, Any]:
    """Return the arguments of `compare_generators` or `compare_translators`: what was given.

    Raises:
        UsageError: If an option cannot be read.
    """
    chosen: dict[str, Any] = {}
    for group in groups:
        chosen |= given_options(group)
    for name in ("validation", "test"):
        if name in chosen:
            chosen[name] = parse_share(f"--{name}", chosen[name])
    return _renamed(chosen)


def _renamed(chosen: Mapping[str, Any]) -> dict[str, Any]:
    return {"target_column" if name == "target" else name: v for name, v in chosen.items()}
