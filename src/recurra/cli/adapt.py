"""`recurra adapt`."""

from __future__ import annotations

from typing import Annotated

import typer

from recurra.cli import options as o
from recurra.cli.interrupts import hold_interrupts
from recurra.cli.output import console, print_json
from recurra.errors import UsageError

__all__ = ["adapt"]


def adapt(
    model: o.ModelFile,
    sounds: Annotated[
        list[str],
        typer.Argument(
            help="Sound files of one voice, or a folder of them; what is said need not be known.",
            metavar="SOUND...",
            show_default=False,
        ),
    ],
    output: o.ModelOutput,
    as_json: o.Json = False,
) -> None:
    """Make a classifier of sound, trained with --adaptive, one for a new voice."""
    from recurra.cli.paths import check_model, check_output

    check_model(model)
    check_output(output)
    with hold_interrupts():
        from recurra.sequences.audio import resolve_clips
        from recurra.tasks import AudioClassifier, load_model

    classifier = load_model(model)
    if not isinstance(classifier, AudioClassifier):
        raise UsageError(f"{model} is no classifier of sound; only those can be adapted")
    found = [resolve_clips(source, require_labels=False).joined() for source in sounds]
    paths = [path for clips in found for path in clips.paths]
    path = classifier.adapt(paths).save(output)
    if as_json:
        print_json({"path": str(path), "sounds": len(paths)})
        return
    console().print(f"adapted to {len(paths):,} sounds; saved {path}")
