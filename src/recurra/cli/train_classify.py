"""`recurra train classify`."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from recurra.cli import options as o
from recurra.cli.audio_options import AudioOptions, audio_reading, audio_settings
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

__all__ = ["classify"]


@takes_groups
def classify(
    source: Annotated[
        str,
        typer.Argument(
            help="Texts: a CSV, TSV, JSON-lines or Parquet file (gzip too). Sequences of numbers: "
            "a .ts file, a folder of classes, a table with --series-id or --files. Sound: "
            "with --audio. Or a named dataset.",
            metavar="SOURCE",
            show_default=False,
        ),
    ],
    output: o.ModelOutput,
    *,
    text: o.TextColumn = None,
    label: o.LabelColumn = None,
    reading: CollectionOptions,
    split_by: SplitBy = None,
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
    sequences: SequenceOptions,
    sound: AudioOptions,
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
    """Train a classifier of texts, of sequences of numbers or of sound; save it as one file."""
    if not 0 <= test_share < 1:
        raise UsageError(f"--test-share must be at least 0 and below 1, not {test_share}")
    of_texts: dict[str, Any] = {
        "embedding": embedding,
        "level": level,
        "vocabulary": vocabulary,
        "max_length": max_length,
    }
    chosen: dict[str, Any] = {
        "cell": cell,
        "bidirectional": bidirectional,
        "units": o.parse_units(units),
        "layers": layers,
        "pooling": _pooling(attention, pooling),
        "dropout": dropout,
        "recurrent_dropout": recurrent_dropout,
        "epochs": epochs,
        "batch_size": batch_size,
        "learning_rate": learning_rate,
        "patience": patience,
        "kernels": kernels,
        "preset": preset,
        "seed": seed,
    }
    _check_order_blind(chosen)
    run: dict[str, Any] = {
        "resume": resume,
        "watch_gradients": watch_gradients,
        "tensorboard": tensorboard,
        "notes": notes(),
    }
    measuring = {"label": label, "test_share": test_share}
    if sound.audio or _of_sound(source):
        odd = {"text": text, **of_texts, **given_options(reading), **given_options(sequences)}
        odd |= {"files": None, "stride": None}
        refuse_given("sound", source, odd)
        settings = {**chosen, "stride": sequences.stride, **audio_settings(sound)}
        how = {**audio_reading(sound), **measuring, "path": reading.files, "split_by": split_by}
        result = _classify_sounds(source, output, how, settings, run)
    elif _of_numbers(source, reading):
        refuse_given("sequences of numbers", source, given_options(sound))
        refuse_given("sequences of numbers", source, {"text": text, **of_texts})
        settings = {**chosen, **given_options(sequences)}
        how = {**collection_arguments(reading), **measuring, "group": split_by}
        result = _classify_sequences(source, output, how, settings, run)
    else:
        odd = {"split_by": split_by, **given_options(reading), **given_options(sequences)}
        odd |= given_options(sound)
        refuse_given("texts", source, odd)
        how = {"text": text, **measuring}
        result = _classify_texts(source, output, how, {**chosen, **of_texts}, run)
    if as_json:
        print_json(result)
        return
    out = console()
    if result["rows"]:
        out.print(
            f"accuracy {result['accuracy']:.4f}  macro F1 {result['macro_f1']:.4f}  "
            f"log loss {result['log_loss']:.4f}  on {result['rows']:,} held-out rows"
        )
    if "unadapted_accuracy" in result:
        out.print(
            f"adapted to each held-out {split_by} by sound alone; accuracy "
            f"{result['unadapted_accuracy']:.4f} without"
        )
    out.print(f"saved {result['path']}")


def refuse_given(holds: str, source: str, options: dict[str, Any]) -> None:
    """Refuse options that a source of this kind does not have.

    Raises:
        UsageError: If any was given.
    """
    odd = [f"--{name.replace('_', '-')}" for name, value in options.items() if value is not None]
    if odd:
        raise UsageError(f"{source} is read as {holds}; leave out {' and '.join(odd)}")


def _of_sound(source: str) -> bool:
    with hold_interrupts():
        from recurra.sequences.audio import audio_dataset_names

    return source in audio_dataset_names()


def _of_numbers(source: str, reading: CollectionOptions) -> bool:
    with hold_interrupts():
        from recurra.sequences.collections import is_collection

    return is_collection(source, series_id=reading.series_id, files=reading.files)


def _classify_texts(source: str, *arguments: Any) -> dict[str, Any]:
    with hold_interrupts():
        from recurra.cli.running import train_text_classifier

    output, reading, settings, run = arguments
    return train_text_classifier(source, output, reading, settings, **run)


def _classify_sequences(source: str, *arguments: Any) -> dict[str, Any]:
    with hold_interrupts():
        from recurra.cli.series_training import train_sequence_model
        from recurra.tasks import SequenceClassifier

    output, reading, settings, run = arguments
    return train_sequence_model(SequenceClassifier, source, output, reading, settings, **run)


def _classify_sounds(source: str, *arguments: Any) -> dict[str, Any]:
    with hold_interrupts():
        from recurra.cli.series_training import train_sequence_model
        from recurra.tasks import AudioClassifier

    output, reading, settings, run = arguments
    return train_sequence_model(AudioClassifier, source, output, reading, settings, **run)


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
