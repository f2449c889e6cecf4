"""From a path or a name to sentences with tags."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from recurra.errors import SourceError, UnknownNameError
from recurra.sequences.dataset_files import DatasetEntry, get_files
from recurra.sequences.lines import file_sha256, source_errors
from recurra.sequences.sources import missing_source
from recurra.sequences.tagging.bio import is_bio, repair_bio
from recurra.sequences.tagging.formats import (
    CONLLU_COLUMNS,
    TaggedFile,
    open_tagged_file,
    tagged_format,
)
from recurra.sequences.tagging.sentences import Sentence, TaggedDataset, TaggedSentences

__all__ = [
    "TAGGING_DATASETS",
    "load_tagging_dataset",
    "open_tagged",
    "read_tagged",
    "resolve_tagged",
    "tagging_dataset_names",
    "usual_column",
]

TAGGING_DATASETS = {
    "ud-english-ewt": DatasetEntry(
        description="16,622 sentences of the English web, parts of speech; 2,001 and 2,077 of them",
        licence="CC BY-SA 4.0",
        citation="Silveira et al. 2014, A Gold Standard Dependency Corpus for English, LREC",
        places=(
            "data/ud_english_ewt/en_ewt-ud-train.conllu.gz",
            "data/ud_english_ewt/en_ewt-ud-train.conllu",
            "cache/ud_english_ewt/en_ewt-ud-train.conllu",
        ),
        advice=(
            "put en_ewt-ud-train.conllu, en_ewt-ud-dev.conllu and en_ewt-ud-test.conllu of "
            "https://github.com/UniversalDependencies/UD_English-EWT into the folder "
            "ud_english_ewt of the folder that RECURRA_DATA names"
        ),
    ),
}


def tagging_dataset_names() -> list[str]:
    """Return the names of all datasets with tags."""
    return sorted(TAGGING_DATASETS)


def load_tagging_dataset(name: str, column: str | None = None) -> TaggedDataset:
    """Open a dataset of sentences with tags.

    Args:
        name: Its name.
        column: Of the tags, see `open_tagged_file`.

    Raises:
        UnknownNameError: If there is no such dataset or column.
        DatasetUnavailable: If it cannot be had; says how.
    """
    if name not in TAGGING_DATASETS:
        raise UnknownNameError("dataset of tags", name, tagging_dataset_names())
    entry = TAGGING_DATASETS[name]
    first = get_files(name, entry)
    assert first is not None  # noqa: S101 - only datasets without places have no file
    train, validation, test = (
        _part(first.with_name(first.name.replace("train", part)), name, column)
        for part in ("train", "dev", "test")
    )
    facts = (entry.description, entry.licence, entry.citation)
    return TaggedDataset(name, train, validation, test, *facts)


def resolve_tagged(
    source: str | Path, column: str | None = None, kind: str | None = None
) -> TaggedDataset:
    """Open a named dataset or a file of sentences with tags.

    Args:
        source: Name of a dataset, or path of a file; a name of a dataset comes first.
        column: Of the tags, see `open_tagged_file`.
        kind: Format of the file; by its ending when `None`.

    Returns:
        The sentences; a file has neither a validation nor a test part.

    Raises:
        SourceError: If there is neither such a dataset nor such a file, or it has no sentences.
        RowError: If a line is broken; names it.
        UnknownNameError: If the column or the format is unknown.
    """
    name = str(source)
    if name in TAGGING_DATASETS:
        return load_tagging_dataset(name, column)
    read = read_tagged(source, column, kind)
    return TaggedDataset(read.name, read, description=f"the file {name}")


def read_tagged(
    source: str | Path, column: str | None = None, kind: str | None = None, *, tagged: bool = True
) -> TaggedSentences:
    """Read a file of sentences.

    Args:
        source: Its path.
        column: Of the tags, see `open_tagged_file`.
        kind: Format of the file; by its ending when `None`.
        tagged: Read the tags too; each token must have one then.

    Raises:
        SourceError: If there is no such file, or it has no sentences.
        RowError: If a line is broken; names it.
        UnknownNameError: If the column or the format is unknown.
    """
    return _read(open_tagged(source, column, kind), tagged=tagged)


def usual_column(source: str | Path, trained: str | None) -> str | None:
    """Return the column of a model's training where a source has it too, for one not named.

    Args:
        source: As in `resolve_tagged`.
        trained: What `TaggedSentences.column` was in the training.
    """
    named = str(source) in TAGGING_DATASETS or tagged_format(str(source)) == "conllu"
    return trained if named and trained in CONLLU_COLUMNS else None


def open_tagged(
    source: str | Path, column: str | None = None, kind: str | None = None
) -> TaggedFile:
    """Open a file of sentences that is read, or filled with tags, later.

    Raises:
        SourceError: If there is no such file.
        UnknownNameError: If the column or the format is unknown.
    """
    name = str(source)
    path = Path(source)
    with source_errors(name):
        if not path.exists():
            raise missing_source(name, tagging_dataset_names())
        if path.is_dir():
            raise SourceError(f"{name} is a folder; name a file in it")
    return open_tagged_file(path, name, column, kind)


def _part(path: Path, name: str, column: str | None) -> TaggedSentences:
    return replace(_read(open_tagged_file(path, str(path), column), tagged=True), name=name)


def _read(file: TaggedFile, *, tagged: bool) -> TaggedSentences:
    sentences = tuple(file.sentences(tagged=tagged))
    if not sentences:
        raise SourceError(f"{file.name} has no sentences; expected one token a line")
    notes: tuple[str, ...] = ()
    if tagged:
        sentences, notes = _repaired(sentences)
    return TaggedSentences(
        name=_stem(file.path),
        source=file.name,
        sha256=file_sha256(file.path, file.name),
        column=file.column,
        sentences=sentences,
        tagged=tagged,
        notes=notes,
    )


def _repaired(sentences: tuple[Sentence, ...]) -> tuple[tuple[Sentence, ...], tuple[str, ...]]:
    """Let entities begin with B where the tags are BIO; say how many did not."""
    if not is_bio(tag for sentence in sentences for tag in sentence.tags):
        return sentences, ()
    made, total, first = [], 0, 0
    for sentence in sentences:
        tags, changed = repair_bio(sentence.tags)
        total += changed
        first = first or (sentence.line if changed else 0)
        made.append(replace(sentence, tags=tags) if changed else sentence)
    if not total:
        return sentences, ()
    note = (
        f"{total:,} entities began with I and were read as beginning with B "
        f"(the first in the sentence at line {first})"
    )
    return tuple(made), (note,)


def _stem(path: Path) -> str:
    name = path.name.removesuffix(".gz")
    return name.removesuffix(Path(name).suffix) or name
