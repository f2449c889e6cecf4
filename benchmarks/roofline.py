"""How near the core comes to what one thread of this machine can do.

    python benchmarks/roofline.py [--json]

The roof is the lower of two: multiply-adds in registers (`recurra.kernels.peak_rate`), and memory
traffic times the arithmetic intensity of a pass, with the rate at which NumPy copies large arrays.
The traffic counted is the least possible: every input read once, every result written once. The
times are processor time of one thread, so that other work on the machine disturbs little.
"""

from __future__ import annotations

import argparse
import json
import time

import numpy as np

from recurra import kernels

BATCH, STEPS, FEATURES, ROUNDS = 64, 200, 64, 15
RECORD = {"lstm": 5, "gru": 4, "simple_rnn": 0}  # floats kept for each unit and step
GATES = {"lstm": 4, "gru": 3, "simple_rnn": 1}


def seconds(call):
    call()
    times = []
    for _ in range(ROUNDS):
        start = time.thread_time()
        call()
        times.append(time.thread_time() - start)
    return float(np.median(times))


def copy_rate():
    a, b = (np.ones(1 << 26, np.float32) for _ in range(2))
    return 2 * a.nbytes / seconds(lambda: np.copyto(a, b))


def passes(cell, units):
    r = np.random.default_rng(0)

    def draw(*shape):
        return (0.1 * r.normal(size=shape)).astype(np.float32)

    g = GATES[cell]
    bias = (2, g * units) if cell == "gru" else (g * units,)
    arrays = draw(FEATURES, g * units), draw(units, g * units), draw(*bias)
    weights = {
        "lstm": kernels.LSTMWeights,
        "gru": kernels.GRUWeights,
        "simple_rnn": kernels.SimpleRNNWeights,
    }[cell](*arrays)
    x, d_h = draw(BATCH, STEPS, FEATURES), draw(BATCH, units)
    forward = getattr(kernels, cell)
    backward = getattr(kernels, f"{cell}_backward")
    cache = forward(x, weights, keep_cache=True, threads=1).cache
    work = 2 * BATCH * STEPS * (FEATURES + units) * g * units
    rows, size = BATCH * STEPS, 4 * sum(a.size for a in arrays)
    record = rows * RECORD[cell] * units
    moved = 4 * rows * (FEATURES + units) + size
    return {
        "inference": (lambda: forward(x, weights, threads=1), work, moved),
        "forward": (
            lambda: forward(x, weights, keep_cache=True, threads=1),
            work,
            moved + 4 * record,
        ),
        "backward": (
            lambda: backward(cache, None, d_h),
            2 * work,
            4 * (rows * (2 * FEATURES + units) + record) + 2 * size,
        ),
    }


def records():
    peak, bandwidth = kernels.peak_rate(), copy_rate()
    yield {"peak_gflops": round(peak / 1e9, 1), "copy_gb_s": round(bandwidth / 1e9, 1)}
    for cell, units in (
        ("lstm", 64), ("lstm", 128), ("lstm", 256), ("gru", 64), ("gru", 256), ("simple_rnn", 64),
    ):  # fmt: skip
        for name, (call, work, moved) in passes(cell, units).items():
            rate, roof = work / seconds(call), min(peak, bandwidth * work / moved)
            yield {
                "cell": cell,
                "units": units,
                "pass": name,
                "flops_per_byte": round(work / moved, 1),
                "gflops": round(rate / 1e9, 1),
                "roof_gflops": round(roof / 1e9, 1),
                "share": round(rate / roof, 2),
            }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    if arguments.json:
        print(json.dumps(list(records()), indent=1))
        return
    for record in records():
        print("  ".join(f"{name} {value}" for name, value in record.items()), flush=True)


if __name__ == "__main__":
    main()
