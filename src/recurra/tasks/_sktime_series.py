"""From sktime's pandas containers to a table of series."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.errors import UsageError
from recurra.sequences import Clock, SeriesTable

__all__ = ["Instance", "TimeGrid", "instances", "table_of"]

_MOST_GAPS = 100  # rows of the grid for every row that came; more is no regular series
_IN_ORDER = Clock()


@dataclass(frozen=True)
class Instance:
    """One series of a container.

    Attributes:
        key: Its levels of the index but for the time; empty for a single series.
        frame: Its rows; their index is the time alone.
    """

    key: tuple[Any, ...]
    frame: Any


@dataclass(frozen=True)
class TimeGrid:
    """How the times of a pandas index become ticks.

    Attributes:
        clock: What a tick is.
        in_order: Whether times cannot be told apart, so that rows count one after another.
    """

    clock: Clock
    in_order: bool = False

    @classmethod
    def of(cls, index: Any) -> TimeGrid:
        """Tell the grid of a pandas index; without a regular frequency the rows count."""
        import pandas as pd

        if isinstance(index, pd.PeriodIndex):
            index, alias = index.to_timestamp(), index.freqstr
        elif isinstance(index, pd.DatetimeIndex):
            alias = index.freqstr or (pd.infer_freq(index) if len(index) > 2 else None)
        else:
            return cls(_IN_ORDER)
        zone = None if index.tz is None else getattr(index.tz, "key", str(index.tz))
        try:
            clock = Clock("datetime", alias or "", index[0].isoformat(), zone)
        except UsageError:
            return cls(_IN_ORDER, in_order=True)
        grid = cls(clock)
        return grid if clock.locate(_stamps(index))[1].all() else cls(_IN_ORDER, in_order=True)

    def ticks(self, index: Any, like: Any) -> NDArray[np.int64]:
        """Return the ticks of an index; where only the order counts, those of `like` are 0, 1...

        Args:
            index: Times.
            like: Times of the observations; what is not among them comes after them.
        """
        import pandas as pd

        if self.in_order:
            ticks = np.asarray(like.get_indexer(index), np.int64)
            later = (ticks < 0) & np.asarray(index > like[-1])
            ticks[later] = len(like) + np.arange(later.sum())
            return ticks
        if self.clock.kind == "integer":
            return np.asarray(index, np.int64)
        if isinstance(index, pd.PeriodIndex):
            index = index.to_timestamp()
        return self.clock.ticks_of(_stamps(index))


def instances(frame: Any) -> list[Instance]:
    """Take a container apart, in the order of its instances."""
    if frame.index.nlevels == 1:
        return [Instance((), frame)]
    levels = list(range(frame.index.nlevels - 1))
    return [
        Instance(key if isinstance(key, tuple) else (key,), rows.droplevel(levels))
        for key, rows in frame.groupby(level=levels, sort=False)
    ]


def table_of(y: Any, X: Any, grid: TimeGrid) -> SeriesTable:
    """Build a table; times that are missing become rows of NaN.

    Args:
        y: Targets, a frame with a time index, or one with levels for the instances before it.
        X: Covariates of the same instances or `None`; their rows after the targets' last are the
            known future.
        grid: Of the times.

    Raises:
        UsageError: If the times of an instance leave too many gaps, or values are infinite.
    """
    covariates = {} if X is None else {item.key: item.frame for item in instances(X)}
    parts, starts, keys = [], [], []
    for item in instances(y):
        values, start = _on_grid(item, covariates.get(item.key), grid)
        parts.append(values)
        starts.append(start)
        keys.append("/".join(map(str, item.key)))
    return SeriesTable.from_arrays(
        np.concatenate(parts),
        targets=[str(name) for name in y.columns],
        known=[] if X is None else [f"X.{name}" for name in X.columns],
        ids=keys if y.index.nlevels > 1 else None,
        offsets=np.cumsum([0, *map(len, parts)]),
        starts=starts,
        clock=grid.clock,
    )


def _on_grid(item: Instance, X: Any, grid: TimeGrid) -> tuple[NDArray[np.float64], int]:
    """Return the values of one instance, a row a tick, and the first tick."""
    own = grid.ticks(item.frame.index, item.frame.index)
    start, last = int(own[0]), int(own[-1])
    width = item.frame.shape[1]
    known = np.zeros(0, np.int64)
    if X is not None:
        known = grid.ticks(X.index, item.frame.index)
        last = max(last, int(known.max(initial=last)))
        width += X.shape[1]
    rows = last - start + 1
    if rows > _MOST_GAPS * (len(own) + len(known)):
        raise UsageError(
            f"the index has {len(own)} times on {rows} steps of {grid.clock.frequency}; give it "
            "its true frequency, or number the rows"
        )
    values = np.full((rows, width), np.nan)
    values[own - start, : item.frame.shape[1]] = item.frame.to_numpy(np.float64)
    inside = known >= start
    if X is not None:
        values[known[inside] - start, item.frame.shape[1] :] = X.to_numpy(np.float64)[inside]
    return values, start


def _stamps(index: Any) -> NDArray[np.datetime64]:
    """Return the times as `datetime64[us]`, UTC where they have a zone."""
    plain = index if index.tz is None else index.tz_convert("UTC").tz_localize(None)
    stamps: NDArray[np.datetime64] = plain.to_numpy().astype("datetime64[us]")
    return stamps
