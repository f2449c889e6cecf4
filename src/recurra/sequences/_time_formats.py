"""How times are written: which format fits the first value, and what is ambiguous."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

__all__ = ["TimeFormat", "custom_format", "guess_formats"]

_DATES = (
    (r"\d{4}-\d{1,2}-\d{1,2}", ("%Y-%m-%d",)),
    (r"\d{4}/\d{1,2}/\d{1,2}", ("%Y/%m/%d",)),
    (r"\d{4}\.\d{1,2}\.\d{1,2}", ("%Y.%m.%d",)),
    (r"\d{4}-\d{1,2}", ("%Y-%m",)),
    (r"\d{4}/\d{1,2}", ("%Y/%m",)),
    (r"\d{4}[- ]?Q[1-4]", ("%Y-%m",)),
    (r"\d{1,2}/\d{1,2}/\d{4}", ("%d/%m/%Y", "%m/%d/%Y")),
    (r"\d{1,2}-\d{1,2}-\d{4}", ("%d-%m-%Y", "%m-%d-%Y")),
    (r"\d{1,2}\.\d{1,2}\.\d{4}", ("%d.%m.%Y", "%m.%d.%Y")),
    (r"\d{1,2} [A-Za-z]{3,9} \d{4}", ("%d %b %Y",)),
    (r"\d{1,2}-[A-Za-z]{3,9}-\d{4}", ("%d-%b-%Y",)),
    (r"[A-Za-z]{3,9} \d{1,2}, \d{4}", ("%b %d, %Y",)),
    (r"[A-Za-z]{3,9} \d{4}", ("%b %Y",)),
    (r"[A-Za-z]{3,9}-\d{4}", ("%b-%Y",)),
    (r"\d{4}[ -][A-Za-z]{3,9}", ("%Y-%b",)),
)
_CLOCKS = (
    (r"", ""),
    (r"[ T]\d{1,2}:\d{2}", " %H:%M"),
    (r"[ T]\d{1,2}:\d{2}:\d{2}(?:\.\d+)?", " %H:%M:%S%.f"),
)
_ZONE = r"(?: ?(?:Z|UTC|[+-]\d{2}:?\d{2}))"
_QUARTER_MONTHS = {"Q1": "01", "Q2": "04", "Q3": "07", "Q4": "10"}


@dataclass(frozen=True)
class TimeFormat:
    """A way of writing times.

    Attributes:
        codes: What polars reads it with.
        date_only: Whether there is no time of day.
        aware: Whether an offset from UTC is written.
        given: Whether the user named it, so that nothing is normalised.
        suffix: What completes a text to a date or a time of day.
    """

    codes: str
    date_only: bool
    aware: bool
    given: bool = False
    suffix: str = ""

    def parse(self, column: str) -> pl.Expr:
        """Return texts as `datetime[us]`, UTC when aware; null where they do not fit."""
        import polars as pl

        text = pl.col(column).str.strip_chars()
        if not self.given:
            text = self._normalise(text)
        if self.suffix:
            text = text + self.suffix
        return text.str.to_datetime(self.codes, strict=False, time_unit="us")

    def _normalise(self, text: pl.Expr) -> pl.Expr:
        if not self.date_only:
            text = text.str.replace(r"^(\S+)T(\d)", "$1 $2")
        if self.aware:
            text = text.str.replace(r" ?(?:Z|UTC)$", "+00:00").str.replace(r" ([+-]\d)", "$1")
        if self.codes == "%Y-%m":
            for quarter, month in _QUARTER_MONTHS.items():
                text = text.str.replace(rf"[- ]?{quarter}$", f"-{month}")
        if self.codes == "%Y-%b":
            text = text.str.replace(" ", "-", literal=True)
        return text


def guess_formats(sample: str) -> list[TimeFormat]:
    """Return the formats that a time may be written in; two when days and months may be swapped."""
    for date, codes in _DATES:
        for clock, time in _CLOCKS:
            found = re.fullmatch(f"{date}{clock}(?P<zone>{_ZONE})?", sample)
            if found and (time or not found["zone"]):
                zone = "%z" if found["zone"] else ""
                return [TimeFormat(f"{c}{time}{zone}", not time, bool(zone)) for c in codes]
    return []


def custom_format(codes: str) -> TimeFormat:
    """Take strptime codes; a missing day or minute is the first."""
    suffix = ""
    if not re.search(r"%[mbBhjDFxcUWs]", codes):
        codes, suffix = f"{codes}-%m-%d", "-01-01"
    elif not re.search(r"%[deDFxcjUWs]", codes):
        codes, suffix = f"{codes}-%d", "-01"
    if re.search(r"%[HI]", codes) and "%M" not in codes:
        codes, suffix = f"{codes} %M", f"{suffix} 00"
    date_only = not re.search(r"%[HIRTXcrsMS]", codes)
    return TimeFormat(codes, date_only, bool(re.search(r"%[:#]?z|%\+", codes)), True, suffix)
