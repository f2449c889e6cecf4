"""Covariates: several shops, holidays known in advance, visitors known afterwards only.

Usage: python examples/forecast_covariates.py
"""

import datetime as dt

import numpy as np
import polars as pl

from recurra import Forecaster

generator = np.random.default_rng(0)
days = [dt.date(2023, 1, 1) + dt.timedelta(days=k) for k in range(300)]
frames = []
for shop, size in (("north", 40.0), ("south", 90.0), ("west", 60.0)):
    holiday = (generator.random(300) < 0.1).astype(int)
    week = np.array([1.0 + 0.3 * (day.weekday() > 4) for day in days])
    sales = size * week * (1 + 0.8 * holiday) + generator.normal(0, size / 30, 300)
    columns = {"shop": shop, "day": days, "sales": sales, "holiday": holiday, "area": size}
    frames.append(pl.DataFrame({**columns, "visitors": sales / 3 + generator.normal(0, 1, 300)}))
history = pl.concat(frames)

forecaster = Forecaster(
    horizon=7,
    model="seq2seq",  # the decoder reads the known future step by step
    time="day",
    target="sales",
    series_id="shop",
    known=["holiday"],
    past=["visitors"],
    static=["area"],
    epochs=15,
    seed=1,
)
forecaster.fit(history)
print(f"MASE {forecaster.metrics_['mase']:.2f} on later days")

# The future: rows with the known columns only. The third day is a holiday.
tomorrow = [days[-1] + dt.timedelta(days=k + 1) for k in range(7)]
future = pl.DataFrame({"day": tomorrow, "holiday": [0, 0, 1, 0, 0, 0, 0]})
future = future.join(history.select("shop", "area").unique(maintain_order=True), how="cross")
found = forecaster.predict(pl.concat([history, future], how="diagonal_relaxed"))
for shop, rows in found.group_by("shop", maintain_order=True):
    print(shop[0], [round(value) for value in rows["sales"]])
