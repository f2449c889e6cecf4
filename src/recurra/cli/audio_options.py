"""Options of classifiers of sound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import typer

from recurra.cli.option_groups import given_options
from recurra.errors import UsageError

__all__ = ["AudioOptions", "audio_reading", "audio_settings"]


@dataclass(frozen=True)
class AudioOptions:
    """How sound is found, heard and varied."""

    audio: Annotated[
        bool | None,
        typer.Option(
            "--audio",
            help="SOURCE is sound: a folder of classes, files with --pattern, or a table of paths.",
        ),
    ] = None
    pattern: Annotated[
        str | None,
        typer.Option(
            help="How names of sound files are made: '{label}_{speaker}_{take}.wav'.", metavar="P"
        ),
    ] = None
    test: Annotated[
        str | None,
        typer.Option(
            help="Values of the column of --split-by that are held out to measure on.",
            metavar="VALUE[,VALUE...]",
        ),
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
    adaptive: Annotated[
        bool | None,
        typer.Option(
            "--adaptive",
            help="Take the mean and spread of every voice (of --split-by) out of its sounds; "
            "`recurra adapt` does so for a new voice.",
        ),
    ] = None
    augment: Annotated[
        bool | None,
        typer.Option(
            "--augment/--no-augment",
            help="Vary tempo, voice, level, colour, noise and pauses of training clips.",
        ),
    ] = None
    cache: Annotated[
        bool | None,
        typer.Option("--cache/--no-cache", help="Keep the features of sound files."),
    ] = None


_UNVARIED = {
    "speed": 1.0,
    "vocal_tract": 1.0,
    "gain": 0.0,
    "colour": 0.0,
    "silence": 0.0,
    "noise": 60.0,
    "frequency_mask": 0.0,
    "time_mask": 0.0,
}


def audio_reading(options: AudioOptions) -> dict[str, Any]:
    """Return the arguments of `AudioClassifier.fit_source` that were given."""
    given = given_options(options)
    reading: dict[str, Any] = {n: given[n] for n in ("pattern", "cache") if n in given}
    if "test" in given:
        values = tuple(value.strip() for value in given["test"].split(",") if value.strip())
        if not values:
            raise UsageError("--test names no value, such as --test nicolas")
        reading["test"] = values
    return reading


def audio_settings(options: AudioOptions) -> dict[str, Any]:
    """Return the arguments of `AudioClassifier` that were given."""
    given = given_options(options)
    named = ("mels", "deltas", "rate", "adaptive")
    settings: dict[str, Any] = {n: given[n] for n in named if n in given}
    if "features" in given:
        settings["kind"] = given["features"]
    return settings if given.get("augment", True) else {**settings, **_UNVARIED}
