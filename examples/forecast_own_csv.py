"""Your own CSV: forecast a daily series, save it as one file, use the file without Keras.

Usage: python examples/forecast_own_csv.py
"""

import csv
import datetime as dt
import math
import random
from pathlib import Path

import recurra
from recurra import Forecaster

random.seed(1)
path = Path("sales.csv")
with path.open("w", newline="", encoding="utf-8") as file:
    writer = csv.writer(file)
    writer.writerow(["day", "sales"])
    for k in range(400):
        day = dt.date(2023, 1, 1) + dt.timedelta(days=k)
        weekend = 40 if day.weekday() > 4 else 0
        sales = 200 + 30 * math.sin(k / 58) + weekend + random.gauss(0, 8)
        writer.writerow([day, round(sales)])

forecaster = Forecaster(horizon=14, time="day", target="sales", seed=1, epochs=20)
forecaster.fit(path)  # split by time, scaled by the training rows, calibrated, measured
figures = forecaster.metrics_
print(f"MASE {figures['mase']:.2f}, 80 % intervals cover {figures['coverage']:.0%}")
print(f"skill against seasonal naive: {figures['skill']['seasonal_naive']:.0%}")
forecaster.save("sales.recurra")

predictor = recurra.load_predictor("sales.recurra")  # NumPy alone: no Keras, no JAX
forecast = predictor.forecast()
for time, value in zip(forecast.times(0)[:3], forecast.point[0, :3, 0], strict=True):
    print(time, round(float(value)))
