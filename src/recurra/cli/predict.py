"""`recurra predict`."""

from __future__ import annotations

import codecs
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from recurra.cli import options as o
from recurra.cli.forecast_options import Horizon
from recurra.cli.output import print_json
from recurra.cli.predict_forecast import predict_forecast
from recurra.errors import SourceError, UsageError

if TYPE_CHECKING:
    from recurra.runtime import Prediction, TextPredictor

__all__ = ["predict"]

_READ = 1 << 16  # bytes
_SHOWN = 60  # characters of a text beside its label
_TABLES = (".csv", ".tsv", ".jsonl", ".ndjson", ".parquet", ".gz")


def predict(
    model: o.ModelFile,
    given: Annotated[
        list[str] | None,
        typer.Argument(
            help="Texts to label; or the data whose end is continued, by default the data of the "
            "training.",
            metavar="TEXT...|SOURCE",
        ),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(help="A table, or a file with one text on each line.", metavar="F"),
    ] = None,
    text: o.TextColumn = None,
    horizon: Horizon = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Write the forecast: .csv, .json or .parquet.", metavar="FILE"),
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(help="Draw the forecast.", metavar="FILE.png")
    ] = None,
    as_json: o.Json = False,
) -> None:
    """Label texts, or continue time series.

    Texts are arguments, a file, or standard input line by line.
    """
    from recurra.cli.paths import check_model
    from recurra.runtime import FORECAST_TASK, TextPredictor, read_artifact

    if given and file:
        raise UsageError("give texts or --file, not both")
    artifact = read_artifact(check_model(model))
    if artifact.manifest.get("task") == FORECAST_TASK:
        _refuse(model, "continues series", text=text)
        source = _one_source(model, given, file)
        predict_forecast(artifact, source, horizon, out, plot, as_json=as_json)
        return
    _refuse(model, "labels texts", horizon=horizon, out=out, plot=plot)
    _check_text_options(given, file, text)
    predictor = TextPredictor.from_artifact(artifact)
    groups = [given] if given else _groups(file, text)
    if as_json:
        print_json({"model": str(model), "predictions": _records(predictor, groups)})
        return
    for group in groups:
        lines = [
            f"{p.label}\t{p.probability:.4f}\t{_shown(text)}\n"
            for text, p in zip(group, predictor.answer(group), strict=True)
        ]
        sys.stdout.write("".join(lines))
        sys.stdout.flush()


def _one_source(model: Path, given: list[str] | None, file: Path | None) -> str | None:
    if given and len(given) > 1:
        raise UsageError(f"{model} continues the series of one table; give one file or dataset")
    return given[0] if given else str(file) if file else None


def _refuse(model: Path, task: str, **options: object) -> None:
    """Refuse options of the other task."""
    for name, value in options.items():
        if value is not None:
            raise UsageError(f"{model} {task}; leave out --{name}")


def _check_text_options(texts: list[str] | None, file: Path | None, text: str | None) -> None:
    if text and not (file and _is_table(file)):
        raise UsageError("--text names a column of a table: give the table with --file")
    if not texts and file is None and sys.stdin.isatty():
        raise UsageError("give texts, --file F, or pipe lines into standard input")


def _records(predictor: TextPredictor, groups: Iterable[list[str]]) -> list[dict[str, object]]:
    return [
        _record(given, prediction)
        for group in groups
        for given, prediction in zip(group, predictor.answer(group), strict=True)
    ]


def _record(text: str, prediction: Prediction) -> dict[str, object]:
    return {
        "text": text,
        "label": prediction.label,
        "probability": prediction.probability,
        "probabilities": {str(k): p for k, p in prediction.probabilities.items()},
    }


def _groups(file: Path | None, column: str | None) -> Iterator[list[str]]:
    """Yield texts in groups: what is there at once is answered at once."""
    if file is None:
        yield from _lines(sys.stdin.fileno())
    elif _is_table(file):
        from recurra.sequences import read_texts, row_chunks

        table = read_texts(file, column, require_label=False)
        for rows in row_chunks(table.iter_rows(), 512):
            yield [row.text for row in rows]
    else:
        yield from _file_lines(file)


def _file_lines(file: Path) -> Iterator[list[str]]:
    try:
        descriptor = os.open(file, os.O_RDONLY)
    except FileNotFoundError:
        from recurra.sequences.sources import missing_source

        raise missing_source(str(file)) from None
    except OSError as error:
        raise SourceError(f"cannot read {file}: {error.strerror}") from error
    try:
        yield from _lines(descriptor)
    except IsADirectoryError:
        raise SourceError(f"cannot read {file}: it is a folder") from None
    finally:
        os.close(descriptor)


def _lines(descriptor: int) -> Iterator[list[str]]:
    """Yield the whole lines of each read, so that a slow writer is answered line by line."""
    begun: list[bytes] = []  # pieces of a line whose end has not come yet
    first = True
    while chunk := os.read(descriptor, _READ):
        head, newline, tail = chunk.rpartition(b"\n")
        if newline:
            lines = b"".join([*begun, head]).split(b"\n")
            if first:
                lines[0] = lines[0].removeprefix(codecs.BOM_UTF8)
            yield [_decoded(line) for line in lines]
            begun, first = [], False
        if tail:
            begun.append(tail)
    if begun:
        rest = b"".join(begun)
        yield [_decoded(rest.removeprefix(codecs.BOM_UTF8) if first else rest)]


def _decoded(line: bytes) -> str:
    try:
        return line.decode("utf-8").rstrip("\r")
    except UnicodeDecodeError as error:
        raise SourceError(
            f"a line is not UTF-8 ({error.reason} at byte {error.start}: {line[:40]!r}); "
            "convert it, for example with iconv -t UTF-8"
        ) from None


def _is_table(file: Path) -> bool:
    return file.suffix.lower() in _TABLES


def _shown(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 3]}..."
