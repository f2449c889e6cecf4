"""Named datasets of pairs of texts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from recurra.errors import UnknownNameError
from recurra.sequences._pair_readers import ListedPairs, PairReader, ParallelFiles, TabbedPairs
from recurra.sequences.dataset_files import DatasetEntry, get_files
from recurra.sequences.dates import make_dates
from recurra.sequences.pair_columns import choose_pair_columns
from recurra.sequences.pairs import PairDataset, PairTable

__all__ = ["PAIRS_DATASETS", "PairsEntry", "load_pairs_dataset", "pairs_dataset_names"]


@dataclass(frozen=True, kw_only=True)
class PairsEntry(DatasetEntry):
    """How to describe, find and read a dataset of pairs.

    Attributes:
        columns: Names of both sides, the usual source first.
        open: Gives a reader of each part, training first, from the path of the first file and the
            positions of the source and the target.
    """

    columns: tuple[str, str]
    open: Callable[[Path | None, tuple[int, int]], tuple[PairReader, ...]]


def pairs_dataset_names() -> list[str]:
    """Return the names of all datasets of pairs."""
    return sorted(PAIRS_DATASETS)


def load_pairs_dataset(
    name: str, source_column: str | None = None, target_column: str | None = None
) -> PairDataset:
    """Open a dataset of pairs.

    Args:
        name: Its name.
        source_column: Column with the texts to translate, when it is not the usual one.
        target_column: Column with the translations.

    Returns:
        Its parts.

    Raises:
        UnknownNameError: If there is no such dataset or column.
        DatasetUnavailable: If it cannot be had; says how.
    """
    if name not in PAIRS_DATASETS:
        raise UnknownNameError("dataset of pairs", name, pairs_dataset_names())
    entry = PAIRS_DATASETS[name]
    chosen = (entry.columns[0], entry.columns[1])
    if source_column or target_column:
        chosen = choose_pair_columns(entry.columns, source_column, target_column)
    positions = (entry.columns.index(chosen[0]), entry.columns.index(chosen[1]))
    path = get_files(name, entry)
    parts = [PairTable(name, name, reader) for reader in entry.open(path, positions)]
    return PairDataset(name, *parts, **_facts(entry))  # type: ignore[arg-type]


def _facts(entry: PairsEntry) -> dict[str, str]:
    return {
        "description": entry.description,
        "licence": entry.licence,
        "citation": entry.citation,
    }


def _open_dates(_: Path | None, positions: tuple[int, int]) -> tuple[PairReader, ...]:
    pairs = make_dates()
    return (ListedPairs([(pair[positions[0]], pair[positions[1]]) for pair in pairs]),)


def _open_tabbed(path: Path | None, positions: tuple[int, int]) -> tuple[PairReader, ...]:
    file = _needed(path)
    return (TabbedPairs(file, str(file), positions, header=False),)


def _open_multi30k(path: Path | None, positions: tuple[int, int]) -> tuple[PairReader, ...]:
    folder = _needed(path).parent
    endings = [("de", "en")[position] for position in positions]
    readers = []
    for part in ("train", "val", "test_2016_flickr"):
        source, target = (folder / f"{part}.{ending}" for ending in endings)
        readers.append(ParallelFiles((source, str(source)), (target, str(target))))
    return tuple(readers)


def _needed(path: Path | None) -> Path:
    assert path is not None  # noqa: S101 - only datasets without places have no path
    return path


PAIRS_DATASETS = {
    "dates": PairsEntry(
        description="dates as 24 locales write them, and as YYYY-MM-DD; made offline, no files",
        licence="Unicode-3.0, as the locale data of CLDR",
        citation="the package Babel, https://babel.pocoo.org, with the Unicode CLDR",
        columns=("date", "iso"),
        open=_open_dates,
    ),
    "fra-eng": PairsEntry(
        description="short sentences in English and French, of Tatoeba",
        licence="CC BY 2.0 FR",
        citation="Tatoeba, https://tatoeba.org, as collected at https://www.manythings.org/anki",
        places=("data/fra_eng/fra.txt", "cache/fra_eng/fra.txt"),
        advice=(
            "put fra.txt of https://www.manythings.org/anki/fra-eng.zip into the folder fra_eng of "
            "the folder that RECURRA_DATA names"
        ),
        columns=("eng", "fra"),
        open=_open_tabbed,
    ),
    "multi30k-de-en": PairsEntry(
        description="captions of pictures in German and English; 29,000, and 1,014 and 1,000",
        licence="CC BY-NC-SA 4.0",
        citation="Elliott et al. 2016, Multi30K: Multilingual English-German Image Descriptions",
        places=("data/multi30k/train.de", "cache/multi30k/train.de"),
        advice=(
            "put train.de, train.en, val.de, val.en, test_2016_flickr.de and test_2016_flickr.en "
            "of https://github.com/multi30k/dataset into the folder multi30k of the folder that "
            "RECURRA_DATA names"
        ),
        columns=("de", "en"),
        open=_open_multi30k,
    ),
}
