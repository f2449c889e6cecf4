"""From a path, a name or a list of texts to a corpus."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from recurra.errors import SourceError, UsageError
from recurra.sequences._documents import DocumentSource, TableTexts, TextFiles, TextList
from recurra.sequences.columns import choose_columns
from recurra.sequences.corpora import Corpus
from recurra.sequences.corpus_datasets import corpus_dataset_names, open_corpus_dataset
from recurra.sequences.formats import ENDINGS, open_format
from recurra.sequences.lines import source_errors
from recurra.sequences.sources import missing_source

__all__ = ["read_corpus"]


def read_corpus(source: str | Path | Iterable[str], *, text: str | None = None) -> Corpus:
    """Open a corpus and read it once, which checks it.

    Args:
        source: A text file (also `.gz`); a folder, whose files `*.txt` and `*.txt.gz` are taken in
            the order of their names, folders below it too; a table (CSV, TSV, JSON lines, Parquet)
            with a column of texts; the name of a dataset; or texts from Python. Names of datasets
            come first.
        text: Column with the texts, for a table; guessed when obvious.

    Returns:
        The corpus; each file, row or text is a document.

    Raises:
        SourceError: If the source is missing, damaged, no text, or empty.
        RowError: If a line is not UTF-8 or broken; names it.
        UnknownNameError: If the column does not exist.
        UsageError: If the column cannot be told, or is named for a source without columns.
        DataError: If a text from Python is not a string.
    """
    if not isinstance(source, (str, Path)):
        _refuse_column(text, "texts from Python")
        return Corpus("texts", "texts from Python", TextList(source))
    name, path = str(source), Path(source)
    if name in corpus_dataset_names():
        _refuse_column(text, f"the dataset {name!r}")
        return open_corpus_dataset(name)
    with source_errors(name):
        if not path.exists():
            raise missing_source(name, corpus_dataset_names())
        if path.is_dir():
            _refuse_column(text, f"the folder {name}")
            return Corpus(path.resolve().name, name, _text_files(path, name))
    return Corpus(_stem(path), name, _open_file(path, name, text))


def _open_file(path: Path, name: str, text: str | None) -> DocumentSource:
    if not path.name.lower().removesuffix(".gz").endswith(ENDINGS):
        _refuse_column(text, f"the text file {name}")
        return TextFiles([(path, name)])
    reader = open_format(path, name)
    columns = reader.columns()
    if not columns:
        raise SourceError(f"{name} is empty; expected rows with a text")
    return TableTexts(reader, choose_columns(columns, text, None, require_label=False)[0])


def _text_files(folder: Path, name: str) -> TextFiles:
    found = sorted(
        path.relative_to(folder).as_posix()
        for ending in ("*.txt", "*.txt.gz")
        for path in folder.rglob(ending)
        if path.is_file()
    )
    if not found:
        raise SourceError(f"the folder {name} has no files *.txt or *.txt.gz")
    return TextFiles([(folder / file, str(Path(name) / file)) for file in found])


def _refuse_column(text: str | None, what: str) -> None:
    if text is not None:
        raise UsageError(f"there are no columns in {what}; leave out the text column {text!r}")


def _stem(path: Path) -> str:
    name = path.name.removesuffix(".gz")
    return name.removesuffix(Path(name).suffix) or name
