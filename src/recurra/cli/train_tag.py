"""`recurra train tag`."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from recurra.cli import options as o
from recurra.cli.interrupts import hold_interrupts
from recurra.cli.output import console, notes, print_json
from recurra.errors import UsageError

__all__ = ["tag"]

TagColumn = Annotated[
    str | None,
    typer.Option(
        help="The tags: a column of CoNLL-U by name (upos), of CoNLL columns by number (the last), "
        "a key of JSON lines (tags).",
        metavar="COL",
    ),
]


def tag(
    source: Annotated[
        str,
        typer.Argument(
            help="CoNLL-U, CoNLL columns or JSON lines of tokens and tags (gzip too), or a named "
            "dataset.",
            metavar="SOURCE",
            show_default=False,
        ),
    ],
    output: o.ModelOutput,
    column: TagColumn = None,
    cell: Annotated[
        str | None, typer.Option(help="lstm, gru, rnn or dense.", metavar="CELL")
    ] = None,
    bidirectional: o.Bidirectional = None,
    units: o.Units = None,
    layers: o.Layers = None,
    crf: Annotated[
        bool | None,
        typer.Option(
            "--crf/--softmax",
            help="A conditional random field over the tags, or each tag alone; the field where "
            "tags are entities in BIO.",
        ),
    ] = None,
    embedding: Annotated[
        int | None, typer.Option(help="Width of word vectors; 0 for none.", min=0, metavar="N")
    ] = None,
    character_units: Annotated[
        int | None,
        typer.Option(help="Units over a word's characters; 0 for none.", min=0, metavar="N"),
    ] = None,
    dropout: o.Dropout = None,
    recurrent_dropout: o.RecurrentDropout = None,
    word_dropout: Annotated[
        float | None,
        typer.Option(
            help="A word seen n times is read as unknown with the probability A / (A + n).",
            metavar="A",
        ),
    ] = None,
    minimum_count: Annotated[
        int | None, typer.Option(help="Words seen less often are unknown.", min=1, metavar="N")
    ] = None,
    epochs: o.Epochs = None,
    batch_size: o.BatchSize = None,
    learning_rate: o.LearningRate = None,
    decay: o.Decay = None,
    averaging: o.Averaging = None,
    patience: o.Patience = None,
    kernels: o.Kernels = None,
    preset: o.Preset = "fast",
    test_share: Annotated[
        float,
        typer.Option(
            help="Share of the sentences held out to measure on, where SOURCE has no test part.",
            metavar="P",
        ),
    ] = 0.1,
    seed: o.Seed = 0,
    resume: o.Resume = False,
    watch_gradients: o.WatchGradients = False,
    tensorboard: o.TensorBoardFolder = None,
    as_json: o.Json = False,
) -> None:
    """Train a tagger, a label for every token, and save it as one file."""
    if not 0 <= test_share < 1:
        raise UsageError(f"--test-share must be at least 0 and below 1, not {test_share}")
    chosen: dict[str, Any] = {
        "cell": cell,
        "bidirectional": bidirectional,
        "units": o.parse_units(units),
        "layers": layers,
        "crf": crf,
        "embedding": embedding,
        "character_units": character_units,
        "dropout": dropout,
        "recurrent_dropout": recurrent_dropout,
        "word_dropout": word_dropout,
        "minimum_count": minimum_count,
        "epochs": epochs,
        "batch_size": batch_size,
        "learning_rate": learning_rate,
        "decay": decay,
        "averaging": averaging,
        "patience": patience,
        "kernels": kernels,
        "preset": preset,
        "seed": seed,
    }
    with hold_interrupts():
        from recurra.cli.tagging import train_sequence_tagger

    result = train_sequence_tagger(
        source,
        output,
        {"column": column, "test_share": test_share},
        chosen,
        resume=resume,
        watch_gradients=watch_gradients,
        tensorboard=tensorboard,
        notes=notes(),
    )
    if as_json:
        print_json(result)
        return
    from recurra.cli.evaluate_tag import tagger_line

    out = console()
    if result["rows"]:
        out.print(tagger_line(result))
    out.print(f"saved {result['path']}")
