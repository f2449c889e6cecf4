"""neuralforecast in a process of its own, for `forecast_peers.py`; needs no Recurra.

    PEER_PYTHON benchmarks/forecast_peer_worker.py

Reads one JSON command a line and answers with one JSON value a line; series and forecasts travel in
files of NumPy's. The series come standardised.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import time
import warnings
from importlib.metadata import version

import numpy as np
import pandas as pd
import torch
from neuralforecast.losses.pytorch import MAE
from neuralforecast.models import GRU, LSTM
from neuralforecast.tsdataset import TimeSeriesDataset
from pytorch_lightning import Callback

MODELS = {"gru": GRU, "lstm": LSTM}
QUIET = {
    "accelerator": "cpu",
    "logger": False,
    "enable_checkpointing": False,
    "enable_progress_bar": False,
    "enable_model_summary": False,
}
TRIAL_STEPS = 30
# What "same network" fixes besides; see forecast_peers.py.
SAME = {
    "learning_rate": 1e-3,
    "scaler_type": "standard",
    "training_data_availability_threshold": 1.0,
    "decoder_layers": 1,
}


class StepClock(Callback):
    """Keeps when each step ended."""

    def __init__(self):
        self.ends = []

    def on_train_batch_end(self, *_):
        self.ends.append(time.perf_counter())


def last_state(model_class):
    """Return the model with a forecast of all steps from the last state alone."""

    class LastState(model_class):
        def forward(self, windows_batch):
            states, _ = self.hist_encoder(windows_batch["insample_y"])
            return self.mlp_decoder(states[:, -1]).unsqueeze(-1)

    return LastState


class Naive(GRU):
    """Repeats the last value, to see which windows the toolkit forecasts."""

    def forward(self, windows_batch):
        return windows_batch["insample_y"][:, -1:].expand(-1, self.h, -1)


def build(command, clock):
    """Build the network that a command describes."""
    model_class, same = MODELS[command["cell"]], command["way"] == "same network"
    torch.manual_seed(command["seed"])
    model = (last_state(model_class) if same else model_class)(
        h=command["horizon"],
        input_size=command["lookback"],
        encoder_n_layers=1,
        encoder_hidden_size=command["units"],
        loss=MAE(),
        max_steps=command["steps"],
        val_check_steps=command["steps"],
        windows_batch_size=command["batch_size"],
        random_seed=command["seed"],
        callbacks=[clock],
        **(SAME if same else {}),
        **QUIET,
    )
    if same:
        model.mlp_decoder = torch.nn.Linear(command["units"], command["horizon"])
    return model


def choose_threads(command, values, train_rows, most):
    """Train a few steps with one thread and with more; stay with what was faster."""
    seconds = {}
    for threads in range(1, most + 1):
        torch.set_num_threads(threads)
        clock = StepClock()
        build({**command, "steps": TRIAL_STEPS}, clock).fit(dataset(values, train_rows))
        seconds[threads] = float(np.median(np.diff(clock.ends)))
    torch.set_num_threads(min(seconds, key=seconds.get))
    return {
        "threads": torch.get_num_threads(),
        "trial_ms": {k: 1e3 * s for k, s in seconds.items()},
    }


def dataset(values, lengths):
    """Return so many rows of each series as the toolkit keeps them."""
    ids = np.repeat(np.arange(len(values)), lengths)
    rows = np.concatenate([v[:n] for v, n in zip(values, lengths, strict=True)])
    times = np.concatenate([np.arange(n) for n in lengths])
    frame = pd.DataFrame({"unique_id": ids, "ds": times, "y": rows})
    return TimeSeriesDataset.from_df(frame)[0]


def predict(model, values, test_rows, horizon):
    """Forecast from every origin whose targets lie in the last rows of each series."""
    model.set_test_size(test_rows)
    found = model.predict(dataset(values, [len(v) for v in values]), step_size=1)
    return found.reshape(-1, horizon)


def work(command):
    """Train, forecast all test windows, and say how long it took."""
    if command["do"] == "facts":
        packages = ("neuralforecast", "torch", "pytorch-lightning", "numpy")
        return {"versions": {name: version(name) for name in packages}}
    with np.load(command["series"]) as file:
        values = np.split(file["values"], file["offsets"][1:-1])
        train_rows = file["train_rows"]
    test_rows, horizon = command["test_rows"], command["horizon"]
    if command["do"] == "naive":
        model = Naive(horizon, command["lookback"], scaler_type="identity", max_steps=1, **QUIET)
        np.save(command["forecasts"], predict(model, values, test_rows, horizon))
        return {}
    if command["do"] == "choose threads":
        return choose_threads(command, values, train_rows, int(os.environ["OMP_NUM_THREADS"]))
    clock = StepClock()
    started = time.perf_counter()
    model = build(command, clock)
    model.fit(dataset(values, train_rows))
    trained = time.perf_counter()
    forecasts = predict(model, values, test_rows, horizon)
    ended = time.perf_counter()
    np.save(command["forecasts"], forecasts)
    return {
        "train_seconds": trained - started,
        "step_ms": 1e3 * float(np.diff(clock.ends).mean()),
        "predict_seconds": ended - trained,
        "steps": len(clock.ends),
        "threads": torch.get_num_threads(),
        "train_rows": int(train_rows.sum()),
        "parameters": sum(p.numel() for p in model.parameters()),
    }


def main():
    # Libraries write to standard output as they please: the answers get it for themselves.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    warnings.simplefilter("ignore")
    for name in ("pytorch_lightning", "lightning_fabric", "lightning"):
        logging.getLogger(name).setLevel(logging.ERROR)
    for line in sys.stdin:
        try:
            reply = work(json.loads(line))
        except Exception as error:
            reply = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(reply), file=answers, flush=True)


if __name__ == "__main__":
    main()
