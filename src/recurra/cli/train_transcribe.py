"""`recurra train transcribe`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from recurra.cli import options as o
from recurra.cli.interrupts import hold_interrupts
from recurra.cli.option_groups import takes_groups
from recurra.cli.output import console, notes, print_json
from recurra.cli.series_options import SplitBy
from recurra.cli.speech_options import RecognizerOptions, TranscriptColumn, recognizer_settings
from recurra.errors import UsageError

__all__ = ["transcribe"]


@takes_groups
def transcribe(
    source: Annotated[
        str,
        typer.Argument(
            help="A table with a column of sound files and one of transcripts, or a folder of "
            "sound with --pattern.",
            metavar="TABLE",
            show_default=False,
        ),
    ],
    output: o.ModelOutput,
    *,
    files: Annotated[
        str | None, typer.Option(help="Column of the sound files.", metavar="COL")
    ] = None,
    transcript: TranscriptColumn = None,
    pattern: Annotated[
        str | None,
        typer.Option(
            help="How names of sound files are made: '{transcript}_{speaker}.wav'.", metavar="P"
        ),
    ] = None,
    split_by: SplitBy = None,
    validation: Annotated[
        Path | None,
        typer.Option(help="Another table, for early stopping.", metavar="TABLE"),
    ] = None,
    test: Annotated[
        Path | None, typer.Option(help="Another table, to measure on.", metavar="TABLE")
    ] = None,
    test_share: Annotated[
        float,
        typer.Option(
            help="Share of the clips held out to measure on, without --test.", metavar="P"
        ),
    ] = 0.1,
    options: RecognizerOptions,
    resume: o.Resume = False,
    watch_gradients: o.WatchGradients = False,
    tensorboard: o.TensorBoardFolder = None,
    as_json: o.Json = False,
) -> None:
    """Train a recognizer that writes what is said, and save it as one file.

    Without --split-by the measured clips may have the voices of the training.
    """
    if not 0 <= test_share < 1:
        raise UsageError(f"--test-share must be at least 0 and below 1, not {test_share}")
    reading: dict[str, Any] = {
        "path": files,
        "transcript": transcript,
        "pattern": pattern,
        "split_by": split_by,
        "validation": validation,
        "test": test,
        "test_share": test_share,
    }
    settings = recognizer_settings(options)
    with hold_interrupts():
        from recurra.cli.transcribing import train_speech_recognizer

    result = train_speech_recognizer(
        source,
        output,
        reading,
        settings,
        resume=resume,
        watch_gradients=watch_gradients,
        tensorboard=tensorboard,
        notes=notes(),
    )
    if as_json:
        print_json(result)
        return
    from recurra.cli.evaluate_speech import transcripts_line

    out = console()
    if result["rows"]:
        out.print(transcripts_line(result))
    out.print(f"saved {result['path']}")
