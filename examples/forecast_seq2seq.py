"""An encoder-decoder for several variables at once, and what guides build by hand.

The encoder's last states start the decoder; nothing has to be dissected to use it. The Keras model
inside is plain: look at it, train it on, export it.

Usage: python examples/forecast_seq2seq.py
"""

import numpy as np

from recurra import Forecaster
from recurra.sequences import SeriesTable

generator = np.random.default_rng(0)
steps = np.arange(900)
names = ["a", "b", "c", "d", "e"]
waves = [np.sin(2 * np.pi * steps / (20 + 5 * k)) for k in range(5)]
values = np.stack(waves, axis=1) + generator.normal(0, 0.1, (900, 5))
table = SeriesTable.from_arrays(values, targets=names)  # NumPy arrays, memory-mapped ones too

forecaster = Forecaster(
    horizon=10, lookback=50, model="seq2seq", cell="lstm", units=32, attention="dot", epochs=10
)
forecaster.fit(table)
print(f"error on the training scale: {forecaster.metrics_['mae_scaled']:.2f}")
print(f"forecast of shape {forecaster.forecast().values.shape}: series, steps, targets, quantiles")
for layer in forecaster.model_.layers:
    if layer.name.startswith(("recurrent", "decoder")):
        print(f"{layer.name}: {type(layer).__name__}")
