"""The `imdb` dataset: 50,000 film reviews, half of them for testing.

Source: Maas et al. 2011, "Learning Word Vectors for Sentiment Analysis", ACL.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

from recurra.errors import DatasetUnavailable
from recurra.sequences.formats import JsonLinesFormat
from recurra.sequences.sources import FileTable

__all__ = ["download_imdb", "find_imdb", "open_imdb"]

URL = "https://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz"
_ARCHIVE = "aclImdb_v1.tar.gz"
_HASH = "md5:7c2ac02c03563afcf9b574c7e56c153a"
_PARTS = ("train", "test")
_LABEL_NAMES = {"0": "negative", "1": "positive"}
_MEMBER = re.compile(r"aclImdb/(train|test)/(neg|pos)/\d{1,6}_\d{1,2}\.txt")
_MAX_REVIEW_BYTES = 2**20
_REVIEWS_PER_PART = 25_000


def find_imdb() -> Path | None:
    """Return the folder that holds both files, `$RECURRA_DATA/imdb` first, or `None`."""
    for folder in _folders():
        if all(_file(folder, part).is_file() for part in _PARTS):
            return folder
    return None


def open_imdb(folder: Path) -> tuple[FileTable, FileTable]:
    """Open both parts.

    Args:
        folder: A folder from `find_imdb` or `download_imdb`.

    Returns:
        The training and the test reviews, labelled `negative` or `positive`.
    """
    train, test = (
        FileTable(
            JsonLinesFormat(_file(folder, part), str(_file(folder, part))),
            "text",
            "label",
            label_names=_LABEL_NAMES,
        )
        for part in _PARTS
    )
    return train, test


def download_imdb() -> Path:
    """Fetch the original archive, check it, and store both parts in the cache.

    Returns:
        The folder with both files.

    Raises:
        DatasetUnavailable: If the archive cannot be fetched or is not the expected one.
    """
    folder = _cache()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as temporary:
            _convert(_fetch(Path(temporary)), folder)
    except (OSError, ValueError, EOFError, tarfile.TarError) as error:
        raise DatasetUnavailable(_advice(error)) from error
    return folder


def _fetch(folder: Path) -> Path:
    import pooch

    return Path(pooch.retrieve(URL, _HASH, fname=_ARCHIVE, path=folder))


def _convert(archive: Path, folder: Path) -> None:
    """Write the parts as JSON lines; members are read in memory, none is unpacked to disk."""
    reviews: dict[str, list[tuple[str, int, str]]] = {part: [] for part in _PARTS}
    for part, name, label, text in _members(archive):
        reviews[part].append((name, label, text))
    for part, rows in reviews.items():
        if len(rows) != _REVIEWS_PER_PART:
            raise ValueError(f"{len(rows)} {part} reviews, expected {_REVIEWS_PER_PART}")
    for part, rows in reviews.items():
        _write(_file(folder, part), sorted(rows))


def _members(archive: Path) -> Iterator[tuple[str, str, int, str]]:
    with tarfile.open(archive, "r|gz") as tar:
        for member in tar:
            match = _MEMBER.fullmatch(member.name)
            if match is None or not member.isfile() or member.size > _MAX_REVIEW_BYTES:
                continue
            content = tar.extractfile(member)
            if content is not None:
                text = content.read().decode("utf-8")
                yield match[1], Path(member.name).name, int(match[2] == "pos"), text


def _write(path: Path, rows: list[tuple[str, int, str]]) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with (
            gzip.GzipFile(temporary, "wb", mtime=0) as packed,
            io.TextIOWrapper(packed, encoding="utf-8", newline="\n") as file,
        ):
            for _, label, text in rows:
                file.write(json.dumps({"text": text, "label": label}, ensure_ascii=False) + "\n")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _folders() -> list[Path]:
    given = os.environ.get("RECURRA_DATA")
    return [*([Path(given) / "imdb"] if given else []), _cache()]


def _cache() -> Path:
    import platformdirs

    return Path(platformdirs.user_cache_dir("recurra")) / "imdb"


def _file(folder: Path, part: str) -> Path:
    return folder / f"{part}.jsonl.gz"


def _advice(error: Exception) -> str:
    reason = (str(error).splitlines() or [type(error).__name__])[0][:200]
    places = " or ".join(str(folder) for folder in _folders())
    return (
        f"the dataset 'imdb' is not on this machine and cannot be fetched from {URL} ({reason}); "
        f"put train.jsonl.gz and test.jsonl.gz into {places} (RECURRA_DATA names the folder above "
        'it): one {"text": ..., "label": 0 or 1} per line, 1 for positive'
    )
