"""Options of the commands that train or measure recognizers of speech."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Annotated, Any

import typer

from recurra.cli import options as o
from recurra.cli.option_groups import given_options

__all__ = ["RecognizerOptions", "TranscriptColumn", "recognizer_settings"]

TranscriptColumn = Annotated[
    str | None,
    typer.Option("--transcript", help="Column of the transcripts of sound.", metavar="COL"),
]


@dataclass(frozen=True)
class RecognizerOptions:
    """How a recognizer is made and trained."""

    symbols: Annotated[
        str | None,
        typer.Option(
            help="What is written: character or word; words where there are few, when left out.",
            metavar="KIND",
        ),
    ] = None
    cell: o.Cell = None
    bidirectional: o.Bidirectional = None
    units: o.Units = None
    layers: o.Layers = None
    stride: Annotated[
        int | None,
        typer.Option(help="Frames that the network reads as one step.", min=1, metavar="N"),
    ] = None
    features: Annotated[
        str | None, typer.Option(help="Of sound: logmel or mfcc.", metavar="KIND")
    ] = None
    mels: Annotated[int | None, typer.Option(help="Mel filters.", min=2, metavar="N")] = None
    deltas: Annotated[
        int | None,
        typer.Option(help="Slopes of the features: 0, 1 or 2 orders.", min=0, max=2, metavar="N"),
    ] = None
    rate: Annotated[
        int | None,
        typer.Option(help="Resample sound to so many samples a second.", min=1, metavar="HZ"),
    ] = None
    augment: Annotated[
        bool | None,
        typer.Option(
            "--augment/--no-augment",
            help="Vary tempo, voice, level, colour and noise of training clips.",
        ),
    ] = None
    dropout: o.Dropout = None
    recurrent_dropout: o.RecurrentDropout = None
    epochs: o.Epochs = None
    batch_size: o.BatchSize = None
    learning_rate: o.LearningRate = None
    decay: o.Decay = None
    averaging: o.Averaging = None
    patience: o.Patience = None
    kernels: o.Kernels = None
    preset: o.Preset = "fast"
    seed: o.Seed = 0


def recognizer_settings(options: RecognizerOptions) -> dict[str, Any]:
    """Return the parameters of a `SpeechRecognizer`: what was given, and nothing else.

    Raises:
        UsageError: If an option cannot be read.
    """
    chosen = given_options(options)
    if "units" in chosen:
        chosen["units"] = o.parse_units(chosen["units"])
    if "features" in chosen:
        chosen["kind"] = chosen.pop("features")
    if chosen.pop("augment", True) is False:
        chosen |= _unvaried()
    return chosen


def _unvaried() -> dict[str, Any]:
    """Return the settings under which training clips stay as they are."""
    from recurra.sequences.audio import SoundAugmentation

    return {f.name: f.default for f in fields(SoundAugmentation) if f.name != "features"}
