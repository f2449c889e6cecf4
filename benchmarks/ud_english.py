"""Parts of speech on the English Web Treebank: training time and test accuracy.

The development part decides which epoch is kept; the test part is measured once. Run it with
$RECURRA_DATA set:

    python benchmarks/ud_english.py [--seed N] [--preset fast] [-o model.recurra] [option=value...]
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

from recurra import SequenceTagger
from recurra.sequences.tagging import load_tagging_dataset
from recurra.tasks import TrainingObserver, TrainingState


class Epochs(TrainingObserver):
    """Prints a line for each epoch."""

    def epoch_ended(self, state: TrainingState, logs: Any) -> None:
        """Print the figures of an epoch."""
        figures = {name: round(float(value), 4) for name, value in logs.items()}
        print(f"epoch {state.epoch}: {figures}, {state.seconds[-1]:.0f} s", flush=True)


def main() -> None:
    """Train, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--preset", default="accurate")
    parser.add_argument("-o", "--output", type=Path)
    parser.add_argument("settings", nargs="*", help="such as epochs=3", metavar="option=value")
    given = parser.parse_args()
    options = {name: json.loads(value) for name, value in (s.split("=") for s in given.settings)}
    dataset = load_tagging_dataset("ud-english-ewt")
    tagger = SequenceTagger(preset=given.preset, seed=given.seed, **options)
    wall, cpu = time.perf_counter(), time.process_time()
    tagger.fit_sentences(dataset.train, validation=dataset.validation, observers=[Epochs()])
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    measured = tagger.evaluate_sentences(dataset.test)
    names = ("accuracy", "known_accuracy", "unknown_accuracy", "sentence_accuracy")
    print(json.dumps({
        "seconds": round(wall), "cpu_seconds": round(cpu), "epochs": tagger.training_.epoch,
        "validation_accuracy": max(tagger.history_["val_accuracy"]),
        **{name: measured[name] for name in names},
    }))  # fmt: skip
    if given.output is not None:
        tagger.save(given.output)


if __name__ == "__main__":
    main()
