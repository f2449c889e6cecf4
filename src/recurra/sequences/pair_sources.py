"""From a path, a name or a list to pairs of texts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from recurra.errors import SourceError, UsageError
from recurra.sequences._pair_readers import (
    ListedPairs,
    PairReader,
    ParallelFiles,
    TabbedPairs,
    TablePairs,
    first_fields,
)
from recurra.sequences.formats import ENDINGS, open_format
from recurra.sequences.lines import source_errors
from recurra.sequences.pair_columns import choose_pair_columns, names_pair_columns
from recurra.sequences.pair_datasets import load_pairs_dataset, pairs_dataset_names
from recurra.sequences.pairs import PairDataset, PairTable
from recurra.sequences.sources import missing_source

__all__ = ["read_pairs", "resolve_pairs"]

_TABLES = tuple(ending for ending in ENDINGS if ending != ".tsv")


def read_pairs(
    source: str | Path | Iterable[Sequence[str]],
    *,
    target_file: str | Path | None = None,
    source_column: str | None = None,
    target_column: str | None = None,
) -> PairTable:
    """Open pairs of texts and read them once, which checks them.

    Args:
        source: A table: CSV, JSON lines or Parquet with two columns of texts, or any other file
            whose lines have two or more fields with tabs between them, with or without names on the
            first line; each also with `.gz`. With `target_file`, a file of one text a line. Or the
            name of a dataset, whose training part is taken. Or pairs from Python: pairs, or a tuple
            of two lists.
        target_file: The translations, one a line.
        source_column: Column with the texts to translate; guessed when obvious. A number counts the
            columns of a file without names, from 1.
        target_column: Column with the translations.

    Returns:
        The pairs; those with an empty side are left out and listed in `empty_lines`.

    Raises:
        SourceError: If the source is missing, damaged or has no pairs.
        RowError: If a line is not UTF-8 or broken; names it.
        DataError: If parallel files have different numbers of lines, or a pair from Python is none.
        UnknownNameError: If a named column does not exist.
        UsageError: If a column cannot be told.
    """
    return resolve_pairs(
        source,
        target_file=target_file,
        source_column=source_column,
        target_column=target_column,
    ).train


def resolve_pairs(
    source: str | Path | Iterable[Sequence[str]],
    *,
    target_file: str | Path | None = None,
    source_column: str | None = None,
    target_column: str | None = None,
) -> PairDataset:
    """Open pairs as `read_pairs` does, with the parts of a dataset.

    Args:
        source: As in `read_pairs`.
        target_file: As in `read_pairs`.
        source_column: As in `read_pairs`; of a named dataset, to translate the other way round.
        target_column: As `source_column`.

    Returns:
        The pairs; a file has neither a validation nor a test part.

    Raises:
        SourceError: As `read_pairs`.
        DatasetUnavailable: If the dataset cannot be had; says how.
        RowError: As `read_pairs`.
        DataError: As `read_pairs`.
        UnknownNameError: As `read_pairs`.
        UsageError: As `read_pairs`.
    """
    columns = (source_column, target_column)
    if not isinstance(source, (str, Path)):
        table = PairTable("pairs", "pairs from Python", ListedPairs(_as_pairs(source)))
        return PairDataset(table.name, table)
    name = str(source)
    if name in pairs_dataset_names() and not (target_file is not None and Path(name).is_file()):
        if target_file is not None:
            raise UsageError(f"the dataset {name!r} has its own translations; name no other file")
        return load_pairs_dataset(name, *columns)
    path = _existing(name)
    if target_file is None:
        reader = _open_file(path, name, *columns)
        table = PairTable(_stem(path), name, reader)
    else:
        table = _open_two(path, name, str(target_file), columns)
    return PairDataset(table.name, table, description=f"the file {table.source}")


def _open_file(path: Path, name: str, source: str | None, target: str | None) -> PairReader:
    if path.name.lower().removesuffix(".gz").endswith(_TABLES):
        reader = open_format(path, name)
        columns = reader.columns()
        if not columns:
            raise SourceError(f"{name} is empty; expected pairs of texts")
        return TablePairs(reader, *choose_pair_columns(columns, source, target))
    first = first_fields(path, name)
    numbers = [str(i) for i in range(1, len(first) + 1)]
    if {source, target} <= {None, *numbers} and not names_pair_columns(first):
        chosen = (
            source or ("2" if target == "1" else "1"),
            target or ("1" if source == "2" else "2"),
        )
        if chosen[0] == chosen[1]:
            raise UsageError(f"column {chosen[0]} cannot be both the source and the target")
        return TabbedPairs(path, name, (int(chosen[0]) - 1, int(chosen[1]) - 1), header=False)
    chosen = choose_pair_columns(first, source, target)
    return TabbedPairs(path, name, (first.index(chosen[0]), first.index(chosen[1])), header=True)


def _open_two(
    path: Path, name: str, target: str, columns: tuple[str | None, str | None]
) -> PairTable:
    if any(columns):
        raise UsageError("two parallel files have no columns; leave out their names")
    for file in (name, target):
        if file.lower().removesuffix(".gz").endswith(ENDINGS):
            raise UsageError(f"{file} is a table; parallel files hold one text a line")
    reader = ParallelFiles((path, name), (_existing(target), target))
    return PairTable(_stem(path), f"{name} and {target}", reader)


def _existing(name: str) -> Path:
    path = Path(name)
    with source_errors(name):
        if not path.exists():
            raise missing_source(name, pairs_dataset_names())
        if path.is_dir():
            raise SourceError(f"{name} is a folder; name a file in it")
    return path


def _as_pairs(source: Iterable[Any]) -> Iterable[Any]:
    """Take a tuple of two lists as columns, everything else as pairs."""
    if isinstance(source, tuple) and len(source) == 2 and all(isinstance(s, list) for s in source):
        if len(source[0]) != len(source[1]):
            raise UsageError(
                f"{len(source[0])} sources but {len(source[1])} targets; give one for each"
            )
        return zip(*source, strict=True)
    return source


def _stem(path: Path) -> str:
    name = path.name.removesuffix(".gz")
    return name.removesuffix(Path(name).suffix) or name
