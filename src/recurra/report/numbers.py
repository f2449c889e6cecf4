"""Numbers as the report writes them."""

from __future__ import annotations

import math

__all__ = ["compact", "count", "duration", "fixed", "interval", "megabytes", "percent", "shorten"]
__all__ += ["plain", "signed_percent", "significant"]

NBSP = "\u00a0"
NOTHING = "–"


def percent(share: float | None, digits: int = 1) -> str:
    """Write a share, `0.8812` as `88.1 %`; a dash for None."""
    return NOTHING if share is None else f"{100 * share:.{digits}f}{NBSP}%"


def interval(low: float, high: float, digits: int = 1) -> str:
    """Write the ends of an interval of a share, `87.7–88.5`, without the unit."""
    return f"{100 * low:.{digits}f}–{100 * high:.{digits}f}"


def fixed(value: float | None, digits: int = 3) -> str:
    """Write a number with a fixed number of decimals; a dash for None."""
    return NOTHING if value is None else f"{value:.{digits}f}"


def signed_percent(share: float | None, digits: int = 1) -> str:
    """Write a share with its sign, `+12.3 %` or `−4.0 %`; a dash for None."""
    if share is None:
        return NOTHING
    text = f"{100 * share:+.{digits}f}".replace("-", "−")
    return f"{'0' + text[2:] if float(f'{100 * share:.{digits}f}') == 0 else text}{NBSP}%"


def significant(value: float | None, digits: int = 4) -> str:
    """Write a number with some significant digits, all of a large one; a dash for None."""
    if value is None:
        return NOTHING
    if value == 0:
        return "0"
    places = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    if places > 2 * digits:
        return f"{value:.0e}".replace("-", "−")
    return f"{value:,.{places}f}".replace("-", "−")


def plain(value: float) -> str:
    """Write the number at a tick of an axis, as short as it is."""
    return compact(value) if value >= 100_000 else f"{value:,.6g}".replace("-", "−")


def count(value: float | None) -> str:
    """Write a count with separated thousands; a dash for None."""
    return NOTHING if value is None else f"{value:,.0f}"


def compact(value: float | None) -> str:
    """Write a large count in three digits, `1.29 M`; a dash for None."""
    if value is None:
        return NOTHING
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            scaled = value / size
            return f"{scaled:.{2 if scaled < 10 else 1 if scaled < 100 else 0}f}{NBSP}{letter}"
    return f"{value:.0f}"


def duration(seconds: float | None) -> str:
    """Write seconds as a person says them, `3 min 20 s`; a dash for None."""
    if seconds is None:
        return NOTHING
    if 0 < seconds < 0.0995:  # which would be rounded to 0.1 s
        return f"{1000 * seconds:.2g}{NBSP}ms"
    if seconds < 10:
        return f"{seconds:.1f}{NBSP}s"
    if seconds < 100:
        return f"{seconds:.0f}{NBSP}s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes}{NBSP}min{NBSP}{rest:02d}{NBSP}s"
    return f"{minutes // 60}{NBSP}h{NBSP}{minutes % 60:02d}{NBSP}min"


def megabytes(value: float | None) -> str:
    """Write megabytes; a dash for None."""
    return NOTHING if value is None else f"{value:,.0f}{NBSP}MB"


def shorten(text: str, length: int) -> str:
    """Cut a name to `length` characters, its end kept, since ends tell names apart.

    Args:
        text: Any text; line breaks and control characters become spaces.
        length: The most characters to keep, at least 5.

    Returns:
        The text, or its beginning, an ellipsis and its last three characters.
    """
    clean = " ".join("".join(c if c.isprintable() else " " for c in text).split()) or "(empty)"
    return clean if len(clean) <= length else f"{clean[: length - 4]}…{clean[-3:]}"
