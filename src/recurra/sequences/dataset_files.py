"""Where the files of a named dataset are, and how to have them."""

from __future__ import annotations

import importlib.util
import os
from dataclasses import dataclass
from pathlib import Path

from recurra.errors import DatasetUnavailable

__all__ = ["DatasetEntry", "find_files", "get_files"]


@dataclass(frozen=True, kw_only=True)
class DatasetEntry:
    """How to describe and find a dataset.

    Attributes:
        description: One line for people.
        licence: Licence or terms.
        citation: Where it comes from.
        places: Where its (first) file may be, best first; `{package}/...` inside an installed
            package, `data/...` below `$RECURRA_DATA`, `cache/...` in the cache. None for a dataset
            that needs no files.
        advice: How to have it when it is not there.
        url: Where it can be fetched from.
        digest: What the fetched file must have, as pooch takes it.
    """

    description: str
    licence: str
    citation: str
    places: tuple[str, ...] = ()
    advice: str = ""
    url: str = ""
    digest: str = ""


def find_files(name: str, entry: DatasetEntry) -> Path | None:
    """Return the file of a dataset; `None` for one that needs none.

    Raises:
        DatasetUnavailable: If it is not on this machine; says how to have it.
    """
    for place in entry.places:
        path = _locate(place)
        if path is not None and path.is_file():
            return path
    if not entry.places:
        return None
    raise DatasetUnavailable(f"the dataset {name!r} is not on this machine: {entry.advice}")


def get_files(name: str, entry: DatasetEntry) -> Path | None:
    """Return the file of a dataset, fetching it when it is not here and may be fetched.

    Raises:
        DatasetUnavailable: If it cannot be had; says how.
    """
    try:
        return find_files(name, entry)
    except DatasetUnavailable:
        if not entry.url:
            raise
    return _fetch(name, entry)


def _locate(place: str) -> Path | None:
    where, _, inside = place.partition("/")
    if where == "data":
        folder = os.environ.get("RECURRA_DATA")
        return Path(folder) / inside if folder else None
    if where == "cache":
        return _cache() / inside
    found = importlib.util.find_spec(where)  # finds the package and does not import it
    folders = (found.submodule_search_locations if found else None) or []
    return Path(folders[0]) / inside if folders else None


def _cache() -> Path:
    import platformdirs

    return Path(platformdirs.user_cache_dir("recurra"))


def _fetch(name: str, entry: DatasetEntry) -> Path:
    import pooch

    target = _cache() / next(p for p in entry.places if p.startswith("cache/")).partition("/")[2]
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        return Path(pooch.retrieve(entry.url, entry.digest, fname=target.name, path=target.parent))
    except (OSError, ValueError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0][:200]
        raise DatasetUnavailable(
            f"the dataset {name!r} is not on this machine and cannot be fetched from {entry.url} "
            f"({reason}); put {target.name} into {target.parent}, or below RECURRA_DATA: "
            f"{entry.places[0].partition('/')[2]}"
        ) from error
