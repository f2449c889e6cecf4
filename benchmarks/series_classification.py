"""Accuracy on four sets of the UCR and UEA archives, the mean of several seeds with its interval.

    RECURRA_DATA=... python benchmarks/series_classification.py [--seeds 5] [--preset fast]
        [--set NAME] [--out FILE]

The official splits, one preset for all sets. Beside it the baselines: the nearest neighbour under
dynamic time warping (extra `baselines`) and logistic regression on summary statistics. Training is
timed by the clock and by the processor; both include compiling.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats

from recurra.sequences.collections import SequenceCollection, read_collection
from recurra.study._series_baselines import fit_nearest_sequence, fit_statistics_classifier
from recurra.tasks import SequenceClassifier

SETS = {
    "japanese-vowels": 0.97,
    "gunpoint": 0.96,
    "italy-power-demand": 0.95,
    "basic-motions": 1.0,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--preset", default="fast")
    parser.add_argument("--set", dest="sets", action="append", choices=list(SETS))
    parser.add_argument("--out", type=Path, help="write the figures as JSON")
    options = parser.parse_args()
    records = [measured(name, options.preset, options.seeds) for name in options.sets or SETS]
    if options.out:
        machine = {"machine": platform.machine(), "cores": os.cpu_count()}
        options.out.write_text(json.dumps({**machine, "records": records}, indent=1))


def measured(name: str, preset: str, seeds: int) -> dict[str, Any]:
    dataset = read_collection(name)
    assert dataset.test is not None
    runs = [run(dataset.train, dataset.test, preset, seed) for seed in range(seeds)]
    found = np.array([one["accuracy"] for one in runs])
    interval = half_width(found)
    clock, processor = (max(one[k] for one in runs) for k in ("seconds", "processor_seconds"))
    print(
        f"{name:20s} {found.mean():7.2%} ± {interval:.2%} (wanted {SETS[name]:.0%})  "
        f"each {', '.join(f'{value:.2%}' for value in found)}  "
        f"longest training {clock:.0f} s, {processor:.0f} s of processor",
        flush=True,
    )
    record = {"set": name, "preset": preset, "mean": found.mean(), "interval": interval}
    return {**record, "runs": runs, "baselines": baselines(dataset.train, dataset.test)}


def run(
    train: SequenceCollection, test: SequenceCollection, preset: str, seed: int
) -> dict[str, float]:
    clock, processor = time.perf_counter(), time.process_time()
    classifier = SequenceClassifier(preset=preset, seed=seed).fit_source(train)
    seconds = time.perf_counter() - clock, time.process_time() - processor
    accuracy = classifier.evaluate_source(test)["accuracy"]
    return {"accuracy": accuracy, "seconds": seconds[0], "processor_seconds": seconds[1]}


def half_width(values: np.ndarray) -> float:
    """Half of the 95 % interval of the mean, by Student's t."""
    if len(values) < 2:
        return float("nan")
    return float(stats.t.ppf(0.975, len(values) - 1) * stats.sem(values))


def baselines(train: SequenceCollection, test: SequenceCollection) -> dict[str, float]:
    assert train.labels is not None
    classes, codes = np.unique(train.labels, return_inverse=True)
    wanted = np.searchsorted(classes, np.array(test.labels))
    fits = {"nearest by DTW": fit_nearest_sequence, "statistics": fit_statistics_classifier}
    found = {}
    for name, fit in fits.items():
        baseline = fit(train.values, codes.astype(np.int32), len(classes))
        found[name] = float((baseline.predict_proba(test.values).argmax(axis=1) == wanted).mean())
        print(f"{'':20s} {found[name]:7.2%} by {name}", flush=True)
    return found


if __name__ == "__main__":
    main()
