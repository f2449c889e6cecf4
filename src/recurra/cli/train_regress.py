"""`recurra train regress`."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from recurra.cli import options as o
from recurra.cli.evaluate_series import regressor_line
from recurra.cli.interrupts import hold_interrupts
from recurra.cli.option_groups import given_options, takes_groups
from recurra.cli.output import console, notes, print_json
from recurra.cli.series_options import (
    CollectionOptions,
    SequenceOptions,
    SplitBy,
    collection_arguments,
)
from recurra.errors import UsageError

__all__ = ["regress"]


@takes_groups
def regress(
    source: Annotated[
        str,
        typer.Argument(
            help="Sequences of numbers: a .ts file, or a table with --series-id or --files.",
            metavar="SOURCE",
            show_default=False,
        ),
    ],
    output: o.ModelOutput,
    *,
    target: Annotated[
        str | None,
        typer.Option(help="Column of the numbers to learn, one a sequence.", metavar="COL"),
    ] = None,
    reading: CollectionOptions,
    split_by: SplitBy = None,
    cell: Annotated[
        str | None, typer.Option(help="lstm, gru, rnn or dense.", metavar="CELL")
    ] = None,
    bidirectional: o.Bidirectional = None,
    units: o.Units = None,
    layers: o.Layers = None,
    pooling: Annotated[
        str | None,
        typer.Option(help="last, mean, max, mean_max or attention.", metavar="POOLING"),
    ] = None,
    dropout: o.Dropout = None,
    recurrent_dropout: o.RecurrentDropout = None,
    sequences: SequenceOptions,
    epochs: o.Epochs = None,
    batch_size: o.BatchSize = None,
    learning_rate: o.LearningRate = None,
    patience: o.Patience = None,
    kernels: o.Kernels = None,
    preset: o.Preset = "fast",
    test_share: Annotated[
        float,
        typer.Option(
            help="Share of the sequences held out to measure on, where SOURCE has no test part.",
            metavar="P",
        ),
    ] = 0.1,
    seed: o.Seed = 0,
    resume: o.Resume = False,
    watch_gradients: o.WatchGradients = False,
    tensorboard: o.TensorBoardFolder = None,
    as_json: o.Json = False,
) -> None:
    """Train a network that gives a number for each sequence, and save it as one file."""
    if not 0 <= test_share < 1:
        raise UsageError(f"--test-share must be at least 0 and below 1, not {test_share}")
    settings: dict[str, Any] = {
        "cell": cell,
        "bidirectional": bidirectional,
        "units": o.parse_units(units),
        "layers": layers,
        "pooling": pooling,
        "dropout": dropout,
        "recurrent_dropout": recurrent_dropout,
        "epochs": epochs,
        "batch_size": batch_size,
        "learning_rate": learning_rate,
        "patience": patience,
        "kernels": kernels,
        "preset": preset,
        "seed": seed,
        **given_options(sequences),
    }
    with hold_interrupts():
        from recurra.cli.series_training import train_sequence_model
        from recurra.tasks import SequenceRegressor

    result = train_sequence_model(
        SequenceRegressor,
        source,
        output,
        {
            **collection_arguments(reading),
            "target": target,
            "group": split_by,
            "test_share": test_share,
        },
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
    if result["rows"]:
        out.print(regressor_line(result))
    out.print(f"saved {result['path']}")
