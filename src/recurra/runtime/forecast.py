"""Forecasts as arrays, with their times and series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.sequences import Clock

__all__ = ["Forecast", "forecast_mean", "quantile_column"]


@dataclass(frozen=True, eq=False)
class Forecast:
    """The future of some series.

    Attributes:
        ids: Series, as the data named them.
        id_column: Name of their column; `None` for a single series without one.
        clock: How time goes on.
        first_ticks: Tick of the first step of each series, shape `(series,)`.
        targets: Names of the targets.
        quantiles: Levels, rising; empty for a point forecast.
        values: Shape `(series, horizon, targets, outputs)`, the user's units.
        mean: Means, estimated from the network's quantiles, shape `(series, horizon, targets)`;
            they have the smallest squared errors, the medians the smallest absolute ones.
        calibrated: Steps for which the intervals were calibrated; later ones are wider by a rule
            of thumb.
    """

    ids: tuple[str, ...]
    id_column: str | None
    clock: Clock
    first_ticks: NDArray[np.int64]
    targets: tuple[str, ...]
    quantiles: tuple[float, ...]
    values: NDArray[np.float64]
    mean: NDArray[np.float64]
    calibrated: int

    @property
    def horizon(self) -> int:
        """Steps of every series."""
        return int(self.values.shape[1])

    @property
    def time_column(self) -> str:
        """Name of the column of times."""
        return self.clock.column or "step"

    @property
    def point(self) -> NDArray[np.float64]:
        """The median, or the point forecast, shape `(series, horizon, targets)`."""
        middle = self.quantiles.index(0.5) if self.quantiles else 0
        return self.values[..., middle]

    def times(self, series: int) -> list[Any]:
        """Return the times of one series' steps."""
        return self.clock.times(self.first_ticks[series] + np.arange(self.horizon))

    def columns(self) -> dict[str, list[Any]]:
        """Return a table in columns, a row for every series and step.

        The median stands under the target's name, the other quantiles under `target_0.1` and so
        on; before them the series and the time.
        """
        columns: dict[str, list[Any]] = {}
        if self.id_column is not None:
            columns[self.id_column] = [name for name in self.ids for _ in range(self.horizon)]
        times = [time for series in range(len(self.ids)) for time in self.times(series)]
        columns[self.time_column] = times
        for k, target in enumerate(self.targets):
            columns[target] = self.point[:, :, k].ravel().tolist()
            for q, level in enumerate(self.quantiles):
                if level != 0.5:
                    columns[quantile_column(target, level)] = (
                        self.values[:, :, k, q].ravel().tolist()
                    )
        return columns


def forecast_mean(values: NDArray[Any], quantiles: Sequence[float]) -> NDArray[Any]:
    """Estimate means from quantiles: straight lines between them, flat beyond the outermost.

    For 0.1, 0.5, 0.9 the weights are 0.3, 0.4, 0.3 (Swanson's rule; Hurst et al. 2000).

    Args:
        values: Shape `(..., outputs)`.
        quantiles: Levels, rising; empty for a point forecast.

    Returns:
        Shape `(...)`.
    """
    levels = np.asarray(quantiles, dtype=np.float64)
    if not len(levels):
        result: NDArray[Any] = values[..., 0]
        return result
    edges = np.concatenate([[0.0], (levels[1:] + levels[:-1]) / 2, [1.0]])
    return np.asarray(values @ np.diff(edges))


def quantile_column(target: str, level: float) -> str:
    """Return the name of a quantile's column: `sales_0.1`."""
    return f"{target}_{level:g}"
