"""Options of `recurra compare` for series, sound, speech and tags."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import typer

from recurra.cli.forecast_options import parse_share
from recurra.cli.series_options import SplitBy, collection_arguments
from recurra.cli.speech_options import TranscriptColumn
from recurra.errors import UsageError

__all__ = ["SEQUENCE_TAKES", "SequenceReadingOptions", "sequence_options"]


@dataclass(frozen=True)
class SequenceReadingOptions:
    """How sequences of numbers, sounds and tagged sentences are found and split."""

    files: Annotated[
        str | None,
        typer.Option(
            help="Of a table with a row for each sequence: the column that names its file.",
            metavar="COL",
        ),
    ] = None
    values: Annotated[
        str | None, typer.Option(help="Columns of the channels.", metavar="COL[,COL...]")
    ] = None
    split_by: SplitBy = None
    pattern: Annotated[
        str | None,
        typer.Option(
            help="How names of sound files are made: '{label}_{speaker}_{take}.wav'.", metavar="P"
        ),
    ] = None
    rate: Annotated[
        int | None,
        typer.Option(help="Resample sound to so many samples a second.", min=1, metavar="HZ"),
    ] = None
    transcript: TranscriptColumn = None
    column: Annotated[
        str | None, typer.Option(help="Of the tags: upos, xpos, a number, ...", metavar="COL")
    ] = None
    pooling: Annotated[
        str | None,
        typer.Option(help="last, mean, max, mean_max or attention.", metavar="POOLING"),
    ] = None


_NETWORK = {"insight", "preset", "pooling", "dropout", "recurrent_dropout"}
_SPEECH = {"files", "transcript", "pattern"}
_TABLE = {"series_id", "time", "files", "values", "split_by", "test"}
SEQUENCE_TAKES = {
    "series": _NETWORK | _TABLE | {"label"},
    "regress": _NETWORK | _TABLE | {"target"},
    "audio": _NETWORK | {"label", "pattern", "split_by", "rate", "test"},
    "transcribe": _SPEECH | {"preset", "dropout", "recurrent_dropout", "split_by", "rate", "test"},
    "tag": {"insight", "preset", "column", "dropout", "recurrent_dropout", "embedding"},
}
_SETTINGS = ("insight", "preset", "pooling", "dropout", "recurrent_dropout", "embedding", "column")


def sequence_options(task: str, given: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of a comparison of series, sound, speech or tags.

    Args:
        task: Of `SEQUENCE_TAKES`.
        given: The options that were given.

    Raises:
        UsageError: If an option cannot be read.
    """
    chosen = {name: given[name] for name in _SETTINGS if name in given}
    held_out = given.get("test")
    if task == "transcribe":
        renamed = {"files": "path"}
        taken = (*sorted(_SPEECH), "rate", "split_by")
        chosen |= {renamed.get(name, name): given[name] for name in taken if name in given}
        if held_out is not None and not _is_number(held_out):
            return {**chosen, "test": held_out}
    elif task == "audio":
        chosen |= {name: given[name] for name in ("pattern", "rate", "label") if name in given}
        if "split_by" in given:
            chosen["split_by"] = given["split_by"]
            if held_out is not None and not _is_number(held_out):
                names = tuple(name.strip() for name in held_out.split(",") if name.strip())
                return {**chosen, "test": names}
    elif task != "tag":
        columns = {name: given.get(name) for name in ("label", "target")}
        columns["group"] = given.get("split_by")
        named = {name: value for name, value in columns.items() if value is not None}
        chosen["reading"] = {**collection_arguments(given), **named}
    if held_out is not None:
        share = parse_share("--test", held_out)
        if not isinstance(share, float):
            raise UsageError(f"--test takes a share such as 0.2 here, not {held_out}")
        chosen["test_share"] = share
    return chosen


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
