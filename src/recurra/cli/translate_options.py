"""Options of the commands that train, ask or measure translators."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import typer

from recurra.cli import options as o
from recurra.cli.forecast_options import parse_share
from recurra.cli.option_groups import given_options

__all__ = ["PairColumns", "SearchOptions", "TranslatorOptions", "translator_settings"]


@dataclass(frozen=True)
class PairColumns:
    """How pairs of texts are read."""

    source_column: o.SourceColumn = None
    target_column: Annotated[
        str | None,
        typer.Option("--target", help="Column of the translations.", metavar="COL"),
    ] = None
    target_file: o.TargetFile = None


@dataclass(frozen=True)
class SearchOptions:
    """How translations and transcripts are searched for."""

    beam: Annotated[
        int | None,
        typer.Option(
            help="Hypotheses kept of a translation or transcript, 1 is greedy; as chosen in "
            "training when left out.",
            min=1,
            metavar="N",
        ),
    ] = None
    length_penalty: Annotated[
        float | None,
        typer.Option(help="0 prefers short translations; as in training.", metavar="A"),
    ] = None
    length_bonus: Annotated[
        float | None,
        typer.Option(help="Nats that each symbol adds to a transcript, for a beam.", metavar="B"),
    ] = None


@dataclass(frozen=True)
class TranslatorOptions:
    """How a translator is made and trained."""

    preset: o.Preset = "fast"
    level: Annotated[
        str | None,
        typer.Option(
            help="word, char or subword; chosen by the translations when left out.",
            metavar="LEVEL",
        ),
    ] = None
    vocabulary: Annotated[
        int | None, typer.Option(metavar="N", help="Most tokens of each side.", min=5)
    ] = None
    minimum_count: o.MinimumCount = None
    lowercase: Annotated[
        bool | None,
        typer.Option("--lowercase/--keep-case", help="Read the texts in lower case."),
    ] = None
    cell: o.Cell = None
    units: Annotated[
        int | None,
        typer.Option(help="Units of each layer and direction.", min=1, metavar="N"),
    ] = None
    layers: Annotated[
        int | None,
        typer.Option(
            help="Recurrent layers, as many to write as to read.", min=1, max=64, metavar="N"
        ),
    ] = None
    embedding: o.Embedding = None
    bidirectional: o.Bidirectional = None
    attention: Annotated[
        str | None, typer.Option(help="additive, dot or none.", metavar="KIND")
    ] = None
    tie_weights: o.TieWeights = None
    dropout: o.Dropout = None
    recurrent_dropout: o.RecurrentDropout = None
    label_smoothing: Annotated[
        float | None,
        typer.Option(help="Probability that the loss spreads over all tokens.", metavar="P"),
    ] = None
    scheduled_sampling: Annotated[
        float | None,
        typer.Option(help="Share of its own tokens that training reads.", metavar="P"),
    ] = None
    max_length: Annotated[
        int | None,
        typer.Option(help="Most tokens of a text and of a translation.", min=1, metavar="N"),
    ] = None
    beam: Annotated[
        int | None,
        typer.Option(help="Hypotheses kept where translations are measured.", min=1, metavar="N"),
    ] = None
    length_penalty: Annotated[
        float | None,
        typer.Option(help="Of what is measured; 0 prefers short translations.", metavar="A"),
    ] = None
    epochs: o.Epochs = None
    batch_size: o.BatchSize = None
    learning_rate: o.LearningRate = None
    decay: o.Decay = None
    patience: o.Patience = None
    averaging: o.Averaging = None
    validation: Annotated[
        str | None,
        typer.Option(help="Pairs, or their share, for early stopping.", metavar="N|P"),
    ] = None
    test: Annotated[
        str | None, typer.Option(help="Pairs, or their share, to measure on.", metavar="N|P")
    ] = None
    kernels: o.Kernels = None
    seed: o.Seed = 0


def translator_settings(options: TranslatorOptions) -> dict[str, Any]:
    """Return the parameters of a `Translator`: what was given, and nothing else.

    Raises:
        UsageError: If an option cannot be read.
    """
    chosen = given_options(options)
    for name in ("validation", "test"):
        if name in chosen:
            chosen[name] = parse_share(f"--{name}", chosen[name], what="pairs")
    if "attention" in chosen:
        chosen["attention_kind"] = chosen.pop("attention")
    return chosen
