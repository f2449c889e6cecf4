"""Fair comparison of forecasters: same split by time, same look-back, baselines beside."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.errors import UsageError
from recurra.sequences import SeriesTable
from recurra.study._forecast_setup import (
    FIGURES,
    ForecastSetup,
    example_windows,
    prepare_setup,
    window_latency,
)
from recurra.study._memory import PeakMemory
from recurra.study._running import ComparisonObserver, Contest, Record, run_contest
from recurra.study.forecast_cells import (
    BASELINES,
    DEFAULT_FORECASTERS,
    FORECASTERS,
    parse_forecasters,
)
from recurra.tasks import TrainingObserver
from recurra.tasks.comparable_forecasts import (
    Forecaster,
    kernel_name,
    open_series,
    resolve_forecast_settings,
)

__all__ = ["compare_forecasts"]

_DATA_IDENTITY = ("sha256", "rows", "series", "targets", "past", "known", "static", "frequency")
_SHARED = (
    "horizon", "lookback", "season", "strategy", "scaling", "transform", "missing", "quantiles",
    "loss", "epochs", "patience", "averaging", "epoch_windows", "validation", "test", "kernels",
)  # fmt: skip
_DECIDED_BY_CELL = ("model", "architecture", "cell", "bidirectional", "attention")


def compare_forecasts(
    source: Any,
    *,
    horizon: int,
    cells: str | Sequence[str] | None = None,
    repeats: int = 1,
    seed: int = 0,
    preset: str = "fast",
    finished: Sequence[Mapping[str, Any]] = (),
    observer: ComparisonObserver | None = None,
    time: str | Sequence[str] | None = None,
    target: str | Sequence[str] | None = None,
    series_id: str | None = None,
    known: str | Sequence[str] = (),
    past: str | Sequence[str] = (),
    static: str | Sequence[str] = (),
    frequency: str | None = None,
    time_zone: str | None = None,
    time_format: str | None = None,
    decimal: str = ".",
    **settings: Any,
) -> list[Record]:
    """Train several forecasters on the same series and measure them on the same windows.

    The last rows of every series test, those before them validate; a dataset's published split is
    used where there is one. All models share the look-back and the season, and are measured at
    every origin whose targets lie in the test rows. The naive, the seasonal naive and a linear
    forecast are always among the records, with intervals from their errors on the validation
    windows.

    Args:
        source: A pandas or polars frame, a path, the name of a dataset, or a `SeriesTable`.
        horizon: Steps to forecast.
        cells: Which networks: `rnn`, `lstm`, `gru`, `stacked`, `bidirectional`, `attention`,
            `seq2seq`, `segrnn`. By default rnn, lstm, gru, seq2seq and, where there are no
            covariates, segrnn.
        repeats: Trainings of each network, from different seeds, on the same split.
        seed: The first seed.
        preset: As for `Forecaster`.
        finished: Records of an interrupted comparison with the same data and settings; these
            trainings are not done again.
        observer: Told how the comparison goes on.
        time: As for `Forecaster`; so are `target`, `series_id`, `known`, `past`, `static`,
            `frequency`, `time_zone`, `time_format` and `decimal`.
        target: Column or columns to forecast.
        series_id: Column that says which series a row belongs to.
        known: Covariates known in the future too.
        past: Covariates known up to the present.
        static: Values that a series has once.
        frequency: Step of the times.
        time_zone: Time zone of times without one.
        time_format: How times are written, in strptime codes.
        decimal: Sign before the decimals in texts.
        **settings: Settings of `Forecaster` for all networks alike.

    Returns:
        One record for each model and repeat, JSON values, as `results.json` holds them.

    Raises:
        SourceError: If there is no such file or dataset.
        DataError: If the series cannot be used, or leave no window to measure on.
        CheckpointError: If `finished` is of another comparison.
        UsageError: If a name or number cannot be used.
    """
    chosen = parse_forecasters(DEFAULT_FORECASTERS if cells is None else cells)
    _check_call(repeats, seed, settings)
    given = {"horizon": horizon, **{k: v for k, v in settings.items() if v is not None}}
    resolve_forecast_settings(preset, given)  # wrong settings are found before the data are read
    reading = {
        "time": time, "target": target, "series_id": series_id, "known": known, "past": past,
        "static": static, "frequency": frequency, "time_zone": time_zone,
        "time_format": time_format, "decimal": decimal,
    }  # fmt: skip
    opened = open_series(source, reading, settings.get("missing") or "error")
    chosen = _without_misfits(chosen, opened.table, asked=cells is not None)
    setup = prepare_setup(opened.table, {**opened.split, **given}, preset, seed)
    contest = _contest(setup, chosen, repeats)
    return run_contest(contest, finished, observer or ComparisonObserver())


def _check_call(repeats: int, seed: int, settings: Mapping[str, Any]) -> None:
    if repeats < 1:
        raise UsageError(f"repeats must be 1 or more, not {repeats}")
    if not isinstance(seed, int | np.integer) or isinstance(seed, bool) or seed < 0:
        raise UsageError(f"seed must be a whole number from 0 up, not {seed!r}")
    for name in _DECIDED_BY_CELL:
        if settings.get(name) is not None:
            raise UsageError(f"cells says what to compare; leave out {name}")
    if settings.get("test") == 0:
        raise UsageError("a comparison measures on test rows; test must be above 0")


def _without_misfits(cells: tuple[str, ...], table: SeriesTable, *, asked: bool) -> tuple[str, ...]:
    """Leave out what cannot read the columns, or refuse it where it was asked for."""
    if "segrnn" not in cells or not (table.past or table.known or table.static_columns):
        return cells
    if asked:
        raise UsageError("segrnn reads no covariates; leave it out of the cells to compare")
    return tuple(name for name in cells if name != "segrnn")


def _contest(setup: ForecastSetup, cells: Sequence[str], repeats: int) -> Contest:
    def measure(name: str, repeat: int, watchers: Sequence[TrainingObserver]) -> Record:
        if name in BASELINES:
            return _measure_baseline(setup, name)
        return _measure_network(setup, name, repeat, watchers)

    return Contest(
        runs=[(n, r) for n in cells for r in range(1 if n in BASELINES else repeats)],
        expected=lambda name, repeat: _facts(setup, name, repeat),
        measure=measure,
        data=setup.data,
        identity=_DATA_IDENTITY,
    )


def _facts(setup: ForecastSetup, name: str, repeat: int) -> Record:
    """Return what is known of a run before it starts."""
    settings = setup.settings.to_dict()
    given = {k: list(v) if isinstance(v, tuple) else v for k, v in setup.given.items()}
    shared = {**given, **{k: settings[k] for k in _SHARED}, "preset": setup.preset}
    return {
        "task": "forecast",
        "model": name,
        "name": FORECASTERS[name],
        "repeat": repeat,
        "seed": setup.seed + repeat,
        "kernel": "numpy" if name in BASELINES else kernel_name(setup.settings.kernels),
        "training": {**asdict(setup.settings.training()), "preset_settings": shared},
        "data": setup.data,
    }


def _measure_baseline(setup: ForecastSetup, name: str) -> Record:
    baseline, figures = setup.baselines[name], setup.measured[name]
    return {
        "metrics": figures,
        "skill": setup.skills(figures),
        "examples": example_windows(setup, baseline.windows, baseline.quantiles),
        "parameters": baseline.parameters,
        "epochs": None,
        "best_epoch": None,
        "stopped_early": False,
        "seconds_per_epoch": None,
        "training_seconds": baseline.seconds,
        "prediction_milliseconds": window_latency(setup, baseline.windows),
        "peak_memory_mb": baseline.peak_memory_mb,
        "history": None,
        "specification": baseline.specification,
    }


def _measure_network(
    setup: ForecastSetup, name: str, repeat: int, watchers: Sequence[TrainingObserver]
) -> Record:
    own = {} if name == "segrnn" else {"segment": None}
    prepared = setup.prepared(model=name, **own)
    forecaster = Forecaster(prepared.settings.horizon, seed=setup.seed + repeat)
    with PeakMemory() as memory:
        forecaster.fit_prepared(prepared, observers=watchers)
    state, predictor = forecaster.training_, forecaster.predictor_
    reader = predictor.reader(setup.table)
    figures = {key: forecaster.metrics_.get(key) for key in FIGURES}

    def windows(series: NDArray[np.int64], origins: NDArray[np.int64]) -> NDArray[np.float64]:
        return predictor.windows(reader, series, origins)

    return {
        "training": {
            **asdict(prepared.settings.training()),
            "preset_settings": _facts(setup, name, repeat)["training"]["preset_settings"],
        },
        "metrics": figures,
        "skill": setup.skills(figures),
        "examples": example_windows(setup, windows, predictor.quantiles),
        "parameters": int(forecaster.model_.count_params()),
        "epochs": state.epoch,
        "best_epoch": state.best_epoch,
        "stopped_early": state.stopped,
        "seconds_per_epoch": statistics.median(state.seconds),
        "training_seconds": sum(state.seconds),
        "prediction_milliseconds": window_latency(setup, windows),
        "peak_memory_mb": memory.mib,
        "history": state.history,
        "specification": forecaster.specification_.to_dict(),
    }
