"""Spoken digits: the official split, and every speaker left out in turn.

The settings are the presets'. They were chosen by training on two of the four speakers and
listening to the two others, one choice for all, so every speaker that is left out here had a say in
it: the figures flatter the presets a little. With `--adaptive` the classifier is adapted to the
speaker that was left out, by the sound of all that it is measured on, without its labels; what it
gets right without that stands beside it. Run it as

    RECURRA_DATA=... python benchmarks/spoken_digits.py [--official] [--speakers] [--adaptive]
"""

from __future__ import annotations

import argparse
import json
import time
from typing import Any

import numpy as np

from recurra import AudioClassifier
from recurra.sequences.audio import resolve_clips


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--official", action="store_true", help="takes 0 to 4 are the test")
    parser.add_argument("--speakers", action="store_true", help="leave each speaker out")
    parser.add_argument("--adaptive", action="store_true", help="adapt to the speaker left out")
    parser.add_argument("--preset", default="fast")
    parser.add_argument("--seeds", type=int, default=1)
    options = parser.parse_args()
    both = options.official == options.speakers
    for seed in range(options.seeds):
        if options.official or both:
            measure("official", options.preset, seed)
        if options.speakers or both:
            speakers = sorted(set(resolve_clips("fsdd").joined().groups("speaker")))
            found = [
                measure(
                    name,
                    options.preset,
                    seed,
                    options.adaptive,
                    split_by="speaker",
                    test=[name],
                )
                for name in speakers
            ]
            print(json.dumps({"speakers": "mean", "seed": seed, "accuracy": np.mean(found)}))


def measure(name: str, preset: str, seed: int, adaptive: bool = False, **split: Any) -> float:
    started, busy = time.perf_counter(), time.process_time()
    classifier = AudioClassifier(preset=preset, seed=seed, adaptive=adaptive)
    classifier.fit_source("fsdd", **split)
    record = {
        "test": name,
        "seed": seed,
        "rows": classifier.data_["rows"],
        "accuracy": classifier.metrics_["accuracy"],
        "unadapted_accuracy": classifier.metrics_.get("unadapted_accuracy"),
        "seconds": round(time.perf_counter() - started, 1),
        "cpu_seconds": round(time.process_time() - busy, 1),
    }
    print(json.dumps(record), flush=True)
    return float(record["accuracy"])


if __name__ == "__main__":
    main()
