"""Options that more than one command has."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from recurra.errors import UsageError

__all__ = [
    "BatchSize",
    "Bidirectional",
    "Dropout",
    "Epochs",
    "Json",
    "Kernels",
    "LabelColumn",
    "Layers",
    "LearningRate",
    "Level",
    "MaxLength",
    "ModelFile",
    "ModelOutput",
    "Patience",
    "RecurrentDropout",
    "Resume",
    "Seed",
    "Source",
    "TensorBoardFolder",
    "TextColumn",
    "Units",
    "Vocabulary",
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
Kernels = Annotated[
    str | None,
    typer.Option(help="auto, native or keras: what computes the recurrences.", metavar="KERNELS"),
]
Patience = Annotated[
    int | None,
    typer.Option(help="Epochs without progress before training stops.", min=1, metavar="N"),
]

Resume = Annotated[bool, typer.Option("--resume", help="Go on with an interrupted run.")]
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
