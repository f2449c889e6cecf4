"""The `dates` dataset: dates as many languages write them, and as ISO 8601 does.

The names of months and days and the orders of the parts are those of the Unicode Common Locale Data
Repository (CLDR), as the package Babel brings them.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from typing import Any

import numpy as np

from recurra.errors import UsageError

__all__ = ["DATE_LOCALES", "make_dates"]

DATE_LOCALES = (
    "cs", "da", "de", "el", "en_GB", "en_US", "es", "fi", "fr", "hu", "id", "it", "ja", "ko", "nb",
    "nl", "pl", "pt", "ro", "ru", "sv", "tr", "uk", "zh",
)  # fmt: skip
_FIRST, _LAST = dt.date(1900, 1, 1), dt.date(2099, 12, 31)
_FORMATS = ("full", "long", "medium", "short")
_SKELETONS = ("yMMMEd", "yMMMMd")
_SEED = 20240229


def make_dates(count: int = 20_000, seed: int = _SEED) -> list[tuple[str, str]]:
    """Write random dates of two centuries in random locales and formats.

    Only formats that tell the date are used: the year has all its digits, and where the month is a
    number the day comes before it or the year does.

    Args:
        count: Number of pairs.
        seed: Fixes the draw.

    Returns:
        Pairs of a date as written and as `YYYY-MM-DD`. No written date is there twice, so none
        stands for two dates.

    Raises:
        UsageError: If `count` is less than 1.
    """
    if count < 1:
        raise UsageError(f"the number of dates must be 1 or more, not {count}")
    from babel.dates import format_date

    styles = _styles()
    generator = np.random.default_rng(seed)
    days = (_LAST - _FIRST).days + 1
    pairs: dict[str, str] = {}
    while len(pairs) < count:
        date = _FIRST + dt.timedelta(days=int(generator.integers(days)))
        locale, pattern = styles[int(generator.integers(len(styles)))]
        pairs.setdefault(format_date(date, pattern, locale), date.isoformat())
    return list(pairs.items())


@functools.cache
def _styles() -> list[tuple[Any, str]]:
    """Return each locale with each of its patterns that tells the date."""
    from babel import Locale

    styles = []
    for name in DATE_LOCALES:
        locale = Locale.parse(name)
        patterns = [locale.date_formats[style].pattern for style in _FORMATS]
        patterns += [
            locale.datetime_skeletons[skeleton].pattern
            for skeleton in _SKELETONS
            if skeleton in locale.datetime_skeletons
        ]
        styles += [(locale, pattern) for pattern in dict.fromkeys(patterns) if _tells(pattern)]
    return styles


def _tells(pattern: str) -> bool:
    """Say whether dates in this CLDR pattern can be read by somebody who does not know the locale.

    `y` is the whole year and `yy` two digits of it; `M` and `MM` are the number of the month.
    """
    runs = [match[0] for match in re.finditer(r"([yMLd])\1*", re.sub(r"'[^']*'", "", pattern))]
    order = "".join(run[0] for run in runs).replace("L", "M")
    if "yy" in runs or sorted(order) != ["M", "d", "y"]:
        return False
    month_is_number = any(run in ("M", "MM", "L", "LL") for run in runs)
    return not month_is_number or order[0] in "dy"
