"""Which columns of a table are what, and how to read them."""

from __future__ import annotations

from dataclasses import dataclass

from recurra.sequences.clocks import Clock

__all__ = ["Roles"]


@dataclass(frozen=True)
class Roles:
    """Which columns are what, by name, and how to read them.

    Attributes:
        time: The time column, or those that make it up; none for rows in order.
        target: Columns to forecast.
        series_id: Column that tells series apart.
        known: Covariates known in the future too.
        past: Covariates known up to the origin.
        static: Values that a series has once.
        frequency: A step of the grid; told from the times by default.
        missing: `"error"` refuses missing values.
        time_zone: Zone of times without an offset.
        time_format: How times are written, in strptime codes.
        decimal: Sign before decimals.
        clock: The grid to use, instead of one told from the times.
    """

    time: tuple[str, ...]
    target: tuple[str, ...]
    series_id: str | None = None
    known: tuple[str, ...] = ()
    past: tuple[str, ...] = ()
    static: tuple[str, ...] = ()
    frequency: str | None = None
    missing: str = "error"
    time_zone: str | None = None
    time_format: str | None = None
    decimal: str = "."
    clock: Clock | None = None
