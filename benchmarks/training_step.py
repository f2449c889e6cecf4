"""Training and prediction of Keras models on the core against Keras's own loops, interleaved.

    python benchmarks/training_step.py [--cells lstm,gru] [--units 64] [--rounds 3] [--json]

The model is Embedding(10000, 64) -> cell -> Dense(1), batch 64, 200 steps, Adam. The two paths must
first agree on the loss of the same steps; then they take turns, so that whatever else the machine
does meets both. Wall time tells what a user sees on an idle machine; processor time is the fair one
on a busy machine. Ratios matter, absolute times do not.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
import numpy as np

import recurra
from recurra import kernels
from recurra.layers import accelerated

BATCH, STEPS, WORDS, FEATURES, TURNS = 64, 200, 10_000, 64, 8
LAYERS = keras.layers
CELLS = {
    "lstm": lambda n: [LAYERS.LSTM(n)],
    "gru": lambda n: [LAYERS.GRU(n)],
    "simple_rnn": lambda n: [LAYERS.SimpleRNN(n)],
    "lstm_dropout": lambda n: [LAYERS.LSTM(n, dropout=0.2, recurrent_dropout=0.2)],
    "lstm_padded": lambda n: [LAYERS.LSTM(n)],
    "stacked_bidirectional": lambda n: [
        LAYERS.Bidirectional(LAYERS.LSTM(n, return_sequences=True)),
        LAYERS.Bidirectional(LAYERS.LSTM(n)),
    ],
}


def model(cell, units):
    keras.utils.set_random_seed(1)
    embedding = LAYERS.Embedding(WORDS, FEATURES, mask_zero=cell == "lstm_padded")
    layers = [keras.Input((STEPS,)), embedding, *CELLS[cell](units), LAYERS.Dense(1)]
    network = keras.Sequential(layers)
    network.compile("adam", "mse")
    return network


def batches(cell, seed=0):
    r = np.random.default_rng(seed)
    ids = r.integers(1, WORDS, (TURNS, BATCH, STEPS))
    if cell == "lstm_padded":
        lengths = np.clip(r.normal(0.6 * STEPS, 50, (TURNS, BATCH, 1)), 1, STEPS)
        ids[np.arange(STEPS) >= lengths] = 0
    return ids, r.normal(size=(TURNS, BATCH, 1)).astype("f")


def timed(call):
    wall, processor = time.perf_counter(), time.process_time()
    call()
    return time.perf_counter() - wall, time.process_time() - processor


def measure(cell, units, rounds):
    ids, target = batches(cell)
    plain, fused = model(cell, units), model(cell, units)

    def train(network, i):
        return float(network.train_on_batch(ids[i], target[i]))

    losses = [train(plain, i) for i in range(3)]
    with accelerated():
        ours = [train(fused, i) for i in range(3)]
        fused.predict_on_batch(ids[0])
    np.testing.assert_allclose(ours, losses, rtol=1e-2 if "dropout" in cell else 1e-3)
    plain.predict_on_batch(ids[0])
    times = {(kind, who): [] for kind in ("train", "predict") for who in ("keras", "recurra")}
    for i in list(range(TURNS)) * rounds:
        for who, network in (("keras", plain), ("recurra", fused)):
            times["train", who].append(timed(lambda n=network, i=i: train(n, i)))
            times["predict", who].append(timed(lambda n=network, i=i: n.predict_on_batch(ids[i])))
    return {"model": cell, "units": units, **summary(times)}


def summary(times):
    record = {}
    for kind in ("train", "predict"):
        keras_times, ours = (np.array(times[kind, who]) for who in ("keras", "recurra"))
        for column, clock in enumerate(("wall", "processor")):
            middle = np.median(keras_times[:, column]), np.median(ours[:, column])
            record[f"{kind}_{clock}_ratio"] = round(float(middle[0] / middle[1]), 2)
            record[f"{kind}_{clock}_ms"] = [round(float(m) * 1e3, 1) for m in middle]
    return record


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cells", default=",".join(CELLS))
    parser.add_argument("--units", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    machine = {
        "processors": os.process_cpu_count()
        if hasattr(os, "process_cpu_count")
        else os.cpu_count(),
        "machine": platform.machine(),
        "kernel": kernels.kernel_for(),
        "keras": keras.__version__,
        "recurra": recurra.__version__,
    }
    if not arguments.json:
        print(machine)
    records = []
    for cell in arguments.cells.split(","):
        records.append(measure(cell, arguments.units, arguments.rounds))
        if not arguments.json:
            print(records[-1], flush=True)
    if arguments.json:
        print(json.dumps({"machine": machine, "records": records}, indent=1))


if __name__ == "__main__":
    main()
