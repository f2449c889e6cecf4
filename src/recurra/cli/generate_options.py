"""Options of the commands that train language models or let them write."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import typer

from recurra.cli import options as o
from recurra.cli.option_groups import given_options

__all__ = ["DrawingOptions", "GeneratorOptions", "generator_settings"]


@dataclass(frozen=True)
class DrawingOptions:
    """How the next token is drawn."""

    temperature: Annotated[
        float,
        typer.Option(
            help="Below 1 more careful, above more daring; 0: always the likeliest.", metavar="X"
        ),
    ] = 1.0
    top_k: Annotated[
        int | None, typer.Option(help="Only the K likeliest tokens.", min=1, metavar="K")
    ] = None
    top_p: Annotated[
        float | None,
        typer.Option(help="Only the likeliest tokens that reach P together.", metavar="P"),
    ] = None
    min_p: Annotated[
        float | None,
        typer.Option(help="Only tokens at least P times as likely as the best.", metavar="P"),
    ] = None
    repetition_penalty: Annotated[
        float,
        typer.Option(help="Above 1: tokens that came already are less likely.", metavar="R"),
    ] = 1.0


@dataclass(frozen=True)
class GeneratorOptions:
    """How a language model is made and trained."""

    preset: o.Preset = "fast"
    level: Annotated[str | None, typer.Option(help="char, word or subword.", metavar="LEVEL")] = (
        None
    )
    vocabulary: Annotated[int | None, typer.Option(metavar="N", help="Most tokens.", min=5)] = None
    minimum_count: o.MinimumCount = None
    lowercase: Annotated[
        bool | None,
        typer.Option("--lowercase/--keep-case", help="Read and write lower case only."),
    ] = None
    cell: o.Cell = None
    units: o.Units = None
    layers: o.Layers = None
    embedding: o.Embedding = None
    tie_weights: o.TieWeights = None
    dropout: o.Dropout = None
    recurrent_dropout: o.RecurrentDropout = None
    weight_drop: o.WeightDrop = None
    embedding_dropout: Annotated[
        float | None, typer.Option(help="Share of the tokens without their vector.", metavar="P")
    ] = None
    sequence_length: o.SequenceLength = None
    batch_size: Annotated[
        int | None, typer.Option(help="Streams read side by side.", min=1, metavar="N")
    ] = None
    epochs: o.Epochs = None
    epoch_tokens: o.EpochTokens = None
    learning_rate: o.LearningRate = None
    decay: o.Decay = None
    patience: o.Patience = None
    averaging: o.Averaging = None
    validation: Annotated[
        float | None, typer.Option(help="Share of the text for early stopping.", metavar="P")
    ] = None
    test: Annotated[
        float | None,
        typer.Option(help="Share of the text, at its end, to measure on.", metavar="P"),
    ] = None
    sample_every: Annotated[
        int | None,
        typer.Option(help="Epochs between samples; 0 for none.", min=0, metavar="N"),
    ] = None
    sample_length: Annotated[
        int | None, typer.Option(help="Tokens of a sample.", min=1, metavar="N")
    ] = None
    kernels: o.Kernels = None
    seed: o.Seed = 0


def generator_settings(options: GeneratorOptions) -> dict[str, Any]:
    """Return the parameters of a `TextGenerator`: what was given, and nothing else.

    Raises:
        UsageError: If an option cannot be read.
    """
    chosen = given_options(options)
    if "units" in chosen:
        chosen["units"] = o.parse_units(chosen["units"])
    return chosen
