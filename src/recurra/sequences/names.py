"""The `names` dataset: which language a family name comes from.

The names are those of the person providers of Faker, a package that makes up test data; they
are lists of common family names by country, kept by its contributors (MIT licence).
"""

from __future__ import annotations

import importlib
from collections import Counter

import numpy as np

from recurra.sequences.tables import RowsTable

__all__ = ["load_names"]

_LISTS = {
    "Croatian": ("hr_HR.last_names",),
    "Dutch": ("nl_NL.last_names",),
    "English": ("en_GB.last_names",),
    "Estonian": ("et_EE.last_names_est",),
    "Finnish": ("fi_FI.last_names",),
    "French": ("fr_FR.last_names", "fr_CH.last_names", "fr_CA.last_names"),
    "German": ("de_DE.last_names", "de_AT.last_names"),
    "Italian": ("it_IT.last_names",),
    "Polish": ("pl_PL.unisex_last_names", "pl_PL.male_last_names"),
    "Slovak": ("sk_SK.last_names_male",),
    "Spanish": ("es_ES.last_names",),
    "Swedish": ("sv_SE.last_names",),
}
_PER_LANGUAGE = 500
_SEED = 20240229
_PLACEHOLDERS = frozenset({"Doe", "Smith-Doe"})


def load_names() -> RowsTable:
    """Make the dataset; the same for every call with the same version of Faker.

    Returns:
        At most 500 family names for each of twelve languages, sorted by language and name. Names
        that several languages share are left out.
    """
    names = {language: _read(lists) for language, lists in _LISTS.items()}
    languages = Counter(name.casefold() for listed in names.values() for name in listed)
    generator = np.random.default_rng(_SEED)
    rows: list[tuple[str, str | None]] = []
    for language, listed in names.items():
        own = sorted(name for name in listed if languages[name.casefold()] == 1)
        chosen = generator.permutation(len(own))[:_PER_LANGUAGE]
        rows.extend((own[i], language) for i in sorted(chosen))
    return RowsTable("names", rows)


def _read(lists: tuple[str, ...]) -> set[str]:
    return {name for entry in lists for name in _read_list(entry) if _is_plain(name)}


def _read_list(entry: str) -> tuple[str, ...]:
    locale, attribute = entry.split(".")
    provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
    return tuple(getattr(provider, attribute))


def _is_plain(name: str) -> bool:
    """Say whether this is one word in letters, perhaps with an apostrophe or a hyphen inside."""
    letters = name.replace("'", "").replace("’", "").replace("-", "")
    return letters.isalpha() and len(name) > 1 and name not in _PLACEHOLDERS
