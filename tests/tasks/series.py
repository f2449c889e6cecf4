"""Small series for tests of forecasting."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from recurra.tasks import Forecaster

QUICK = {"lookback": 12, "epochs": 2, "units": 8, "seed": 1}


def daily(rows: int = 160, seed: int = 0, series: int = 1, noise: float = 0.1) -> pl.DataFrame:
    """Weekly waves of different height, with a holiday column that moves them."""
    generator = np.random.default_rng(seed)
    start = dt.date(2021, 3, 1)
    frames = []
    for name in range(series):
        steps = np.arange(rows)
        holiday = (generator.random(rows) < 0.2).astype(float)
        wave = np.sin(2 * np.pi * steps / 7) + 2 * holiday
        sales = (10 + 5 * name) * (3 + wave + generator.normal(0, noise, rows))
        frames.append(
            pl.DataFrame(
                {
                    "shop": [f"s{name}"] * rows,
                    "day": [start + dt.timedelta(days=int(k)) for k in steps],
                    "sales": sales,
                    "visits": sales / 3 + generator.normal(0, 1, rows),
                    "holiday": holiday,
                    "size": [float(name + 1)] * rows,
                }
            )
        )
    return pl.concat(frames)


def quick(horizon: int = 4, **options) -> Forecaster:
    """Return a forecaster that trains in a second."""
    return Forecaster(horizon, **{"time": "day", "target": "sales", **QUICK, **options})
