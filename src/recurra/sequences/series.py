"""One or many regular series as one table of numbers."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from recurra.errors import ShapeError, UsageError
from recurra.sequences.clocks import Clock

__all__ = ["SeriesTable", "digest_values"]

_HASHED_ROWS = 1 << 20


@dataclasses.dataclass(frozen=True, eq=False)
class SeriesTable:
    """Regular series in columns, the rows of all series one after another.

    Every series ends with its last observed target, except that known covariates may go on after
    it: those rows, whose targets are NaN, are the known future.

    Args:
        name: Name of the file or the dataset, for people.
        source: The file as the user named it, or what else the values came from.
        sha256: Digest of the source, in hexadecimal.
        ids: One id a series; `("",)` for a single series without one.
        id_column: Name of the column of ids.
        offsets: Rows of series `s` are `offsets[s]:offsets[s + 1]`, int64, shape `(series + 1,)`.
        starts: Tick of the first row of each series, int64, shape `(series,)`.
        clock: What a tick is.
        columns: Names of the columns of `values`: targets, then past, then known covariates.
        values: float32 or float64, NaN where missing, shape `(rows, columns)`; may be memory-mapped
            and is never copied whole.
        static_columns: Names of the values that a series has once; categories as `column=value`.
        static: Their values, float64, shape `(series, static columns)`.
        targets: How many columns are targets.
        past: How many are known up to the origin only.
        known: How many are known in the future too.
    """

    name: str
    source: str
    sha256: str
    ids: tuple[str, ...]
    id_column: str | None
    offsets: NDArray[np.int64]
    starts: NDArray[np.int64]
    clock: Clock
    columns: tuple[str, ...]
    values: NDArray[Any]
    static_columns: tuple[str, ...]
    static: NDArray[np.float64]
    targets: int
    past: int = 0
    known: int = 0

    def __post_init__(self) -> None:
        """Check that the parts fit together.

        Raises:
            ShapeError: If they do not.
        """
        series = len(self.ids)
        problems = (
            (self.targets < 1, "a table of series needs a target"),
            (
                self.values.shape[1:] != (len(self.columns),)
                or len(self.columns) != self.targets + self.past + self.known,
                f"{self.targets} targets, {self.past} past and {self.known} known columns do not "
                f"fit {len(self.columns)} names and values of shape {self.values.shape}",
            ),
            (self.values.dtype.kind != "f", f"values are {self.values.dtype}, expected floats"),
            (
                self.offsets.shape != (series + 1,) or self.starts.shape != (series,),
                f"{series} ids need {series + 1} offsets and {series} starts, got "
                f"{self.offsets.shape} and {self.starts.shape}",
            ),
            (
                self.static.shape != (series, len(self.static_columns)),
                f"static values have shape {self.static.shape}, expected "
                f"({series}, {len(self.static_columns)})",
            ),
        )
        for wrong, problem in problems:
            if wrong:
                raise ShapeError(problem)
        ends = (int(self.offsets[0]), int(self.offsets[-1]))
        if ends != (0, len(self.values)) or (np.diff(self.offsets) < 1).any():
            raise ShapeError(
                f"offsets must rise from 0 to the {len(self.values)} rows, got {ends[0]} to "
                f"{ends[1]}; every series needs a row"
            )

    @classmethod
    def from_arrays(
        cls,
        values: NDArray[Any],
        *,
        targets: Sequence[str],
        past: Sequence[str] = (),
        known: Sequence[str] = (),
        ids: Sequence[str] | None = None,
        offsets: ArrayLike | None = None,
        starts: ArrayLike | None = None,
        clock: Clock | None = None,
        static: ArrayLike | None = None,
        static_columns: Sequence[str] = (),
        name: str = "arrays",
        sha256: str | None = None,
    ) -> SeriesTable:
        """Take arrays as they are, memory-mapped ones without reading them into memory.

        Args:
            values: Floats, shape `(rows, columns)` or `(rows,)`; targets, past, known columns.
            targets: Names of the targets.
            past: Names of the covariates known up to the origin.
            known: Names of the covariates known in the future too.
            ids: One id a series; numbers from 0 by default, `""` for a single one.
            offsets: Where each series begins, and the number of rows; one series by default.
            starts: Tick of the first row of each series; 0 by default.
            clock: What a tick is; a row by default.
            static: Values that a series has once, shape `(series, static columns)`.
            static_columns: Their names.
            name: Name for people.
            sha256: Digest of the data; computed by default, in one pass that also checks that no
                value is infinite.

        Returns:
            The table; `values` is the array itself or a view of it.

        Raises:
            ShapeError: If the shapes do not fit together.
            UsageError: If a value is infinite.
        """
        values = values[:, None] if values.ndim == 1 else values
        bounds = np.asarray([0, len(values)] if offsets is None else offsets, np.int64)
        series = len(bounds) - 1
        return cls(
            name=name,
            source=name,
            sha256=digest_values(values) if sha256 is None else sha256,
            ids=_ids(series) if ids is None else tuple(ids),
            id_column=None if ids is None else "series",
            offsets=bounds,
            starts=np.asarray(np.zeros(series) if starts is None else starts, np.int64),
            clock=clock or Clock(),
            columns=(*targets, *past, *known),
            values=values,
            static_columns=tuple(static_columns),
            static=np.asarray(np.empty((series, 0)) if static is None else static, np.float64),
            targets=len(targets),
            past=len(past),
            known=len(known),
        )

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Rows of each series, shape `(series,)`."""
        return np.diff(self.offsets)

    @property
    def row_count(self) -> int:
        """Rows of all series."""
        return len(self.values)

    @property
    def target_names(self) -> tuple[str, ...]:
        """Names of the targets."""
        return self.columns[: self.targets]

    @property
    def past_names(self) -> tuple[str, ...]:
        """Names of the covariates known up to the origin."""
        return self.columns[self.targets : self.targets + self.past]

    @property
    def known_names(self) -> tuple[str, ...]:
        """Names of the covariates known in the future too."""
        return self.columns[self.targets + self.past :]

    @functools.cached_property
    def observed_lengths(self) -> NDArray[np.int64]:
        """Rows of each series up to and including the last with any target, shape `(series,)`."""
        lengths = self.lengths.copy()
        open_ended = np.arange(len(self.ids))
        while open_ended.size:
            last = self.values[self.offsets[open_ended] + lengths[open_ended] - 1, : self.targets]
            unseen = np.isnan(last).all(axis=1)
            open_ended = open_ended[unseen]
            lengths[open_ended] -= 1
            open_ended = open_ended[lengths[open_ended] > 0]
        return lengths

    def rows(self, series: int) -> NDArray[Any]:
        """Return the values of one series, a view of shape `(its rows, columns)`."""
        return self.values[self.offsets[series] : self.offsets[series + 1]]

    def place(self, row: int) -> str:
        """Say for people which time and which series a row of `values` belongs to."""
        series = int(np.searchsorted(self.offsets, row, side="right")) - 1
        time = self.clock.text(int(self.starts[series] + row - self.offsets[series]))
        return f"{time} of series {self.ids[series]!r}" if self.id_column else time

    def take(self, series: ArrayLike) -> SeriesTable:
        """Keep some series, in the order given.

        Args:
            series: Positions of the series; neighbours in their order are not copied.

        Returns:
            The smaller table.
        """
        chosen = np.asarray(series, np.int64)
        return self._cut(chosen, self.offsets[chosen], self.lengths[chosen])

    def head(self, rows: ArrayLike) -> SeriesTable:
        """Keep the first rows of every series, without those that keep none.

        Args:
            rows: Rows to keep of each series, shape `(series,)`, or one number for all.
        """
        kept = np.clip(np.broadcast_to(np.asarray(rows, np.int64), len(self.ids)), 0, self.lengths)
        chosen = np.flatnonzero(kept)
        return self._cut(chosen, self.offsets[chosen], kept[chosen])

    def tail(self, rows: int) -> SeriesTable:
        """Keep the last observed rows of every series, and the known future after them.

        Args:
            rows: Observed rows to keep of each series.
        """
        observed = self.observed_lengths
        dropped = np.maximum(observed - rows, 0)
        chosen = np.arange(len(self.ids))
        return self._cut(chosen, self.offsets[:-1] + dropped, self.lengths - dropped)

    def until(self, tick: int) -> SeriesTable:
        """Keep the rows before a tick."""
        return self.head(tick - self.starts)

    def since(self, tick: int) -> SeriesTable:
        """Keep the rows from a tick on, without the series that end before it."""
        dropped = np.clip(tick - self.starts, 0, self.lengths)
        chosen = np.flatnonzero(dropped < self.lengths)
        first = self.offsets[chosen] + dropped[chosen]
        return self._cut(chosen, first, self.lengths[chosen] - dropped[chosen])

    def _cut(
        self, series: NDArray[np.int64], first: NDArray[np.int64], lengths: NDArray[np.int64]
    ) -> SeriesTable:
        """Keep `lengths` rows from row `first` on of the named series."""
        if not len(series):
            raise UsageError("no series is left")
        ends = first + lengths
        if (first[1:] == ends[:-1]).all():
            values = self.values[first[0] : ends[-1]]
        else:
            bounds = zip(first.tolist(), ends.tolist(), strict=True)
            values = np.concatenate([self.values[a:b] for a, b in bounds])
        return dataclasses.replace(
            self,
            ids=tuple(self.ids[s] for s in series.tolist()),
            offsets=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
            starts=self.starts[series] + first - self.offsets[series],
            values=values,
            static=self.static[series],
        )


def _ids(series: int) -> tuple[str, ...]:
    return ("",) if series == 1 else tuple(map(str, range(series)))


def digest_values(values: NDArray[Any]) -> str:
    """Return the digest of values; refuse infinite ones on the way.

    Args:
        values: Shape `(rows, columns)`; read in parts.

    Raises:
        UsageError: If a value is infinite; names its row.
    """
    digest = hashlib.sha256()
    for start in range(0, len(values), _HASHED_ROWS):
        part = np.ascontiguousarray(values[start : start + _HASHED_ROWS])
        if part.dtype.kind == "f" and np.isinf(part).any():
            row, column = (int(i) for i in np.argwhere(np.isinf(part))[0])
            raise UsageError(f"the value in row {start + row + 1}, column {column + 1} is infinite")
        digest.update(part.data)
    return digest.hexdigest()
