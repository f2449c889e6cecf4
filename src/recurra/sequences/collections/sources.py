"""The one way from a name or a path to labelled sequences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from recurra.errors import SourceError, UsageError
from recurra.sequences.collections.collection import SequenceCollection
from recurra.sequences.collections.datasets import (
    COLLECTION_DATASETS,
    CollectionDataset,
    load_collection_dataset,
)
from recurra.sequences.collections.long_tables import read_long_table
from recurra.sequences.collections.sequence_files import (
    SEQUENCE_ENDINGS,
    read_file_table,
    read_sequence_file,
    read_sequence_folder,
)
from recurra.sequences.collections.ts_files import read_ts
from recurra.sequences.lines import file_sha256
from recurra.sequences.series_files import check_series_file, stem
from recurra.sequences.sources import missing_source

__all__ = ["is_collection", "read_collection"]

_TRAIN, _TEST = "_TRAIN.ts", "_TEST.ts"


def is_collection(
    source: str | Path, *, series_id: str | None = None, files: str | None = None
) -> bool:
    """Say whether a source holds sequences of numbers rather than texts, unread.

    Args:
        source: A name or a path.
        series_id: As for `read_collection`.
        files: As for `read_collection`.
    """
    if series_id is not None or files is not None or str(source) in COLLECTION_DATASETS:
        return True
    path = Path(source)
    return path.is_dir() or path.name.lower().endswith((".ts", ".npy"))


def read_collection(
    source: str | Path,
    *,
    series_id: str | None = None,
    time: str | None = None,
    files: str | None = None,
    values: Sequence[str] = (),
    label: str | None = None,
    target: str | None = None,
    group: str | None = None,
) -> CollectionDataset:
    """Read sequences of numbers.

    Args:
        source: A named dataset; a `.ts` file (of `X_TRAIN.ts`, `X_TEST.ts` is the test part); a
            folder with a sub-folder of files for each class; a long table (`series_id`); a table
            that names the file of each sequence (`files`); or the file of one sequence.
        series_id: Column of a long table that names the sequence of a row.
        time: Column that a long table is sorted by within each sequence.
        files: Column of the files, relative to the table.
        values: Columns of the channels; all that hold changing numbers when there are none.
        label: Column with the labels; guessed when it is called `label` or `class`.
        target: Column with the numbers to learn.
        group: Column that splits go by, such as the speaker.

    Returns:
        The sequences, with a test part where the source has its own.

    Raises:
        SourceError: If there is neither such a dataset nor such a file.
        UsageError: If it cannot be told what the source holds, or a column does not exist.
        DataError: If sequences cannot be used; named by file and line.
    """
    name = str(source)
    roles = {"label": label, "target": target, "group": group}
    if name in COLLECTION_DATASETS:
        _refuse(name, series_id=series_id, time=time, files=files, values=values or None)
        return _with_roles(load_collection_dataset(name), roles)
    if files is not None and series_id is not None:
        raise UsageError("give --series-id or --files, not both")
    path = Path(source)
    if not path.exists():
        raise missing_source(name, COLLECTION_DATASETS)
    if path.is_dir():
        _refuse(name, series_id=series_id, time=time, files=files)
        return _alone(read_sequence_folder(path, name, values=values), roles)
    check_series_file(path, name)
    if path.name.lower().endswith(".ts"):
        _refuse(name, series_id=series_id, time=time, files=files, values=values or None)
        return _with_roles(_ts_parts(path, name), roles)
    if files is not None:
        _refuse(name, series_id=series_id, time=time)
        return _alone(read_file_table(path, name, stem(path), files=files, values=values), roles)
    if series_id is not None:
        wanted = [column for column in roles.values() if column is not None]
        table = read_long_table(
            path, name, stem(path),
            series_id=series_id, time=time, values=values, constant=wanted,
        )  # fmt: skip
        return _alone(table, roles)
    if any(roles.values()):
        raise UsageError(
            f"say how {name} holds sequences: --series-id COL where each row is a step, or "
            "--files COL where each row names a file"
        )
    return _alone(_single(path, name, values), roles)


def _ts_parts(path: Path, source: str) -> CollectionDataset:
    name = path.name.removesuffix(path.suffix).removesuffix("_TRAIN")
    train = read_ts(path, source, name)
    test = path.with_name(path.name.replace(_TRAIN, _TEST))
    if test == path or not test.is_file():
        return CollectionDataset(name, train)
    held_out = read_ts(test, str(test), name)
    if len(held_out.channels) != len(train.channels):
        raise SourceError(
            f"{test} has {len(held_out.channels)} dimensions, {source} has {len(train.channels)}"
        )
    return CollectionDataset(name, train, held_out)


def _single(path: Path, source: str, values: Sequence[str]) -> SequenceCollection:
    """Read a file as one sequence."""
    if not path.name.lower().endswith(SEQUENCE_ENDINGS):
        raise UsageError(
            f"cannot tell what {source} holds; expected a .ts file, a folder, or a table with "
            "--series-id COL or --files COL"
        )
    array, channels = read_sequence_file(path, source, values)
    return SequenceCollection(
        name=stem(path),
        source=source,
        values=(array,),
        channels=channels,
        places=(source,),
        fields={},
        digest=file_sha256(path, source),
    )


def _refuse(source: str, **given: object) -> None:
    for option, value in given.items():
        if value is not None:
            raise UsageError(
                f"{source} says itself what it holds; leave out --{option.replace('_', '-')}"
            )


def _alone(collection: SequenceCollection, roles: dict[str, str | None]) -> CollectionDataset:
    return _with_roles(CollectionDataset(collection.name, collection), roles)


def _with_roles(dataset: CollectionDataset, roles: dict[str, str | None]) -> CollectionDataset:
    test = None if dataset.test is None else _assigned(dataset.test, roles)
    return replace(dataset, train=_assigned(dataset.train, roles), test=test)


def _assigned(collection: SequenceCollection, roles: dict[str, str | None]) -> SequenceCollection:
    given = {role: column for role, column in roles.items() if column is not None}
    usual = [name for name in collection.fields if name.strip().lower() in ("label", "class")]
    if not {"label", "target"} & given.keys() and collection.label is None and len(usual) == 1:
        given["label"] = usual[0]
    return replace(
        collection,
        label=given.get("label", collection.label),
        target=given.get("target", collection.target),
        group=given.get("group", collection.group),
    )
