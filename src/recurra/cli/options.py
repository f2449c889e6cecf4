"""Options that more than one command has."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from recurra.errors import UsageError

__all__ = [
    "Averaging",
    "BatchSize",
    "Bidirectional",
    "Cell",
    "Decay",
    "Dropout",
    "Embedding",
    "EpochTokens",
    "Epochs",
    "Json",
    "Kernels",
    "LabelColumn",
    "Layers",
    "LearningRate",
    "Level",
    "MaxLength",
    "MinimumCount",
    "ModelFile",
    "ModelOutput",
    "Patience",
    "Preset",
    "RecurrentDropout",
    "Resume",
    "Seed",
    "SequenceLength",
    "Source",
    "SourceColumn",
    "TargetFile",
    "TensorBoardFolder",
    "TextColumn",
    "TieWeights",
    "Units",
    "Vocabulary",
    "WatchGradients",
    "WeightDrop",
    "parse_units",
]

Source = Annotated[
    str,
    typer.Argument(
        help="A CSV, TSV, JSON-lines or Parquet file (gzip too), or a named dataset.",
        metavar="SOURCE",
        show_default=False,
    ),
]
ModelFile = Annotated[
    Path, typer.Argument(help="A .recurra file.", metavar="MODEL", show_default=False)
]
ModelOutput = Annotated[
    Path,
    typer.Option("-o", "--output", help="Where to save the model.", metavar="MODEL.recurra"),
]
TextColumn = Annotated[
    str | None, typer.Option("--text", help="Column of the texts.", metavar="COL")
]
LabelColumn = Annotated[
    str | None, typer.Option("--label", help="Column of the labels.", metavar="COL")
]
SourceColumn = Annotated[
    str | None,
    typer.Option("--source", help="Column of the texts to translate.", metavar="COL"),
]
TargetFile = Annotated[
    Path | None,
    typer.Option(help="File of the translations, line by line.", metavar="FILE"),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON on standard output.")]
Seed = Annotated[int, typer.Option(metavar="N", help="Same seed, same result.", min=0)]
Units = Annotated[
    str | None,
    typer.Option(help="Units of a layer, or of each: 128,64,32.", metavar="N[,N...]"),
]
Layers = Annotated[int | None, typer.Option(help="Recurrent layers.", min=1, max=64, metavar="N")]
Bidirectional = Annotated[
    bool | None,
    typer.Option("--bidirectional/--one-direction", help="Read from both ends."),
]
Dropout = Annotated[float | None, typer.Option(help="Dropout of the layers' inputs.", metavar="P")]
RecurrentDropout = Annotated[float | None, typer.Option(help="Dropout of the state.", metavar="P")]
WeightDrop = Annotated[
    float | None, typer.Option(help="Dropout of the recurrent weights.", metavar="P")
]
Embedding = Annotated[int | None, typer.Option(help="Width of token vectors.", min=1, metavar="N")]
TieWeights = Annotated[
    bool | None,
    typer.Option("--tie-weights/--no-tie-weights", help="Token vectors for the output too."),
]
Cell = Annotated[str | None, typer.Option(help="lstm, gru or rnn.", metavar="CELL")]
Preset = Annotated[str, typer.Option(help="fast or accurate.", metavar="PRESET")]
MinimumCount = Annotated[
    int | None,
    typer.Option(help="Words and characters seen less often are unknown.", min=1, metavar="N"),
]
Level = Annotated[
    str | None,
    typer.Option(help="word, char or subword; chosen by the texts when left out.", metavar="LEVEL"),
]
Vocabulary = Annotated[int | None, typer.Option(metavar="N", help="Most tokens.", min=3)]
MaxLength = Annotated[
    int | None, typer.Option(metavar="N", help="Tokens read of a text; 0 for all.", min=0)
]
Epochs = Annotated[int | None, typer.Option(metavar="N", help="The most epochs.", min=1)]
BatchSize = Annotated[
    int | None, typer.Option(metavar="N", help="Texts or windows in a step.", min=1)
]
LearningRate = Annotated[
    float | None, typer.Option(metavar="RATE", help="Adam's first learning rate.")
]
SequenceLength = Annotated[
    int | None, typer.Option(help="Steps a gradient flows back.", min=1, metavar="T")
]
EpochTokens = Annotated[
    int | None, typer.Option(help="The most tokens of an epoch.", min=1, metavar="N")
]
Decay = Annotated[
    str | None,
    typer.Option(help="How the rate falls: plateau, linear or cosine.", metavar="HOW"),
]
Averaging = Annotated[
    float | None,
    typer.Option(help="Momentum of the mean of the weights; 0 for none.", metavar="P"),
]
Kernels = Annotated[
    str | None,
    typer.Option(help="auto, native or keras: what computes the recurrences.", metavar="KERNELS"),
]
Patience = Annotated[
    int | None,
    typer.Option(help="Epochs without progress before training stops.", min=1, metavar="N"),
]

Resume = Annotated[bool, typer.Option("--resume", help="Go on with an interrupted run.")]
WatchGradients = Annotated[
    bool,
    typer.Option(
        "--watch-gradients",
        help="Keep the norms of the gradients, and warn when they vanish or explode.",
    ),
]
TensorBoardFolder = Annotated[
    Path | None,
    typer.Option("--tensorboard", help="Write TensorBoard logs there.", metavar="DIR"),
]


def parse_units(units: str | None) -> int | tuple[int, ...] | None:
    """Read `64` or `128,64,32`.

    Raises:
        UsageError: If it is neither.
    """
    if units is None:
        return None
    try:
        numbers = tuple(int(part) for part in units.split(","))
    except ValueError:
        raise UsageError(f"--units takes a number or numbers with commas, not {units!r}") from None
    return numbers[0] if len(numbers) == 1 else numbers
