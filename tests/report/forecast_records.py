"""Synthetic records that look like real comparisons of forecasters."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np

NAMES = {
    "naive": "Naive",
    "snaive": "Seasonal naive",
    "linear": "Linear map",
    "rnn": "SimpleRNN",
    "lstm": "LSTM",
    "gru": "GRU",
    "seq2seq": "Seq2seq",
    "segrnn": "SegRNN",
}
ERRORS = {
    "naive": 1.9,
    "snaive": 1.0,
    "linear": 0.82,
    "rnn": 0.9,
    "lstm": 0.78,
    "gru": 0.74,
    "seq2seq": 0.77,
    "segrnn": 1.05,
}
BASELINES = ("naive", "snaive", "linear")
HOSTILE = "<script>alert('x')</script> <img src=https://evil.example/x.png onerror=alert(1)>"


def times(start: str, count: int, hours: int = 1) -> list[str]:
    first = dt.datetime.fromisoformat(start)
    return [str(first + dt.timedelta(hours=hours * n)) for n in range(count)]


def example(series: str, target: str, horizon: int, *, wide: bool, place: int) -> dict[str, Any]:
    history = 2 * horizon
    day = f"2021-05-{place + 1:02d}"
    all_times = times(day, history + horizon)
    wave = 10 + 3 * np.sin(np.arange(history + horizon) / 3 + place)
    forecast = wave[history:] + 0.4
    return {
        "series": series,
        "target": target,
        "history_times": all_times[:history],
        "history": [None, *wave[1:history].round(3).tolist()],
        "times": all_times[history:],
        "actual": wave[history:].round(3).tolist(),
        "forecast": forecast.round(3).tolist(),
        "low": (forecast - 1).round(3).tolist() if wide else None,
        "high": (forecast + 1).round(3).tolist() if wide else None,
    }


def metrics(error: float, horizon: int, targets: list[str], coverage: float | None) -> Any:
    growth = np.linspace(0.6, 1.4, horizon)
    steps = {"mase": (error * growth).tolist(), "mae_scaled": (0.5 * error * growth).tolist()}
    figures: dict[str, Any] = {
        "mse": 9 * error**2,
        "mae": 3 * error,
        "rmse": 3.4 * error,
        "smape": 20 * error,
        "mase": error,
        "mse_scaled": 0.3 * error**2,
        "mae_scaled": 0.5 * error,
        "pinball": None if coverage is None else error,
        "coverage": coverage,
        "nominal": None if coverage is None else 0.8,
        "width": None if coverage is None else 4.0,
        "windows": 120,
    }
    if coverage is not None:
        steps["coverage"] = np.linspace(coverage - 0.05, coverage + 0.05, horizon).tolist()
    by_target = {name: {"mase": error, "mae": 3 * error, "coverage": coverage} for name in targets}
    return {**figures, "by_step": steps, "by_target": by_target}


def record(
    model: str,
    repeat: int = 0,
    *,
    error: float | None = None,
    horizon: int = 24,
    targets: tuple[str, ...] = ("load",),
    series: tuple[str, ...] = ("",),
    coverage: float | None = 0.8,
    name: str = "",
) -> dict[str, Any]:
    rng = np.random.default_rng([repeat, *model.encode()])
    baseline = model in BASELINES
    error = ERRORS[model] + 0.01 * repeat if error is None else error
    epochs = 6
    val = (0.5 * error + 0.4 * np.exp(-np.arange(epochs))).tolist()
    windows = [
        example(one, target, horizon, wide=coverage is not None, place=place)
        for place in range(3)
        for one in series[:1] * (len(series) == 1) or series[place : place + 1]
        for target in targets[:3]
    ]
    return {
        "task": "forecast",
        "model": model,
        "name": name or NAMES.get(model, model),
        "repeat": repeat,
        "seed": repeat,
        "kernel": "numpy" if baseline else "native (avx2)",
        "training": {
            "epochs": 6,
            "batch_size": 64,
            "learning_rate": 0.002,
            "preset_settings": {"horizon": horizon, "lookback": 48, "season": 24},
        },
        "data": {
            "name": "load",
            "source": "load.csv",
            "sha256": "9f2c4b1e0d7a6835" * 4,
            "rows": {"train": 2000, "validation": 300, "test": 143},
            "windows": {"train": 1900, "validation": 277, "test": 120},
            "series": len(series),
            "series_left_out": 0,
            "targets": list(targets),
            "past": [],
            "known": ["temperature"],
            "static": [],
            "frequency": "1h",
            "missing": 3,
        },
        "metrics": metrics(error, horizon, list(targets), coverage),
        "skill": {name: 1 - error / ERRORS[name] for name in BASELINES},
        "examples": windows,
        "parameters": 0 if model in ("naive", "snaive") else 20_000 + int(rng.integers(1000)),
        "epochs": None if baseline else epochs,
        "best_epoch": None if baseline else 5,
        "stopped_early": False,
        "seconds_per_epoch": None if baseline else 1.5,
        "training_seconds": None if model in ("naive", "snaive") else 9.0 + repeat,
        "prediction_milliseconds": 0.3,
        "peak_memory_mb": 500.0,
        "history": None
        if baseline
        else {"loss": [v + 0.1 for v in val], "val_loss": val, "learning_rate": [0.002] * epochs},
        "specification": {"model": model} if baseline else {"cell": model, "units": [64]},
        "versions": {"recurra": "0.1.0", "keras": "3.15.1"},
        "created": "2026-11-22T10:00:00+00:00",
    }


def comparison(models: tuple[str, ...] = tuple(NAMES), repeats: int = 1, **options: Any) -> Any:
    return [
        record(model, repeat, **options)
        for model in models
        for repeat in range(1 if model in BASELINES else repeats)
    ]
