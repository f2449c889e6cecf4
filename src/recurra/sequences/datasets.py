"""Named datasets of all kinds, and the one way from a name or a path to tables of texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from recurra.errors import DatasetUnavailable, UnknownNameError, UsageError
from recurra.sequences.audio import AUDIO_DATASETS
from recurra.sequences.collections import COLLECTION_DATASETS
from recurra.sequences.corpus_datasets import CORPUS_DATASETS
from recurra.sequences.dataset_files import DatasetEntry, find_files, get_files
from recurra.sequences.formats import ENDINGS
from recurra.sequences.imdb import download_imdb, find_imdb, open_imdb
from recurra.sequences.names import load_names
from recurra.sequences.pair_datasets import PAIRS_DATASETS
from recurra.sequences.rolls import ROLL_DATASETS
from recurra.sequences.series_catalogue import SERIES_DATASETS
from recurra.sequences.sources import missing_source, read_texts
from recurra.sequences.tables import TextTable
from recurra.sequences.tagging.sources import TAGGING_DATASETS

__all__ = [
    "Dataset",
    "dataset_description",
    "dataset_kind",
    "dataset_names",
    "dataset_path",
    "get_dataset",
    "load_dataset",
    "resolve_source",
]


@dataclass(frozen=True)
class Dataset:
    """Tables that belong together.

    Attributes:
        name: Name of the dataset, or of the file without its endings.
        description: One line for people.
        train: Rows for training and validation.
        test: Rows of the dataset's own test split, or `None` when it has none.
        licence: Licence or terms, as far as known.
        citation: Where it comes from.
    """

    name: str
    description: str
    train: TextTable
    test: TextTable | None
    licence: str = ""
    citation: str = ""


@dataclass(frozen=True)
class _Entry:
    """A named dataset: how to describe, find, fetch and open it."""

    description: str
    licence: str
    citation: str
    find: Callable[[], Path | None]
    get: Callable[[], Path | None]
    open: Callable[[], tuple[TextTable, TextTable | None]]


def dataset_names() -> list[str]:
    """Return the names of all datasets, whatever they hold."""
    return sorted(_kinds())


def dataset_kind(name: str) -> str:
    """Say what a dataset holds.

    Returns:
        `"texts"` with labels, `"audio"` for sound with labels, `"collection"` for sequences of
        numbers with labels, `"series"` of time, `"corpus"` of running text, `"pairs"` of texts,
        `"rolls"` of music, or `"tags"` of tokens.

    Raises:
        UnknownNameError: If there is no such dataset.
    """
    kinds = _kinds()
    if name not in kinds:
        raise UnknownNameError("dataset", name, sorted(kinds))
    return kinds[name]


def dataset_description(name: str) -> str:
    """Return one line about a dataset.

    Raises:
        UnknownNameError: If there is no such dataset.
    """
    return _any_entry(name).description


def dataset_path(name: str) -> Path | None:
    """Say where a dataset is; nothing is fetched.

    Args:
        name: Name of the dataset.

    Returns:
        The folder with its files, or its (first) file; `None` for a dataset that needs no files.

    Raises:
        UnknownNameError: If there is no such dataset.
        DatasetUnavailable: If it is not on this machine.
    """
    entry = _any_entry(name)
    return entry.find() if isinstance(entry, _Entry) else find_files(name, entry)


def get_dataset(name: str) -> Path | None:
    """Make sure that a dataset is on this machine; fetch it when it is not.

    Args:
        name: Name of the dataset.

    Returns:
        The folder with its files, or its (first) file; `None` for a dataset that needs no files.

    Raises:
        UnknownNameError: If there is no such dataset.
        DatasetUnavailable: If it cannot be fetched; says which file to put where.
    """
    entry = _any_entry(name)
    return entry.get() if isinstance(entry, _Entry) else get_files(name, entry)


def load_dataset(name: str) -> Dataset:
    """Open a dataset of texts, fetching it first when needed.

    Args:
        name: Name of the dataset.

    Returns:
        Its tables.

    Raises:
        UnknownNameError: If there is no such dataset.
        DatasetUnavailable: If it cannot be fetched; says which file to put where.
    """
    entry = _entry(name)
    train, test = entry.open()
    return Dataset(name, entry.description, train, test, entry.licence, entry.citation)


def resolve_source(
    source: str | Path, text: str | None = None, label: str | None = None
) -> Dataset:
    """Open a named dataset or a file.

    Args:
        source: Name of a dataset, or path of a file; a name of a dataset comes first.
        text: Column with the texts, for a file; guessed when obvious.
        label: Column with the labels, for a file; guessed when obvious.

    Returns:
        The tables; a file has no test split.

    Raises:
        SourceError: If there is neither such a dataset nor such a file; suggests the nearest.
        UsageError: As `read_texts`, or if columns are named for a dataset that has others.
        RowError: As `read_texts`.
    """
    name = str(source)
    if name in _DATASETS:
        _check_columns(name, text, label)
        return load_dataset(name)
    if not Path(source).exists():
        _refuse_others(name)
        raise missing_source(name, sorted(_DATASETS))
    table = read_texts(source, text, label)
    return Dataset(_stem(Path(source)), f"the file {name}", table, None)


def _check_columns(dataset: str, text: str | None, label: str | None) -> None:
    for given, own in ((text, "text"), (label, "label")):
        if given not in (None, own):
            raise UnknownNameError(f"column of the dataset {dataset!r}", str(given), (own,))


def _stem(path: Path) -> str:
    name = path.name.removesuffix(".gz")
    return name.removesuffix(Path(name).suffix) if Path(name).suffix in ENDINGS else name


def _refuse_others(name: str) -> None:
    kind = _kinds().get(name, "texts")
    if kind != "texts":
        raise UsageError(f"the dataset {name!r} holds {_HOLDS[kind]}, expected texts with labels")


def _entry(name: str) -> _Entry:
    _refuse_others(name)
    if name not in _DATASETS:
        raise UnknownNameError("dataset", name, dataset_names())
    return _DATASETS[name]


def _any_entry(name: str) -> _Entry | DatasetEntry:
    kind = dataset_kind(name)
    return _DATASETS[name] if kind == "texts" else _OTHERS[kind][name]


def _kinds() -> dict[str, str]:
    """Return what each dataset holds."""
    others = {name: kind for kind, entries in _OTHERS.items() for name in entries}
    return {**dict.fromkeys(_DATASETS, "texts"), **others}


def _find_imdb() -> Path:
    folder = find_imdb()
    if folder is None:
        raise DatasetUnavailable("the dataset 'imdb' is not on this machine: recurra data get imdb")
    return folder


def _get_imdb() -> Path:
    return find_imdb() or download_imdb()


_DATASETS = {
    "imdb": _Entry(
        description="50,000 film reviews, negative or positive; half of them for testing",
        licence="free for research; see the archive's README",
        citation="Maas et al. 2011, Learning Word Vectors for Sentiment Analysis, ACL",
        find=_find_imdb,
        get=_get_imdb,
        open=lambda: open_imdb(_get_imdb()),
    ),
    "names": _Entry(
        description="family names and their languages, twelve of them; made offline, no files",
        licence="MIT, as the package Faker, whose name lists these are",
        citation="the person providers of Faker, https://github.com/joke2k/faker",
        find=lambda: None,
        get=lambda: None,
        open=lambda: (load_names(), None),
    ),
}
_OTHERS: dict[str, Mapping[str, DatasetEntry]] = {
    "audio": AUDIO_DATASETS,
    "collection": COLLECTION_DATASETS,
    "corpus": CORPUS_DATASETS,
    "pairs": PAIRS_DATASETS,
    "rolls": ROLL_DATASETS,
    "series": SERIES_DATASETS,
    "tags": TAGGING_DATASETS,
}
_HOLDS = {
    "audio": "sound",
    "collection": "sequences of numbers with labels",
    "corpus": "running text",
    "pairs": "pairs of texts",
    "rolls": "piano rolls",
    "series": "time series",
    "tags": "sentences with a tag for every token",
}
