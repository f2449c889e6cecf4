"""From a table of series to windows, in the order that keeps leakage out.

Split by time first, fit the scaler on the training rows only, then cut windows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.runtime import ForecasterSpecification
from recurra.sequences import (
    EncodedWindows,
    SeriesScaler,
    SeriesTable,
    TimeSplit,
    WindowEncoder,
    WindowReader,
    Windows,
    check_transform,
    fit_scaler,
    split_by_time,
)
from recurra.tasks._forecast_checks import check_known, check_observed
from recurra.tasks._forecast_settings import ForecasterSettings, settle_forecast_settings
from recurra.tasks.forecast_metrics import mase_scales

__all__ = ["PreparedSeries", "encoded_batches", "prepare_series"]

_MOST_VALIDATION_VALUES = 20_000_000
_MOST_VALIDATION_WINDOWS = 16_384

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class PreparedSeries:
    """Series, split and scaled, ready to train on.

    Attributes:
        table: All rows.
        split: Rows of each part.
        settings: Settled settings.
        reader: Windows as the network reads them.
        train: Windows to train on.
        validation: Windows for early stopping and calibration.
        specification: The architecture for these data.
        static_scaler: Scales the static values.
        deviations: Standard deviation of the targets in training, shape `(series, targets)`.
        naive_errors: See `mase_scales`.
        data: Facts for records, manifests and reports, JSON values.
    """

    table: SeriesTable
    split: TimeSplit
    settings: ForecasterSettings
    reader: WindowReader
    train: Windows
    validation: Windows
    specification: ForecasterSpecification
    static_scaler: SeriesScaler | None
    deviations: NDArray[np.float64]
    naive_errors: NDArray[np.float64]
    data: dict[str, Any]

    @property
    def test(self) -> Windows:
        """Windows to measure on."""
        return self.split.test_windows(self.settings.horizon)


def prepare_series(
    table: SeriesTable,
    settings: ForecasterSettings,
    *,
    preset: str = "fast",
    trust_known: bool = False,
) -> PreparedSeries:
    """Split, fit the scaler, cut windows; and check that nothing leaks.

    Args:
        table: The series.
        settings: Resolved settings.
        preset: Decides the length of the training where `settings` leave it open.
        trust_known: Take a known column that equals a target for a column of its own.

    Raises:
        DataError: If no series is long enough.
        LeakageError: If a future value would reach the inputs.
        UsageError: If the settings do not suit the data.
    """
    horizon = settings.horizon
    split = split_by_time(table.observed_lengths, horizon, settings.validation, settings.test)
    check_observed(table)
    check_transform(table, settings.transform)
    if not trust_known:
        check_known(table, split)
    settings = settle_forecast_settings(
        settings,
        preset=preset,
        season=table.clock.season,
        series=int(split.usable.sum()),
        train_rows=int(np.median(split.train[split.usable])),
        windows=len(split.train_windows(1, settings.steps)),
    )
    encoder, static = _encoder(table, split, settings), _fit_static(table, split)
    if static is not None:
        encoder = replace(encoder, static=static.transform_static(table.static))
    reader = WindowReader(table, encoder, calendar=settings.calendar)
    train = split.train_windows(settings.lookback, settings.steps)
    values = settings.horizon * table.targets * max(1, len(settings.quantiles))
    most = min(_MOST_VALIDATION_WINDOWS, max(1, _MOST_VALIDATION_VALUES // values))
    validation = split.validation_windows(horizon, most)
    encoded = _check_leakage(reader, train)
    specification = settings.specification(
        table.targets,
        encoded.past.shape[2] - table.targets,
        encoded.future.shape[2],
        encoded.static.shape[1],
    )
    standard = fit_scaler(table.values[:, : table.targets], table.offsets, split.train)
    # MASE's scale is that of all rows before the test part, as published figures have it.
    naive = mase_scales(table.values, table.offsets, split.seen, table.targets, settings.season)
    data = _facts(table, split, train, validation)
    return PreparedSeries(
        table,
        split,
        settings,
        reader,
        train,
        validation,
        specification,
        static,
        standard.scale,
        naive,
        data,
    )


def encoded_batches(
    reader: WindowReader, windows: Windows, size: int
) -> Iterator[tuple[EncodedWindows, NDArray[np.float32], NDArray[np.float32]]]:
    """Yield inputs, answers and weights of all windows, in order."""
    for numbers in windows.batches(size):
        series, origins = windows.locate(numbers)
        rows = reader.rows(series, origins)
        encoded = reader.encode(rows, series, origins)
        yield encoded, *reader.answers(rows, encoded)


def _encoder(table: SeriesTable, split: TimeSplit, settings: ForecasterSettings) -> WindowEncoder:
    unscaled = WindowEncoder(
        lookback=settings.lookback,
        horizon=settings.steps,
        targets=table.targets,
        past=table.past,
        known=table.known,
        scaler=SeriesScaler(np.zeros((1, len(table.columns))), np.ones((1, len(table.columns)))),
        normalization=settings.normalization or "last",
        season=settings.season if settings.residual else 0,
        transform=settings.transform,
        missing=settings.missing,
    )
    scaler = fit_scaler(
        table.values,
        table.offsets,
        split.train,
        settings.scaling,
        transform=unscaled.transform_rows,
    )
    return replace(unscaled, scaler=scaler)


def _fit_static(table: SeriesTable, split: TimeSplit) -> SeriesScaler | None:
    """Standardise static values over the series that are trained on."""
    if not table.static_columns:
        return None
    chosen = table.static[split.usable]
    return fit_scaler(chosen, np.array([0, len(chosen)]), np.array([len(chosen)]))


def _check_leakage(reader: WindowReader, windows: Windows) -> EncodedWindows:
    """Check some windows, and return one as the network reads it."""
    numbers = np.unique(np.linspace(0, len(windows) - 1, 16).astype(np.int64))
    series, origins = windows.locate(numbers)
    reader.check_leakage(series, origins)
    return reader.encode(reader.rows(series[:1], origins[:1]), series[:1], origins[:1])


def _facts(
    table: SeriesTable, split: TimeSplit, train: Windows, validation: Windows
) -> dict[str, Any]:
    usable = split.usable
    rows = {
        "train": int(split.train[usable].sum()),
        "validation": int((split.seen - split.train)[usable].sum()),
        "test": int((split.end - split.seen)[usable].sum()),
    }
    return {
        "name": table.name,
        "source": table.source,
        "sha256": table.sha256,
        "rows": rows,
        "series": len(table.ids),
        "series_left_out": int((~usable).sum()),
        "targets": list(table.columns[: table.targets]),
        "past": list(table.columns[table.targets : table.targets + table.past]),
        "known": list(table.columns[table.targets + table.past :]),
        "static": list(table.static_columns),
        "frequency": table.clock.frequency,
        "windows": {"train": len(train), "validation": len(validation)},
        "missing": int(np.isnan(table.values).sum()) if len(table.values) < 10_000_000 else None,
    }
