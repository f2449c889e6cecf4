"""`recurra train classify`."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from recurra.cli import options as o
from recurra.cli.interrupts import hold_interrupts
from recurra.cli.output import console, notes, print_json
from recurra.errors import UsageError

__all__ = ["classify"]


def classify(
    source: o.Source,
    output: o.ModelOutput,
    text: o.TextColumn = None,
    label: o.LabelColumn = None,
    cell: Annotated[
        str | None, typer.Option(help="lstm, gru, rnn or dense.", metavar="CELL")
    ] = None,
    bidirectional: o.Bidirectional = None,
    units: o.Units = None,
    layers: o.Layers = None,
    attention: Annotated[
        bool, typer.Option("--attention", help="Pool the states by attention.")
    ] = False,
    pooling: Annotated[
        str | None,
        typer.Option(help="last, mean, max, mean_max or attention.", metavar="POOLING"),
    ] = None,
    embedding: o.Embedding = None,
    dropout: o.Dropout = None,
    recurrent_dropout: o.RecurrentDropout = None,
    level: o.Level = None,
    vocabulary: o.Vocabulary = None,
    max_length: o.MaxLength = None,
    epochs: o.Epochs = None,
    batch_size: o.BatchSize = None,
    learning_rate: o.LearningRate = None,
    patience: o.Patience = None,
    kernels: o.Kernels = None,
    preset: o.Preset = "fast",
    test_share: Annotated[
        float,
        typer.Option(
            help="Share of the rows held out to measure on, where SOURCE has no test split.",
            metavar="P",
        ),
    ] = 0.1,
    seed: o.Seed = 0,
    resume: o.Resume = False,
    watch_gradients: o.WatchGradients = False,
    tensorboard: o.TensorBoardFolder = None,
    as_json: o.Json = False,
) -> None:
    """Train a text classifier and save it as one file."""
    if not 0 <= test_share < 1:
        raise UsageError(f"--test-share must be at least 0 and below 1, not {test_share}")
    chosen: dict[str, Any] = {
        "cell": cell,
        "bidirectional": bidirectional,
        "units": o.parse_units(units),
        "layers": layers,
        "pooling": _pooling(attention, pooling),
        "embedding": embedding,
        "dropout": dropout,
        "recurrent_dropout": recurrent_dropout,
        "level": level,
        "vocabulary": vocabulary,
        "max_length": max_length,
        "epochs": epochs,
        "batch_size": batch_size,
        "learning_rate": learning_rate,
        "patience": patience,
        "kernels": kernels,
        "preset": preset,
        "seed": seed,
    }
    _check_order_blind(chosen)
    with hold_interrupts():
        from recurra.cli.running import train_text_classifier

    result = train_text_classifier(
        source,
        output,
        {"text": text, "label": label, "test_share": test_share},
        chosen,
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
        out.print(
            f"accuracy {result['accuracy']:.4f}  macro F1 {result['macro_f1']:.4f}  "
            f"log loss {result['log_loss']:.4f}  on {result['rows']:,} held-out rows"
        )
    out.print(f"saved {result['path']}")


def _pooling(attention: bool, pooling: str | None) -> str | None:
    if attention and pooling not in (None, "attention"):
        raise UsageError(f"give --attention or --pooling {pooling}, not both")
    return "attention" if attention else pooling


def _check_order_blind(chosen: dict[str, Any]) -> None:
    """Refuse what a network without recurrent layers would ignore."""
    if chosen["cell"] != "dense":
        return
    for name in ("bidirectional", "pooling", "dropout", "recurrent_dropout"):
        if chosen[name]:
            option = name.replace("_", "-")
            raise UsageError(f"--cell dense has no recurrent layer; leave out --{option}")
